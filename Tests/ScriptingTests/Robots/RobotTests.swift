import Kinematics
import Scripting
import TestSupport
import Testing

@Suite struct RobotTests {
    @Test func configurationsInEachForm() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local panda = avips.robot 'panda'
            local m = panda:random(20, { seed = 5 })
            local poses = panda:fk(m)
            local same = true
            for i = 1, #m do
                same = same and panda:fk(m[i]) == poses[i] and panda:fk(m:row(i)) == poses[i] and panda:fk(m:table())[i] == poses[i]
            end
            return same, #poses, panda.dof, #panda.joints, panda.joints[1].name, panda.joints[1].type
            """) == "true\n20\n7\n7\npanda_joint1\nrevolute")
    }

    @Test func agreesWithTheChain() throws {
        let chain = try library.robot("panda").chain()
        let q = [0.1, -0.2, 0.3, -1.5, 0.2, 1.7, 0.4]
        let fixture = try Fixture()
        fixture.session.state[global: "q"] = .numbers(q)
        let position = chain.forwardKinematics(q).position
        let jacobian = chain.jacobian(q)
        let text = try fixture.shown("local p = avips.robot('panda'):fk(q).position local J = avips.robot('panda'):jacobian(q) return p[1], p[2], p[3], J[6][7]")
        let numbers = text.split(separator: "\n").compactMap { Double($0) }
        for (found, expected) in zip(numbers, [position.x, position.y, position.z, jacobian[5, 6]]) { #expect(abs(found - expected) < 1e-14) }
        #expect(numbers.count == 4)
    }

    @Test func drawsAreReproducible() throws {
        let text = """
            local panda = avips.robot 'panda'
            avips.seed(9)
            local a, b = panda:random(3), panda:random(3)
            avips.seed(9)
            local target = panda:fk(panda:random(1, { seed = 4 })[1])
            return a == panda:random(3), a == b, panda:random(2, { seed = 1 }) == panda:random(2, { seed = 1 }),
                panda:ik(target, { count = 9, seed = 2 }):matrix() == panda:ik(target, { count = 9, seed = 2 }):matrix()
            """
        #expect(try Fixture().shown(text) == "true\nfalse\ntrue\ntrue")
    }

    @Test func solutionsReachTheTarget() throws {
        #expect(try Fixture().shown("""
            local panda = avips.robot 'panda'
            local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
            local s = panda:ik(target, { count = 20, seed = 1 })
            local worst = 0
            for i, answer in ipairs(s) do
                local metres, radians = panda:fk(answer.q):distance(target)
                worst = math.max(worst, metres / 1e-4, radians / 1e-3)
            end
            return worst <= 1, #s, s.found, s.requested, s.reason, s.closest, s:matrix().rows, s.seconds > 0, s[21], s[1].component
            """) == "true\n20\n20\n20\nnil\nnil\n20\ntrue\nnil\nnil")
        #expect(try Fixture().shown("""
            local s = avips.robot('panda'):ik(avips.pose{ xyz = {3, 0, 0} }, { seed = 1 })
            return s.found, s.closest.position_error > 1, type(s.reason)
            """) == "0\ntrue\nstring")
    }

    @Test(arguments: [
        ("avips.robot(3)", "avips.robot: argument 1 (name) must be a string, got number 3"),
        ("avips.robot('panda'):fk{1, 2}", "robot:fk: argument 1 (q) must be a list of 7 numbers, one a joint of panda, got a list of 2"),
        ("avips.robot('panda'):fk(avips.matrix{ {1, 2} })", "robot:fk: argument 1 (q) must have rows of 7 numbers, got 1 × 2"),
        ("avips.robot('panda'):ik({1, 2, 3})", "robot:ik: argument 1 (pose) must be a Pose, a Goal or a list of them, got a list of numbers; for a position write { xyz = {...} }, and avips.goal{ xyz = {...} } where any orientation will do"),
        ("avips.robot('panda'):ik(avips.pose{ xyz = {0, 0, 1} }, { count = 0 })", "robot:ik: option count must be a whole number from 1 to 1000000, got number 0"),
        ("avips.robot('panda'):random(-1)", "robot:random: argument 1 (count) must be a whole number from 0 to 5000000, got number -1"),
        ("avips.robot('panda').joint", "robot: a Robot has no field or method 'joint'; did you mean 'joints'?"),
        ("avips.plot.poses(avips.robot 'panda', {1})", "avips.plot.poses: argument 2 (configurations) must be a list of 7 numbers, one a joint of panda, got a list of 1"),
    ])
    func errors(_ text: String, _ message: String) throws {
        let text = text.hasSuffix(".joint") ? "return " + text : text
        #expect(try Fixture().message(text) == message)
    }

    @Test func unknownNamesAreSuggested() throws {
        let fixture = try Fixture()
        #expect(fixture.message("avips.robot 'pnda'")?.contains("panda") == true)
        #expect(fixture.message("avips.robot('panda', { tip = 'panda_hnd' })")?.contains("panda_hand") == true)
        #expect(fixture.message("avips.model 'panda_x'")?.contains("names no model") == true)
    }

    @Test func aMatrixPassesWithoutConversion() throws {
        let fixture = try Fixture()
        try fixture.session.state.run("panda = avips.robot 'panda' m = panda:random(100000, { seed = 1 })")
        let before = fixture.session.state.memoryInUse
        try fixture.session.state.run("local t = m * 2 + m; t = nil")
        #expect(fixture.session.state.memoryInUse - before < 100_000)
    }
}
