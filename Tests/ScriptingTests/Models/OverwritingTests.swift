import Foundation
import Testing

/// Checkpoints that hold the work of others, damaged logs, and files that are none.
@Suite struct OverwritingTests {
    private static let start = """
        local function student(seed) return avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = seed } end
        local path = os.tmpname() .. ".safetensors"
        local function train(model, options)
            options.checkpoint, options.batch, options.steps, options.seed = path, 16, options.steps or 3, 1
            return pcall(model.train, model, options)
        end

        """

    @Test func theCheckpointOfAnotherTrainingIsKept() throws {
        let code = Self.start + """
            local one, other = student(1), student(2)
            assert(train(one, {}))
            local first = io.open(path, "rb"):read "a"
            local kept, message = train(other, {})
            assert(not kept and io.open(path, "rb"):read "a" == first)
            -- Its own is written on, and so is one that was read; the other where the script says so.
            assert(train(one, { steps = 4 }) and train(avips.model(path), { steps = 5 }) and train(other, { overwrite = true }) and train(other, { steps = 6 }))
            assert(not train(one, {}))
            local _, alone = pcall(one.train, one, { steps = 1, overwrite = true })
            os.remove(path)
            return message, alone
            """
        let shown = try Fixture().shown(code)
        #expect(shown.contains("option checkpoint names a file that holds another training, of 3 steps, ") && shown.contains("give overwrite = true"))
        #expect(shown.contains("option overwrite goes with checkpoint"))
    }

    @Test func whatIsNoCheckpointIsNeverWrittenOver() throws {
        let code = Self.start + """
            local one = student(1)
            one:save(path)
            local model = select(2, train(student(2), { overwrite = true }))
            io.open(path, "w"):write("notes"):close()
            local notes = select(2, train(student(2), { overwrite = true }))
            local kept = io.open(path):read "a"
            os.remove(path)
            return model:find "is no checkpoint of its kind" ~= nil, notes:find "is no checkpoint of its kind" ~= nil, kept
            """
        #expect(try Fixture().shown(code) == "true\ntrue\nnotes")
    }

    @Test func inferencesAreKeptLikewise() throws {
        let code = """
            local target, path = avips.target.two_joint_arm(), os.tmpname() .. ".safetensors"
            local function vips(seed) return avips.vips{ target = target, components = 2, seed = seed } end
            local one, other = vips(1), vips(2)
            one:run{ iterations = 2, checkpoint = path }
            one:run{ iterations = 1, checkpoint = path }
            local _, message = pcall(other.run, other, { iterations = 2, checkpoint = path })
            avips.vips(path, { target = target }):run{ iterations = 1, checkpoint = path }
            other:run{ iterations = 2, checkpoint = path, overwrite = true }
            local found = avips.vips(path, { target = target }).iteration
            os.remove(path)
            return message, found
            """
        let shown = try Fixture().shown(code)
        #expect(shown.contains("holds another inference") && shown.hasSuffix("\n2"))
    }

    @Test func aDirectoryThatDoesNotExistIsToldBeforeTheFirstStep() throws {
        let code = Self.start + """
            path = os.tmpname() .. ".none/c.safetensors"
            local one = student(1)
            local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 2, seed = 1 }
            local _, trained = train(one, {})
            local _, looped = pcall(one.training, one, { steps = 3, checkpoint = path })
            local _, run = pcall(vips.run, vips, { iterations = 2, checkpoint = path })
            for _, message in ipairs{ trained, looped, run } do
                assert(message:find('option checkpoint names a file in a directory that does not exist, "' .. path:match "(.*)/" .. '"', 1, true), message)
            end
            return one.history.steps, vips.iteration
            """
        #expect(try Fixture().shown(code) == "0\n0")
    }

    /// The training is worth more than its log: it is read without, and that is said.
    @Test func aDamagedLogIsSaid() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        let code = Self.start + """
            local one = student(1)
            assert(train(one, {}))
            local bytes = io.open(path, "rb"):read "a"
            local damaged = bytes:gsub('\\\\"rows\\\\"', '\\\\"rowz\\\\"', 1)
            assert(damaged ~= bytes)
            io.open(path, "wb"):write(damaged):close()
            local model = avips.model(path)
            os.remove(path)
            return #model.log, model.history.steps
            """
        #expect(try fixture.shown(code) == "0\n3")
        #expect(host.warnings.count == 1 && host.warnings[0].contains("its log is damaged"), "\(host.warnings)")
    }
}
