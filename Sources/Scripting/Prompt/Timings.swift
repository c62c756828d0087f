import Files
import Foundation
import LuaBridge
import Numerics

/// What calls of a function took, s.
struct Timing {
    /// Seconds a call, in rising order: each is the mean of a batch of calls where one is too short for the clock.
    let seconds: [Double]
    let calls: Int
    let isBatched: Bool

    var mean: Double { seconds.reduce(0, +) / Double(seconds.count) }

    var deviation: Double {
        seconds.count > 1 ? seconds.variance(around: mean).squareRoot() : 0
    }

    var description: String {
        let spread = "\(NumberText.duration(seconds.quantile(0.05))) to \(NumberText.duration(seconds.quantile(0.95)))"
        return "\(NumberText.duration(seconds.quantile(0.5))) a call (median; 90 % within \(spread); "
            + "\(NumberText.counted(calls, "call"))\(isBatched ? " in \(seconds.count) batches" : ""))"
    }
}

/// avips.bench and avips.reload: what a person does over and over at the prompt.
struct TimingEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(Self.type)
        try functions.forEach(state.register)
        // Scripts time their calls as people do at the prompt.
        if case .reference(let avips) = state[global: "avips"] { state[global: "bench"] = state.field("bench", of: avips) }
    }

    var functions: [Function] { [bench, reload] }

    static var type: ObjectType {
        ObjectType(
            "Timing", of: Timing.self, "Measured times of a function's calls.", describe: { $0.description },
            properties: [
                ObjectProperty("median", "number", "s per call") { .number($0.seconds.quantile(0.5)) },
                ObjectProperty("mean", "number", "s per call") { .number($0.mean) },
                ObjectProperty("deviation", "number", "the standard deviation, s") { .number($0.deviation) },
                ObjectProperty("min", "number", "the shortest, s") { .number($0.seconds.first ?? .nan) },
                ObjectProperty("max", "number", "the longest, s") { .number($0.seconds.last ?? .nan) },
                ObjectProperty("calls", "integer", "how often the function was called") { .integer($0.calls) },
                ObjectProperty("seconds", "list of numbers", "s per call in ascending order, of each call or batch of calls") { .numbers($0.seconds) },
            ])
    }

    private static let seconds = OptionKey.number("seconds", in: 0.001...3600, default: 1, "how long to measure; at least one call is made", unit: "s")

    private var bench: Function {
        Function(
            "avips.bench", "Calls a function repeatedly and measures the time per call; the first call is not counted.",
            parameters: [Parameter("f", "function", "what to call, without arguments"), .options([Self.seconds])], returns: "Timing",
            example: """
                local panda = avips.robot "panda"
                local q = panda:random()
                print(avips.bench(function() return panda:fk(q) end, { seconds = 0.05 }))
                """
        ) { arguments in
            let function = try arguments[1].function()
            let seconds = try arguments.options(2)[Self.seconds]
            return .object(holding: try Self.timing(seconds: seconds) { _ = try session.state.call(function) })
        }
    }

    /// Times a closure: batches of at least 20 µs, which the clock can tell, for so many seconds.
    private static func timing(seconds: Double, _ call: () throws -> Void) throws -> Timing {
        let clock = ContinuousClock()
        func elapsed(_ calls: Int) throws -> Double {
            let start = clock.now
            for _ in 0..<calls { try call() }
            return (clock.now - start) / .seconds(1)
        }
        try call()
        var batch = 1
        var first = try elapsed(1), spent = first
        while first < 20e-6, batch < 1 << 20 {
            batch *= 2
            first = try elapsed(batch)
            spent += first
        }
        var times = [first / Double(batch)]
        while spent < seconds, times.count < 1_000_000 {
            let time = try elapsed(batch)
            spent += time
            times.append(time / Double(batch))
        }
        return Timing(seconds: times.sorted(), calls: times.count * batch, isBatched: batch > 1)
    }

    private var reload: Function {
        Function(
            "avips.reload", "Runs a script or loads a module again, discarding what `require` loaded before.",
            parameters: [Parameter("name", "string", "a path that ends in .lua, or the name of a module")],
            returns: "what the script or the module returns",
            example: """
                local path = os.tmpname() .. ".lua"
                local file = io.open(path, "w")
                file:write "return 42"
                file:close()
                assert(avips.reload(path) == 42)
                os.remove(path)
                """
        ) { arguments in
            let name = try arguments[1].string()
            if name.hasSuffix(".lua") {
                try session.files.checkReading(name)
                return .several(try session.state.call(session.state.load(file: FileLocation.expanded(name))))
            }
            let again = try session.state.load(
                """
                local name = ...
                if not require then error("a safe session loads no modules", 0) end
                package.loaded[name] = nil
                local module = require(name)
                local global = name:match "[%a_][%w_]*$"
                if global and _G[global] ~= nil and type(module) == "table" then _G[global] = module end
                return module
                """, name: "=reload")
            return .several(try session.state.call(again, [.string(name)]))
        }
    }
}
