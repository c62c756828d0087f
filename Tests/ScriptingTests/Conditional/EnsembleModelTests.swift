import Foundation
import LuaBridge
import Scripting
import Testing

/// Ensembles as scripts have them.
@Suite struct EnsembleModelTests {
    /// Few pairs of a bent density, and pairs kept aside.
    private let pairs = """
        local stream, rows, values = avips.stream(1), {}, {}
        for i = 1, 700 do
          local a = 2 * stream:uniform() - 1
          local x = stream:normal()
          rows[i], values[i] = { a }, { x, a + x * x / 2 + 0.2 * stream:normal() }
        end
        local function part(list, first, last) return avips.matrix(table.move(list, first, last, 1, {})) end
        local pairs = { contexts = part(rows, 1, 400), values = part(values, 1, 400) }
        local unseen, places = part(rows, 401, 700), part(values, 401, 700)
        local function mean(numbers)
          local sum = 0
          for _, number in ipairs(numbers) do sum = sum + number / #numbers end
          return sum
        end

        """

    @Test func theAverageOfFlowsIsBetterThanTheFlows() throws {
        try withTemporaryDirectory { directory in
            let found = try Fixture().session.state.run(pairs + """
                local members, single = {}, 0
                for seed = 1, 4 do
                  members[seed] = avips.model{ pairs = pairs, kind = "flow", coupling = "spline", blocks = 2, hidden = {32}, noise = 0, seed = seed }
                  members[seed]:train{ steps = 400, batch = 64, seed = seed }
                  single = single + mean(members[seed]:logpdf(places, unseen)) / 4
                end
                local ensemble = avips.model{ members = members }
                local average = mean(ensemble:logpdf(places, unseen))
                local path = "\(directory)/ensemble.safetensors"
                assert(ensemble:save(path) == path)
                local read = avips.model(path)
                assert(#read == 4 and read.dimension == 2 and read.parameters == 4 * members[1].parameters and read.has_density)
                local same = read:logpdf(places, unseen)
                for i, value in ipairs(ensemble:logpdf(places, unseen)) do assert(same[i] == value) end
                local draws = read:sample({ 0.5 }, 4000, { seed = 2 })
                local list = read:sample({ {0.5}, {0.1} }, 3, { seed = 2 })
                assert(#list == 2 and list[1].rows == 3)
                -- Members are taken as they were.
                local before = ensemble:logpdf({0, 0}, {0.5})
                members[1]:train{ steps = 5, batch = 64, seed = 9 }
                assert(ensemble:logpdf({0, 0}, {0.5}) == before)
                local figure = avips.plot.density(function(x) return read:logpdf(x, {0.5}) end, nil, { lower = {-2, -1}, upper = {2, 3}, resolution = 12 })
                assert(tostring(figure) ~= "")
                local heights = 0
                for i = 1, 4000 do heights = heights + draws[i][2] / 4000 end
                return single, average, heights
                """).compactMap { if case .number(let number) = $0 { number } else { nil } }
            try #require(found.count == 3)
            #expect(found[1] > found[0] + 0.02, "log-densities of unseen pairs: \(found[0]) alone, \(found[1]) averaged")
            // E x2 = a + 1/2.
            #expect(abs(found[2] - 1) < 0.2, "mean height \(found[2])")
        }
    }

    private let target = """
        local target = avips.target{ dimension = 2, context = { a = {-1, 1} }, logdensity = function(x, c)
          return 3 - (x[1] - c.a)^2 / 0.18 - (x[2] + 2 * c.a)^2 / 0.5 - math.log(2 * math.pi * 0.15) end, prior = { mean = {0, 0}, deviation = 1 } }
        local mixture = avips.model{ target = target, components = 2, hidden = {32}, seed = 1 }
        mixture:train{ steps = 400, seed = 1 }
        local flow = avips.model{ target = target, kind = "flow", blocks = 2, hidden = {32}, noise = 0, seed = 1 }
        flow:train{ steps = 400, seed = 1 }

        """

    @Test func mixturesAndFlowsAreAveragedAndEvaluated() throws {
        let fixture = try Fixture()
        let found = try fixture.session.state.run(target + """
            local both = avips.model{ members = { mixture, flow } }
            local e = both:evaluate{ contexts = 10, samples = 300, seed = 2 }
            local sum = 0
            for _, value in ipairs(e.elbo) do sum = sum + value / #e end
            local twice = avips.model{ members = { mixture, mixture } }
            local x, c = {0.2, -0.3}, { a = 0.3 }
            assert(math.abs(twice:logpdf(x, c) - mixture:logpdf(x, c)) < 1e-9)
            assert(math.abs(twice:predict(c):logpdf(x) - mixture:logpdf(x, c)) < 1e-9)
            assert(#twice:predict(c).weights == 4 and twice.target ~= nil)
            local measured = twice:evaluate{ contexts = 3, samples = 20, seed = 2 }
            for i, context in ipairs(measured.contexts:table()) do
              assert(math.abs(measured.components_in_use[i] - twice:predict{ a = context[1] }.components_in_use) < 1e-9)
            end
            return sum
            """).first
        guard case .number(let bound)? = found else { Issue.record("no bound"); return }
        #expect(abs(bound - 3) < 0.3, "ELBO \(bound)")
        #expect(try fixture.shown(target + "return avips.model{ members = { mixture, flow } }").contains("1 mixture, 1 flow"))
    }

    @Test func wrongMembersAreNamed() throws {
        let fixture = try Fixture()
        try fixture.session.state.run("local function model(options) options.hidden, options.seed = {16}, 1 return avips.model(options) end _G.small = model")
        for (script, word) in [
            ("avips.model{ members = {} }", "members"),
            ("avips.model{ members = 3 }", "list"),
            ("avips.model{ members = { first = 3 } }", "without names such as \"first\""),
            ("avips.model{ members = { 3 } }", "ConditionalModel"),
            ("avips.model{ members = { avips.model{ robot = 'planar_3link', kind = 'flow', blocks = 1, hidden = {16} } } }", "poses"),
            ("avips.model{ members = { small{ pairs = { contexts = {{1}, {2}}, values = {{1, 2}, {2, 3}} } } }, components = 3 }", "components"),
            ("avips.model{ members = { small{ pairs = { contexts = {{1}, {2}}, values = {{1, 2}, {2, 3}} } }, small{ pairs = { contexts = {{1}, {2}}, values = {{1}, {2}} } } } }", "member 2"),
            ("avips.model{ members = { small{ pairs = { contexts = {{1}, {2}}, values = {{1, 2}, {2, 3}} }, kind = 'flow' } } }:predict{1}", "no mixture"),
            ("avips.model{ members = { small{ pairs = { contexts = {{1}, {2}}, values = {{1, 2}, {2, 3}} } } } }:evaluate{ contexts = 2 }", "target"),
        ] {
            let error = #expect(throws: (any Error).self) { _ = try fixture.session.state.run(script) }
            #expect(error.map { "\($0)".contains(word) } ?? false, "\(script): \(error.map { "\($0)" } ?? "")")
        }
    }
}
