import Foundation
import LuaBridge
import Scripting
import Testing

/// Flows and generators as scripts have them.
@Suite struct SampledModelTests {
    private func numbers(_ script: String) throws -> [Double] {
        try Fixture().session.state.run(script).compactMap { value in
            switch value {
            case .number(let number): number
            case .integer(let number): Double(number)
            case .boolean(let flag): flag ? 1 : 0
            default: nil
            }
        }
    }

    @Test func aFlowLearnsAnArmAndAnswersLikeAnyModel() throws {
        let found = try numbers("""
            local arm = avips.robot "planar_3link"
            local flow = avips.model{ robot = arm, kind = "flow", blocks = 4, hidden = {64, 64}, seed = 1 }
            local before = flow:evaluate{ poses = 40, samples = 20, references = 0, timed = 0, seed = 5, modes = {"raw"} }
            local log = flow:train{ steps = 600, batch = 256, seed = 1 }
            local e = flow:evaluate{ poses = 40, samples = 20, references = 4, timed = 0, seed = 5, modes = {"raw", "exact"} }
            local target = arm:fk{0.3, 0.5, -0.4}
            local answers = flow:solve(target, { count = 4, seed = 1 })
            local goals = flow:solve({ target, avips.goal{ xyz = {1.2, 0.5, 0} } }, { seed = 1 })
            return before.modes[1].position.mean.value, e.modes[1].position.mean.value, e.modes[2].position.mean.value, e.modes[1].mmd.value,
              e.modes[1].entropy.value, e.modes[1].elbo.value, #answers, #goals, #goals[2], flow.history.steps, log.loss[#log]
            """)
        try #require(found.count == 11)
        #expect(found[1] < 0.5 * found[0], "raw errors \(found[0]) and \(found[1]) m")
        #expect(found[2] < 1e-4)
        #expect(found[3] > -1 && found[3] < 0.5)
        #expect(found[4].isFinite && found[5].isFinite)
        #expect(found[6] >= 1 && found[7] == 2 && found[8] == 1)
        #expect(found[9] == 600 && found[10] < 2)
    }

    @Test func generatorsSayThatTheyHaveNoDensity() throws {
        let fixture = try Fixture()
        let script = """
            local gan = avips.model{ robot = "planar_3link", kind = "gan", generators = 3, hidden = {32, 32}, latents = 4, seed = 1 }
            gan:train{ steps = 30, batch = 96, seed = 1 }
            local target = gan.robot:fk{0.3, 0.5, -0.4}
            assert(gan:sample(target, 7, { seed = 1 }).rows == 7)
            local e = gan:evaluate{ poses = 5, samples = 10, references = 1, timed = 0, seed = 1, modes = {"raw"} }
            assert(e.modes[1].elbo == nil and e.modes[1].position.mean.value > 0)
            local ok, message = pcall(gan.logpdf, gan, {0, 0, 0}, target)
            assert(not ok)
            return message
            """
        guard case .string(let message)? = try fixture.session.state.run(script).first else { Issue.record("no message"); return }
        #expect(message.contains("no density"))
    }

    @Test func generatorsOfNoDensityTrainWithoutOptions() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local contexts, values = {}, {}
            for i = 1, 64 do contexts[i], values[i] = { i / 64 }, { i / 32, -i / 64 } end
            local data = { pairs = { contexts = contexts, values = values } }
            local simulator = { simulator = function(x, stream) return { x[1] + stream:normal() } end, prior = { mean = {0, 0}, deviation = 1 }, simulations = 64 }
            for _, options in ipairs{ data, simulator } do
              options.kind, options.generators, options.hidden, options.seed = "gan", 2, {16}, 1
              local gan = avips.model(options)
              gan:train{ steps = 5, batch = 32, seed = 1 }
              assert(gan.history.steps == 5 and gan:sample({0.5}, 3, { seed = 1 }).columns == 2)
            end
            return "trained"
            """) == "trained")
    }

    private let target = """
        local target = avips.target{
          dimension = 2, context = { a = {-1, 1} },
          logdensity = function(x, c) return 3 - (x[1] - c.a)^2 / 0.18 - (x[2] + 2 * c.a)^2 / 0.5 - math.log(2 * math.pi * 0.15) end,
          prior = { mean = {0, 0}, deviation = 1 },
        }

