import Foundation
import LuaBridge
import Scripting
import Testing

/// What models of conditional targets learn and answer.
@Suite struct ConditionalModelTests {
    /// Two Gaussians of weights 0.3 and 0.7 whose means move with the context; its integral is 1 at every context.
    private let target = """
        local function normal(x, y, s) return -0.5 * (x * x + y * y) / (s * s) - 2 * math.log(s) - math.log(2 * math.pi) end
        local target = avips.target{
          name = "moving", dimension = 2, context = { a = {-1, 1}, b = {0, 2} },
          logdensity = function(x, c)
            local p = math.log(0.3) + normal(x[1] - c.a, x[2] - c.b, 0.3)
            local q = math.log(0.7) + normal(x[1] + 2 * c.a, x[2] + 1.5, 0.2)
            local m = math.max(p, q)
            return m + math.log(math.exp(p - m) + math.exp(q - m))
          end,
          prior = { mean = {0, 0}, deviation = 2 },
        }

        """

    @Test func aModelLearnsADensityWithoutSamples() throws {
        let fixture = try Fixture()
        let results = try fixture.session.state.run(target + """
            local model = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
            local log = model:train{ steps = 1500, seed = 1 }
            local e = model:evaluate{ contexts = 20, samples = 500, seed = 3 }
            local function mean(list) local sum = 0 for _, v in ipairs(list) do sum = sum + v end return sum / #list end
            return mean(e.elbo), mean(e.log_z), mean(e.effective_share), log.elbo[#log], mean(e.gap)
            """)
        let numbers = results.compactMap { if case .number(let number) = $0 { number } else { nil } }
        try #require(numbers.count == 5)
        // log Z is 0: the bound lies below it, and near it once the density was learned.
        #expect(numbers[0] < 0.01 && numbers[0] > -0.1, "ELBO \(numbers[0])")
        #expect(abs(numbers[1]) < 0.05, "log Z \(numbers[1])")
        #expect(numbers[2] > 0.8 && numbers[2] <= 1, "effective size \(numbers[2])")
        // The log's bound is the model's own, not one against a snapshot: the same but for the average of the parameters.
        #expect(abs(numbers[3] - numbers[0]) < 0.1, "log \(numbers[3])")
        #expect(abs(numbers[4] - (numbers[1] - numbers[0])) < 1e-9)
    }

    @Test func theReferenceFindsTheSameModes() throws {
        let fixture = try Fixture()
        let script = target + """
            local model = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
            model:train{ steps = 1200, seed = 1 }
            local e = model:evaluate{ contexts = 4, samples = 400, reference = "vips", iterations = 40, seed = 3 }
            local modes, held = 0, 0
            for i = 1, #e do modes, held = modes + e.modes_known[i], held + e.modes_held[i] end
            return modes, held, tostring(e):match("modes held: %d+ of %d+")
            """
        let results = try fixture.session.state.run(script)
        guard case .number(let modes)? = results.first, case .number(let held) = results[1] else { Issue.record("no numbers"); return }
        #expect(modes >= 4 && held == modes)
    }

    @Test func theSameSeedGivesTheSameModelAndAnInterruptedTrainingGoesOn() throws {
        let fixture = try Fixture()
        try withTemporaryDirectory { directory in
            let script = target + """
                local function new() return avips.model{ target = target, components = 3, hidden = {16}, seed = 2 } end
                local whole, other = new(), new()
                whole:train{ steps = 60, seed = 5 }
                for report in other:training{ steps = 60, seed = 5, interval = 25 } do if report.step >= 25 then break end end
                local path = "\(directory)/half.safetensors"
                other:save(path, { resumable = true })
                other:train()
                local loaded = avips.model(path, { target = target })
                loaded:train()
                local c, x = { a = 0.3, b = 1 }, { 0.1, 0.2 }
                return whole:logpdf(x, c) == other:logpdf(x, c), whole:logpdf(x, c) == loaded:logpdf(x, c), whole:logpdf(x, c) ~= new():logpdf(x, c)
                """
            let results = try fixture.session.state.run(script)
            #expect(results.count == 3 && results.allSatisfy { if case .boolean(true) = $0 { true } else { false } }, "\(results)")
        }
    }

