import Scripting
import Testing

/// Whole bodies, goals and their targets as scripts see them.
@Suite struct BodyScriptTests {
    @Test func posturesMeetTheirGoals() throws {
        #expect(try Fixture().shown("""
            local talos = avips.robot "talos_28dof"
            local goals = { right_hand = {0.5, -0.2, 0.9}, left_hand = avips.goal{ xyz = {0.4, 0.3, 1.0}, axis = {0, 0, 1}, direction = {1, 0, 0} } }
            local s = talos:ik(goals, { count = 5, seed = 1 })
            local worst = 0
            for _, posture in ipairs(s) do
                for tip, goal in pairs(s.goals) do
                    local metres, radians = goal:error(talos:fk(posture.q)[tip])
                    worst = math.max(worst, metres / 1e-4, radians / 1e-3)
                end
                local com = talos:com(posture.q)
                assert(math.abs(com[1] + 0.02) < 0.1001 and math.abs(com[2]) < 0.1001)
            end
            return worst <= 1, #s, s:matrix().columns, s.success, talos.dof, s.goals.left_foot ~= nil, talos:ik(goals, { count = 5, seed = 1 }):matrix() == s:matrix()
            """) == "true\n5\n34\ntrue\n34\ntrue\ntrue")
    }

    @Test func goalsLeaveFree() throws {
        #expect(try Fixture().shown("""
            local place = avips.goal{ xyz = {0.4, 0, 0.5} }
            local axis = avips.goal{ axis = {0, 0, 2}, direction = {0, 0, -1} }
            local pose = avips.goal{ pose = avips.pose{ xyz = {0.4, 0, 0.5}, rpy = {0, 90, 0}, degrees = true }, rotation_slack = 0.1 }
            return place.rotation, axis.rotation, axis.position_slack[1], pose.rotation, pose.rotation_slack, place == avips.goal{ xyz = {0.4, 0, 0.5} }
            """) == "free\naxis\ninf\nfull\n0.1\ntrue")
        #expect(try Fixture().shown("""
            local panda, model = avips.robot "panda", avips.model "panda"
            local goals = {
                avips.goal{ xyz = {0.4, 0.2, 0.5} }, avips.goal{ xyz = {0.4, 0.2, 0.5}, axis = {0, 0, 1}, direction = {1, 0, 0} },
                avips.goal{ axis = {0, 1, 0}, direction = {0, 0, 1} }, avips.goal{ xyz = {0.4, 0.2, 0.5}, position_slack = {0.1, math.huge, 0.01} },
            }
            local solved = 0
            for _, goal in ipairs(goals) do
                for _, s in ipairs{ panda:ik(goal, { count = 4, seed = 2 }), model:solve(goal, { count = 4, seed = 2 }) } do
                    assert(s.goal == goal)
                    for _, answer in ipairs(s) do
                        local metres, radians = goal:error(panda:fk(answer.q))
                        if metres < 1e-4 and radians < 1e-3 then solved = solved + 1 end
                    end
                end
            end
            return solved
            """) == "32")
    }

    @Test func mistakesAreNamed() throws {
        let fixture = try Fixture()
        let cases = [
            ("avips.goal{}", "needs a position, an orientation or an axis"),
            ("avips.goal{ axis = {0, 0, 1} }", "option axis needs a direction"),
            ("avips.goal{ xyz = {0, 0, 0}, direction = {0, 0, 1} }", "option direction goes with axis"),
            ("avips.goal{ xyz = {0, 0, 0}, position_slack = -1 }", "option position_slack must be a number, at least 0"),
            ("avips.robot('talos_28dof'):ik{ nose = {0, 0, 0} }", "names no tip (\"nose\"); the tips of talos_28dof are right_hand"),
            ("avips.robot('talos_28dof'):ik({}, { stance = false })", "must have a goal"),
            ("avips.robot('talos_28dof'):fk{ 1, 2 }", "must be a list of 34 numbers"),
            ("avips.robot('panda', { floating = true, tip = 'panda_hand' })", "option floating goes with a whole body"),
            ("avips.target.goals(avips.robot 'panda', {0, 0, 0.5}, { preferred_deviation = 1 })", "option preferred_deviation goes with preferred"),
        ]
        for (text, message) in cases { #expect(fixture.message(text)?.contains(message) == true, "\(fixture.message(text) ?? "no error") for \(text)") }
    }

    @Test func bodiesPrint() throws {
        let text = try Fixture().shown("return avips.robot 'talos_28dof'")
        #expect(text.hasPrefix("talos_28dof · 34 variables · floating base · 5 tips · 90.3 kg"))
        #expect(try Fixture().shown("return avips.goal{ xyz = {0.4, 0, 0.5}, axis = {0, 0, 1}, direction = {0, 0, -1} }")
            == "Goal · at (0.400 0.000 0.500) m, axis (0 0 1) along (0 0 -1)")
        #expect(try Fixture().shown("return avips.robot('talos_28dof', { tip = 'left_hand' }).dof, avips.robot('talos_28dof', { floating = false }).dof") == "9\n28")
    }

    /// A contact may be a place in any orientation, as goals may.
    @Test func stancesTakePlaces() throws {
        #expect(try Fixture().message("""
            local body = avips.robot("talos_upper_body", { tips = {"gripper_left_base_link", "gripper_right_base_link"}, stance = { gripper_right_base_link = {0.3, -0.3, 0.1} } })
            assert(tostring(body.stance.gripper_right_base_link):find "any orientation")
            assert(#body:ik({ gripper_left_base_link = {0.3, 0.3, 0.2} }, { seed = 1 }) == 1)
            """) == nil)
    }

    /// However far a goal is, and whatever it tolerates, feet stay in place.
    @Test func feetStayInPlace() throws {
        #expect(try Fixture().message("""
            local talos = avips.robot "talos_28dof"
            local s = talos:ik({ right_hand = {0, -50, 60} }, { seed = 1, restarts = 64, position_tolerance = 0.1, rotation_tolerance = 0.3 })
            assert(#s == 0 and s.closest.position_error > 70)
            local poses = talos:fk(s.closest.q)
            for tip, goal in pairs(talos.stance) do
                local metres, radians = goal:error(poses[tip])
                assert(metres < 2e-6 and radians < 2e-5, metres)
            end
            """) == nil)
    }
}
