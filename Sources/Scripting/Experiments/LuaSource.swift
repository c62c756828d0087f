/// The text of a Lua program without what means nothing to it, so that a comment or another indentation is no other program.
enum LuaSource {
    /// The tokens with one space between them.
    static func tokens(_ text: String) -> String {
        var reader = Reader(bytes: Array(text.utf8))
        return reader.tokens().joined(separator: " ")
    }

    /// The names that occur.
    static func names(_ tokens: String) -> Set<String> {
        Set(tokens.split(separator: " ").map(String.init).filter { token in
            guard let first = token.utf8.first else { return false }
            return Reader.isLetter(first)
        })
    }

    /// A function that is written in a text: its first and last line, and the last part of the name that it is given; empty where it has none.
    struct WrittenFunction: Equatable {
        var lines: ClosedRange<Int>
        var name: String
    }

    /// The functions that are written in a text, inner ones before those around them.
    static func functions(in text: String) -> [WrittenFunction] {
        var reader = Reader(bytes: Array(text.utf8))
        let ranges = reader.ranges(), words = ranges.map { String(decoding: reader.bytes[$0], as: UTF8.self) }
        var open: [(function: String?, line: Int)] = [], found: [WrittenFunction] = []
        var line = 1, position = 0
        for (index, word) in words.enumerated() {
            line += reader.bytes[position..<ranges[index].lowerBound].count { $0 == 10 }
            position = ranges[index].lowerBound
            if ["end", "until", "elseif"].contains(word), let block = open.popLast(), let name = block.function {
                found.append(WrittenFunction(lines: block.line...line, name: name))
            }
            if word == "function" { open.append((name(ofFunctionAt: index, words), line)) } else if ["do", "then", "repeat"].contains(word) { open.append((nil, line)) }
        }
        return found
    }

    /// `b` in `function a.b(` and in `a.b = function(`.
    private static func name(ofFunctionAt index: Int, _ words: [String]) -> String {
        let parts = words[(index + 1)...].prefix { $0 != "(" }
        if let last = parts.last { return last }
        return index >= 2 && words[index - 1] == "=" ? words[index - 2] : ""
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        static func isLetter(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 32
        }

        private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

        mutating func tokens() -> [String] { ranges().map { String(decoding: bytes[$0], as: UTF8.self) } }

        /// Where the tokens stand.
        mutating func ranges() -> [Range<Int>] {
            var ranges: [Range<Int>] = []
            while position < bytes.count {
                let byte = bytes[position], start = position
                if byte <= 32 {
                    position += 1
                } else if bytes[position...].starts(with: "--".utf8) {
                    position += 2
                    if !skipLongBracket() { while position < bytes.count, bytes[position] != 10 { position += 1 } }
                } else {
                    if !skipLongBracket() { skipToken(byte) }
                    ranges.append(start..<position)
                }
            }
            return ranges
        }

        private mutating func skipToken(_ first: UInt8) {
            position += 1
            if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
                while position < bytes.count, bytes[position] != first, bytes[position] != 10 {
                    position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                position = min(position + 1, bytes.count)
            } else if Reader.isLetter(first) || Reader.isDigit(first) {
                while position < bytes.count, Reader.isLetter(bytes[position]) || Reader.isDigit(bytes[position]) || Reader.isDigit(first) && bytes[position] == UInt8(ascii: ".") {
                    position += 1
                }
            }
        }

        /// Skips `[[ ... ]]` or `[==[ ... ]==]`, if one begins here.
        private mutating func skipLongBracket() -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else { return false }
            var level = 0
            while position + 1 + level < bytes.count, bytes[position + 1 + level] == UInt8(ascii: "=") { level += 1 }
            guard position + 1 + level < bytes.count, bytes[position + 1 + level] == UInt8(ascii: "[") else { return false }
            let closing = "]" + String(repeating: "=", count: level) + "]"
            position += level + 2
            while position < bytes.count, !bytes[position...].starts(with: closing.utf8) { position += 1 }
            position = min(position + closing.utf8.count, bytes.count)
            return true
        }
    }
}
