/// The entities of an XML document, `&lt;` and those that it declares by their text.
struct MarkupEntities {
    struct Fault: Error { var message: String }

    /// How much all entities of a document may become together: bytes, and a thousand for every one that is replaced; and how deep they may nest.
    static let costLimit = 1 << 26
    static let depthLimit = 16

    private static let own: [String: UInt8] = [
        "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "amp": UInt8(ascii: "&"), "quot": UInt8(ascii: "\""), "apos": UInt8(ascii: "'"),
    ]
    private var declared: [String: [UInt8]] = [:]
    private var cost = 0
    /// Whether entities hold tags, for those that were asked for.
    private var holdsTags: [String: Bool] = [:]

    /// The first declaration of a name holds.
    mutating func declare(_ name: String, as text: [UInt8]) { if declared[name] == nil { declared[name] = text } }

    /// The text of an attribute's value: entities replaced, every blank a space. What is no entity stays as it is written.
    mutating func text(_ value: ArraySlice<UInt8>) throws(Fault) -> String {
        if !value.contains(where: { $0 == UInt8(ascii: "&") || $0 < 0x20 }) { return String(decoding: value, as: UTF8.self) }
        var result: [UInt8] = []
        try append(value, to: &result, depth: 0)
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether text begins with a declared entity that holds a tag, directly or through others.
    mutating func standsForElements(_ text: ArraySlice<UInt8>) -> Bool {
        guard !declared.isEmpty, let name = Self.name(text), declared[name] != nil else { return false }
        if let known = holdsTags[name] { return known }
        var waiting = [name], seen: Set<String> = [], found = false
        while let name = waiting.popLast(), !found {
            guard seen.insert(name).inserted, let content = declared[name] else { continue }
            found = content.contains(UInt8(ascii: "<"))
            for place in content.indices where content[place] == UInt8(ascii: "&") {
                if let inner = Self.name(content[place...]) { waiting.append(inner) }
            }
        }
        holdsTags[name] = found
        return found
    }

    /// The name between `&` and `;`, at most a hundred bytes.
    private static func name(_ text: ArraySlice<UInt8>) -> String? {
        let body = text.dropFirst().prefix(101)
        guard let end = body.firstIndex(of: UInt8(ascii: ";")), end > body.startIndex else { return nil }
        return String(decoding: body[..<end], as: UTF8.self)
    }

    private mutating func append(_ text: ArraySlice<UInt8>, to result: inout [UInt8], depth: Int) throws(Fault) {
        cost += depth == 0 ? 0 : text.count + 1000
        guard depth <= Self.depthLimit, cost <= Self.costLimit else { throw Fault(message: "entities stand for too much text") }
        var place = text.startIndex
        while place < text.endIndex {
            let byte = text[place]
            place += 1
            guard byte == UInt8(ascii: "&"), let name = Self.name(text[(place - 1)...]) else {
                result.append(MarkupReader.isBlank(byte) ? 0x20 : byte)
                continue
            }
            if let character = Self.own[name] {
                result.append(character)
            } else if let character = Self.character(name) {
                result += Array(String(Character(character)).utf8)
            } else if let content = declared[name] {
                try append(content[...], to: &result, depth: depth + 1)
            } else {
                result.append(byte)
                continue
            }
            place += name.utf8.count + 1
        }
    }

    /// The character of a reference such as `#228` or `#xe4`.
    private static func character(_ reference: String) -> Unicode.Scalar? {
        guard reference.hasPrefix("#") else { return nil }
        let digits = reference.dropFirst()
        let code = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
        guard let code, code >= 0x20 || code == 9 || code == 10 || code == 13 else { return nil }
        return Unicode.Scalar(code)
    }
}
