import Scripting

/// What a Lua call into Swift costs, and what passing a matrix does: the time of a loop with the call, less that of the same loop
/// with a call of an empty Lua function.
func benchmarkCalls(root: String, _ report: Report) throws {
    let session = try Session(resources: Resources(root: root))
    _ = try session.state.run("""
        local panda = avips.robot "panda"
        local small, large = panda:random(1, { seed = 1 }), panda:random(10000, { seed = 1 })
        local seed, fk, q = avips.seed, panda.fk, panda:random(nil, { seed = 1 })
        local function nothing() end
        loops = {
            ["an empty Lua function"] = function(n) for i = 1, n do nothing(i) end end,
            ["a Swift function, one integer"] = function(n) for i = 1, n do seed(i) end end,
            ["a Swift property"] = function(n) for i = 1, n do local _ = panda.dof end end,
            ["a 1 x 7 matrix passed"] = function(n) for i = 1, n do local _ = #small end end,
            ["a 10 000 x 7 matrix passed"] = function(n) for i = 1, n do local _ = #large end end,
            ["robot:fk of a list of 7 numbers"] = function(n) for i = 1, n do fk(panda, q) end end,
        }
        """, name: "=benchmark")
    let calls = 20_000
    func timing(_ name: String) throws -> Timing {
        let function = try session.state.load("loops[...](\(calls))", name: "=benchmark")
        var seconds: [Double] = []
        for _ in 0..<60 {
            let start = secondsNow()
            _ = try session.state.call(function, [.string(name)])
            seconds.append((secondsNow() - start) / Double(calls))
        }
        return Timing(seconds)
    }
    let base = try timing("an empty Lua function").median
    report.figure("a call of an empty Lua function", nanoseconds(base))
    for name in ["a Swift function, one integer", "a Swift property", "a 1 x 7 matrix passed", "a 10 000 x 7 matrix passed", "robot:fk of a list of 7 numbers"] {
        let timing = try timing(name)
        report.figure("Lua into Swift: \(name)", nanoseconds(timing.median - base), note: "less the empty call; 95 % \(nanoseconds(timing.quantile(0.95) - base))")
    }
}

private func nanoseconds(_ seconds: Double) -> String { rounded(seconds * 1e9, 3) + " ns" }