    @Test func aFileAnswersWithoutItsTargetAndTrainsWithIt() throws {
        let fixture = try Fixture()
        try withTemporaryDirectory { directory in
            let path = "\(directory)/m.safetensors"
            let start = target + "local model = avips.model{ target = target, components = 2, hidden = {16}, seed = 1 } model:save('\(path)')\n"
            let answer = try fixture.shown(start + """
                local loaded = avips.model("\(path)")
                return loaded:logpdf({0, 0}, {0.5, 1}) == model:logpdf({0, 0}, { a = 0.5, b = 1 })
                """)
            #expect(answer == "true")
            #expect(fixture.message("avips.model('\(path)'):train{ steps = 1 }")?.contains("target") == true)
            #expect(fixture.message("avips.model('\(path)'):evaluate{ contexts = 1 }")?.contains("no target") == true)
            #expect(fixture.message("""
                avips.model("\(path)", { target = avips.target{ dimension = 3, context = { a = {0, 1} }, logdensity = function(x, c) return 0 end } })
                """)?.contains("3") == true)
        }
    }

    @Test func namesOfVariablesComeWithWhatIsMadeOfThem() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local target = avips.target{
              dimension = 2, names = {"slope", "offset"}, context = { a = {0, 1} }, logdensity = function(x, c) return -x[1]^2 - (x[2] - c.a)^2 end,
            }
            local model = avips.model{ target = target, components = 2, hidden = {16}, seed = 1 }
            local c = { a = 0.5 }
            local density, mixture = target:at(c), model:predict(c)
            local plain = avips.mixture{ means = {{0, 0}}, deviations = {{1, 1}} }
            local figures = {
              avips.plot.density(density, plain, { resolution = 4 }), avips.plot.density(mixture, nil, { resolution = 4 }),
              avips.plot.density(function(x) return -x[1]^2 - x[2]^2 end, mixture, { resolution = 4 }),
              avips.plot.joints(mixture, { samples = 10 }), avips.plot.joints(avips.vips{ target = density, components = 1, seed = 1 }.mixture, { samples = 10 }),
            }
            for i, figure in ipairs(figures) do
              local svg = figure:svg()
              assert(svg:find(">slope<", 1, true) and svg:find(">offset<", 1, true), i)
            end
            assert(tostring(mixture):find("variables: slope, offset\\n", 1, true))
            assert(tostring(mixture:marginal{2}):find("variables: offset\\n", 1, true))
            assert(tostring(mixture:condition{ [2] = 0 }):find("variables: slope\\n", 1, true))
            return not tostring(plain):find("variables:", 1, true)
            """) == "true")
    }

    @Test func evaluationsNameTheirQuantiles() throws {
        let fixture = try Fixture()
        let results = try fixture.session.state.run(target + """
            local model = avips.model{ target = target, components = 2, hidden = {16}, seed = 1 }
            local e = model:evaluate{ contexts = 21, samples = 20, seed = 3 }
            local elbo = {}
            for i, value in ipairs(e.elbo) do elbo[i] = value end
            table.sort(elbo)
            return tostring(e), elbo[2], elbo[11], elbo[20]
            """)
        guard case .string(let text)? = results.first else { Issue.record("no text"); return }
        #expect(text.contains(/mean +5 % +median +95 %/), "\(text)")
        // Of 21 values the second, the middle one and the last but one.
        let row = try #require(text.split(separator: "\n").first { $0.contains("ELBO, nats") }).split(separator: " ").suffix(3).compactMap { Double($0) }
        let expected = results.dropFirst().compactMap { if case .number(let number) = $0 { number } else { nil } }
        #expect(row.count == 3 && zip(row, expected).allSatisfy { abs($0 - $1) <= 1e-3 * abs($1) + 1e-6 }, "\(text) \(expected)")
    }

    @Test func contextsComeInEveryForm() throws {
        let fixture = try Fixture()
        let model = target + "local model = avips.model{ target = target, components = 2, hidden = {16}, seed = 1 }\n"
        #expect(try fixture.shown(model + """
            local x = {0, 0}
            local value = model:logpdf(x, { a = 0.5, b = 1 })
            assert(value == model:logpdf(x, { 0.5, 1 }) and value == model:logpdf(x, avips.matrix{ {0.5, 1} }[1]))
            local several = model:predict{ { a = 0.5, b = 1 }, { 0, 0 } }
            assert(#several == 2 and several[1]:logpdf(x) == value)
            assert(#model:predict(avips.matrix{ {0.5, 1}, {0, 0}, {1, 2} }) == 3)
            assert(#model:sample({ {0.5, 1}, {0, 1} }, 4, { seed = 1 }) == 2)
            return target:at{ a = 0.5, b = 1 }:logpdf(x) == target:logpdf(x, {0.5, 1})
            """) == "true")
        for (code, part) in [
            ("model:predict{ a = 1 }", "lacks the number \"b\""), ("model:predict{ a = 1, c = 2 }", "no number \"c\""),
            ("model:predict{ 1, 2, 3 }", "a context, 2 numbers: a, b"), ("model:predict{ a = 1, b = 0/0 }", "finite"),
            ("model:predict{}", "context"), ("model:predict(avips.matrix{ {1, 2, 3} })", "3"),
        ] {
            let message = fixture.message(model + code)
            #expect(message?.contains(part) == true, "\(code): \(message ?? "no error")")
        }
    }

    @Test func otherObjectivesAndPhasesTrainToo() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown(target + """
            for _, objective in ipairs{ "path", "reverse", "component" } do
              local model = avips.model{ target = target, components = 3, hidden = {32, 32}, seed = 1 }
              local log = model:train{ seed = 1, objective = objective, phases = { { steps = 200 }, { steps = 100, temperature = 1, learning_rate = 1e-3 } } }
              assert(log.elbo[#log] > -3, objective .. " " .. log.elbo[#log])
            end
            return "done"
            """) == "done")
    }

    @Test func weightsAndSharesFollowTheirOptions() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown(target + """
            local function bound(options)
              local model = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
              options.steps, options.seed = 300, 1
              local log = model:train(options)
              return log.elbo[#log]
            end
            local usual, bounds = bound{}, {}
            assert(bound{ weight_rule = "combined", share_floor = 0.2 } == usual)
            for i, options in ipairs{ { weight_rule = "gradient" }, { weight_rule = "target" }, { share_floor = 1 }, { share_floor = 1e-6 } } do
              local value = bound(options)
              assert(value ~= usual and value > -3, i .. ": " .. value)
              for _, other in ipairs(bounds) do assert(other ~= value) end
              bounds[i] = value
            end
            return "done"
            """) == "done")
        let model = target + "avips.model{ target = target, components = 2, hidden = {16}, seed = 1 }"
        for (option, part) in [("weight_rule = 'plain'", "combined"), ("share_floor = 0", "share_floor"), ("share_floor = 2", "share_floor")] {
            let message = fixture.message(model + ":train{ steps = 5, \(option) }")
            #expect(message?.contains(part) == true, "\(option): \(message ?? "no error")")
        }
    }

    @Test func whatCanBeTracedIsAndAnswersAlike() throws {
        let fixture = try Fixture()
        let traced = target.replacing("math.max(p, q)", with: "avips.math.max(p, q)")
        #expect(try fixture.shown(traced + """
            assert(target.traced, target.note)
            local plain = avips.target{ dimension = 2, context = { a = {-1, 1} }, trace = false, logdensity = function(x, c) return -(x[1] - c.a)^2 - x[2]^2 end }
            assert(not plain.traced and plain.note == "trace = false")
            local formula = avips.target{ dimension = 2, context = { a = {-1, 1} }, trace = true, logdensity = function(x, c) return -(x[1] - c.a)^2 - x[2]^2 end }
            local x, c = {0.3, -0.7}, { a = 0.4 }
            assert(math.abs(plain:logpdf(x, c) - formula:logpdf(x, c)) < 1e-12)
            local g = formula:at(c):gradient(x)
            assert(math.abs(g[1] - 0.2) < 1e-9 and math.abs(g[2] - 1.4) < 1e-9)
            local models = {}
            for i, t in ipairs{ plain, formula } do
              models[i] = avips.model{ target = t, components = 2, hidden = {16}, seed = 1, adapt = false }
              models[i]:train{ steps = 1000, seed = 1, temperature = 1 }
              local e = models[i]:evaluate{ contexts = 5, samples = 100, seed = 1 }
              for k = 1, #e do assert(e.gap[k] < 0.05, e.gap[k]) end
            end
            return "done"
            """) == "done")
        // A prior that is far too wide is narrowed before training, where that costs little.
        #expect(try fixture.shown("""
            local wide = avips.target{ dimension = 2, context = { a = {-1, 1} }, prior = { deviation = 300 }, logdensity = function(x, c) return -(x[1] - c.a)^2 - x[2]^2 end }
            local model = avips.model{ target = wide, components = 2, hidden = {16}, seed = 1 }
            model:train{ steps = 1000, seed = 1 }
            local e = model:evaluate{ contexts = 5, samples = 100, seed = 1 }
            for k = 1, #e do assert(math.log(math.pi) - e.elbo[k] < 0.1, e.elbo[k]) end
            return "done"
            """) == "done")
    }

    @Test func figuresAndReportsTakeWhatConditionalModelsGive() throws {
        let fixture = try Fixture()
        try withTemporaryDirectory { directory in
            let count = try fixture.shown(target + """
                local model = avips.model{ target = target, components = 3, hidden = {16}, seed = 1 }
                local log = model:train{ steps = 30, seed = 1 }
                local c = { a = 0.2, b = 1 }
                assert(tostring(avips.plot.density(target:at(c), model:predict(c))) ~= "")
                assert(tostring(avips.plot.curves(log)) ~= "" and tostring(avips.plot.joints(model:predict(c), { samples = 20 })) ~= "")
                local evaluation = model:evaluate{ contexts = 3, samples = 20, seed = 1 }
                avips.report({ "# Training", log, "# Evaluation", evaluation, model }, "\(directory)/r.html")
                return #evaluation
                """)
            #expect(count == "3")
        }
    }

    @Test func componentsComeBackFromWideDirections() throws {
        let fixture = try Fixture()
        // Tempered, the posterior is as wide as its prior; at a bound of the deviations there would be no slope to come back by.
        #expect(try fixture.shown("""
            local ranges = {}
            for i = 1, 10 do ranges["x" .. i] = {-1.3, 1.3} end
            local target = avips.target{
              dimension = 10, context = ranges, trace = true, prior = { deviation = 1 },
              logdensity = function(z, c)
                local sum = 0
                for i = 1, 10 do sum = sum - 0.5 * z[i]^2 - 5 * (c["x" .. i] - avips.math.erf(z[i] / math.sqrt(2)))^2 end
                return sum
              end,
            }
            local model = avips.model{ target = target, components = 1, hidden = {32}, seed = 1 }
            model:train{ steps = 1500, temperature = avips.schedule.steps{ {0, 0.03}, {0.3, 1} }, seed = 1 }
            local q = model:predict{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
            for i = 1, 10 do
              local deviation = math.sqrt(q.covariances[1][i][i])
              assert(deviation > 0.35 and deviation < 0.55, deviation)
            end
            return "narrow"
            """) == "narrow")
    }
}