        """

    @Test func aFlowLearnsADensityByTheReverseDivergence() throws {
        let found = try numbers(target + """
            local flow = avips.model{ target = target, kind = "flow", blocks = 3, hidden = {32}, noise = 0, seed = 1 }
            flow:train{ steps = 800, seed = 1 }
            local e = flow:evaluate{ contexts = 10, samples = 300, seed = 2 }
            local sum = 0
            for _, value in ipairs(e.elbo) do sum = sum + value / #e end
            local path = os.tmpname() .. ".safetensors"
            flow:save(path, { resumable = true })
            local same = avips.model(path, { target = target })
            os.remove(path)
            return sum, same:logpdf({0.1, 0.2}, { a = 0.3 }) - flow:logpdf({0.1, 0.2}, { a = 0.3 }), #flow:sample({ {0.1}, {0.2} }, 5, { seed = 1 })
            """)
        try #require(found.count == 3)
        #expect(abs(found[0] - 3) < 0.15, "ELBO \(found[0])")
        #expect(found[1] == 0 && found[2] == 2)
    }

    @Test func trainingsGoOnBitByBitFromCheckpoints() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/flow.safetensors"
            let found = try numbers("""
                local function new() return avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 } end
                local options = { steps = 12, batch = 64, seed = 4 }
                local whole = new()
                whole:train(options)
                local part = new()
                for report in part:training{ steps = 12, batch = 64, seed = 4, interval = 5 } do if report.step >= 5 then break end end
                part:save("\(path)", { resumable = true })
                local resumed = avips.model("\(path)")
                resumed:train(options)
                local pose = whole.robot:fk{0.2, 0.1, -0.3}
                return whole:logpdf({0.2, 0.1, -0.3}, pose), resumed:logpdf({0.2, 0.1, -0.3}, pose), resumed.history.steps
                """)
            try #require(found.count == 3)
            #expect(found[0] == found[1] && found[2] == 12)
        }
    }

    @Test func wrongOptionsAreNamed() throws {
        let fixture = try Fixture()
        for (script, word) in [
            ("avips.model{ robot = 'planar_3link', kind = 'flow', components = 3 }", "components"),
            ("avips.model{ robot = 'planar_3link', blocks = 3 }", "blocks"),
            ("avips.model{ robot = 'planar_3link', kind = 'gan', bins = 3 }", "bins"),
            ("avips.model{ robot = 'planar_3link', kind = 'gaussian', components = 3 }", "components"),
            ("avips.model{ robot = 'planar_3link', kind = 'flow', width = 2 }", "width"),
            ("avips.model{ robot = 'planar_3link', kind = 'flow', activation = 'gelu' }", "activation"),
            ("avips.model{ robot = 'planar_3link', kind = 'flow', hidden = {4096, 4096}, blocks = 32 }", "parameters"),
            ("avips.model{ kind = 'flow' }", "robot"),
            ("avips.model{ robot = 'planar_3link', kind = 'flow' }:train{ steps = 1, objective = 'path' }", "objective"),
            ("avips.model{ robot = 'planar_3link', kind = 'flow', width = 5 }:logpdf({0, 0, 0}, avips.pose{ xyz = {1, 0, 0} })", "padding"),
        ] {
            let error = #expect(throws: (any Error).self) { _ = try fixture.session.state.run(script) }
            #expect(error.map { "\($0)".contains(word) } ?? false, "\(script): \(error.map { "\($0)" } ?? "")")
        }
    }

    @Test func aSingleGaussianIsOneComponent() throws {
        #expect(try numbers("return avips.model{ robot = 'planar_3link', kind = 'gaussian', hidden = {16}, seed = 1 }.components") == [1])
    }

    @Test func positionContextsHaveReferences() throws {
        let found = try numbers("""
            local model = avips.model{ robot = "valkyrie_lower_arm", context = "position", components = 2, hidden = {16}, seed = 1 }
            model:train{ steps = 20, batch = 64, seed = 1 }
            local e = model:evaluate{ poses = 4, samples = 5, references = 4, timed = 0, seed = 1, modes = {"exact"}, position_deviation = 0.01 }
            return e.modes[1].mmd.value, e.modes[1].coverage[2].value, e.floors.mmd.value, e:table().elbo_target.position
            """)
        try #require(found.count == 4)
        #expect(found[0] < 0.1 && found[1] >= 0 && found[2] < 0.05 && found[3] == 0.01)
    }
}
