import Scripting
import Testing

/// Where times are not told, what is shown is the same each time.
@Suite struct ShownTimesTests {
    @Test(arguments: [
        "avips.robot 'panda':ik(avips.pose{ xyz = {0.4, 0, 0.5} }, { count = 2, seed = 1 })",
        "avips.robot 'talos_28dof':ik({ right_hand = {0.5, -0.2, 0.9} }, { count = 2, seed = 1 })",
        "avips.robot 'panda':track({ avips.pose{ xyz = {0.4, 0, 0.5} }, avips.pose{ xyz = {0.4, 0.05, 0.5} } }, { seed = 1 })",
        "avips.robot 'panda':plan({-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, {0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, { seed = 1 })",
    ]) func searchesEndTheirFirstLineWithTheirTime(code: String) throws {
        func lines(_ display: DisplayStyle) throws -> [Substring] { try Fixture(display: display).shown("return " + code).split(separator: "\n") }
        let timed = try lines(DisplayStyle()), untimed = try lines(DisplayStyle(showsTimes: false))
        #expect(try #require(timed.first).hasPrefix(try #require(untimed.first) + " · "))
        #expect(timed.dropFirst() == untimed.dropFirst())
    }
}
