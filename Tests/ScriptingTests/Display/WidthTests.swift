import Foundation
import Scripting
import Testing

/// Tables fit the width of the page.
@Suite struct WidthTests {
    private static let start = """
        local panda = avips.robot "panda"
        local target = panda:fk{0.3, -0.4, 0.1, -2, 0.2, 1.6, 0.8}

        """

    private func longest(_ code: String, width: Int) throws -> (shown: String, width: Int) {
        let shown = try Fixture(display: DisplayStyle(width: width, showsTimes: false)).shown(Self.start + code)
        return (shown, shown.split(separator: "\n").map(\.count).max() ?? 0)
    }

    /// Code that is shown stays code where it is broken: strings are whole, comments go on as comments.
    @Test(arguments: [20, 40, 64, 80])
    func brokenCodeIsTheSameCode(_ width: Int) throws {
        let state = try Fixture().session.state
        for function in state.registry.all {
            let broken = function.example.wrappedCode(to: width)
            #expect(throws: Never.self, "\(function.name): \(broken)") { try state.load(broken, name: "=example") }
            let blanks = [" ", "\n"] as Set<Character>
            if !function.example.contains("--") { #expect(broken.filter { !blanks.contains($0) } == function.example.filter { !blanks.contains($0) }) }
        }
        #expect("local a = f(1) -- says what it does at some length".wrappedCode(to: 30) == "local a = f(1) -- says what it\n    -- does at some length")
        #expect(#"print("a b c d e f g", x)"#.wrappedCode(to: 12) == "print(\"a b c d e f g\",\n    x)")
    }

    @Test(arguments: [120, 100, 80, 64, 50, 40])
    func solutionsFit(_ width: Int) throws {
        for options in ["count = 3", "count = 3, near = {0, 0, 0, -2, 0, 2, 0}"] {
            let (shown, longest) = try longest("return panda:ik(avips.goal{ xyz = {0.4, 0.1, 0.5}, rotation = 'free' }, { \(options), seed = 1 })", width: width)
            let table = shown.split(separator: "\n").dropFirst(2).map(\.count).max() ?? 0
            #expect(table <= width, "\(shown)")
            #expect(longest >= 30)
        }
    }

    /// At 80 columns seven joints keep a decimal, and all figures stay on the line of their solution.
    @Test func sevenJointsFitEightyColumns() throws {
        let (shown, _) = try longest("return panda:ik(target, { count = 2, seed = 1 })", width: 80)
        let lines = shown.split(separator: "\n")
        #expect(lines[2].contains("pos") && lines[2].contains("manip") && !lines[2].contains("manipulability"), "\(shown)")
        #expect(lines.count >= 4 && lines[3].contains(/-?\d+\.\d +-?\d+\.\d/), "\(shown)")
        let (wide, _) = try longest("return panda:ik(target, { count = 2, seed = 1 })", width: 100)
        #expect(wide.contains("manipulability"))
    }

    @Test(arguments: [100, 80, 60])
    func otherTablesFit(_ width: Int) throws {
        let cases = [
            "return panda", "return avips.robot 'talos_28dof'", "return avips.model 'panda':predict(target)", "return avips.model 'panda'",
            "local v = avips.vips{ target = avips.target.two_joint_arm(), components = 2, seed = 1 } return v:run{ iterations = 3 }",
            "local m = avips.model{ robot = 'planar_3link', components = 2, hidden = {16}, seed = 1 } return m:train{ steps = 4, batch = 16, seed = 1, forward_share = 0.5 }",
            "return avips.robot 'talos_28dof':ik({ right_hand = {0.5, -0.2, 0.9} }, { seed = 1 })",
        ]
        for code in cases {
            let (shown, _) = try longest(code, width: width)
            // Sentences above a table are the terminal's to break; one word may be longer than what is left for it.
            for line in shown.split(separator: "\n") where line.hasPrefix("  ") && line.count > width {
                #expect(line.trimmingCharacters(in: .whitespaces).split(separator: " ").contains { $0.count + 24 > width } || line.contains(" at ("), "\(code): \(line)")
            }
        }
    }
}
