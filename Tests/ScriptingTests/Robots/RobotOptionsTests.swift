import Scripting
import Testing

/// The options with which a URDF becomes the robot or the body that is meant.
@Suite struct RobotOptionsTests {
    /// A torso with a head and two arms of six joints, the text of a URDF; `text` in Lua.
    private static let torso = """
        local parts = { '<robot name="torso"><link name="base"/>' }
        local function joint(name, type, parent, child, xyz, axis, limit)
            table.insert(parts, ('<link name="%s"/><joint name="%s" type="%s"><origin xyz="%s"/><parent link="%s"/><child link="%s"/><axis xyz="%s"/>%s</joint>')
                :format(child, name, type, xyz, parent, child, axis, limit or '<limit lower="-2" upper="2"/>'))
        end
        joint("waist", "continuous", "base", "torso", "0 0 0.5", "0 0 1", "")
        joint("pan", "revolute", "torso", "head", "0 0 0.4", "0 0 1")
        joint("camera", "fixed", "head", "camera_link", "0.1 0 0.1", "1 0 0")
        for side, y in pairs{ left = "0.2", right = "-0.2" } do
            local axes = { "0 0 1", "0 1 0", "0 1 0", "1 0 0", "0 1 0", "1 0 0" }
            for i = 1, 6 do
                local parent = i == 1 and "torso" or side .. i - 1
                joint(side .. "_joint" .. i, "revolute", parent, side .. i, i == 1 and "0 " .. y .. " 0.3" or "0.2 0 0", axes[i])
            end
            joint(side .. "_tool", "fixed", side .. 6, side .. "_tool0", "0.1 0 0", "1 0 0")
        end
        local text = table.concat(parts) .. "</robot>"

        """

