/// A value on its way between Swift and Lua.
///
/// From Lua come `nil`, booleans, numbers, strings that are valid UTF-8, and references to everything else.
public enum Value {
    /// No result at all, which Lua tells from `nil`.
    case none
    case `nil`
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    /// A string of bytes in no particular encoding.
    case bytes([UInt8])
    /// A list of numbers.
    case numbers([Double])
    /// A list of so many lists of numbers, whose numbers lie one after the other.
    case rows(count: Int, columns: Int, [Double])
    case list([Value])
    /// A table with named fields.
    case record([(name: String, value: Value)])
    /// A Swift object; its type must be registered.
    case object(AnyBox)
    /// Any Lua value, kept by the state.
    case reference(Reference)
    /// Several results, or arguments.
    case several([Value])

    /// A Swift value as an object of its registered type.
    public static func object<Contents>(holding contents: Contents, size: Int = 0) -> Value {
        .object(Box(contents, size: size))
    }

    /// A record with fields in a given order.
    public static func record(_ fields: KeyValuePairs<String, Value>) -> Value {
        .record(fields.map { ($0.key, $0.value) })
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

/// The kinds of Lua values.
public enum Kind: Int32, Sendable {
    case none = -1
    case `nil`, boolean, lightUserdata, number, string, table, function, userdata, thread

    /// The name that Lua's `type` gives.
    public var name: String {
        switch self {
        case .none: "no value"
        case .nil: "nil"
        case .boolean: "boolean"
        case .lightUserdata, .userdata: "userdata"
        case .number: "number"
        case .string: "string"
        case .table: "table"
        case .function: "function"
        case .thread: "thread"
        }
    }
}
