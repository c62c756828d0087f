import Foundation
import LuaBridge
import Scripting
import Testing

/// Configurations go with the joints that they were found for: what was found for one robot is refused by another, whatever their names.
@Suite struct ForeignAnswerTests {
    /// Robots of one name with two and nine joints, and what was found for the smaller one.
    private static let robots = """
        local function arm(joints)
          local parts = { '<robot name="twin"><link name="l0"/>' }
          for i = 1, joints do
            parts[#parts + 1] = ('<link name="l%d"><collision><geometry><sphere radius="0.01"/></geometry></collision></link>'
              .. '<joint name="j%d" type="revolute"><parent link="l%d"/><child link="l%d"/><origin xyz="0.3 0 0"/><axis xyz="0 0 1"/>'
              .. '<limit lower="-3" upper="3" effort="1" velocity="1"/></joint>'):format(i, i, i - 1, i)
          end
          return avips.robot(table.concat(parts) .. "</robot>")
        end
        local small, large = arm(2), arm(9)
        local answers = small:ik(small:fk{0.4, 0.2}, { seed = 1 })
        local track = small:track({ small:fk{0.4, 0.2}, small:fk{0.5, 0.2} }, { seed = 1 })
        local plans = small:plan({0, 0.1}, {0.5, 0.3}, { seed = 1 })
        local rest = {} for i = 1, 9 do rest[i] = 0.05 * i end

        """

    @Test(arguments: [
        "large:plan(rest, answers)", "avips.plot.poses(large, answers)", "avips.plot.poses(large, track)", "avips.plot.poses(large, plans[1])",
        "avips.view(large, answers)", "avips.view(large, track)", "avips.view(large, plans)", "avips.view(large, { answers, answers })",
        "avips.plot.joints(answers, { robot = large })",
    ])
    func robotsOfOneNameAreToldApartByTheirJoints(_ call: String) throws {
        let message = try Fixture().message(Self.robots + call) ?? "no error"
        #expect(message.contains("is of another twin, one with 2 joints (j1, j2) in place of 9 joints (j1, j2, j3, j4, …)"), "\(message)")
    }

    @Test func aPlanTakesTheAnswersOfItsOwnRobotAlone() throws {
        let fixture = try Fixture()
        let message = fixture.message("""
            local other = avips.robot "planar_3link"
            avips.robot("panda"):plan({0, -0.5, 0, -2, 0, 1.6, 0.8}, other:ik(other:fk{0.1, 0.2, 0.3}, { seed = 1 }))
            """) ?? "no error"
        #expect(message.contains("argument 2 (goal) is of planar_3link, not of panda"), "\(message)")
        #expect(try fixture.shown(Self.robots + "return #small:plan({0, 0.1}, answers, { seed = 1 })") == "1")
    }
}
