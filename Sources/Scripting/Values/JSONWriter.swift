import Files
import LuaBridge

/// What `null` becomes in Lua, where a table cannot hold `nil`.
struct Null {}

/// Writes a Lua value as JSON (RFC 8259).
///
/// A table with the keys 1 to n, and an empty one, is an array; a table whose keys are all strings is an object, its keys
/// sorted. Numbers are written in the shortest form that reads back as the same number, those that are not finite as `null`.
/// An object is written as its type says, else by its fields and elements. What is described in place of refused has all keys
/// that are numbers, true or false as names.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Spaces a level; nil for everything on one line.
    let indent: Int?
    /// Whether what JSON cannot hold is described instead of refused.
    let isLenient: Bool
    /// Whether numbers that are not finite are kept, as 1e999, -1e999 and NaN, which is no JSON but what some programs write.
    let keepsAllNumbers: Bool
    private var path: [String] = []
    private var open: [UnsafeRawPointer] = []

    private static let depthLimit = 100
    private static let sizeLimit = 1 << 30

    init(indent: Int?, isLenient: Bool = false, keepsAllNumbers: Bool = false) {
        self.indent = indent
        self.keepsAllNumbers = keepsAllNumbers
        self.isLenient = isLenient
    }

    mutating func write(_ slot: Slot) throws {
        guard bytes.count < JSONWriter.sizeLimit else { throw failure("makes more than \(JSONWriter.sizeLimit) bytes") }
        switch slot.kind {
        case .nil, .none: put("null")
        case .boolean: put(try slot.boolean() ? "true" : "false")
        case .number: write(number: slot)
        case .string: try write(string: slot)
        case .table: try write(table: slot)
        case .userdata: try write(object: slot)
        default:
            guard isLenient else { throw failure("is \(slot.found), which JSON cannot hold") }
            write(slot.found)
        }
    }

    private mutating func write(number slot: Slot) {
        switch slot.value {
        case .integer(let number): put("\(number)")
        case .number(let number): write(number)
        default: break
        }
    }

    private mutating func write(_ number: Double) {
        guard number.isFinite || keepsAllNumbers else { return put("null") }
        put(JSONNumber.text(number) ?? "NaN")
    }

    private mutating func write(string slot: Slot) throws {
        if let text = try? slot.string() { return write(text) }
        guard isLenient else { throw failure("is a string that is not UTF-8") }
        write(try slot.text())
    }

    mutating func write(_ text: String) {
        put("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): put("\\\"")
            case UInt8(ascii: "\\"): put("\\\\")
            case UInt8(ascii: "\n"): put("\\n")
            case UInt8(ascii: "\r"): put("\\r")
            case UInt8(ascii: "\t"): put("\\t")
            case 0..<32, 127:
                let digits = String(byte, radix: 16)
                put("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: bytes.append(byte)
            }
        }
        put("\"")
    }

    // MARK: Tables

    private mutating func write(table slot: Slot) throws {
        guard let identity = slot.identity else { return }
        if isLenient, open.contains(identity) { return write("(cycle)") }
        guard !open.contains(identity) else { throw failure("contains itself") }
        guard open.count < JSONWriter.depthLimit else { throw failure("is nested more than \(JSONWriter.depthLimit) deep") }
        open.append(identity)
        defer { open.removeLast() }
        var names: [String] = []
        var elements = 0, others: [(name: String, value: Value)] = []
        let length = try slot.length()
        try slot.forEachEntry { key, _ in
            if case .integer(let index) = key.kind == .number ? key.value : .nil, index >= 1, index <= length {
                elements += 1
            } else if key.kind == .string, let name = try? key.string() {
                names.append(name)
            } else if isLenient {
                if key.kind == .number || key.kind == .boolean { others.append((try key.text(), key.value)) }
            } else if key.kind == .string {
                throw failure("has a name that is not text in UTF-8: \(key.found.dropFirst("string ".count))")
            } else {
                throw failure("has the key \(key.found): keys must be strings, or 1 to n")
            }
        }
        if !others.isEmpty || isLenient && elements > 0 && (!names.isEmpty || elements < length) {
            return try write(mixed: slot, names, others, length)
        }
        if names.isEmpty {
            guard isLenient || elements == length else { throw failure("has holes: a list must have the keys 1 to n") }
            try writeItems(0..<length, "[", "]", simple: false) { writer, index in
                writer.path.append("[\(index + 1)]")
                try slot.withElement(index + 1) { try writer.write($0) }
                writer.path.removeLast()
            }
        } else {
            guard elements == 0 else { throw failure("has both list elements and named fields") }
            try writeItems(names.sorted(), "{", "}", simple: false) { writer, name in
                writer.write(name)
                writer.put(writer.indent == nil ? ":" : ": ")
                writer.path.append(".\(name)")
                try slot.withField(.string(name)) { try writer.write($0) }
                writer.path.removeLast()
            }
        }
    }

    // A table that is neither list nor record: an object, the elements under their numbers.
    private mutating func write(mixed slot: Slot, _ names: [String], _ others: [(name: String, value: Value)], _ length: Int) throws {
        var keys = length > 0 ? (1...length).map { (name: "\($0)", value: Value.integer($0)) } : []
        // Numbers of few digits come first.
        keys += others.sorted { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }
        keys += names.sorted().map { (name: $0, value: .string($0)) }
        try writeItems(keys, "{", "}", simple: false) { writer, key in
            writer.write(key.name)
            writer.put(":")
            try slot.withField(key.value) { try writer.write($0) }
        }
    }

    private mutating func writeItems<Items: Collection>(
        _ items: Items, _ opening: String, _ closing: String, simple: Bool, _ body: (inout JSONWriter, Items.Element) throws -> Void
    ) throws {
        put(opening)
        var isFirst = true
        for item in items {
            if !isFirst { put(simple && indent != nil ? ", " : ",") }
            if !simple { breakLine(open.count) }
            isFirst = false
            try body(&self, item)
        }
        if !isFirst, !simple { breakLine(open.count - 1) }
        put(closing)
    }

    // MARK: Objects

    private mutating func write(object slot: Slot) throws {
        if let type = slot.objectType {
            if let value = type.data.value { return try write(value(slot), in: slot) }
            return try write(object: slot, of: type)
        }
        guard isLenient else { throw failure("is \(slot.found), which JSON cannot hold") }
        write(slot.found)
    }

    /// What stands for an object.
    private mutating func write(_ value: Value, in slot: Slot) throws {
        try slot.state.stopIfInterrupted()
        switch value {
        case .none, .nil: put("null")
        case .boolean(let truth): put(truth ? "true" : "false")
        case .integer(let number): put("\(number)")
        case .number(let number): write(number)
        case .string(let text): write(text)
        case .numbers(let numbers):
            try writeItems(numbers, "[", "]", simple: true) { writer, number in
                try slot.state.stopIfInterrupted()
                writer.write(number)
            }
        case .list(let values): try writeItems(values, "[", "]", simple: true) { try $0.write($1, in: slot) }
        case .record(let fields):
            try writeItems(fields, "{", "}", simple: true) { writer, field in
                writer.write(field.name)
                writer.put(":")
                try writer.write(field.value, in: slot)
            }
        default: try slot.withValue(value) { try write($0) }
        }
    }

    /// An object by its type, its fields and its elements; within another one, an object with a name is its name.
    private mutating func write(object slot: Slot, of type: ObjectType) throws {
        if !open.isEmpty, type.properties.contains(where: { $0.name == "name" }) {
            return try slot.withMember("name") { try write($0) }
        }
        guard open.count < JSONWriter.depthLimit, let identity = slot.identity else {
            guard isLenient else { throw failure("is nested more than \(JSONWriter.depthLimit) deep") }
            return write("…")
        }
        open.append(identity)
        defer { open.removeLast() }
        put("{")
        writeName("type", isFirst: true)
        write(type.name)
        for property in type.properties {
            writeName(property.name)
            try write(member: property.name, of: slot)
        }
        if type.hasElements { try write(elementsOf: slot) }
        breakLine(open.count - 1)
        put("}")
    }

    private mutating func writeName(_ name: String, isFirst: Bool = false) {
        if !isFirst { put(",") }
        breakLine(open.count)
        write(name)
        put(indent == nil ? ":" : ": ")
    }

    private mutating func write(member name: String, of slot: Slot) throws {
        path.append(".\(name)")
        defer { path.removeLast() }
        do {
            try slot.withMember(name) { try write($0) }
        } catch let error as LuaError where isLenient && error.kind == .runtime {
            put("null")
        }
    }

    /// Elements that are objects follow the fields; others are in one of the fields.
    private mutating func write(elementsOf slot: Slot) throws {
        guard try slot.withMember(1, { $0.kind == .userdata }) else { return }
        writeName("elements")
        put("[")
        var position = 1
        while try slot.withMember(position, { !$0.isNil }) {
            if position > 1 { put(",") }
            breakLine(open.count + 1)
            try slot.withMember(position) { try write($0) }
            position += 1
        }
        breakLine(open.count)
        put("]")
    }

    // MARK: Text

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func breakLine(_ depth: Int) {
        guard let indent else { return }
        put("\n" + String(repeating: " ", count: indent * max(0, depth)))
    }

    private func failure(_ complaint: String) -> ArgumentError {
        ArgumentError((path.isEmpty ? "the value" : "the value at \(shortenedPath(path).joined())") + " " + complaint)
    }
}
