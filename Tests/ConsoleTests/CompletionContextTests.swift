import Testing
import Console

@Suite struct CompletionContextTests {
    private func context(_ text: String) -> CompletionContext? { CompletionContext(Array(text.utf8)) }

    @Test func names() {
        #expect(context("pri")?.subject == .global)
        #expect(context("x = pri")?.prefix == "pri")
        #expect(context("x = pri")?.start == 4)
        #expect(context("")?.subject == .global)
        #expect(context("a .. pri")?.subject == .global)
    }

    @Test func fieldsAndMethods() {
        #expect(context("avips.plot.po")?.subject
            == .member(of: ValuePath(root: "avips", steps: [.field("plot")]), isMethod: false))
        #expect(context("f(model:so")?.subject == .member(of: ValuePath(root: "model"), isMethod: true))
        #expect(context("robot.joints[1].")?.subject
            == .member(of: ValuePath(root: "robot", steps: [.field("joints"), .index(1)]), isMethod: false))
        #expect(context("t['key'].")?.subject
            == .member(of: ValuePath(root: "t", steps: [.field("key")]), isMethod: false))
    }

    @Test func nothingThatTakesACallToKnow() {
        #expect(context("f().x") == nil)
        #expect(context("(a or b).x") == nil)
        #expect(context("12") == nil)
        #expect(context("-- avi") == nil)
    }

    @Test func optionKeys() {
        let train = ValuePath(root: "model", steps: [.method("train")])
        #expect(context("model:train{ mi")?.subject == .optionKey(of: train))
        #expect(context("model:train({ steps = 3, ")?.subject == .optionKey(of: train))
        #expect(context("model:solve(target, {c")?.subject == .optionKey(of: ValuePath(root: "model", steps: [.method("solve")])))
        #expect(context("model:train{ steps = n")?.subject == .global)
        #expect(context("t = { a, b")?.subject == .global)
        #expect(context("model:train{ rate = f{ a = 1 }, ")?.subject == .optionKey(of: train))
    }

    @Test func strings() {
        let robot = ValuePath(root: "avips", steps: [.field("robot")])
        #expect(context("avips.robot \"pan")?.subject == .string(callee: robot, option: nil))
        #expect(context("avips.robot('pan")?.quote == UInt8(ascii: "'"))
        #expect(context("print(avips.robot('my ro")?.prefix == "my ro")
        #expect(context("f(x, \"a")?.subject == .string(callee: ValuePath(root: "f"), option: nil))
        #expect(context("avips.model{ robot = \"pan")?.subject
            == .string(callee: ValuePath(root: "avips", steps: [.field("model")]), option: "robot"))
        #expect(context("x = \"a/b")?.subject == .string(callee: nil, option: nil))
        #expect(context("t[\"ke")?.subject == .stringKey(of: ValuePath(root: "t")))
    }

    @Test func earlierRowsCount() {
        #expect(context("model:train{\n  st")?.subject == .optionKey(of: ValuePath(root: "model", steps: [.method("train")])))
        #expect(context("-- a comment\npri")?.prefix == "pri")
    }
}
