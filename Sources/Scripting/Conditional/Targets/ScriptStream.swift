import LuaBridge
import Numerics

/// A source of random numbers that a simulator draws from.
final class ScriptStream {
    var stream: RandomStream

    init(_ stream: RandomStream) { self.stream = stream }
}

struct StreamEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(type)
        try state.register(newStream)
    }

    var type: ObjectType {
        ObjectType(
            "Stream", of: ScriptStream.self, "A source of random numbers, the second argument of a simulator: the same seed gives the same numbers.",
            describe: { _ in "Stream" },
            methods: [
                draws("Stream:normal", "Standard normal numbers.") { $0.normal() },
                draws("Stream:uniform", "Numbers uniform between 0 and 1.") { $0.uniform() },
            ])
    }

    private func draws(_ name: String, _ summary: String, _ draw: @escaping (inout RandomStream) -> Double) -> Function {
        Function(
            name, summary, parameters: [Parameter("count", "integer", "how many", isOptional: true)], returns: "number; with count a list of that many",
            example: """
                local stream = avips.stream(1)
                assert(#stream:\(name.split(separator: ":")[1])(3) == 3)
                """
        ) { arguments in
            let source = try arguments.receiver(ScriptStream.self)
            guard let slot = arguments.optional(1) else { return .number(draw(&source.stream)) }
            let count = try slot.integer(in: 0...Limits.count)
            return .numbers((0..<count).map { _ in draw(&source.stream) })
        }
    }

    var newStream: Function {
        Function(
            "avips.stream", "Makes a stream of random numbers like the one that a simulator is given.",
            parameters: [Parameter("seed", "integer", "the seed", default: "the session's stream")], returns: "Stream",
            example: "assert(avips.stream(1):normal() == avips.stream(1):normal())"
        ) { arguments in
            .object(holding: ScriptStream(RandomStream(seed: try arguments.optional(1)?.seed() ?? nextSeed())))
        }
    }
}
