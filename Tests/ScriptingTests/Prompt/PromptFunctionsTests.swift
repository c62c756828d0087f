import Foundation
import LuaBridge
import Scripting
import Testing

/// Collects what a session writes, and answers what it asks.
private final class ScriptedHost: SessionHost {
    var isInteractive = false
    var written = ""
    var answers: [String?] = []

    func write(_ text: String) { written += text }
    func readLine(prompt: String) throws -> String? { answers.isEmpty ? nil : answers.removeFirst() }
    func withScreen<Result>(_ body: (any KeyScreen) throws -> Result) throws -> Result { throw LuaError("no screen") }
}

@Suite struct PromptFunctionsTests {
    private func session() throws -> (Session, ScriptedHost) {
        let session = try Fixture().session
        let host = ScriptedHost()
        session.host = host
        return (session, host)
    }

    @Test func showPrintsAsThePromptDoes() throws {
        let (session, host) = try session()
        let values = try session.state.run("return avips.show({ b = 2, a = {1, 2} }, 0.1)")
        #expect(host.written == "{ a = { 1, 2 }, b = 2 }\n0.1\n")
        #expect(values.count == 2)
    }

    @Test func whoListsVariablesOnly() throws {
        let (session, _) = try session()
        #expect(session.text(of: try session.state.run("return avips.who()")) == "no variables yet")
        let text = session.text(of: try session.state.run("x = 1.5 t = {1, 2} f = avips.pose panda = avips.robot 'panda' _1 = 3 return avips.who()"))
        #expect(text.contains("x      number    1.5"))
        #expect(text.contains("t      table     2 elements"))
        #expect(text.contains("panda  Robot     panda · 7 joints"))
        #expect(!text.contains("_1") && !text.contains("avips  "))
    }

    @Test func exampleShowsAndRuns() throws {
        let (session, host) = try session()
        try session.state.run("avips.example 'robot:fk'")
        #expect(host.written.hasPrefix("    local panda = avips.robot \"panda\"\n"))
        #expect(Fixtures.message(session, "avips.example 'jacobain'")?.contains("did you mean 'jacobian'?") == true)
        #expect(Fixtures.message(session, "avips.example(print)")?.contains("must be a function of avips") == true)
    }

