import Scripting
import TestSupport
import Testing

/// Poses, goals and lists of them are asked of robots, bodies and models alike.
@Suite struct QuestionsTests {
    private let prelude = """
        panda = avips.robot 'panda' target = panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7}
        down = avips.goal{ xyz = {0.45, 0.1, 0.4}, axis = {0, 0, 1}, direction = {0, 0, -1} }

        """

    /// What makes a pose is a pose wherever one is taken.
    @Test func tablesArePoses() throws {
        let fixture = try Fixture()
        _ = try fixture.shown(prelude + """
            local table_ = { xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
            local pose = avips.pose(table_)
            assert(panda:ik(table_, { seed = 1 })[1].q[1] == panda:ik(pose, { seed = 1 })[1].q[1])
            assert(panda:ik(table_, { seed = 1 }).target == pose and panda:reachable(table_, { seed = 1 }))
            assert(#panda:ik({ table_, pose, down }, { seed = 1 }) == 3)
            assert(pose:distance(table_) == 0 and avips.goal{ pose = table_ }.pose == pose)
            assert(#panda:track({ table_, pose }, { seed = 1 }).unreached == 0)
            local goal = { xyz = {0.45, 0.1, 0.4}, axis = {0, 0, 1}, direction = {0, 0, -1} }
            assert(panda:ik(goal, { seed = 1 }).goal == down)
            assert(panda:reference(table_, { count = 5, seed = 1 }).rows == 5)
            """)
        #expect(fixture.message("panda:ik{ xyzz = {1, 2, 3} }")?.contains("xyz") == true)
        #expect(fixture.message("panda:ik{ 0.4, 0, 0.5 }")?.contains("write { xyz = {...} }") == true)
        #expect(fixture.message("panda:ik(3)")?.contains("must be a Goal, a Pose, or a table of what makes one") == true)
    }

    @Test func goalsAreReachedTrackedAndListed() throws {
        _ = try Fixture().shown(prelude + """
            local yes, solution = panda:reachable(down, { seed = 1 })
            assert(yes and down:error(panda:fk(solution.q)) < 1e-4)
            assert(panda:reachable(avips.goal{ xyz = {2, 0, 0} }, { restarts = 64 }) == false)
            local path = {}
            for i = 1, 8 do path[i] = avips.goal{ xyz = {0.4, -0.1 + 0.02 * i, 0.4}, axis = {0, 0, 1}, direction = {0, 0, -1} } end
            local track = panda:track(path, { seed = 1 })
            assert(#track == 8 and #track.jumps == 0 and #track.unreached == 0)
            local near = panda:ik(down, { near = track[8], max_move = 1.5, seed = 1 })
            for i = 1, 7 do assert(math.abs(near[1].q[i] - track[8][i]) <= 1.5) end
            local kept = panda:track({ avips.goal{ xyz = {0.4, 0, 0.4} }, avips.goal{ xyz = {0.4, 0.01, 0.4} } }, { start = near[1].q, locked = {"panda_joint1"}, seed = 1 })
            assert(kept[2][1] == near[1].q[1])
            local held = panda:ik(down, { locked = { panda_joint1 = 0.1 }, seed = 1 })
            assert(held[1].q[1] == 0.1 and down:error(panda:fk(held[1].q)) < 1e-4)
            assert(panda:manipulability(held[1].q) > 0)
            """)
    }

    /// Why there are fewer answers than asked for, what was demanded included.
    @Test func reasonsSayWhatRestrictsTheAnswers() throws {
        _ = try Fixture().shown(prelude + """
            local function reason(options)
                options.seed, options.restarts = 1, options.restarts or 64
                return panda:ik(avips.goal{ xyz = {0.4, 0.1, 0.9}, rpy = {math.pi, 0, 0} }, options).reason
            end
            local near = {0, -0.5, 0, -2, 0, 1.6, 0.8}
            local held = reason{ locked = { panda_joint1 = 2.8, panda_joint2 = 1.7 } }
            assert(held:find("; with panda_joint1, panda_joint2 held", 1, true), held)
            local close = reason{ near = near, max_move = 0.05 }
            assert(close:find("; with joints within max_move of near", 1, true), close)
            assert(reason{ near = near, max_move = 0.05, locked = {"panda_joint1"} }:find("; with panda_joint1 held and joints within max_move of near", 1, true))
            local locked = reason{ near = near, max_move = 0.5, locked = { panda_joint1 = 1 } }
            assert(locked == "panda_joint1 is held at 1.0, farther than max_move from near", locked)
            local one = panda:ik(avips.goal{ xyz = {3, 0, 0} }, { restarts = 1, seed = 1 }).reason
            assert(one:find("the only start never ", 1, true), one)
            """)
    }

