import Files

/// A value as JSON has it: what points, results and records of runs are made of.
public enum Datum: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([Datum])
    case record([Member])

    /// A named value of a record.
    public struct Member: Sendable, Equatable {
        public var name: String
        public var value: Datum

        public init(_ name: String, _ value: Datum) {
            self.name = name
            self.value = value
        }
    }

    /// The member of a record; nil for what has none of that name.
    public subscript(name: String) -> Datum? {
        guard case .record(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    // The value of one kind; nil for others.

    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    public var boolean: Bool? { if case .boolean(let truth) = self { truth } else { nil } }
    public var list: [Datum]? { if case .list(let elements) = self { elements } else { nil } }
    public var members: [Member]? { if case .record(let members) = self { members } else { nil } }

    /// A number, whole or not.
    public var double: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}

extension Datum: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(arrayLiteral elements: Datum...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, Datum)...) { self = .record(elements.map { Member($0.0, $0.1) }) }
}

extension Datum: JSONValue {
    public static var jsonNull: Datum { .null }
    public static func json(_ truth: Bool) -> Datum { .boolean(truth) }
    public static func json(_ number: Int) -> Datum { .integer(number) }
    public static func json(_ number: Double) -> Datum { .number(number) }
    public static func json(_ text: String) -> Datum { .text(text) }
    public static func json(_ elements: [Datum]) -> Datum { .list(elements) }
    public static func json(_ members: [(name: String, value: Datum)]) -> Datum { .record(members.map { Member($0.name, $0.value) }) }
}

extension Datum {
    /// The value that JSON stands for.
    ///
    /// - Throws: `JSONText.Failure`
    public init(json bytes: [UInt8]) throws {
        var reader = JSONText<Datum>(bytes)
        self = try reader.read()
    }

    /// JSON on one line; infinite numbers are 1e999 and -1e999, which readers of JSON take for them, and what is no number is `null`.
    public var json: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// JSON whose equal values have equal texts: members sorted by name, whole numbers without a fraction.
    public var canonical: String {
        var text = ""
        write(to: &text, isCanonical: true)
        return text
    }

    private func write(to text: inout String, isCanonical: Bool = false) {
        switch self {
        case .null: text += "null"
        case .boolean(let truth): text += truth ? "true" : "false"
        case .integer(let number): text += "\(number)"
        case .number(let number):
            if isCanonical, let whole = Int(exactly: number) {
                text += "\(whole)"
            } else {
                text += JSONNumber.text(number) ?? "null"
            }
        case .text(let content): Datum.quote(content, in: &text)
        case .list(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text, isCanonical: isCanonical)
            }
            text += "]"
        case .record(let members):
            text += "{"
            for (index, member) in (isCanonical ? members.sorted { $0.name < $1.name } : members).enumerated() {
                if index > 0 { text += "," }
                Datum.quote(member.name, in: &text)
                text += ":"
                member.value.write(to: &text, isCanonical: isCanonical)
            }
            text += "}"
        }
    }

    private static func quote(_ content: String, in text: inout String) {
        text += "\""
        for scalar in content.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 32 || scalar.value == 127:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// The value as tables show it: texts without quotation marks, numbers in the shortest form that reads back as the same.
    public var label: String {
        switch self {
        case .null: ""
        case .text(let text): text
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .list(let elements) where elements.allSatisfy { $0.list == nil && $0.members == nil }:
            elements.map(\.label).joined(separator: " ")
        default: json
        }
    }
}
