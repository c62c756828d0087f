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

    @Test func callsAndElements() {
        #expect(context("f().x")?.subject == .member(of: ValuePath(root: "f", steps: [.call]), isMethod: false))
        #expect(context("robot:fk(a[1], {2})[i + 1]:inv")?.subject
            == .member(of: ValuePath(root: "robot", steps: [.method("fk"), .call, .element]), isMethod: true))
        #expect(context("require 'a'.b")?.subject == .member(of: ValuePath(root: "require", steps: [.call]), isMethod: false))
        #expect(context("f{ x = 1 }.")?.subject == .member(of: ValuePath(root: "f", steps: [.call]), isMethod: false))
    }

    @Test func variablesOfTheTextItself() {
        let element = ValuePath(root: "answers", steps: [.element])
        #expect(context("for _, a in ipairs(answers) do a.")?.subject == .member(of: element, isMethod: false))
        #expect(context("for _, a in ipairs(answers) do\n  for k, b in pairs(a.list) do b.")?.subject
            == .member(of: ValuePath(root: "answers", steps: [.element, .field("list"), .element]), isMethod: false))
        #expect(context("local a = f(x) a.")?.subject == .member(of: ValuePath(root: "f", steps: [.call]), isMethod: false))
        // A field, a key or a comparison of that name is another thing.
        #expect(context("t.a = b a.")?.subject == .member(of: ValuePath(root: "a"), isMethod: false))
        #expect(context("f{ a = b } a.")?.subject == .member(of: ValuePath(root: "a"), isMethod: false))
        #expect(context("if a == b then a.")?.subject == .member(of: ValuePath(root: "a"), isMethod: false))
        #expect(context("a = a.next a.")?.subject == .member(of: ValuePath(root: "a"), isMethod: false))
    }

    @Test func manyAssignmentsTakeNoLonger() {
        let text = String(repeating: "a = b.c b = a.d ", count: 2000)
        #expect(context(text + "a.")?.prefix.isEmpty == true)
    }

    @Test func tablesWithinOptions() {
        let ik = ValuePath(root: "panda", steps: [.method("ik")])
        #expect(context("panda:ik(x, { locked = { pan")?.subject == .entryKey(of: ik, option: "locked"))
        #expect(context("panda:ik(x, { locked = { a = 1, ")?.subject == .entryKey(of: ik, option: "locked"))
        #expect(context("panda:ik(x, { locked = { \"pan")?.subject == .string(callee: ik, option: "locked"))
        #expect(context("avips.robot('panda', { limits = { j")?.firstArgument == "panda")
    }

    @Test func nothingThatTakesAnOperatorToKnow() {
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
