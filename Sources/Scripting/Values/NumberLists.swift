import LuaBridge
import Numerics

/// Lists of numbers that functions return: configurations, columns, vectors. They are Lua tables that can be added, scaled and read in degrees.
struct NumberListEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.registerLists(type)
        // Lua's own turn lists and rows, too: math.deg(q).
        try state.call(state.load(Self.angles, name: "=math"))
    }

    private static let angles = """
        local function of_lists(convert, method)
          return function(x, ...)
            local kind = type(x)
            if kind == "userdata" then return x[method](x) end
            if kind ~= "table" then return convert(x, ...) end
            if getmetatable(x) and x[method] then return x[method](x) end
            local result = {}
            for i, value in ipairs(x) do result[i] = convert(value) end
            return result
          end
        end
        math.deg, math.rad = of_lists(math.deg, "degrees"), of_lists(math.rad, "radians")
        """

    private static let example = "local panda = avips.robot \"panda\"\nlocal q = panda:random(nil, { seed = 1 })\n"

    private var type: ObjectType {
        ObjectType(
            "Numbers", of: NumberList.self,
            "A list of numbers that a function returned, such as a configuration: a Lua table that can be added to another list, or a number, and scaled.",
            describe: constant("Numbers"), operators: Self.operators, methods: Self.methods("Numbers", example: Self.example, of: "q"))
    }

    /// Element by element: sums and differences with lists and numbers, products with numbers.
    static var operators: [(ObjectType.Operator, (Arguments) throws -> Value)] { [
        (.add, { try combine($0, "add", +) }),
        (.subtract, { try combine($0, "subtract", -) }),
        (.multiply, { try scale($0, "multiplied", *) }),
        (.divide, { arguments in
            guard arguments[2].kind == .number else { throw MatrixError(description: "a list can be divided by a number only") }
            return try scale(arguments, "divided", /)
        }),
        (.negate, { .numbers(try $0[1].vector().map { -$0 }) }),
    ] }

    /// Methods of lists and of rows of matrices.
    ///
    /// - Parameter name: what the example calls the list.
    static func methods(_ type: String, example: String, of name: String) -> [Function] { [
        Function(
            "\(type):degrees", "The numbers, angles in rad, in degrees.", returns: "list of numbers",
            example: example + "assert(math.abs(\(name):degrees()[1] - math.deg(\(name)[1])) < 1e-9)"
        ) { .numbers(try $0.receiverSlot.vector().map { $0 * 180 / .pi }) },
        Function(
            "\(type):radians", "The numbers, angles in degrees, in rad.", returns: "list of numbers",
            example: example + "assert(math.abs(\(name):degrees():radians()[1] - \(name)[1]) < 1e-9)"
        ) { .numbers(try $0.receiverSlot.vector().map { $0 * .pi / 180 }) },
        Function(
            "\(type):norm", "The Euclidean norm: the root of the sum of squares.", returns: "number",
            example: example + "assert((\(name) - \(name)):norm() == 0)"
        ) { arguments in
            let numbers = try arguments.receiverSlot.vector(), largest = numbers.reduce(0) { max($0, abs($1)) }
            guard largest > 0 else { return 0 }
            return .number(largest * numbers.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot())
        },
    ] }

    private static func combine(_ arguments: Arguments, _ name: String, _ operation: (Double, Double) -> Double) throws -> Value {
        let (left, right) = (arguments[1], arguments[2])
        if left.kind == .number {
            let number = try left.number()
            return .numbers(try right.vector().map { operation(number, $0) })
        }
        if right.kind == .number {
            let number = try right.number()
            return .numbers(try left.vector().map { operation($0, number) })
        }
        let (a, b) = (try left.vector(), try right.vector())
        guard a.count == b.count else { throw MatrixError(description: "cannot \(name) lists of \(a.count) and of \(b.count) numbers") }
        return .numbers(zip(a, b).map(operation))
    }

    private static func scale(_ arguments: Arguments, _ done: String, _ operation: (Double, Double) -> Double) throws -> Value {
        guard arguments[1].kind == .number || arguments[2].kind == .number else {
            throw MatrixError(description: "a list can be \(done) by a number only")
        }
        return try combine(arguments, done, operation)
    }
}

/// A function of anything with a constant value. Written out for a type without values, the compiler would warn that it is never called.
private func constant<Argument>(_ text: String) -> (Argument) -> String { { _ in text } }