    /// What one joint may move is given for that joint alone.
    @Test func singleJointsMayMoveAnyWay() throws {
        _ = try Fixture().shown(prelude + """
            local near = {0, -0.5, 0, -2, 0, 1.6, 0.8}
            local target = panda:fk{1, -0.5, 0, -2, 0, 1.6, 0.8}
            local free = panda:ik(target, { near = near, max_move = {math.huge, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3}, seed = 1 })
            assert(#free == 1 and free[1].q[1] > 0.5)
            for i = 2, 7 do assert(math.abs(free[1].q[i] - near[i]) <= 0.3 + 1e-9) end
            assert(#panda:ik(target, { near = near, max_move = 0.3, seed = 1 }) == 0)
            local _, fault = pcall(panda.ik, panda, target, { near = near, max_move = {-math.huge, 1, 1, 1, 1, 1, 1} })
            assert(fault:find("max_move, element 1 must be a finite number", 1, true), fault)
            """)
    }

    /// Of a joint without limits the nearest turn counts.
    @Test func jointsWithoutLimitsAreHeldWithinATurnOfNear() throws {
        _ = try Fixture().shown("""
            local arm, near = avips.robot "planar_10link", {}
            for i = 1, arm.dof do near[i] = 0.3 end
            near[1] = 3.1
            local function held(value)
                return arm:ik(avips.goal{ xyz = arm:fk(near).position }, { near = near, max_move = 1, locked = { joint_1 = value }, seed = 1 })
            end
            assert(held(-3.1)[1].q[1] == -3.1, held(-3.1).reason)
            assert(held(1.5).reason == "joint_1 is held at 1.5, farther than max_move from near")
            """)
    }

    /// However finely a line is sampled, the arm moves along it smoothly: it takes no longer.
    @Test func finelySampledPathsAreFollowedSmoothly() throws {
        _ = try Fixture().shown(prelude + """
            local function line(count)
                local path = {}
                for i = 1, count do path[i] = avips.pose{ xyz = {0.45, -0.2 + 0.4 * (i - 1) / (count - 1), 0.4}, rpy = {math.pi, 0, 0} } end
                return panda:track(path, { seed = 1 })
            end
            local coarse, fine = line(50), line(5000)
            assert(math.abs(fine.length / coarse.length - 1) < 0.01, fine.length / coarse.length)
            assert(fine.times[#fine.times] < 1.2 * coarse.times[#coarse.times], fine.times[#fine.times] / coarse.times[#coarse.times])
            """)
    }

    @Test func timeLimitsEndQueries() throws {
        let fixture = try Fixture()
        _ = try fixture.shown(prelude + """
            local far = { xyz = {3, 0, 0} }
            local never = { seconds = 0.02, restarts = 10000000, seed = 1 }
            local answer = panda:ik(far, never)
            assert(#answer == 0 and not answer.success and answer.reason:find "time limit of 0.02 s" and answer.closest)
            local known, closest = panda:reachable(far, never)
            assert(known == nil and closest.position_error > 1)
            local path = {}
            for i = 1, 5000 do path[i] = far end
            local track = panda:track(path, { seconds = 0.02, seed = 1 })
            assert(#track < 5000 and track.reason:find "time limit")
            -- Poses that many tracks at once reach; to choose among them takes seconds.
            for i = 1, 5000 do path[i] = avips.pose{ xyz = {0.4, -0.2 + 0.00008 * i, 0.4}, rpy = {math.pi, 0, 0} } end
            track = panda:track(path, { candidates = 256, seconds = 0.05, seed = 1 })
            assert(#track < 5000 and track.reason:find "time limit of 0.05 s")
            """)
    }

    @Test func bodiesAnswerAsChainsDo() throws {
        _ = try Fixture().shown("""
            local talos = avips.robot "talos_28dof"
            local list = talos:ik({ { right_hand = {0.5, -0.2, 0.9} }, { right_hand = { xyz = {0.4, -0.2, 0.9}, rpy = {0, 0, 0} } } }, { seed = 1 })
            assert(#list == 2 and #list[1] == 1 and list[1][1].position_error < 1e-4)
            local yes, posture = talos:reachable({ right_hand = {0.5, -0.2, 0.9} }, { seed = 1 })
            assert(yes and posture.position_error < 1e-4)
            assert(talos:reachable({ right_hand = {9, 0, 0} }, { restarts = 64, seed = 1 }) == false)
            local near = talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { near = posture.q, max_move = 0.2, seed = 1 })
            assert(#near == 1 and near[1].distance < 0.2)
            """)
    }

