import Testing

/// Errors of what is asked at contexts name the context at which they came.
@Suite struct ContextErrorTests {
    /// A network has no answer far away; of several contexts the one is named, whatever the kind of the model.
    @Test func networksNameTheContextThatTheyHaveNoAnswerAt() throws {
        let fixture = try Fixture()
        #expect(fixture.message("""
            local data = avips.random.normal(40, { columns = 2, seed = 1 })
            local target = avips.target{ dimension = 2, context = data, logdensity = function(x, c) return -(x[1] - c[1])^2 - x[2]^2 end }
            local function made(options) options.hidden, options.seed = {16}, 1 return avips.model(options) end
            mixture = made{ target = target, components = 1 }
            flow = made{ target = target, kind = "flow", blocks = 1 }
            gan = made{ pairs = { contexts = data, values = data }, kind = "gan", generators = 2 }
            ensemble, mixtures = avips.model{ members = { mixture, flow } }, avips.model{ members = { mixture, mixture } }
            contexts, points = { {1, 2}, {1e300, 3} }, { {0, 0}, {0, 0} }
            """) == nil)
        for use in [
            "mixture:predict(contexts)", "mixture:sample(contexts, 2)", "mixture:logpdf(points, contexts)", "flow:sample(contexts, 2)", "flow:logpdf(points, contexts)",
            "gan:sample(contexts, 2)", "ensemble:sample(contexts, 8)", "ensemble:logpdf(points, contexts)", "mixtures:predict(contexts)",
        ] {
            let message = fixture.message(use) ?? "no error"
            #expect(message.contains("not finite here") && message.contains("the context is {1e+300, 3}"), "\(use): \(message)")
        }
    }

    /// So does a density that is no number at samples of a model.
    @Test(arguments: ["components = 1", "kind = \"flow\", blocks = 1"])
    func evaluationsNameTheContextOfADensityThatIsNoNumber(_ model: String) throws {
        let message = try Fixture().message("""
            local target = avips.target{ dimension = 2, context = { a = {5, 5.25} }, trace = false, logdensity = function(x, c) return x[1] > 0 and 0/0 or -x[1]^2 - x[2]^2 end }
            avips.model{ target = target, hidden = {16}, seed = 1, \(model) }:evaluate{ contexts = 3, samples = 200, seed = 1 }
            """)
        #expect(message?.contains("is NaN at {") == true && message?.contains("; the context is {5.") == true, "\(message ?? "no error")")
    }
}
