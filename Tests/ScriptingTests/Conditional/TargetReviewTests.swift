import Scripting
import Testing

/// What is said of the model of a density where its training has ended.
@Suite struct TargetReviewTests {
    /// The warnings of trainings, by the log and on the console.
    private func warnings(of density: String, dimension: Int = 1, options: String = "", model: String = "components = 4, hidden = {16}", steps: Int = 300) throws -> [String] {
        let host = Listener()
        let fixture = try Fixture()
        fixture.session.host = host
        let code = """
            local m = avips.math
            local target = avips.target{ dimension = \(dimension), context = { a = {-1, 1} }, \(options) logdensity = function(x, c) return \(density) end }
            local log = avips.model{ target = target, \(model), seed = 1 }:train{ steps = \(steps), seed = 1 }
            return table.concat(log.warnings, "\\n")
            """
        let noted = try fixture.shown(code)
        for warning in host.warnings { #expect(noted.contains(warning), "\(noted)") }
        return host.warnings
    }

    @Test(arguments: [("0 * x[1] + 0 * c.a", 1), ("3 * x[1] + c.a", 1), ("x[1]^2 + c.a", 1), ("-(x[1] - c.a)^2", 2), ("-0.5 * (x[1] - x[2] - c.a)^2", 2),
        ("m.logsumexp{ -0.5 * (x[1] - c.a)^2, -8 }", 1)])
    func densitiesWithoutAFiniteIntegralAreSaid(_ case: (density: String, dimension: Int)) throws {
        let warnings = try warnings(of: `case`.density, dimension: `case`.dimension, steps: 1000)
        #expect(warnings.count == 1 && warnings[0].contains("no finite integral"), "\(warnings)")
    }

    @Test func flowsAreJudgedAlike() throws {
        let warnings = try warnings(of: "-(x[1] - c.a)^2", dimension: 2, model: "kind = \"flow\", blocks = 2, hidden = {16}")
        #expect(warnings.contains { $0.contains("no finite integral") }, "\(warnings)")
    }

    @Test(arguments: ["-(x[1] - c.a)^2", "-(x[1] - c.a)^2 / 2e8", "-2 * m.log1p((x[1] - c.a)^2)", "-(x[1] - 1000 * c.a)^2 / 2"])
    func nothingIsSaidOfOthers(_ density: String) throws { #expect(try warnings(of: density, steps: 600).isEmpty) }

    @Test func theLeastDeviationIsNamedWhereItBinds() throws {
        func density(_ deviation: String) -> String { "-0.5 * ((x[1] - c.a) / \(deviation))^2 - 0.5 * x[2]^2" }
        let model = "components = 2, hidden = {32, 32}"
        let warnings = try warnings(of: density("1e-6"), dimension: 2, model: model, steps: 10_000)
        #expect(warnings.count == 1 && warnings[0].contains("min_deviation") && warnings[0].contains("1.7e-5"), "\(warnings)")
        #expect(try self.warnings(of: density("1e-3"), dimension: 2, model: model, steps: 10_000).isEmpty)
    }

    /// Where samples are on their way to mass that lies far away, neither their narrowness nor the density's greatness is what to mend.
    @Test(arguments: ["", ", min_deviation = 0.2"]) func massFarFromThePriorIsNamed(_ options: String) throws {
        for density in ["-0.5 * (x[1] - 1e4 - c.a)^2", "-50 * (x[1] - 1000 - c.a)^2", "-m.abs(x[1] + 1e6 - c.a) * 100"] {
            let warnings = try warnings(of: density, model: "components = 2, hidden = {16}\(options)", steps: 600)
            #expect(warnings.count == 1 && warnings[0].contains("far from the prior") && warnings[0].contains("give the target a prior"), "\(density): \(warnings)")
        }
        let near = try warnings(of: "-0.5 * (x[1] - 1e4 - c.a)^2", options: "prior = { mean = {1e4}, deviation = 1 },", model: "components = 2, hidden = {16}\(options)", steps: 600)
        #expect(near.isEmpty, "\(near)")
    }

    /// Scales that were widened to reach mass far away hold components wide: a prior there is what helps, neither a narrower one nor a smaller bound.
    @Test func aPriorAtTheMassIsAdvisedWhereScalesWereWidened() throws {
        let density = "-50 * m.log1p(((x[1] - 1e4 - c.a) / 0.1)^2)", model = "components = 2, hidden = {16}, min_deviation = 1e-4"
        let warnings = try warnings(of: density, model: model, steps: 6000)
        #expect(warnings.count == 1 && warnings[0].contains("least deviation") && warnings[0].contains("give the target a prior there"), "\(warnings)")
        #expect(warnings.allSatisfy { !$0.contains("min_deviation") }, "\(warnings)")
        #expect(try self.warnings(of: density, options: "prior = { mean = {1e4}, deviation = 1 },", model: model, steps: 6000).isEmpty)
    }

    @Test func samplesOfDensityZeroAreSaid() throws {
        let warnings = try warnings(of: "m.where(m.greater(x[1], c.a), -x[1], -math.huge)")
        #expect(warnings.count == 1 && warnings[0].contains("% of the model's samples the density is zero") && warnings[0].contains("with the context {"), "\(warnings)")
    }

    @Test func leapsThatSlopesDoNotShowAreSaid() throws {
        let warnings = try warnings(of: "m.where(m.greater(x[1], 1), 5, 0) - 0.5 * x[1]^2 - 0 * c.a")
        #expect(warnings.count == 1 && warnings[0].contains("leaps by 5 nats near {1}") && warnings[0].contains("refine = 50"), "\(warnings)")
    }

    /// One that fails far from its samples, where no sample is: what is known without those places is said.
    @Test func whatFailsFarAwayHidesNothing() throws {
        let density = "(math.abs(x[1]) > 50 and error 'off the grid' or x[1] > 0.5 and 5 or 0) - 0.5 * x[1]^2"
        let warnings = try warnings(of: density, model: "components = 2, hidden = {16}", steps: 60)
        #expect(warnings.count == 1 && warnings[0].contains("leaps by 5 nats near {0.5}"), "\(warnings)")
    }

    /// Places between samples, where leaps are looked for, are asked by nothing else.
    @Test func whatFailsBetweenSamplesHidesNothing() throws {
        let density = "(math.abs(x[1] - 0.5) < 1e-7 and error 'on the edge' or x[1] > 0.5 and 5 or 0) - 0.5 * x[1]^2 + 1e10"
        let warnings = try warnings(of: density, model: "components = 2, hidden = {16}", steps: 60)
        #expect(warnings.count == 1 && warnings[0].contains("subtract a constant"), "\(warnings)")
    }

    /// A constant that single precision cannot carry is named; one that it cannot hold is refused, whatever its sign.
    @Test func greatConstantsAreNamed() throws {
        let warnings = try warnings(of: "1e10 - (x[1] - c.a)^2")
        #expect(warnings.count == 1 && warnings[0].contains("1e+10") && warnings[0].contains("subtract a constant"), "\(warnings)")
        for constant in ["1e30", "-1e40"] {
            let message = try Fixture().message("""
                local target = avips.target{ dimension = 1, context = { a = {-1, 1} }, logdensity = function(x, c) return \(constant) - (x[1] - c.a)^2 end }
                avips.model{ target = target, components = 2, hidden = {16}, seed = 1 }:train{ steps = 30, seed = 1 }
                """) ?? "no error"
            #expect(message.contains("single precision") && message.contains("subtract a constant"), "\(message)")
        }
    }

    /// A training from a loop is judged as one that runs to its end, once.
    @Test func loopsAreJudgedAtTheirEnd() throws {
        let host = Listener()
        let fixture = try Fixture()
        fixture.session.host = host
        let code = """
            local target = avips.target{ dimension = 1, context = { a = {-1, 1} }, logdensity = function(x, c) return 3 * x[1] + c.a end }
            local model = avips.model{ target = target, components = 4, hidden = {16}, seed = 1 }
            local early
            for report in model:training{ steps = 1000, interval = 250, seed = 1 } do early = early or #model.log.warnings end
            return early, #model.log.warnings
            """
        #expect(try fixture.shown(code) == "0\n1")
        #expect(host.warnings.count == 1 && host.warnings[0].contains("no finite integral"), "\(host.warnings)")
    }

    /// A checkpoint of the end has what the end said: the log that is read is the log that was.
    @Test func checkpointsKeepWhatIsSaidAtTheEnd() throws {
        #expect(try Fixture().message("""
            local target = avips.target{ dimension = 1, context = { a = {-1, 1} }, logdensity = function(x, c) return 3 * x[1] + c.a end }
            for _, way in ipairs{ "train", "loop" } do
              local path = os.tmpname() .. ".safetensors"
              local options = { steps = 1000, seed = 1, checkpoint = path }
              local model = avips.model{ target = target, components = 4, hidden = {16}, seed = 1 }
              if way == "train" then model:train(options) else for _ in model:training(options) do end end
              assert(#model.log.warnings == 1, way .. ": " .. #model.log.warnings)
              local read = avips.model(path, { target = target })
              assert(#read.log.warnings == 1 and read.log.warnings[1] == model.log.warnings[1], way .. ": " .. #read.log.warnings)
              assert(#read.log == #model.log and read.parameters == model.parameters)
              local log = read:train(options)
              assert(#log.warnings == 1 and #log == #model.log, way .. ": " .. #log.warnings)
              os.remove(path)
            end
            """) == nil)
    }

    /// Generators need pairs: a target alone is refused where the model is made.
    @Test func generatorsOfATargetAloneAreRefused() throws {
        let message = try Fixture().message("""
            local target = avips.target{ dimension = 1, context = { a = {-1, 1} }, logdensity = function(x, c) return -(x[1] - c.a)^2 end }
            avips.model{ target = target, kind = "gan", hidden = {16}, seed = 1 }
            """) ?? "no error"
        #expect(message.contains("avips.model") && message.contains("generators are trained against pairs"), "\(message)")
    }
}