    @Test func modelsInPartsAnswerAsOthersDo() throws {
        _ = try Fixture().shown("""
            local robot = avips.robot "planar_3link"
            local _, others = robot:split(1)
            local first = avips.model{ robot = robot, joints = 1, context = "position", components = 4, hidden = {32, 32}, seed = 1 }
            local rest = avips.model{ robot = others, context = "position", components = 2, hidden = {32, 32}, seed = 1 }
            for _, part in ipairs{ first, rest } do part:train{ steps = 20, seed = 1 } end
            local student, q = avips.model{ lead = first, rest = rest }, {0.3, 0.5, -0.4}
            local target = robot:fk(q)
            local near = student:solve(target, { near = q, seed = 1 })
            assert(near[1].distance < 1e-3)
            local name = robot.joints[2].name
            local held = student:solve(target, { locked = { [name] = 0.5 }, seed = 1 })
            assert(held[1].q[2] == 0.5 and held[1].position_error < 1e-4)
            assert(#student:solve({ target, target }, { seed = 1 }) == 2)
            local goal = avips.goal{ pose = target, rotation = "free", position_slack = {0.05, 0, 0} }
            assert(#student:solve(goal, { seed = 1 }) == 1)
            local path = {}
            for i = 1, 5 do path[i] = robot:fk{0.3 + 0.02 * i, 0.5, -0.4} end
            assert(#student:track(path, { start = q, seed = 1 }).jumps == 0)
            """)
        // A model of the first joints has no answers by itself, and says so for a list as for a pose.
        let fixture = try Fixture()
        _ = try fixture.shown("lead = avips.model{ robot = 'ur5', joints = 2, components = 2, hidden = {16}, seed = 1 } pose = avips.pose{ xyz = {0.4, 0, 0.4} }")
        #expect(fixture.message("lead:solve{ pose, pose }") != nil && fixture.message("lead:solve(pose)") != nil)
    }

    @Test func turnsAreOneAnswer() throws {
        try withTemporaryDirectory { directory in
            _ = try Fixture().shown("""
                local file = io.open("\(packageRoot)/robots/ur5e.urdf")
                local text = file:read "a"
                file:close()
                text = text:gsub('lower="[^"]*" upper="[^"]*"', 'lower="-6.283185307179586" upper="6.283185307179586"')
                local path = "\(directory)/wound.urdf"
                file = io.open(path, "w")
                file:write(text)
                file:close()
                local ur = avips.robot(path)
                local answers = ur:ik(ur:fk{0.4, -1.2, 1.3, -0.6, 1.1, 0.3}, { count = 600, position_tolerance = 1e-6, rotation_tolerance = 1e-6, seed = 1 })
                assert(#answers == 8, #answers)
                local windings = answers[1].windings
                assert(#windings == 64 and windings[1][1] == answers[1].q[1])
                """)
        }
    }

    @Test func slidesWithoutEndAreSolved() throws {
        try withTemporaryDirectory { directory in
            _ = try Fixture().shown("""
                local path = "\(directory)/rail.urdf"
                local file = io.open(path, "w")
                file:write[[<robot name="rail"><link name="a"/><link name="b"/><link name="c"/><link name="t"/>
                <joint name="x" type="prismatic"><parent link="a"/><child link="b"/><axis xyz="1 0 0"/><limit lower="-1e9" upper="1e9" effort="1" velocity="1"/></joint>
                <joint name="q1" type="revolute"><parent link="b"/><child link="c"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint>
                <joint name="q2" type="revolute"><parent link="c"/><child link="t"/><origin xyz="0.5 0 0"/><axis xyz="0 1 0"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint></robot>]]
                file:close()
                local rail = avips.robot(path)
                for i = 1, 20 do
                  local target = rail:fk{10 * i, 0.3, 0.4}
                  local answers = rail:ik(target, { seed = i })
                  assert(answers.success and rail:fk(answers[1].q):distance(target) <= 1e-4)
                  assert(rail:reachable(target, { seed = i }))
                end
                """)
        }
    }
}
