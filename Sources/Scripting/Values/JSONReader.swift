import Files
import LuaBridge

/// Reads JSON (RFC 8259) into Lua values; `null` becomes ``Null``.
typealias JSONReader = JSONText<Value>

extension JSONText where Value == LuaBridge.Value {
    /// A reader that heeds interruptions.
    init(_ bytes: [UInt8], admitsNaN: Bool = false) {
        self.init(bytes, admitsNaN: admitsNaN) { try Interrupt.process.stopIfRaised() }
    }
}

extension Value: JSONValue {
    public static var jsonNull: Value { .object(holding: Null()) }
    public static func json(_ truth: Bool) -> Value { .boolean(truth) }
    public static func json(_ number: Int) -> Value { .integer(number) }
    public static func json(_ number: Double) -> Value { .number(number) }
    public static func json(_ text: String) -> Value { .string(text) }
    public static func json(_ elements: [Value]) -> Value { .list(elements) }
    public static func json(_ members: [(name: String, value: Value)]) -> Value { .record(members) }
}
