import Testing

@Suite("Arguments that are absent, and densities that are zero in parts")
struct AbsentArgumentTests {
    /// Reading a table leaves values on Lua's stack; they are no arguments.
    @Test(arguments: [
        "return #avips.robot 'panda':ik{ xyz = {0.4, 0, 0.4}, rpy = {180, 0, 0}, degrees = true }",
        "return #avips.robot 'panda':ik{ { xyz = {0.4, 0, 0.4} }, { xyz = {0.4, 0, 0.4} } }[2]",
        "return avips.robot 'panda':reachable{ xyz = {0.4, 0, 0.4}, rpy = {180, 0, 0}, degrees = true } and 1",
        "return #avips.model 'panda':solve{ xyz = {0.4, 0, 0.4} }",
        "return avips.model 'panda':predict{ xyz = {0.4, 0, 0.4} } and 1",
        "return avips.model 'panda':sample({ xyz = {0.4, 0, 0.4} }, 1).rows",
        "return #avips.robot 'panda':track{ { xyz = {0.4, 0, 0.4} } }",
        "return avips.reference('panda', { xyz = {0.4, 0, 0.4}, rpy = {3, 0, 0} }, { count = 1 }).rows",
    ])
    func tablesArePosesWithoutOptionsBehindThem(code: String) throws {
        #expect(try Fixture().shown(code) == "1")
    }

    @Test func componentsLeaveWhereTheDensityIsZero() throws {
        #expect(try Fixture().shown("""
            local m = avips.math
            local target = avips.target{ dimension = 2, context = { a = {-1, 1} },
              logdensity = function(x, c) return m.where(m.greater(x[1], 0), -x[1]^2 - (x[2] - c.a)^2, -math.huge) end }
            local model = avips.model{ target = target, components = 4, hidden = {32}, seed = 1 }
            model:train{ steps = 1500, seed = 1 }
            local outside, x = 0, model:sample({ a = 0.3 }, 2000, { seed = 1 })
            for i = 1, 2000 do if x[i][1] <= 0 then outside = outside + 1 end end
            return outside < 60
            """) == "true")
    }

    @Test func whereTheDensityIsNoNumberIsSaid() throws {
        #expect(try Fixture().shown("""
            local target = avips.target{ dimension = 1, context = { a = {-1, 1} }, logdensity = function(x, c) return avips.math.log(x[1] - c.a) - x[1]^2 / 1e4 end,
              prior = { mean = {-20}, deviation = 1 } }
            local model = avips.model{ target = target, components = 2, hidden = {16}, seed = 1, adapt = false }
            local ok, problem = pcall(model.train, model, { steps = 60, seed = 1 })
            return not ok and problem:find("is NaN at {", 1, true) ~= nil and problem:find("the context is {", 1, true) ~= nil
            """) == "true")
    }
}
