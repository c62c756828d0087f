/// Elements of a figure's SVG, one after the other.
///
/// It reads what this program writes, well-formed and without comments; what it does not know it passes over.
struct MarkupScanner {
    enum Event {
        case start(name: Substring, attributes: [Substring: String], isEmpty: Bool)
        case text(String)
        case end
    }

    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func next() -> Event? {
        guard let first = rest.first else { return nil }
        guard first == "<" else {
            let end = rest.firstIndex(of: "<") ?? rest.endIndex
            let text = Self.plain(rest[..<end])
            rest = rest[end...]
            return .text(text)
        }
        let end = rest.firstIndex(of: ">") ?? rest.endIndex
        var tag = rest[..<end].dropFirst()
        rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[end...]
        if tag.first == "/" { return .end }
        let isEmpty = tag.last == "/"
        if isEmpty { tag.removeLast() }
        let nameEnd = tag.firstIndex(where: \.isWhitespace) ?? tag.endIndex
        let name = tag[..<nameEnd]
        tag = tag[nameEnd...]
        var attributes: [Substring: String] = [:]
        while let equals = tag.firstIndex(of: "=") {
            let key = tag[..<equals].drop(while: \.isWhitespace)
            let value = tag[equals...].dropFirst(2)
            guard let quote = value.firstIndex(of: "\"") else { break }
            attributes[key] = Self.plain(value[..<quote])
            tag = value[quote...].dropFirst()
        }
        return .start(name: name, attributes: attributes, isEmpty: isEmpty)
    }

    private static func plain(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var result = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            let known: [(String, Character)] = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")]
            if let (name, character) = known.first(where: { rest.hasPrefix($0.0) }) {
                result.append(character)
                rest = rest.dropFirst(name.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }
}
