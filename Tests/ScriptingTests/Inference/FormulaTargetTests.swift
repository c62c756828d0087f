import Scripting
import TestSupport
import Testing

/// The built-in targets beside the same densities as formulas in Lua, those of `scripts/experiments/formulas`.
@Suite struct FormulaTargetTests {
    @Test func formulasHaveTheValuesAndGradientsOfBuiltInTargets() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local cases, names = dofile("\(packageRoot)/scripts/experiments/formulas/targets.lua"), {}
            for _, case in ipairs(cases) do
              assert(case.formula.traced, case.name)
              for _ = 1, 20 do
                local x = {}
                for j = 1, case.built.dimension do x[j] = case.spread * avips.random.normal() end
                local a, b = case.built:logpdf(x), case.formula:logpdf(x)
                assert(math.abs(a - b) <= 1e-9 * (1 + math.abs(a)), case.name .. ": " .. a .. " and " .. b)
                local g, h = case.built:gradient(x), case.formula:gradient(x)
                for j = 1, #g do assert(math.abs(g[j] - h[j]) <= 1e-8 * (1 + math.abs(g[j])), case.name .. ": a gradient of " .. g[j] .. " and " .. h[j]) end
              end
              names[case.name:match "^[%w_]+"] = true
            end
            local count = 0
            for _ in pairs(names) do count = count + 1 end
            return #cases, count
            """) == "11\n10")
    }
}
