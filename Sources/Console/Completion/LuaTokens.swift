/// A lexical element of Lua source, with the bytes it covers.
package struct LuaToken: Equatable {
    package enum Kind: Equatable {
        case name
        case number
        /// A string whose text stands in `contents`; an open one runs to the end of the source.
        case string(contents: Range<Int>, isClosed: Bool)
        /// A comment; an open one ends with the source, so that what is typed next belongs to it.
        case comment(isClosed: Bool)
        case symbol(UInt8)
    }

    package var kind: Kind
    package var range: Range<Int>
}

/// Splits Lua source into tokens, for completion and for what the prompt must know about an entry.
///
/// Any bytes are accepted: what is not Lua comes out as single symbols. `..`, `==` and the like come as two symbols.
package struct LuaTokens: Sequence, IteratorProtocol {
    private let source: [UInt8]
    private var position = 0

    package init(_ source: [UInt8]) { self.source = source }

    package mutating func next() -> LuaToken? {
        while position < source.count, source[position].isBlank { position += 1 }
        guard position < source.count else { return nil }
        let start = position
        return LuaToken(kind: scan(), range: start..<position)
    }

    private mutating func scan() -> LuaToken.Kind {
        let byte = source[position]
        if byte.startsName {
            skip { $0.continuesName }
            return .name
        }
        if byte.isDigit {
            skip { $0.continuesName || $0 == UInt8(ascii: ".") }
            return .number
        }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return scanShortString(quote: byte) }
        if byte == UInt8(ascii: "["), let level = longBracketLevel(at: position) { return scanLongString(level: level) }
        if byte == UInt8(ascii: "-"), peek(1) == byte { return scanComment() }
        position += 1
        return .symbol(byte)
    }

    private func peek(_ offset: Int) -> UInt8? {
        position + offset < source.count ? source[position + offset] : nil
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while position < source.count, condition(source[position]) { position += 1 }
    }

    private mutating func scanShortString(quote: UInt8) -> LuaToken.Kind {
        position += 1
        let start = position
        while position < source.count, source[position] != quote {
            if source[position] == UInt8(ascii: "\n") { return .string(contents: start..<position, isClosed: true) }
            position += source[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        let end = Swift.min(position, source.count)
        position = Swift.min(position + 1, source.count)
        return .string(contents: start..<end, isClosed: end < source.count)
    }

    /// The number of equals signs of the long bracket that opens at an index, if one does.
    private func longBracketLevel(at index: Int) -> Int? {
        guard index < source.count, source[index] == UInt8(ascii: "[") else { return nil }
        var level = 0
        while index + 1 + level < source.count, source[index + 1 + level] == UInt8(ascii: "=") { level += 1 }
        return index + 1 + level < source.count && source[index + 1 + level] == UInt8(ascii: "[") ? level : nil
    }

    private mutating func scanLongString(level: Int) -> LuaToken.Kind {
        position += level + 2
        let start = position
        let close = [UInt8(ascii: "]")] + Array(repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        while position + close.count <= source.count {
            if source[position..<position + close.count].elementsEqual(close) {
                position += close.count
                return .string(contents: start..<position - close.count, isClosed: true)
            }
            position += 1
        }
        position = source.count
        return .string(contents: start..<position, isClosed: false)
    }

    private mutating func scanComment() -> LuaToken.Kind {
        position += 2
        if let level = longBracketLevel(at: position) {
            guard case .string(_, let isClosed) = scanLongString(level: level) else { return .comment(isClosed: false) }
            return .comment(isClosed: isClosed)
        }
        skip { $0 != UInt8(ascii: "\n") }
        return .comment(isClosed: position < source.count)
    }
}

extension UInt8 {
    var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var startsName: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) || self == UInt8(ascii: "_")
    }
    var continuesName: Bool { startsName || isDigit }
}
