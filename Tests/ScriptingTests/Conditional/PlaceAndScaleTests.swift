import Testing

/// Contexts and variables far from zero, very small and very large ones.
@Suite struct PlaceAndScaleTests {
    /// Contexts far from zero, very small and very large ones are told apart as those near 1 are.
    @Test(arguments: [(0.0, 1.0), (1e9, 1.0), (1e15, 100.0), (0.0, 1e-15), (-3e-14, 1e-15), (0.0, 1e14)])
    func contextsOfAnyPlaceAndScaleCount(place: Double, scale: Double) throws {
        #expect(try Fixture().message("""
            local place, scale = \(place), \(scale)
            local posterior = avips.model{
              simulator = function(theta, stream) return { place + scale * (theta[1] + 0.1 * stream:normal()) } end, prior = { mean = {0}, deviation = 1 },
              simulations = 4000, components = 1, hidden = {16}, seed = 1 }
            posterior:train{ steps = 500, seed = 1 }
            for _, x in ipairs{ -1, 0, 1 } do
              local mean = posterior:predict{ place + scale * x }.means[1][1]
              assert(math.abs(mean - 0.99 * x) < 0.06, x .. ": " .. mean)
            end
            local path = os.tmpname() .. ".safetensors"
            posterior:save(path)
            assert(avips.model(path):predict{ place + scale }.means[1][1] == posterior:predict{ place + scale }.means[1][1])
            os.remove(path)
            local target = avips.target{ dimension = 1, context = { a = { place, place + scale } }, logdensity = function(z, c)
              return -10 * (z[1] - 2 * (c.a - place) / scale)^2
            end }
            assert(target.note == nil and tostring(target):find "traced", target.note)
            local model = avips.model{ target = target, components = 1, hidden = {16}, seed = 1 }
            model:train{ steps = 800, seed = 1 }
            for _, share in ipairs{ 0, 0.5, 1 } do
              local mean = model:predict{ a = place + share * scale }.means[1][1]
              assert(math.abs(mean - 2 * share) < 0.1, share .. ": " .. mean)
            end
            """) == nil)
    }

    /// Variables that single precision does not resolve are refused, with what to do.
    @Test func variablesFarFromZeroAreRefused() throws {
        let message = try #require(try Fixture().message("""
            avips.model{ simulator = function(theta, stream) return { theta[1] - 1e8 + 0.1 * stream:normal() } end, prior = { mean = {1e8}, deviation = 1 }, simulations = 500 }
            """))
        #expect(message.contains("x1 lies around 1e+08") && message.contains("8 apart") && message.contains("subtracting"), "\(message)")
        #expect(try Fixture().message("""
            avips.model{ simulator = function(theta, stream) return { theta[1] + 0.1 * stream:normal() } end, prior = { mean = {2000}, deviation = 1 }, simulations = 500 }
            """) == nil)
    }

    /// A file is read again, however small or large the variables are that a model was made for.
    @Test(arguments: [1e-25, 1e-14, 1e13, 1e17]) func filesHoldVariablesOfAnyScale(scale: Double) throws {
        #expect(try Fixture().message("""
            local contexts, values = {}, {}
            for i = 1, 64 do contexts[i], values[i] = { i / 64 }, { \(scale) * (i / 32 - 1) } end
            local path = os.tmpname() .. ".safetensors"
            for _, kind in ipairs{ "mixture", "gan" } do
              local model = avips.model{ pairs = { contexts = contexts, values = values }, kind = kind, hidden = {16}, seed = 1 }
              model:save(path)
              local read = avips.model(path)
              os.remove(path)
              assert(tostring(read:sample({0.5}, 3, { seed = 1 })) == tostring(model:sample({0.5}, 3, { seed = 1 })))
            end
            """) == nil)
    }

    @Test func numbersThatCannotBeScaledAreRefused() throws {
        let fixture = try Fixture()
        func refusal(_ context: String, _ value: String) -> String {
            fixture.message("""
                local contexts, values = {}, {}
                for i = 1, 64 do contexts[i], values[i] = { \(context) }, { \(value) } end
                avips.model{ pairs = { contexts = contexts, values = values }, hidden = {16}, seed = 1 }
                """) ?? "none"
        }
        #expect(refusal("i", "i * 1e-200").contains("x1 varies by"))
        #expect(refusal("i", "i * 1e-40").contains("another unit"))
        #expect(refusal("i * 1e200", "i").contains("in the contexts, number 1 varies by"))
        // Such numbers as zeros are rounded to are no contexts that are missed.
        for (context, value) in [("i * 1e-40", "i"), ("i", "i * 1e-28"), ("i * 1e-28", "i"), ("7", "-5"), ("1e9", "0.1 + 0.2 + i * 1e-17"), ("i % 2 * 2 - 1", "i % 2 * 2 - 1")] {
            #expect(refusal(context, value) == "none")
        }
    }

    @Test func numbersBeyondSinglePrecisionAreRefused() throws {
        let fixture = try Fixture()
        let message = fixture.message("""
            local model = avips.model{ simulator = function(theta, stream) return { theta[1], 1e300 } end, prior = { mean = {0}, deviation = 1 }, seed = 1 }
            model:train{ steps = 5, seed = 1 }
            """) ?? "no error"
        #expect(message.contains("1e+300"), "\(message)")
    }
}