    @Test func toolAndBaseCountEverywhere() throws {
        #expect(try Fixture().shown("""
            local plain = avips.robot "ur5e"
            local tool, base = avips.pose{ xyz = {0, 0.1, 0.2}, rpy = {0.3, 0, 0.1} }, avips.pose{ xyz = {1, 2, 3}, rpy = {0, 0, 1} }
            local robot = avips.robot("ur5e", { tool = tool, base = base })
            local q = robot:random(nil, { seed = 1 })
            local pose = robot:fk(q)
            local same = pose:distance(base * plain:fk(q) * tool) < 1e-12
            local s = robot:ik(pose, { seed = 1 })
            local track = robot:track({ pose, pose }, { seed = 1 })
            return same, s[1].position_error < 1e-4, robot:fk(s[1].q):distance(pose) < 1e-4, robot.base, robot.tip, #track, plain.tip,
                avips.robot("ur5e", { base = { link = "base_link", pose = base } }):fk(q):distance(base * plain:fk(q)) < 1e-12
                    and avips.robot("ur5e", { base = { xyz = {1, 2, 3}, rpy = {0, 0, 1} } }):fk(q):distance(base * plain:fk(q)) < 1e-12
            """) == "true\ntrue\ntrue\nworld\ntool0 tool\n2\ntool0\ntrue")
    }

    /// A model of a robot with a tool is asked with the tool's poses, also after it was written and read.
    @Test func modelsKeepTheToolOfTheirRobot() throws {
        try withTemporaryDirectory { folder in
            let answers = try Fixture().shown("""
                local robot = avips.robot("planar_3link", { tool = avips.pose{ xyz = {0.5, 0, 0} }, base = avips.pose{ xyz = {0, 0, 1} } })
                local model = avips.model{ robot = robot, components = 2, hidden = {16}, seed = 1 }
                model:save("\(folder)/m.safetensors")
                local again = avips.model("\(folder)/m.safetensors")
                local q = robot:random(nil, { seed = 1 })
                return again.robot.tip, again.robot.base, again.robot:fk(q):distance(robot:fk(q)) < 1e-12, again:solve(robot:fk(q), { seed = 1 }).success
                """)
            #expect(answers == "tip tool\nworld\ntrue\ntrue")
        }
    }

    @Test func textsOfRobotsAndLimitsOfTheirOwn() throws {
        #expect(try Fixture().shown(Self.torso + """
            local robot = avips.robot(text, { tip = "left_tool0", limits = { left_joint1 = {-90, 45}, waist = {-10, 10} }, degrees = true })
            return robot.dof, math.deg(robot.joints[2].lower), math.deg(robot.joints[2].upper), robot.joints[1].type, robot.name
            """) == "7\n-90.0\n45.0\nrevolute\ntorso")
        let fixture = try Fixture()
        #expect(fixture.message(Self.torso + "avips.robot(text, { tip = 'left_tool0', limits = { left_joint9 = {0, 1} } })")?.contains("did you mean \"left_joint") == true)
        #expect(fixture.message(Self.torso + "avips.robot(text, { tip = 'left_tool0', limits = { left_joint1 = {1, 0} } })")?.contains("above the upper") == true)
        #expect(fixture.message(Self.torso + "avips.robot(text)")?.contains("candidates: left_tool0, right_tool0") == true
            || fixture.message(Self.torso + "avips.robot(text)")?.contains("candidates: right_tool0, left_tool0") == true)
        #expect(fixture.message("avips.robot 'x.xacro'")?.hasSuffix("there is no file \"x.xacro\"") == true)
        #expect(fixture.message("avips.robot '<robot'")?.contains("the text:1: broken XML") == true)
    }

    /// A file that is there is read though no robot has its name; one that holds something else says which function reads it.
    @Test func filesOfOtherKindsSayWhatTheyHold() throws {
        let name = "of-another-kind-\(UInt32.random(in: 0...UInt32.max))"
        let fixture = try Fixture()
        #expect(fixture.message("""
            function refusal(path, make)
              local _, message = pcall(make or avips.robot, path)
              return tostring(message)
            end
            local name = "\(name)"
            local files = { model = name .. ".safetensors", network = name .. "-n.safetensors", table = name .. ".csv", robot = name }
            avips.model{ target = avips.target{ dimension = 1, context = { a = {0, 1} }, logdensity = function(x, c) return -(x[1] - c.a)^2 end }, hidden = {16}, seed = 1 }:save(files.model)
            avips.network{ inputs = 2, outputs = 1, seed = 1 }:save(files.network)
            local file = io.open(files.table, "w") file:write("1,2\\n") file:close()
            file = io.open(files.robot, "w")
            file:write('<robot name="r"><link name="a"/><link name="b"/><joint name="j" type="continuous"><parent link="a"/><child link="b"/></joint></robot>')
            file:close()
            said = { refusal(files.model), refusal("./" .. files.model), refusal(files.network), refusal(files.table), refusal(files.model, function(path) return avips.model{ robot = path } end), tostring(avips.robot(files.robot).dof) }
            for _, path in pairs(files) do os.remove(path) end
            """) == nil)
        let said = try fixture.shown("return table.concat(said, \"\\n\")").split(separator: "\n")
        for (line, part) in zip(said, [
            "\(name).safetensors: holds a model: avips.model \"\(name).safetensors\" reads it", "holds a model: avips.model \"./\(name).safetensors\" reads it",
            "holds a network: avips.network \"\(name)-n.safetensors\" reads it", "\(name).csv:1: broken XML", "holds a model", "1",
        ]) { #expect(line.contains(part), "\(line)") }
        #expect(said.count == 6 && fixture.message("avips.robot '\(name)'")?.contains("there is no robot named") == true)
    }

    @Test func chainsAcrossBranchesAndFrames() throws {
        #expect(try Fixture().shown(Self.torso + """
            local across = avips.robot(text, { base = "camera_link", tip = "left_tool0" })
            local head, arm = avips.robot(text, { tip = "camera_link" }), avips.robot(text, { base = "torso", tip = "left_tool0" })
            local q = across:random(nil, { seed = 2 })
            local expected = avips.robot(text, { base = "torso", tip = "camera_link" }):fk{ q[1] }:inverse() * arm:fk{ table.unpack(q, 2) }
            local on = {}
            for _, frame in ipairs(across:frames()) do if frame.on_chain then table.insert(on, frame.name) end end
            return across.dof, across:fk(q):distance(expected) < 1e-12, across:ik(across:fk(q), { seed = 1 }).success, #on, #across:frames(), across:frames()[1].name
            """) == "7\ntrue\ntrue\n10\n18\nbase")
    }

    @Test func whatWasChosenAndAssumedIsSaid() throws {
        let fixture = try Fixture()
        let shown = try fixture.shown("""
            return avips.robot[[<robot name="r"><link name="a"/><link name="b"/><link name="flange"/><link name="tool0"/>
            <joint name="j" type="revolute"><parent link="a"/><child link="b"/></joint>
            <joint name="f" type="fixed"><parent link="b"/><child link="flange"/></joint>
            <joint name="t" type="fixed"><parent link="b"/><child link="tool0"/></joint></robot>]]
            """)
        #expect(shown.contains("tip tool0 was chosen; others are flange") && shown.contains("\"j\" is revolute without limits; -pi to pi is assumed"))
        #expect(try fixture.shown("return #avips.robot('panda').notes") == "0")
    }

    /// A body from a plain URDF: tips, floating base, a stance with feet of any orientation.
    @Test func bodiesFromAUsersOwnURDF() throws {
        #expect(try Fixture().shown(Self.torso + """
            local body = avips.robot(text, { tips = { "left_tool0", hand = { link = "right_tool0", tool = avips.pose{ xyz = {0.1, 0, 0} } } },
                floating = { lower = {-1, -1, -1, -1, -1, -1}, upper = {1, 1, 1, 1, 1, 1} }, stance = { "hand" } })
            local q = body:random(nil, { seed = 1 })
            local poses = body:fk(q)
            local s = body:ik({ left_tool0 = poses.left_tool0 }, { seed = 3 })
            local miss = body:fk(s[1].q).hand:distance(body.stance.hand.pose)
            local fixed = avips.robot(text, { tips = { "left_tool0" }, base = avips.pose{ xyz = {0, 0, 2} } })
            return body.dof, body.floating, #body.tips, s.success, miss < 1e-4, fixed.floating, fixed.base, fixed.dof
            """) == "20\ntrue\n2\ntrue\ntrue\nfalse\nworld\n14")
        let fixture = try Fixture()
        #expect(fixture.message(Self.torso + "avips.robot(text, { tips = { 'left_tol0' } })")?.contains("did you mean \"left_tool0\"?") == true)
        #expect(fixture.message(Self.torso + "avips.robot(text, { tip = 'left_tool0', stance = { 'left_tool0' } })")?.contains("goes with a whole body, and tip with a chain") == true)
        #expect(fixture.message(Self.torso + "avips.robot(text, { tips = { 'left_tool0' }, floating = { lower = {0}, upper = {1} } })")?.contains("6 numbers") == true)
        #expect(fixture.message(Self.torso + "avips.robot(text, { tips = { 'left_tool0' }, stance = { foot = {0, 0, 0} } })")?.contains("names no tip") == true)
        #expect(fixture.message(Self.torso + "avips.robot(text, { tips = { 'left_tool0' }, nominal = {9, 9} })")?.contains("must have") == true)
    }

    /// A floating base moves from where it was put: poses, the stance, shapes and answers come along.
    @Test func floatingBasesStandWhereTheyArePut() throws {
        #expect(try Fixture().shown("""
            local base = avips.pose{ xyz = {1, 2, 0}, rpy = {0, 0, 1} }
            local plain, moved = avips.robot "talos_28dof", avips.robot("talos_28dof", { base = base })
            local q, farthest, shifted = plain:random(nil, { seed = 1 }), 0, 0
            local a, b = plain:fk(q), moved:fk(q)
            for _, tip in ipairs(plain.tips) do farthest = math.max(farthest, (b[tip]:distance(base * a[tip]))) end
            for tip, goal in pairs(plain.stance) do shifted = math.max(shifted, (goal.pose:distance(base:inverse() * moved.stance[tip].pose))) end
            local mass = base * avips.pose{ xyz = plain:com(q) }
            local hand = moved:fk(moved.nominal).right_hand * avips.pose{ xyz = {0.03, 0, 0} }
            local answer = moved:ik({ right_hand = hand }, { seed = 1 })
            local foot = answer.success and moved:fk(answer[1].q).left_foot:distance(moved.stance.left_foot.pose)
            return moved.base, moved.floating, farthest < 1e-12, shifted < 1e-12, mass:distance(avips.pose{ xyz = moved:com(q), rpy = {0, 0, 1} }) < 1e-12,
                foot and foot < 1e-3
            """) == "world\ntrue\ntrue\ntrue\ntrue\ntrue")
    }
}
