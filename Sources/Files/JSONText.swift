/// The values that ``JSONText`` makes as it reads.
public protocol JSONValue {
    static var jsonNull: Self { get }
    static func json(_ truth: Bool) -> Self
    static func json(_ number: Int) -> Self
    static func json(_ number: Double) -> Self
    static func json(_ text: String) -> Self
    static func json(_ elements: [Self]) -> Self
    /// The members of an object, in the order of the text; a name may occur twice.
    static func json(_ members: [(name: String, value: Self)]) -> Self
}

/// Numbers as the program writes them in JSON.
public enum JSONNumber {
    /// What readers of JSON take for an infinite number.
    static let infinity = "1e999"

    /// The shortest text that reads back as the same number; nil for what is no number.
    public static func text(_ number: Double) -> String? {
        number.isFinite ? "\(number)" : number.isNaN ? nil : number > 0 ? infinity : "-" + infinity
    }
}

/// Reads JSON (RFC 8259): whole numbers that fit 64 bits as integers, other numbers in double precision; 1e999, as the program writes it, as infinite.
public struct JSONText<Value: JSONValue> {
    /// A text that is not JSON: where, and what was expected.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private let check: () throws -> Void
    private let admitsNaN: Bool

    private static var depthLimit: Int { 100 }

    /// - Parameters:
    ///   - admitsNaN: whether the word NaN, which is no JSON, is a number.
    ///   - check: called at every element; what it throws ends the reading.
    public init(_ bytes: [UInt8], admitsNaN: Bool = false, check: @escaping () throws -> Void = {}) {
        self.bytes = bytes
        self.admitsNaN = admitsNaN
        self.check = check
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// The one value that the text holds.
    ///
    /// - Throws: ``Failure``, or what the check throws.
    public mutating func read() throws -> Value {
        let value = try readValue()
        skipSpace()
        guard position == bytes.count else { throw failure("the end of the text after the value") }
        return value
    }

    private mutating func readValue() throws -> Value {
        skipSpace()
        guard position < bytes.count else { throw failure("a value") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try readObject()
        case UInt8(ascii: "["): return try readArray()
        case UInt8(ascii: "\""): return .json(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .json(true))
        case UInt8(ascii: "f"): return try readWord("false", .json(false))
        case UInt8(ascii: "n"): return try readWord("null", .jsonNull)
        case UInt8(ascii: "N") where admitsNaN: return try readWord("NaN", .json(Double.nan))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
        default: throw failure("a value")
        }
    }

    private mutating func readObject() throws -> Value {
        var fields: [(name: String, value: Value)] = []
        try readItems(UInt8(ascii: "}"), "a comma or }") { reader in
            reader.skipSpace()
            guard reader.peek == UInt8(ascii: "\"") else { throw reader.failure("a name in quotation marks") }
            let name = try reader.readString()
            reader.skipSpace()
            guard reader.peek == UInt8(ascii: ":") else { throw reader.failure("a colon after the name \"\(name)\"") }
            reader.position += 1
            fields.append((name, try reader.readValue()))
        }
        return .json(fields)
    }

    private mutating func readArray() throws -> Value {
        var values: [Value] = []
        try readItems(UInt8(ascii: "]"), "a comma or ]") { values.append(try $0.readValue()) }
        return .json(values)
    }

    private mutating func readItems(_ closing: UInt8, _ expected: String, _ body: (inout JSONText) throws -> Void) throws {
        position += 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw failure("at most \(Self.depthLimit) levels of nesting") }
        skipSpace()
        if peek == closing {
            position += 1
            return
        }
        while true {
            try check()
            try body(&self)
            skipSpace()
            if peek == closing {
                position += 1
                return
            }
            guard peek == UInt8(ascii: ",") else { throw failure(expected) }
            position += 1
        }
    }

    private mutating func readWord(_ word: String, _ value: Value) throws -> Value {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("a value") }
        position += word.utf8.count
        return value
    }

    private mutating func readNumber() throws -> Value {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        let whole = try readDigits()
        guard whole.count == 1 || whole.first != UInt8(ascii: "0") else {
            position = start
            throw failure("a number without leading zeros")
        }
        var isInteger = true
        if peek == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            _ = try readDigits()
        }
        if let mark = peek, mark | 32 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            _ = try readDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .json(integer) }
        guard let number = Double(text), number.isFinite || text == JSONNumber.infinity || text == "-" + JSONNumber.infinity else {
            position = start
            throw failure("a number within double precision, not \(text)")
        }
        return .json(number)
    }

    private mutating func readDigits() throws -> ArraySlice<UInt8> {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw failure("a digit") }
        return bytes[start..<position]
    }

    private mutating func readString() throws -> String {
        position += 1
        let start = position
        // Most texts have no escapes, and are taken as they stand.
        while let byte = peek, byte >= 32, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        var content = bytes[start..<position]
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw failure("text in UTF-8") }
                position += 1
                return text
            case UInt8(ascii: "\\"): try readEscape(into: &content)
            case 0..<32: throw failure("an escape such as \\n instead of a control character")
            default:
                content.append(byte)
                position += 1
            }
        }
        throw failure("a closing quotation mark")
    }

    private mutating func readEscape(into content: inout ArraySlice<UInt8>) throws {
        position += 1
        guard let mark = peek else { throw failure("an escape") }
        let plain: UInt8? = switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): mark
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        default: nil
        }
        if let plain {
            content.append(plain)
            position += 1
            return
        }
        guard mark == UInt8(ascii: "u") else { throw failure("an escape: one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u") }
        position += 1
        var code = try readHexadecimal()
        if 0xd800...0xdbff ~= code, bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            position += 2
            let low = try readHexadecimal()
            guard 0xdc00...0xdfff ~= low else { throw failure("the second half of a surrogate pair") }
            code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("a whole surrogate pair") }
        content.append(contentsOf: String(Character(scalar)).utf8)
    }

    private mutating func readHexadecimal() throws -> UInt32 {
        guard position + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
            bytes[position] != UInt8(ascii: "+")
        else { throw failure("four hexadecimal digits") }
        position += 4
        return code
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
    }

    private func failure(_ expected: String) -> Failure {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 10 } + 1
        let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        let column = String(decoding: before[start...], as: UTF8.self).count + 1
        let found = position < bytes.count ? "" : ", but the text ends"
        return Failure(description: "line \(line), column \(column): expected \(expected)\(found)")
    }
}
