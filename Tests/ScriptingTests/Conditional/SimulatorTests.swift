import Testing

/// Models that learn by likelihood: from simulations, from pairs, and from exact draws of a target.
@Suite struct SimulatorTests {
    @Test func simulatorsAndPairsTrainByLikelihood() throws {
        let fixture = try Fixture()
        // theta ~ N(0, 1), x = theta + 0.5·noise: the posterior at x is N(0.8·x, 0.2).
        #expect(try fixture.shown("""
            local model = avips.model{
              simulator = function(theta, stream) return { theta[1] + 0.5 * stream:normal() } end, prior = { mean = {0}, deviation = 1 },
              simulations = 4000, components = 1, hidden = {32}, seed = 1,
            }
            model:train{ steps = 600, seed = 1 }
            for _, x in ipairs{ -1, 0, 1.5 } do
              local mixture = model:predict{ x }
              assert(math.abs(mixture.means[1][1] - 0.8 * x) < 0.1, mixture.means[1][1])
              assert(math.abs(mixture.covariances[1][1][1] - 0.2) < 0.05, mixture.covariances[1][1][1])
            end
            local contexts, values = {}, {}
            for i = 1, 500 do contexts[i], values[i] = { i / 500 }, { 2 * i / 500, -i / 500 } end
            local fitted = avips.model{ pairs = { contexts = contexts, values = values }, components = 1, hidden = {32}, seed = 1 }
            fitted:train{ steps = 500, seed = 1 }
            assert(math.abs(fitted:predict{ 0.5 }.means[1][1] - 1) < 0.05)
            return "done"
            """) == "done")
    }

    @Test func aTargetMayComeWithExactDraws() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            target = avips.target{ dimension = 1, context = { a = {-1, 1} }, trace = true, logdensity = function(x, c) return -0.5 * ((x[1] - c.a) / 0.2)^2 end }
            local stream, contexts, values = avips.stream(1), {}, {}
            for i = 1, 2000 do
              local a = 2 * stream:uniform() - 1
              contexts[i], values[i] = { a }, { a + 0.2 * stream:normal() }
            end
            local function fitted(share)
              local model = avips.model{ target = target, pairs = { contexts = contexts, values = values }, components = 1, hidden = {16}, adapt = false, seed = 1 }
              model:train{ steps = 1500, forward_share = share, seed = 1 }
              local q = model:predict{ 0.5 }
              assert(math.abs(q.means[1][1] - 0.5) < 0.05 and math.abs(math.sqrt(q.covariances[1][1][1]) - 0.2) < 0.05)
              assert(model:evaluate{ contexts = 4, samples = 50, seed = 1 }.effective_share[1] > 0.8)
              return q.means[1][1]
            end
            -- Shares of likelihood of nothing, of a half and of all are different trainings.
            local none, half, all = fitted(0), fitted(0.5), fitted(1)
            return none ~= half and half ~= all
            """) == "true")
        #expect(fixture.message("avips.model{ target = target, pairs = { contexts = { {1, 2} }, values = { {1} } } }")?.contains("contexts of 1 number ") == true)
        #expect(fixture.message("avips.model{ target = target, simulator = print, prior = { deviation = 1 } }")?.contains("a simulator alone") == true)
        #expect(fixture.message("avips.model{ target = target, components = 1 }:train{ steps = 1, forward_share = 0.5 }")?.contains("no samples for maximum likelihood") == true)
        #expect(try fixture.shown("return #target:logpdf({ {0}, {0.2} }, { { a = 0 }, { a = 0.2 } }), target:logpdf({ {0}, {0.2} }, { { a = 0 }, { a = 0.2 } })[2]") == "2\n0.0")
        #expect(fixture.message("target:logpdf({ {0}, {0.2}, {0.3} }, { { a = 0 }, { a = 0.1 } })")?.contains("one context or as many as places") == true)
    }

    @Test func aFileOfPairsOrOfASimulatorGoesOnWithThemAttached() throws {
        let fixture = try Fixture()
        try withTemporaryDirectory { directory in
            let answer = try fixture.shown("""
                local contexts, values = {}, {}
                for i = 1, 64 do contexts[i], values[i] = { i / 64 }, { i / 32, -i / 64 } end
                local pairs = { pairs = { contexts = contexts, values = values } }
                local simulator = { simulator = function(x, stream) return { x[1] + stream:normal() } end, prior = { mean = {0, 0}, deviation = 1 }, simulations = 64 }
                path = "\(directory)/half.safetensors"
                for _, material in ipairs{ pairs, simulator } do
                  for _, kind in ipairs{ "mixture", "flow", "gan" } do
                    local options, training = { kind = kind, hidden = {16}, seed = 1 }, { steps = 12, batch = 32, seed = 2, interval = 4 }
                    for name, value in next, material do options[name] = value end
                    local whole, half = avips.model(options), avips.model(options)
                    for _ in whole:training(training) do end
                    for _ in half:training(training) do break end
                    half:save(path, { resumable = true })
                    local loaded = avips.model(path, material)
                    loaded:train()
                    assert(loaded.history.steps == 12)
                    assert(tostring(loaded:sample({0.5}, 3, { seed = 3 })) == tostring(whole:sample({0.5}, 3, { seed = 3 })), kind)
                  end
                end
                return "continued"
                """)
            #expect(answer == "continued")
            #expect(fixture.message("avips.model(path):train()")?.contains("pairs") == true)
            #expect(fixture.message("avips.model(path, { pairs = { contexts = { {1, 2} }, values = { {1, 2} } } })")?.contains("contexts of 1 number") == true)
            #expect(fixture.message("avips.model(path, { simulator = function(x) return 1 end, prior = { mean = {0}, deviation = 1 } })")?.contains("2 variables") == true)
            #expect(fixture.message("avips.model(path, { prior = { mean = {0}, deviation = 1 } })")?.contains("goes with simulator") == true)
            #expect(fixture.message("avips.model('panda', { pairs = { contexts = { {1} }, values = { {1} } } })")?.contains("of a robot") == true)
        }
    }
}
