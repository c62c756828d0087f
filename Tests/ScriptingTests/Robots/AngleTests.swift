import Scripting
import Testing

/// Degrees and radians in all functions that take angles.
@Suite struct AngleTests {
    private static let start = """
        local panda, talos = avips.robot "panda", avips.robot "talos_28dof"
        local function radians(q, robot)
            local result = {}
            for i, joint in ipairs(robot.joints) do result[i] = joint.type == "prismatic" and q[i] or math.rad(q[i]) end
            return result
        end
        local function degrees(q, robot)
            local result = {}
            for i, joint in ipairs(robot.joints) do result[i] = joint.type == "prismatic" and q[i] or math.deg(q[i]) end
            return result
        end
        local D = { degrees = true }
        local q = {0, 20, 0, -90, 0, 90, 45}
        local r = radians(q, panda)
        local pose = panda:fk(r)
        local function near(a, b) for i = 1, #a do if math.abs(a[i] - b[i]) > 1e-9 then return false end end return #a == #b end

        """

    @Test(arguments: [
        "panda:fk(q, D):distance(pose) < 1e-9",
        "panda:fk({ q, q }, D)[2]:distance(pose) < 1e-9",
        "panda:fk(avips.matrix{ q }, D)[1]:distance(pose) < 1e-9",
        "near(panda:jacobian(q, D):row(5), panda:jacobian(r):row(5))",
        "math.abs(panda:manipulability(q, D) - panda:manipulability(r)) < 1e-12",
        "near(panda:ik(pose, { near = q, degrees = true, seed = 1 })[1].q, panda:ik(pose, { near = r, seed = 1 })[1].q)",
        "math.abs(panda:ik(pose, { locked = { panda_joint1 = 5 }, degrees = true, seed = 1 })[1].q[1] - math.rad(5)) < 1e-9",
        "select(2, panda:reachable(pose, { near = q, degrees = true, seed = 1 })).distance < 1e-6",
        "near(panda:track({ pose, pose }, { start = q, degrees = true, seed = 1 })[1], r)",
        "panda:track({ pose, panda:fk({10, 20, 0, -90, 0, 90, 45}, D) }, { start = q, degrees = true, max_step = 5, seed = 1 }).jumps[1] == 2",
        "avips.plot.robot(panda, q, D):svg() == avips.plot.robot(panda, r):svg()",
        "avips.plot.poses(panda, { q }, D):svg() == avips.plot.poses(panda, { r }):svg()",
        "avips.plot.joints({ q, {0, 0, 0, -90, 0, 90, 0} }, { robot = panda, degrees = true }):csv() == avips.plot.joints({ r, radians({0, 0, 0, -90, 0, 90, 0}, panda) }, { robot = panda }):csv()",
        "near(avips.teach(panda, { start = q, degrees = true, keys = 'q' }), r)",
        "math.abs(avips.target.pose(panda, pose):logpdf(q, D) - avips.target.pose(panda, pose):logpdf(r)) < 1e-6",
        "#avips.target.pose(panda, pose):gradient(q, D) == 7",
        "math.abs(avips.target.goals(panda, pose, { preferred = q, degrees = true }):logpdf(r) - avips.target.goals(panda, pose, { preferred = r }):logpdf(r)) < 1e-9",
        "math.abs(avips.goal{ pose = pose, rotation_slack = 10, degrees = true }.rotation_slack - math.rad(10)) < 1e-12",
        "talos:fk(degrees(talos.nominal, talos), D).right_hand:distance(talos:fk(talos.nominal).right_hand) < 1e-9",
        "near(talos:com(degrees(talos.nominal, talos), D), talos:com(talos.nominal))",
        "near(talos:jacobian(degrees(talos.nominal, talos), 'right_hand', D):row(4), talos:jacobian(talos.nominal, 'right_hand'):row(4))",
    ])
    func degreesMeanTheSame(_ claim: String) throws {
        #expect(try Fixture().shown(Self.start + "return " + claim) == "true")
    }

    @Test(arguments: [
        "panda:fk(q)", "panda:fk{ q }", "panda:jacobian(q)", "panda:ik(pose, { near = q })", "panda:track({ pose }, { start = q })",
        "avips.plot.robot(panda, q)", "avips.plot.poses(panda, { q })", "avips.teach(panda, { start = q, keys = 'q' })",
        "avips.target.pose(panda, pose):logpdf(q)", "panda:fk{12.5, 0, 0, -90.25, 0, 90, 45.123456}",
        "panda:manipulability(q)", "panda:fk{1e308, 0, 0, -1, 0, 1, 0}",
    ])
    func degreesInPlaceOfRadiansAreNoticed(_ call: String) throws {
        let message = try Fixture().message(Self.start + call) ?? ""
        #expect(message.contains(" rad for panda_joint") && message.contains("far outside its limits") && message.contains("degrees = true"), "\(message)")
    }

