import Scripting
import Testing

@Suite struct PreferencesTests {
    private let prelude = "panda = avips.robot 'panda' target = panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7} "

    /// What holds of every answer holds all along a path, whoever follows it.
    @Test(arguments: [
        "avips.robot 'panda'", "avips.model 'panda'", "avips.model 'panda_factored'",
    ])
    func lockedJointsStayAllAlongAPath(_ subject: String) throws {
        #expect(try Fixture().shown("""
            local subject = \(subject)
            local panda = avips.robot 'panda'
            local path = {}
            for i = 1, 4 do path[i] = panda:fk{ 0.3, -0.4 + 0.02 * i, 0.2, -2, 0.3, 1.7 - 0.02 * i, 0.6 } end
            local track = subject:track(path, { locked = { panda_joint1 = 0.3 }, seed = 1 })
            local kept = true
            for i = 1, #track do kept = kept and track[i][1] == 0.3 end
            return kept, #track.unreached, #track.jumps
            """) == "true\n0\n0")
    }

    @Test func lockedJointsOfBodiesStayAllAlongAPath() throws {
        #expect(try Fixture().shown("""
            local talos = avips.robot 'talos_28dof'
            local path = {}
            for i = 1, 2 do path[i] = { right_hand = {0.4 + 0.01 * i, -0.2, 0.9} } end
            local start = { table.unpack(talos.nominal) }
            start[13] = 0.05
            local track = talos:track(path, { start = start, locked = { torso_1_joint = 0.05 }, max_step = 1, candidates = 2, seed = 1 })
            return track[1][13], track[2][13], #track.unreached
            """) == "0.05\n0.05\n0")
    }

    @Test func nearestSolutionsAreSortedAndPrinted() throws {
        let fixture = try Fixture()
        _ = try fixture.shown(prelude + """
            s = panda:ik(target, { count = 3, near = {0, 0.3, 0, -1.5, 0, 1.8, 0.7}, seed = 1 })
            assert(s[1].distance < 1e-3 and s[1].distance <= s[2].distance and s[2].distance <= s[3].distance)
            assert(panda:ik(target, { seed = 1 })[1].distance == nil)
            """)
        #expect(try fixture.shown("return s").contains("dist"))
    }

    @Test func lockedJointsKeepTheirValues() throws {
        _ = try Fixture().shown(prelude + """
            local s = panda:ik(target, { locked = { panda_joint1 = 0.1 }, seed = 1 })
            assert(s[1].q[1] == 0.1 and s.reachable)
            local near = {0.2, 0.3, 0, -1.5, 0, 1.8, 0.7}
            s = panda:ik(target, { locked = { "panda_joint1" }, near = near, seed = 1 })
            assert(s[1].q[1] == 0.2)
            """)
    }

    @Test func listsOfPosesGiveListsOfAnswers() throws {
        _ = try Fixture().shown(prelude + """
            local poses = panda:fk(panda:random(40, { seed = 1 }))
            local answers = panda:ik(poses, { count = 2, seed = 5 })
            assert(#answers == 40 and #answers[40] == 2 and answers[7].target == poses[7])
            """)
    }

    @Test func wrongPreferencesAreNamed() throws {
        let fixture = try Fixture()
        _ = try fixture.shown(prelude)
        func complaint(_ options: String) -> String { fixture.message("panda:ik(target, { \(options) })") ?? "none" }
        #expect(complaint("near = {1, 2}") == "robot:ik: option near must be a list of 7 numbers, one a joint of panda, got a list of 2")
        #expect(complaint("weights = {1, 1, 1, 1, 1, 1, 0}").contains("option weights must be numbers from 1e-6 to 1e6"))
        #expect(complaint("locked = { elbow = 1 }").contains("names no joint of panda (\"elbow\")"))
        #expect(complaint("locked = { panda_joint1 = 9 }").contains("must lie within the limits of panda_joint1, -2.8973 to 2.8973, got 9"))
        #expect(complaint("locked = { 'panda_joint1' }").contains("goes with near"))
        #expect(complaint("locked = 3").contains("must be a table of joints and their values"))
        #expect(complaint("locked = {3}") == "robot:ik: option locked must say which joint has a value, { panda_joint1 = 0.3 }, or name joints that keep theirs, {\"panda_joint1\"}, got number 3")
        #expect(complaint("max_move = 0.1").contains("goes with near"))
        #expect(complaint("near = panda:random(), max_move = {1, 2}").contains("one a joint of panda"))
        #expect(complaint("near = panda:random(), max_move = -1").contains("max_move"))
        #expect(complaint("seconds = 0").contains("seconds"))
        #expect(complaint("weights = { position = 0, rotation = 0 }").contains("both 0"))
        #expect(complaint("weights = { place = 1 }").contains("the fields are position and rotation"))
        #expect(fixture.message("panda:ik({})")!.contains("got an empty table"))
        #expect(fixture.message("panda:track(target)")!.contains("must be a list of poses"))
        #expect(fixture.message("panda:track{ target, 3 }")!.contains("must be a Goal, a Pose, or a table of what makes one"))
    }

    @Test func evaluationsPrintAndReject() throws {
        let fixture = try Fixture()
        _ = try fixture.shown("""
            student = avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = 1 }
            e = student:evaluate{ poses = 6, samples = 8, references = 2, timed = 1, modes = { "raw", "2 steps", "exact" }, seed = 2 }
            assert(e:mode("2 steps").inside.value <= 1 and #e.modes == 3 and e.seed == 2 and #e.solving == 2)
            again = student:evaluate{ poses = 6, samples = 8, references = 2, timed = 0, modes = { "raw" }, seed = 2, threads = 1 }
            assert(again.modes[1].position.mean.value == e.modes[1].position.mean.value)
            assert(avips.json.decode(avips.json.encode(e:table())).modes[2].name == "2 steps")
            """)
        let text = try fixture.shown("return e")
        for part in ["planar_3link · 2 components", "errors of samples", "MMD exact", "exact reference", "exact solving", "100 solutions", "± is a standard error"] {
            #expect(text.contains(part), "\(part) in\n\(text)")
        }
        #expect(fixture.message("student:evaluate{ modes = { 'magic' } }")!.contains("names no way of sampling"))
        #expect(fixture.message("student:evaluate{ poses = 1000000, samples = 100000 }")!.contains("samples"))
        #expect(fixture.message("e:mode 'none'")!.contains("it has raw, 2 steps, exact"))
        #expect(fixture.message("avips.reference('panda', 3)")!.contains("must be a Pose, or a table of what makes one"))
    }
}