    @Test func teachPlaysKeys() throws {
        let (session, _) = try session()
        let shown = session.text(of: try session.state.run("""
            local arm = avips.robot "planar_3link"
            local q, stored = avips.teach(arm, { start = {0, 0, 0}, keys = "right right s down - left s u + q right" })
            return q[1], q[2], stored.rows
            """))
        let parts = shown.split(separator: "\n").compactMap { Double($0) }
        #expect(abs(parts[0] - 10 * .pi / 180) < 1e-12)
        #expect(abs(parts[1] + 1 * .pi / 180) < 1e-12)
        #expect(parts[2] == 1)
        // Joints stop at their limits.
        #expect(session.text(of: try session.state.run(
            "local arm = avips.robot 'planar_3link' return avips.teach(arm, { keys = ('right '):rep(500) })[1] == arm.joints[1].upper")) == "true")
        #expect(Fixtures.message(session, "avips.teach(avips.robot 'panda', { keys = 'rigth' })")?.contains("did you mean 'right'?") == true)
        #expect(Fixtures.message(session, "avips.teach(avips.robot 'panda')")?.contains("needs a terminal") == true)
    }

    @Test func teachTakesNumbersAndMovesTheTip() throws {
        let (session, _) = try session()
        let typed = session.text(of: try session.state.run("""
            local q = avips.teach(avips.robot "planar_3link", { start = {0, 0, 0}, keys = "3 0 . 5 enter down 9 backspace 4 5 - enter down 7 escape q" })
            return math.deg(q[1]), math.deg(q[2]), q[3]
            """)).split(separator: "\n").compactMap { Double($0) }
        #expect(zip(typed, [30.5, -45, 0]).allSatisfy { abs($0 - $1) < 1e-9 })
        let moved = session.text(of: try session.state.run("""
            local panda = avips.robot "panda"
            local q = {0, 0.2, 0, -2.2, 0, 2.4, 0.8}
            local before = panda:fk(q)
            local after = panda:fk(avips.teach(panda, { start = q, keys = "+ + x y y Z a q" }))
            local turn = select(2, before:distance(after))
            return after.position[1] - before.position[1], after.position[2] - before.position[2], after.position[3] - before.position[3], math.deg(turn)
            """)).split(separator: "\n").compactMap { Double($0) }
        #expect(zip(moved, [0.045, 0.09, -0.045, 45]).allSatisfy { abs($0 - $1) < 1e-3 })
        // Where the tip cannot go nothing moves.
        #expect(session.text(of: try session.state.run("""
            local arm = avips.robot "planar_3link"
            local q = avips.teach(arm, { start = {0.1, 0.2, 0.3}, keys = "z z q" })
            return q[1] == 0.1 and q[2] == 0.2 and q[3] == 0.3
            """)) == "true")
    }

    @Test func demosStepWithEnterAndLeaveVariablesAlone() throws {
        let (session, host) = try session()
        host.isInteractive = true
        host.answers = ["", "q"]
        try session.state.run("arm = 'mine' d = avips.demo 'two-link-arm'")
        #expect(host.written.contains("Two answers"))
        #expect(host.written.contains("answers = arm:ik("))
        #expect(!host.written.contains("the elbow is at"))
        #expect(session.text(of: try session.state.run("return arm, d.arm.dof, d.answers")) == "mine\n2\nnil")
        #expect(Fixtures.message(session, "avips.demo 'two-link'")?.contains("two-link-arm") == true)
    }

    @Test(arguments: [60, 100, 118, 120, 140]) func annotationsOfDemosAreSetForThePage(width: Int) throws {
        for name in ["two-link-arm", "components"] {
            let session = try Fixture(display: DisplayStyle(width: width)).session
            let host = ScriptedHost()
            session.host = host
            host.isInteractive = true
            host.answers = ["q"]
            try session.state.run("avips.demo '\(name)'")
            let said = host.written.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("    ") }
            #expect(said.allSatisfy { $0.count <= width && $0 != "." }, "\(host.written)")
            // A paragraph fills the page before it goes on in the next line.
            #expect(said.contains { $0.count > width - 20 }, "\(host.written)")
        }
    }

    @Test func everyDemoHasATitleAndEndsInFigures() throws {
        let session = try Fixture().session
        #expect(session.resources.demoNames.count == 8)
        for name in session.resources.demoNames {
            let text = try String(contentsOfFile: "\(session.resources.demos)/\(name).lua", encoding: .utf8)
            #expect(text.hasPrefix("-- "), "\(name)")
            #expect(text.contains(":save \""), "\(name)")
        }
    }

    /// A projector shows a hundred columns, of which the prompt takes four.
    @Test func demosFitAProjectorAndEndInAFigureAndAQuestion() throws {
        let session = try Fixture().session
        for name in session.resources.demoNames {
            let text = try String(contentsOfFile: "\(session.resources.demos)/\(name).lua", encoding: .utf8)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where line.count > 96 {
                Issue.record("\(name).lua:\(number + 1) has \(line.count) columns")
            }
            // The last step: a comment behind a blank line, and the code below it.
            let start = try #require(text.range(of: "\n\n-- ", options: .backwards)).upperBound
            let step = text[start...].split(separator: "\n\n", maxSplits: 1)
            try #require(step.count == 2, "\(name)")
            let said = step[0].split(separator: "\n").map { $0.hasPrefix("-- ") ? $0.dropFirst(3) : $0 }.joined(separator: " ")
            #expect(said.contains("question: ") && said.contains("?"), "\(name)")
            #expect(step[1].contains(":save \"") || step[1].contains("avips.view(") || step[1].contains("print(picture("), "\(name)")
        }
    }
}

enum Fixtures {
    /// The message of the error that text ends in.
    static func message(_ session: Session, _ text: String) -> String? {
        do {
            try session.state.run(text)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