    /// Beyond configurations: held joints, limits, orientations, tolerances and moves.
    @Test(arguments: [
        "panda:ik(pose, { locked = { panda_joint1 = 90 } })", "panda:ik(pose, { near = r, locked = { panda_joint2 = -45.5 } })",
        "avips.robot('panda', { limits = { panda_joint1 = {-90, 90} } })", "avips.pose{ xyz = {0.4, 0, 0.5}, rpy = {180, 0, 0} }",
        "panda:ik{ xyz = {0.4, 0, 0.5}, rpy = {0, 90, 0} }", "panda:ik(pose, { rotation_tolerance = 5 })", "panda:track({ pose }, { rotation_tolerance = 4 })",
        "avips.goal{ pose = pose, rotation_slack = 10 }", "panda:ik(pose, { near = r, max_move = 30 })", "panda:ik(pose, { near = r, max_move = {30, 30, 30, 30, 30, 30, 30} })",
    ])
    func degreesElsewhereAreNoticed(_ call: String) throws {
        let message = try Fixture().message(Self.start + call) ?? ""
        #expect(message.contains("; where angles are in degrees, give the option degrees = true"), "\(message)")
    }

    @Test func whoSaysRadiansMeansThem() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown(Self.start + "return avips.robot('panda', { limits = { panda_joint1 = {-90, 90} }, degrees = false }).joints[1].upper") == "90.0")
        #expect(try fixture.shown(Self.start + "return avips.robot('panda', { limits = { panda_joint1 = {-90, 90} }, degrees = true }).joints[1].upper") == "\(Double.pi / 2)")
        #expect(try fixture.shown(Self.start + "return avips.pose{ rpy = {7, -12, 3} } ~= nil, panda:ik(pose, { rotation_tolerance = math.huge, seed = 1 }).success") == "true\ntrue")
        #expect(try fixture.shown(Self.start + "return avips.goal{ pose = pose, rotation_slack = math.huge }.rotation_slack") == "inf")
    }

    /// Computed configurations are taken, since samples may lie anywhere; those that are within the limits as degrees are warned of, once.
    @Test func computedDegreesAreWarnedOf() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(try fixture.shown(Self.start + "for i = 1, 7 do r[i] = 20.123456789012345 + i end return panda:fk(r) ~= nil") == "true")
        #expect(host.warnings.isEmpty)
        let code = Self.start + """
            local random = panda:random(20, { seed = 1 })
            for i = 1, 20 do panda:fk(degrees(random:row(i), panda)) end
            """
        _ = try fixture.shown(code)
        #expect(host.warnings.count == 1 && host.warnings[0].contains("within them if it is in degrees; where angles are in degrees, give the option degrees = true"), "\(host.warnings)")
    }

    @Test func whatAJointCanAlmostDoIsTaken() throws {
        let fixture = try Fixture()
        // Samples far outside, a little more than the limits, whole turns of a continuous joint.
        #expect(try fixture.shown(Self.start + "for i = 1, 7 do r[i] = 20.123456789012345 + i end return panda:fk(r) ~= nil") == "true")
        #expect(try fixture.shown(Self.start + "return panda:fk{3, 0, 0, -4, 0, 1, 0} ~= nil") == "true")
        #expect(try fixture.shown("return avips.robot('ur5e'):fk{9, 0, 0, -7, 0, 1} ~= nil") == "true")
        #expect(fixture.message(Self.start + "panda:fk({0, 2000, 0, 0, 0, 0, 0}, D)")?.contains("2000 degrees for panda_joint2") == true)
    }

    @Test func degreesNeedToKnowWhatIsAnAngle() throws {
        let fixture = try Fixture()
        #expect(fixture.message("avips.target.two_joint_arm():logpdf({ 90, 0 }, { degrees = true })")?.contains("over the joints of a robot") == true)
        #expect(fixture.message("avips.plot.joints({ {90, 0}, {0, 0} }, { degrees = true })")?.contains("give the robot too") == true)
        #expect(fixture.message("avips.pose{ xyz = {1, 2, 3}, degrees = true }") == "avips.pose: option degrees goes with rpy, which is missing")
    }
}
