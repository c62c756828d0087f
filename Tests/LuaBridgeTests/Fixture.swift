import LuaBridge
import Synchronization

/// Counts the objects of a test that are alive.
final class LifeCounter: Sendable {
    private let alive = Atomic<Int>(0)
    var count: Int { alive.load(ordering: .relaxed) }
    fileprivate func add(_ difference: Int) { alive.add(difference, ordering: .relaxed) }
}

/// An object whose life is counted.
final class Token {
    let counter: LifeCounter
    var uses = 0

    init(_ counter: LifeCounter) {
        self.counter = counter
        counter.add(1)
    }

    deinit { counter.add(-1) }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
}

/// A state with a few functions and a type, in the way that a program registers them.
struct Fixture {
    let state: LuaState
    let counter = LifeCounter()

    init(isHarmless: Bool = false, memoryLimit: Int = 0) throws {
        state = try LuaState(.init(isHarmless: isHarmless, memoryLimit: memoryLimit, interrupt: Interrupt()))
        let counter = counter
        let state = state
        try state.register(ObjectType(
            "Token", of: Token.self, "A thing to hold.",
            describe: { "token used \($0.uses) times" },
            element: { token, index in index <= 3 ? .integer(index * 10) : .nil },
            operators: [(.length, { .integer(try $0.operand(1, Token.self).uses) })],
            properties: [ObjectProperty("uses", "integer", "how often it was used") { .integer($0.uses) }],
            methods: [
                Function("Token:use", "Uses it.", parameters: [Parameter("times", "integer", "how often", default: "1")],
                         returns: "the token's uses", example: "") { arguments in
                    let token = try arguments.receiver(Token.self)
                    token.uses += try arguments.optional(1)?.integer(in: 1...100) ?? 1
                    return .integer(token.uses)
                },
                Function("Token:during", "Calls a function while in use.", parameters: [Parameter("action", "function", "what to call")],
                         returns: "its results", example: "") { arguments in
                    let action = try arguments[1].function()
                    return try arguments.receiverBox(Token.self).update("calling") { _ in
                        .several(try arguments.state.call(action))
                    }
                },
            ]))
        try state.register(Function("host.token", "Makes a token.", returns: "Token", example: "") { _ in
            .object(holding: Token(counter))
        })
        try state.register(Function("host.fail", "Fails with an object alive.", returns: "nothing", example: "") { _ in
            let token = Token(counter)
            defer { token.uses += 1 }
            if token.uses == 0 { throw Failure(description: "it failed") }
            return .none
        })
        try state.register(Function(
            "host.call", "Calls a function with an object alive.", parameters: [Parameter("action", "function", "what to call")],
            returns: "its results", example: ""
        ) { arguments in
            let token = Token(counter)
            defer { token.uses += 1 }
            return .several(try arguments.state.call(try arguments[1].function(), [.integer(token.uses)]))
        })
        try state.register(Function(
            "host.echo", "Returns its argument.", parameters: [Parameter("value", "any", "anything")], returns: "it", example: ""
        ) { $0[1].value })
        let scale = OptionKey.number("scale", in: 0...10, default: 1, "a factor").formerly("factor")
        let rounding = OptionKey.flag("rounding", default: false, "whether to round")
        try state.register(Function(
            "host.sum", "Adds numbers.", parameters: [
                Parameter("numbers", "list of numbers", "what to add"),
                .options([scale, rounding]),
            ], returns: "number", example: ""
        ) { arguments in
            let options = try arguments.options(2)
            let sum = try arguments[1].numbers().reduce(0, +) * options[scale]
            return .number(try options[rounding] ? sum.rounded() : sum)
        })
    }

    /// Runs text and gives its results as Lua's `tostring` has them, joined by spaces.
    func run(_ text: String) throws -> String {
        try state.run(text).map { try state.withSlot($0) { try $0.text() } }.joined(separator: " ")
    }

    /// The message of the error that text ends in.
    func message(_ text: String) -> String? {
        do {
            try state.run(text)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
