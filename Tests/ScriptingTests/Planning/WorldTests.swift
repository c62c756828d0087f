import Scripting
import Testing

/// Worlds, collisions and plans, as scripts have them.
@Suite struct WorldTests {
    private static let start = """
        local panda = avips.robot "panda"
        local world = avips.world{
          { box = {0.5, 0.8, 0.03}, at = {0.55, 0, 0.72}, name = "shelf" },
          { capsule = { radius = 0.05, length = 0.8 }, at = avips.pose{ xyz = {0.25, 0.25, 0.4} } },
          { points = { {0.5, 0.3, 0.3}, {0.5, 0.35, 0.3} }, radius = 0.02 },
        }
        local target = avips.pose{ xyz = {0.5, 0.05, 0.42}, rpy = {math.pi, 0, 0.3} }

        """

    @Test func `worlds print, count, and give their obstacles`() throws {
        #expect(try Fixture().shown(Self.start + "return world, #world, world[1].name, world[2].kind, avips.world{ { sphere = 1, at = { xyz = {1, 2, 3} } } }[1].pose.position[3], world[9]") == """
            World · 1 box, 1 capsule, 1 cloud
              shelf · box 500 mm × 800 mm × 30 mm at (550 mm, 0 m, 720 mm)
              capsule 2 · capsule of radius 50 mm, length 800 mm at (250 mm, 250 mm, 400 mm)
              points 3 · 2 points of radius 20 mm at (0 m, 0 m, 0 m)
            3
            shelf
            capsule
            3.0
            nil
            """)
    }

    @Test(arguments: [
        ("avips.world(1)", "must be a list of obstacles"), ("avips.world{ sphere = 1 }", "each a table of its own"),
        ("avips.world{ { } }", "has no shape"), ("avips.world{ { sphere = 1, box = {1, 1, 1} } }", "has two shapes"),
        ("avips.world{ { spere = 1 } }", "has a field \"spere\""), ("avips.world{ { sphere = -1 } }", "radius above 0"),
        ("avips.world{ { sphere = 0/0 } }", "finite number"), ("avips.world{ { box = {1, 2} } }", "three edge lengths"), ("avips.world{ { cylinder = 1 } }", "radius = 0.05"),
        ("avips.world{ { sphere = 1, at = {1e9, 0, 0} } }", "of the origin"), ("avips.world{ { sphere = 1, radius = 2 } }", "goes with points"),
        ("avips.world{ { mesh = \"nowhere.stl\" } }", "there is no file"), ("avips.world{ { points = { {1, 2} } } }", "rows of 3 numbers"),
        ("avips.robot(\"ur5\"):collides({0, 0, 0, 0, 0, 0})", "no collision shapes"), ("avips.robot(\"panda\"):collides({0, 0, 0, 0, 0, 0, 0}, {})", "World"),
        ("avips.robot(\"panda\"):split(2):collides({0, 0})", "parts have no collision shapes"),
    ]) func `what cannot be is refused with a reason`(text: String, words: String) throws {
        let message = try #require(try Fixture().message(text))
        #expect(message.contains(words), "\(message)")
    }

    @Test func `collisions of one configuration and of many agree with distances`() throws {
        #expect(try Fixture().shown(Self.start + """
            local rows, wrong = panda:random(100, { seed = 3 }), 0
            local all = panda:collides(rows, world)
            local touching = 0
            for i = 1, 100 do
              local d, pair = panda:distance(rows[i], world)
              if all[i] ~= (d < 0) or panda:collides(rows[i], world) ~= all[i] then wrong = wrong + 1 end
              if all[i] then touching = touching + 1 end
              assert(#pair.gradient == 7 and #pair.point == 3 and (pair.obstacle or pair.other))
            end
            return wrong, touching > 5, touching < 95, panda:distance({0, -0.5, 0, -2, 0, 1.6, 0.8}, nil, { self_collision = false })
            """) == "0\ntrue\ntrue\ninf\nnil")
    }

    @Test func `searches keep clear of a world, for poses, goals and lists, with models and without`() throws {
        #expect(try Fixture().shown(Self.start + """
            local function clear(answers)
              for i = 1, #answers do
                if panda:collides(answers[i].q, world) or not (answers[i].clearance > 0) then return false end
              end
              return #answers
            end
            local list = panda:ik({ target, avips.goal{ pose = target, axis = {0, 0, 1} } }, { count = 4, seed = 1, world = world })
            local yes, one = panda:reachable(target, { world = world, seed = 1 })
            local model = avips.model "panda"
            local block = avips.world{ { box = {0.3, 0.3, 0.3}, at = {0.5, 0.05, 0.42} } }
            local none = panda:ik(target, { world = block, restarts = 200, seed = 1 })
            local no, nothing = panda:reachable(target, { world = block, restarts = 200, seed = 1 })
            return clear(panda:ik(target, { count = 20, seed = 1, world = world })), clear(list[1]), clear(list[2]), yes, one.clearance > 0,
              clear(model:solve(target, { count = 10, seed = 1, world = world })), #none, none.rejected > 0, none.reason:match("distinct solutions collide"), no, nothing,
              clear(panda:ik(target, { count = 3, near = {0, 0.2, 0.1, -2, 0.1, 2.2, 1}, seed = 1, world = world })),
              panda:ik(target, { seed = 1 })[1].clearance, panda:ik(target, { seed = 1, self_collision = true })[1].clearance > 0
            """) == "20\n4\n4\ntrue\ntrue\n10\n0\ntrue\ndistinct solutions collide\nfalse\nnil\n3\nnil\ntrue")
    }

    /// Inside a box: solving, reaching, following, planning, with and without a model, with a joint locked.
    @Test(arguments: [
        "panda:ik(target, { world = block, restarts = 200, seed = 1 }).reason", "panda:ik({ target, target }, { world = block, restarts = 200, seed = 1 })[2].reason",
        "panda:ik(target, { world = block, restarts = 200, seed = 1, locked = { panda_joint3 = 0.1 } }).reason",
        "panda:ik(target, { world = block, restarts = 200, seed = 1, near = {0, 0.2, 0.1, -2, 0.1, 2.2, 1} }).reason",
        "panda:ik(avips.goal{ pose = target, axis = {0, 0, 1} }, { world = block, restarts = 200, seed = 1 }).reason",
        "select(3, panda:reachable(target, { world = block, restarts = 200, seed = 1 }))",
        "avips.model('panda'):solve(target, { world = block, seed = 1 }).reason",
        "panda:track({ avips.pose{ xyz = {0.3, -0.4, 0.4}, rpy = {math.pi, 0, 0.3} }, target }, { world = block, candidates = 4, seed = 1 }).reason",
        "panda:plan({-0.8, 0.2, 0, -2, 0, 2.2, 0.8}, target, { world = block, seed = 1 }).reason",
        "panda:plan({-0.8, 0.2, 0, -2, 0, 2.2, 0.8}, panda:ik(target, { count = 5, seed = 1 }), { world = block, seed = 1 }).reason",
        "panda:plan({-0.8, 0.2, 0, -2, 0, 2.2, 0.8}, panda:ik(target, { seed = 1 })[1].q, { world = block, seed = 1 }).reason",
    ]) func `where everything collides, the answer names what touches`(call: String) throws {
        let text = try Fixture().shown(Self.start + "local block = avips.world{ { box = {0.3, 0.3, 0.3}, at = {0.5, 0.05, 0.42}, name = 'block' } } return \(call)")
        #expect(text.contains("and block") && (text.contains("touches: ") || text.contains("the goal collides: ")), "\(text)")
    }

    @Test func `where all of a body's solutions collide, the answer names what touches`() throws {
        func arm(_ side: String, _ y: Double) -> String {
            (1...3).map { i in
                """
                <link name="\(side)\(i)"><collision><origin xyz="0.3 0 0"/><geometry><sphere radius="0.08"/></geometry></collision></link>
                <joint name="\(side)_joint\(i)" type="revolute"><parent link="\(i == 1 ? "base" : "\(side)\(i - 1)")"/><child link="\(side)\(i)"/>
                <origin xyz="\(i == 1 ? "0 \(y) 0" : "0.3 0 0")"/><axis xyz="0 0 1"/><limit lower="-2.5" upper="2.5" velocity="1" effort="1"/></joint>
                """
            }.joined()
        }
        let text = try Fixture().shown("""
            local pair = avips.robot([[<robot name="pair"><link name="base"/>\(arm("left", 0.5))\(arm("right", -0.5))</robot>]], { tips = { left = "left3", right = "right3" } })
            local tips = pair:fk{ 0.3, 0.4, 0.2, -0.3, -0.4, -0.2 }
            local world = avips.world{ { box = {0.5, 0.5, 0.5}, at = tips.left.position, name = "block" } }
            local found = pair:ik({ left = tips.left, right = tips.right }, { world = world, seed = 1, restarts = 64 })
            local reached, _, reason = pair:reachable({ left = tips.left, right = tips.right }, { world = world, seed = 1, restarts = 64 })
            return #found, found.reason, reached, reason
            """)
        #expect(text.hasPrefix("0\n") && text.components(separatedBy: "every solution touches: ").count == 3 && text.contains("left3 and block") && !text.contains("right"), "\(text)")
    }

    @Test(arguments: [
        ("{-0.8, 0.2, 0, -2, 0, 2.2, 3}", "must lie within the limits of panda: panda_joint7 is 3"),
        ("avips.matrix{ {-0.8, 0.2, 0, -2, 0, 2.2, 0.8}, {-0.8, 0.2, 0, 2, 0, 2.2, 0.8} }", "must lie within the limits of panda: in row 2, panda_joint4 is 2"),
    ]) func `goals of plans lie within the limits`(goal: String, words: String) throws {
        let message = try #require(try Fixture().message("avips.robot 'panda':plan({-0.8, 0.2, 0, -2, 0, 2.2, 0.8}, \(goal), { seed = 1 })"))
        #expect(message.contains(words), "\(message)")
    }

    @Test func `plans lead to poses and configurations, and their paths are clear`() throws {
        #expect(try Fixture().shown(Self.start + """
            local from = {-0.8, 0.2, 0, -2, 0, 2.2, 0.8}
            local plans = panda:plan(from, target, { world = world, seed = 1 })
            local plan = plans[1]
            local same = panda:plan(from, target, { world = world, seed = 1 })[1]
            local several = panda:plan(from, target, { world = world, seed = 1, count = 3, goals = 16 })
            local weights = 0
            for i = 1, #several do weights = weights + several[i].weight end
            local touching = false
            for _, hit in ipairs(panda:collides(plan.path, world)) do touching = touching or hit end
            return #plans, touching, plan.path == same.path, panda:fk(plan[#plan]):distance(target) < 1e-4, #plan.times == #plan, plan.duration > 0,
              math.abs(weights - 1) < 1e-9, panda:plan(from, from, { world = world, seed = 1 })[1].length, plan:at(0)[1],
              #panda:plan(from, { xyz = {0.5, 0.05, 0.42}, rpy = {math.pi, 0, 0.3} }, { world = world, seed = 1 })
            """) == "1\nfalse\ntrue\ntrue\ntrue\ntrue\ntrue\n0.0\n-0.8\n1")
    }

    /// The first joint of the start is more than half a turn from the middle of its range, in which solutions are.
    @Test func `plans to poses and solutions end in the turn that is nearest to the start`() throws {
        #expect(try Fixture().message("""
            local arm = avips.robot "ur5e"
            local q = {3.5, -1.2, 1.0, -1, 1.3, 0.4}
            local here, answers = arm:fk(q), arm:ik(arm:fk(q), { count = 64, seed = 1 })
            local there = here * avips.pose{ xyz = {0.01, 0, 0} }
            local function length(goal) return arm:plan(q, goal, { seed = 1 })[1].length end
            assert(length(here) == 0, length(here))
            assert(length(answers) < 1e-3, length(answers))
            assert(length(there) < 0.1, length(there))
            assert(length(arm:ik(there, { count = 64, seed = 1 })) < 0.1)
            -- The configurations of a matrix are taken as they are.
            assert(length(answers:matrix()) > 3, length(answers:matrix()))
            local plans = arm:plan(q, answers, { seed = 1 })
            local turns = (answers[plans[1].goal].q[1] - plans[1][#plans[1]][1]) / (2 * math.pi)
            assert(plans.goals == #answers and math.abs(turns - math.tointeger(math.floor(turns + 0.5))) < 1e-6 and math.abs(turns) > 0.5, turns)
            """) == nil)
    }

    /// A redundant arm reaches a pose in a continuum of ways, of which few are near.
    @Test func `plans stay where the pose is reached already, and small moves stay small`() throws {
        #expect(try Fixture().message("""
            local panda = avips.robot "panda"
            local q = {0.3, -0.5, 0.1, -2, 0.2, 1.6, 0.8}
            local plans = panda:plan(q, panda:fk(q), { seed = 1 })
            assert(plans[1].length == 0 and plans[1].duration == 0 and plans[1].goal == 1 and plans.goals == 32)
            for _, count in ipairs{ 1, 4, 32 } do
              local pose = panda:fk(q) * avips.pose{ xyz = {0.01, 0, 0} }
              local nearest = panda:ik(pose, { near = q, self_collision = true, seed = 1 })[1].distance
              local plan = panda:plan(q, pose, { seed = 1, goals = count })[1]
              assert(math.abs(plan.length - nearest) < 1e-3, plan.length)
              assert(panda:fk(plan[#plan]):distance(pose) < 1e-4)
            end
            """) == nil)
    }

    @Test func `clearances are those of the distances far from the origin too`() throws {
        #expect(try Fixture().message("""
            local base = avips.pose{ xyz = {10000, -10000, 5000}, rpy = {0.1, 0.2, 0.3} }
            local panda = avips.robot("panda", { base = base })
            local world = avips.world{
              { sphere = 0.1, at = base * avips.pose{ xyz = {0.5, 0.1, 0.5} } },
              { box = {0.1, 0.2, 0.3}, at = base * avips.pose{ xyz = {0.3, -0.3, 0.6}, rpy = {0.1, 0.1, 0.1} } },
            }
            local from, to = {0.3, -0.5, 0.1, -2, 0.2, 1.6, 0.8}, {1.2, -0.5, 0.1, -2, 0.2, 1.6, 0.8}
            local plan, least = panda:plan(from, to, { world = world, seed = 1 })[1], math.huge
            for i = 1, #plan - 1 do
              for k = 0, 60 do
                local q = {}
                for j = 1, 7 do q[j] = plan[i][j] + (plan[i + 1][j] - plan[i][j]) * k / 60 end
                least = math.min(least, (panda:distance(q, world)))
              end
            end
            assert(math.abs(plan.clearance - math.min(least, 0.1)) < 1e-5, plan.clearance - least)
            for _, solution in ipairs{ panda:ik(panda:fk(from), { world = world, seed = 1 })[1] } do
              assert(math.abs(solution.clearance - math.min((panda:distance(solution.q, world)), 0.25)) < 5e-6)
            end
            """) == nil)
    }

    @Test func `bodies keep clear of a world with all their tips, alone, in lists and along paths`() throws {
        #expect(try Fixture().shown("""
            local function arm(side, y)
              local text = '<link name="' .. side .. '0"/><joint name="' .. side .. '_mount" type="fixed"><parent link="base"/><child link="' .. side .. '0"/><origin xyz="0 ' .. y .. ' 0"/></joint>'
              for i = 1, 4 do
                text = text .. '<link name="' .. side .. i .. '"><collision><origin xyz="0.15 0 0"/><geometry><box size="0.3 0.04 0.04"/></geometry></collision></link><joint name="' .. side .. '_joint' .. i
                  .. '" type="revolute"><parent link="' .. side .. (i - 1) .. '"/><child link="' .. side .. i .. '"/><origin xyz="' .. (i > 1 and 0.3 or 0) .. ' 0 0"/><axis xyz="0 0 1"/><limit lower="-2.5" upper="2.5" effort="1" velocity="1"/></joint>'
              end
              return text .. '<link name="' .. side .. '_tip"/><joint name="' .. side .. '_end" type="fixed"><parent link="' .. side .. '4"/><child link="' .. side .. '_tip"/><origin xyz="0.3 0 0"/></joint>'
            end
            local pair = avips.robot('<robot name="pair"><link name="base"/>' .. arm("left", 0.6) .. arm("right", -0.6) .. '</robot>', { tips = {"left_tip", "right_tip"} })
            local block = avips.world{ { cylinder = { radius = 0.12, length = 1 }, at = {0.5, 0.5, 0}, name = "post" } }
            local goals = { left_tip = {0.8, 0.5, 0}, right_tip = {0.7, -0.7, 0} }
            local function touching(q)
              -- The links are boxes from each joint to the next one, in the plane.
              local x, y, turn, least = 0, 0.6, 0, math.huge
              for i = 1, 4 do
                turn = turn + q[i]
                for s = 0, 30 do least = math.min(least, math.sqrt((x + s * 0.01 * math.cos(turn) - 0.5)^2 + (y + s * 0.01 * math.sin(turn) - 0.5)^2)) end
                x, y = x + 0.3 * math.cos(turn), y + 0.3 * math.sin(turn)
              end
              return least < 0.12
            end
            local free, hit = pair:ik(goals, { count = 20, seed = 1 }), 0
            for i = 1, #free do if touching(free[i].q) then hit = hit + 1 end end
            local clear, bad = pair:ik(goals, { count = 20, seed = 1, world = block }), 0
            for i = 1, #clear do if touching(clear[i].q) or not (clear[i].clearance > 0) then bad = bad + 1 end end
            local path = {}
            for i = 1, 4 do path[i] = { left_tip = {0.8, 0.5 + 0.01 * i, 0}, right_tip = {0.7, -0.7, 0} } end
            local track, off = pair:track(path, { seed = 1, world = block, candidates = 4 }), 0
            for i = 1, #track do if touching(track[i]) then off = off + 1 end end
            local buried = avips.world{ { sphere = 0.2, at = {0.8, 0.5, 0} } }
            local yes, no = pair:reachable(goals, { world = block, seed = 1 }), pair:reachable(goals, { world = buried, restarts = 100, seed = 1 })
            return hit > 0, #clear > 5, bad, #track.unreached, off, yes, no
            """) == "true\ntrue\n0\n0\n0\ntrue\nfalse")
    }

    @Test func `models in parts keep clear of a world`() throws {
        #expect(try Fixture().shown(Self.start + """
            local function part(robot, joints) return avips.model{ robot = robot, joints = joints, components = 2, hidden = {16}, seed = 1 } end
            local _, rest = panda:split(1)
            local model = avips.model{ robot = panda, lead = part(panda, 1), rest = part(rest) }
            local answers, touching = model:solve(target, { world = world, count = 10, seed = 1 }), 0
            for i = 1, #answers do if panda:collides(answers[i].q, world) then touching = touching + 1 end end
            local path = {}
            for i = 1, 4 do path[i] = avips.pose{ xyz = {0.5, 0.05 + 0.01 * i, 0.42}, rpy = {math.pi, 0, 0.3} } end
            local track = model:track(path, { seed = 1, world = world, candidates = 4 })
            for i = 1, #track do if panda:collides(track[i], world) then touching = touching + 1 end end
            return #answers, touching, #track.unreached, #track.jumps
            """) == "10\n0\n0\n0")
    }

    @Test func `ground is solid below its heights`() throws {
        #expect(try Fixture().shown("""
            local ground = avips.world{ { heights = { {0, 0, 0}, {0, 0.3, 0}, {0, 0, 0} }, cell = 0.5, at = {1, 2, 0}, name = "hill" } }
            local function distance(...) return ("%.3f"):format((ground:distance{...})) end
            return ground[1].kind, ground[1].closed, distance(1, 2, 0.5), distance(1, 2, 0.1) < "0", distance(1.5, 2.5, 0.25), distance(1.4, 1.6, -0.2) < "0", distance(1, 2, -1)
            """) == "mesh\ntrue\n0.200\ntrue\n0.230\ntrue\n0.500")
        for (text, words) in [
            ("{ heights = { {1, 2, 3} } }", "at least two rows"), ("{ heights = { {1, 2}, {3, 4} }, cell = 0 }", "cells must be above 0"),
            ("{ sphere = 1, cell = 1 }", "goes with heights"), ("{ heights = { {1, 0/0}, {3, 4} } }", "finite number"),
        ] {
            let message = try #require(try Fixture().message("avips.world{ \(text) }"))
            #expect(message.contains(words), "\(message)")
        }
    }

    @Test func `plans are drawn over time with their clearance, swept in a picture, and played in a page`() throws {
        #expect(try Fixture().shown(Self.start + """
            local plan = panda:plan({-0.8, 0.2, 0, -2, 0, 2.2, 0.8}, target, { world = world, seed = 1 })[1]
            local least = math.huge
            for i, d in ipairs(plan.clearances) do
              least = math.min(least, d)
              assert(math.abs(d - math.min(0.25, (panda:distance(plan[i], world)))) < 1e-4)
            end
            local rows = avips.plot.track(plan):csv()
            local page = os.tmpname()
            avips.view(plan, { path = page .. ".html" })
            local size = #io.open(page .. ".html"):read("a")
            os.remove(page)
            os.remove(page .. ".html")
            return #plan.clearances == #plan, least >= plan.clearance - 1e-5, rows:match("clearance") ~= nil, rows:match("panda_joint7") ~= nil,
              tostring(avips.plot.poses(panda, plan)):match("16 steps") ~= nil, size > 10000
            """) == "true\ntrue\ntrue\ntrue\ntrue\ntrue")
        let message = try #require(try Fixture().message("avips.plot.track(1)"))
        #expect(message.contains("a Track or a Plan"))
    }

    @Test func `a start that touches something is an error that names it, an unreachable goal an answer`() throws {
        let fixture = try Fixture()
        let message = try #require(fixture.message(Self.start + "panda:plan({0, 0.9, 0, -1.2, 0, 2.2, 0.8}, target, { world = avips.world{ { sphere = 0.4, at = {0.5, 0, 0.4}, name = \"ball\" } } })"))
        #expect(message.contains("the start collides") && message.contains("ball"), "\(message)")
        let tracked = try #require(fixture.message(Self.start + "panda:track({target}, { start = {0, 0.9, 0, -1.2, 0, 2.2, 0.8}, world = avips.world{ { sphere = 0.4, at = {0.5, 0, 0.4}, name = \"ball\" } } })"))
        #expect(tracked.contains("start") && tracked.contains("must touch nothing") && tracked.contains("ball"), "\(tracked)")
        #expect(try fixture.shown(Self.start + """
            local far = panda:plan({-0.8, 0.2, 0, -2, 0, 2.2, 0.8}, avips.pose{ xyz = {3, 0, 0} }, { world = world, seed = 1, seconds = 2 })
            return #far, far.reason
            """) == "0\nno configuration reaches the goal")
        #expect(fixture.message(Self.start + "panda:plan({-0.8, 0.2, 0, 2, 0, 2.2, 0.8}, target)")?.contains("within the limits") == true)
    }

    /// Two links between walls that they would have to pass through: the search ends when its time does, the search for goals among it.
    @Test func `the time limit of a plan is that of the whole call`() throws {
        #expect(try Fixture().message("""
            local function link(name)
              return '<link name="' .. name .. '"><collision><origin xyz="0.2 0 0"/><geometry><box size="0.36 0.04 0.04"/></geometry></collision></link>'
            end
            local arm = avips.robot('<robot name="r"><link name="base"/>' .. link "upper" .. link "lower" .. [[<link name="tip"/>
              <joint name="shoulder" type="continuous"><parent link="base"/><child link="upper"/><axis xyz="0 0 1"/></joint>
              <joint name="elbow" type="revolute"><parent link="upper"/><child link="lower"/><origin xyz="0.4 0 0"/><axis xyz="0 0 1"/><limit lower="-2.8" upper="2.8"/></joint>
              <joint name="end" type="fixed"><parent link="lower"/><child link="tip"/><origin xyz="0.4 0 0"/></joint></robot>]])
            local walls = avips.world{ { box = {0.02, 0.8, 0.1}, at = {0, 0.5, 0} }, { box = {0.02, 0.8, 0.1}, at = {0, -0.5, 0} } }
            local plans = arm:plan({0, 0.3}, arm:fk{math.pi, 0.3}, { world = walls, seconds = 0.1, seed = 1 })
            assert(#plans == 0 and plans.reason == "no way was found in 0.1 s", plans.reason)
            assert(plans.seconds >= 0.1)
            """) == nil)
    }

    /// A track whose poses are free of a wall between them says that it goes through.
    @Test func `tracks through something say where`() throws {
        #expect(try Fixture().message("""
            local panda = avips.robot "panda"
            local q = {0.3, 0.4, 0, -1.8, 0, 2.2, 0.8}
            local a = panda:fk(q)
            q[1] = -0.3
            local b = panda:fk(q)
            local x = a.position[1]
            local wall = avips.world{ { box = {0.6, 0.002, 0.9}, at = {x, 0, 0.45} } }
            local track = panda:track({ a, b }, { start = {0.3, 0.4, 0, -1.8, 0, 2.2, 0.8}, world = wall, max_step = 2, seed = 1 })
            assert(#track.unreached == 0 and track.clearance == nil and #track.collisions == 1 and track.collisions[1] == 1)
            assert(tostring(track):find("touches something between poses 1 and 2", 1, true), tostring(track))
            local free = panda:track({ a, b }, { start = {0.3, 0.4, 0, -1.8, 0, 2.2, 0.8}, world = avips.world{ { sphere = 0.01, at = {3, 3, 3} } }, max_step = 2, seed = 1 })
            assert(#free.collisions == 0 and not tostring(free):find "touches")
            """) == nil)
    }

    /// Balls of a few millimetres: the least clearance lies between the configurations that are checked.
    @Test func `the clearance of a track is the least along its straight lines`() throws {
        #expect(try Fixture().message("""
            local panda, stream = avips.robot "panda", avips.stream(36)
            local poses, balls = {}, {}
            for i = 0, 3 do
                poses[i + 1] = avips.pose{ xyz = {0.35 + 0.2 * stream:uniform(), -0.45 + 0.3 * i, 0.3 + 0.3 * stream:uniform()}, rpy = {math.pi, 0, 0} }
            end
            for i = 1, 4 do
                balls[i] = { sphere = 0.002 + 0.004 * stream:uniform(), at = {0.3 + 0.3 * stream:uniform(), -0.5 + stream:uniform(), 0.3 + 0.4 * stream:uniform()} }
            end
            local world = avips.world(balls)
            local track = panda:track(poses, { world = world, seed = 36, max_step = 2, candidates = 4 })
            local least = math.huge
            for i = 1, #track - 1 do
                local a, b = track[i], track[i + 1]
                for step = 0, 2000 do
                    local q = {}
                    for j = 1, 7 do q[j] = a[j] + step / 2000 * (b[j] - a[j]) end
                    least = math.min(least, (panda:distance(q, world)))
                end
            end
            assert(math.abs(least - 0.0414353) < 1e-6, least)
            assert(math.abs(track.clearance - least) < 5e-6, track.clearance)
            """) == nil)
    }
}
