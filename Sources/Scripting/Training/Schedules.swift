import LuaBridge
import ModelTraining

/// avips.schedule: numbers that change in the course of a training.
struct ScheduleEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(scheduleType)
        for function in rises + compositions { try state.register(function) }
    }

    private var scheduleType: ObjectType {
        ObjectType(
            "Schedule", of: Schedule.self, "A number that changes with the progress of a training; model:train takes one wherever it takes a number.",
            describe: { "Schedule · \($0)" },
            operators: [
                (.call, { .number(try $0.operand(1, Schedule.self).value(at: try $0[1].number(in: 0...1))) }),
                (.equal, { arguments in
                    guard let other = try? arguments.operand(2, Schedule.self) else { return .boolean(false) }
                    return .boolean(try arguments.operand(1, Schedule.self) == other)
                }),
            ],
            table: { DataTable($0) },
            properties: [
                ObjectProperty("min", "number", "the least value over the training") { .number($0.range.lowerBound) }.formerly("least"),
                ObjectProperty("max", "number", "the greatest value over the training") { .number($0.range.upperBound) }.formerly("greatest"),
            ],
            methods: [at, values, preview])
    }

    private var at: Function {
        Function(
            "Schedule:at", "Computes the value at a fraction of the training.",
            parameters: [Parameter("progress", "number", "the fraction of the budget that is spent, from 0 to 1")],
            returns: "number",
            example: "assert(avips.schedule.linear(0, 10):at(0.25) == 2.5)"
        ) { arguments in
            .number(try arguments.receiver(Schedule.self).value(at: try arguments[1].number(in: 0...1)))
        }
    }

    private var values: Function {
        Function(
            "Schedule:values", "Computes the values at evenly spaced points of the training, for tables and figures.",
            parameters: [Parameter("count", "integer", "how many", default: "101")],
            returns: "list of n numbers",
            example: """
                local values = avips.schedule.cosine(1, 0):values(3)
                assert(#values == 3 and values[1] == 1 and values[3] == 0)
                """
        ) { arguments in
            .numbers(try arguments.receiver(Schedule.self).values(try arguments.optional(1)?.integer(in: 1...Limits.count) ?? 101))
        }
    }

    private var ends: [Parameter] {
        [Parameter("from", "number", "the value at the beginning"), Parameter("to", "number", "the value at the end")]
    }

    private var rises: [Function] {
        [
            Function(
                "avips.schedule.constant", "The same value throughout.", parameters: [Parameter("value", "number", "the value")], returns: "Schedule",
                example: "assert(avips.schedule.constant(0.5)(0.7) == 0.5)"
            ) { .object(holding: Schedule.constant(try $0[1].number())) },
            Function(
                "avips.schedule.linear", "A straight line.", parameters: ends, returns: "Schedule",
                example: "assert(avips.schedule.linear(1, 3):at(0.5) == 2)"
            ) { .object(holding: Schedule.linear(from: try $0[1].number(), to: try $0[2].number())) },
            Function(
                "avips.schedule.cosine", "Half a cosine: flat at both ends.", parameters: ends, returns: "Schedule",
                example: """
                    local fall = avips.schedule.cosine(5e-3, 5e-5)
                    print(fall)
                    assert(fall(0) == 5e-3 and fall(0.5) < 5e-3)
                    """
            ) { .object(holding: Schedule.cosine(from: try $0[1].number(), to: try $0[2].number())) },
            Function(
                "avips.schedule.exponential", "Geometric interpolation, for values that span orders of magnitude; both ends above 0.",
                parameters: ends, returns: "Schedule",
                example: "assert(math.abs(avips.schedule.exponential(0.1, 0.001)(0.5) - 0.01) < 1e-12)"
            ) { .object(holding: Schedule.exponential(from: try $0[1].positiveNumber(), to: try $0[2].positiveNumber())) },
        ]
    }

    private var points: Parameter { Parameter("points", "list of {progress, value}", "points of the progress, from 0 to 1 in ascending order, with their values") }

    private var compositions: [Function] {
        [
            Function(
                "avips.schedule.steps", "A step function: each value holds from its point on.", parameters: [points], returns: "Schedule",
                example: "assert(avips.schedule.steps{ {0, 1}, {0.6, 0.1} }(0.7) == 0.1)"
            ) { try Self.checked(.steps(try Self.points($0[1])), $0[1]) },
            Function(
                "avips.schedule.table", "Linear interpolation between points.", parameters: [points], returns: "Schedule",
                example: "assert(avips.schedule.table{ {0, 1}, {0.5, 2}, {1, 0} }(0.25) == 1.5)"
            ) { try Self.checked(.table(try Self.points($0[1])), $0[1]) },
            Function(
                "avips.schedule.warmup", "A linear rise from zero, then another schedule over the rest.",
                parameters: [
                    Parameter("share", "number", "the share of the training that the rise takes, above 0 and below 1"),
                    Parameter("schedule", "Schedule or number", "what follows"),
                ],
                returns: "Schedule",
                example: """
                    local rate = avips.schedule.warmup(0.1, avips.schedule.cosine(4e-3, 4e-5))
                    assert(rate(0) == 0 and rate(0.1) == 4e-3)
                    """
            ) { try Self.checked(.warmUp(share: try $0[1].number(), then: try Self.schedule($0[2])), $0[1]) },
            Function(
                "avips.schedule.sequence", "One schedule after the other.",
                parameters: [Parameter("parts", "list of {share, schedule}", "the parts' lengths, relative to each other, and their schedules")],
                returns: "Schedule",
                example: """
                    local width = avips.schedule.sequence{ {1, 0.03}, {3, avips.schedule.exponential(0.03, 0.003)} }
                    assert(width(0.2) == 0.03 and width(1) < 0.0031)
                    """
            ) { try Self.checked(.sequence(try Self.parts($0[1])), $0[1]) },
        ]
    }

    private static func checked(_ schedule: Schedule, _ slot: Slot) throws -> Value {
        if let fault = schedule.fault { throw slot.invalid("makes no schedule: \(fault)") }
        return .object(holding: schedule)
    }

    /// A schedule or a number.
    static func schedule(_ slot: Slot) throws -> Schedule {
        if let box = slot.boxIfPresent(Schedule.self) { return try box.read() }
        guard slot.kind == .number else { throw slot.mismatch("a Schedule or a number") }
        return .constant(try slot.number())
    }

    private static func points(_ slot: Slot) throws -> [Schedule.Point] {
        try elements(slot, "a list of {progress, value}") { pair in
            let numbers = try pair.numbers(count: 2, expected: "{progress, value}")
            return Schedule.Point(progress: numbers[0], value: numbers[1])
        }
    }

    private static func parts(_ slot: Slot) throws -> [Schedule.Part] {
        try elements(slot, "a list of {share, schedule}") { pair in
            guard pair.kind == .table, try pair.length() == 2 else { throw pair.mismatch("{share, schedule}") }
            return Schedule.Part(share: try pair.withElement(1) { try $0.number() }, schedule: try pair.withElement(2, schedule))
        }
    }

    private static func elements<Element>(_ slot: Slot, _ expected: String, _ read: (Slot) throws -> Element) throws -> [Element] {
        guard slot.kind == .table else { throw slot.mismatch(expected) }
        let count = try slot.length()
        guard (1...Schedule.greatestSize).contains(count) else { throw slot.mismatch(expected) }
        return try (1...count).map { try slot.withElement($0, read) }
    }
}
