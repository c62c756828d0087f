import CLuaSupport

/// Assignments to what a property of an object makes anew each time, such as `pose.position[1] = 0`: they would change a table that nobody has.
///
/// Lua reads the field first and then writes into what it got, so the object cannot tell such a line from one that keeps the table and may well
/// change it. The text of the line can. It is looked at when it is compiled, and the property is refused when that line asks for it.
struct LostWrites {
    /// How deep into a property a line writes.
    enum Depth {
        /// `robot.joints[1] = x`
        case element
        /// `robot.joints[1].lower = x`
        case within
    }

    /// The properties that are written into, and how deep, by source and line.
    private var lines: [String: [Int: [String: Depth]]] = [:]
    /// All these names.
    private(set) var names: Set<String> = []

    private static let longestText = 1 << 20

    /// Looks through a text that was compiled.
    ///
    /// - Parameters:
    ///   - source: the name under which it was.
    ///   - properties: the names of all properties of objects.
    mutating func scan(_ text: String, source: String, properties: Set<String>) {
        lines[source] = nil
        guard text.utf8.count <= Self.longestText else { return }
        for (index, line) in Self.code(of: Array(text.utf8)).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = Array(line)
            for place in line.indices where line[place] == UInt8(ascii: "=") {
                guard let target = AssignedTarget(line, before: place) else { continue }
                for (position, field) in target.fields.enumerated() where properties.contains(field.name) {
                    // Where the line asks another object for the field too, nobody knows for which of both.
                    guard Self.isOnlyAsked(line, field.name, along: line[target.range.lowerBound..<field.end]) else { continue }
                    let depth = position == 0 && target.isElement ? Depth.element : .within
                    lines[source, default: [:]][index + 1, default: [:]].merge([field.name: depth]) { $0 == .element ? $0 : $1 }
                }
            }
        }
        names = Set(lines.values.flatMap { $0.values.flatMap(\.keys) })
    }

    /// Whether a line asks for a field nowhere but at the end of one chain, such as `pose.position`.
    private static func isOnlyAsked(_ line: [UInt8], _ name: String, along chain: ArraySlice<UInt8>) -> Bool {
        let name = Array(name.utf8)
        return line.indices.allSatisfy { start in
            guard start > 0, line[start...].starts(with: name), !line[start - 1].isWordByte else { return true }
            let end = start + name.count, begin = end - chain.count
            guard end == line.count || !line[end].isWordByte else { return true }
            // A bare name, of a variable or a new table's field, asks no object.
            guard [".", "\"", "'"].contains(UnicodeScalar(line[start - 1])) else { return true }
            guard begin >= 0, line[begin..<end] == chain else { return false }
            return begin == 0 || !(line[begin - 1].isWordByte || ".:".utf8.contains(line[begin - 1]))
        }
    }

    /// A text with blanks in place of its comments and of its strings, but for those that are one word, such as a key.
    private static func code(of text: [UInt8]) -> [UInt8] {
        var result = text, place = 0
        func blank(to end: Int) {
            while place < end {
                if result[place] != UInt8(ascii: "\n") { result[place] = UInt8(ascii: " ") }
                place += 1
            }
        }
        /// Where a long bracket that opens at a place is closed; nil where none opens.
        func endOfLongBracket(_ start: Int) -> Int? {
            guard start < text.count, text[start] == UInt8(ascii: "[") else { return nil }
            var end = start + 1
            while end < text.count, text[end] == UInt8(ascii: "=") { end += 1 }
            guard end < text.count, text[end] == UInt8(ascii: "[") else { return nil }
            let closing = [UInt8(ascii: "]")] + Array(repeating: UInt8(ascii: "="), count: end - start - 1) + [UInt8(ascii: "]")]
            while end < text.count, !text[end...].starts(with: closing) { end += 1 }
            return min(end + closing.count, text.count)
        }
        while place < text.count {
            let byte = text[place]
            if byte == UInt8(ascii: "-"), place + 1 < text.count, text[place + 1] == byte {
                blank(to: endOfLongBracket(place + 2) ?? text[place...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count)
            } else if let end = endOfLongBracket(place) {
                blank(to: end)
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                var end = place + 1
                while end < text.count, text[end] != byte, text[end] != UInt8(ascii: "\n") { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
                end = min(end + 1, text.count)
                if text[place + 1..<max(end - 1, place + 1)].allSatisfy(\.isWordByte) { place = end } else { blank(to: end) }
            } else {
                place += 1
            }
        }
        return result
    }

    /// How deep a line writes into a property; nil where it does not.
    func depth(_ name: String, source: String, line: Int) -> Depth? { lines[source]?[line]?[name] }
}

/// What stands to the left of a sign of equality, as far as it is a chain of fields and indices.
private struct AssignedTarget {
    struct Field {
        let name: String
        /// Where it ends in the line.
        let end: Int
    }

    /// The fields of the chain, the last one first, but for one at its end, which is what is assigned.
    private(set) var fields: [Field] = []
    /// Whether an index is all that follows the last field: `field[i] = x`.
    private(set) var isElement = false
    private(set) var range: Range<Int>

    /// - Returns: nil where the sign is no assignment, or assigns no part of a field.
    init?(_ line: [UInt8], before sign: Int) {
        let comparisons = "=<>~".utf8
        if sign + 1 < line.count, line[sign + 1] == UInt8(ascii: "=") { return nil }
        if sign > 0, comparisons.contains(line[sign - 1]) { return nil }
        var end = sign, links = 0, endsInIndex = false
        range = sign..<sign
        while true {
            while end > 0, line[end - 1] == UInt8(ascii: " ") { end -= 1 }
            guard end > 0 else { break }
            if line[end - 1] == UInt8(ascii: "]") {
                guard let start = Self.opening(line, end - 1) else { break }
                if links == 0 { endsInIndex = true }
                end = start
            } else {
                var start = end
                while start > 0, line[start - 1].isWordByte { start -= 1 }
                guard start < end else { break }
                guard start > 0, line[start - 1] == UInt8(ascii: ".") else {
                    // The variable that the chain begins with.
                    range = start..<sign
                    break
                }
                if links > 0 { fields.append(Field(name: String(decoding: line[start..<end], as: UTF8.self), end: end)) }
                if links == 1 { isElement = endsInIndex }
                end = start - 1
            }
            links += 1
            range = end..<sign
        }
        if fields.isEmpty { return nil }
    }

    /// Where the bracket begins that ends at a place.
    private static func opening(_ line: [UInt8], _ place: Int) -> Int? {
        var depth = 0
        for index in stride(from: place, through: 0, by: -1) {
            if line[index] == UInt8(ascii: "]") { depth += 1 }
            if line[index] == UInt8(ascii: "[") { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }
}

extension UInt8 {
    /// Whether it is part of a name.
    fileprivate var isWordByte: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || self == UInt8(ascii: "_")
    }
}

extension LuaState {
    /// The names of all properties.
    private var propertyNames: Set<String> { Set(registry.types.flatMap { $0.properties.map(\.name) }) }

    func noteWrites(in text: String, source: String) {
        if propertyCount != registry.types.count { (knownProperties, propertyCount) = (propertyNames, registry.types.count) }
        lostWrites.scan(text, source: source, properties: knownProperties)
    }

    func noteWrites(inFile path: String) {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) { noteWrites(in: text, source: "@" + path) }
    }

    /// Refuses a property that the running line is about to write into, where what it gives is a copy.
    func checkWrite(to name: String, of type: String, _ value: Value) throws {
        // Objects say for themselves that they are read-only.
        var holdsObjects = false
        switch value {
        case .numbers, .record: break
        case .list(let elements): if case .object? = elements.first { holdsObjects = true }
        default: return
        }
        var line: Int32 = 0
        var isMain = false
        guard let source = avips_calling_line(current, &line, &isMain),
              // Entries of the prompt all have one name; functions of earlier ones have lines of their own.
              isMain || source.pointee == CChar(bitPattern: UInt8(ascii: "@")),
              let depth = lostWrites.depth(name, source: String(cString: source), line: Int(line)), depth == .element || !holdsObjects
        else { return }
        throw ArgumentError("the field '\(name)' of a \(type) is a copy, and what is written to it here is lost; keep it in a variable first: local \(name) = ...")
    }
}
