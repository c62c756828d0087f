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

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        static func isLetter(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 32
        }

        private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

        mutating func tokens() -> [String] {
            var tokens: [String] = []
            while position < bytes.count {
                let byte = bytes[position], start = position
                if byte <= 32 {
                    position += 1
                } else if bytes[position...].starts(with: "--".utf8) {
                    position += 2
                    if !skipLongBracket() { while position < bytes.count, bytes[position] != 10 { position += 1 } }
                } else {
                    if !skipLongBracket() { skipToken(byte) }
                    tokens.append(String(decoding: bytes[start..<position], as: UTF8.self))
                }
            }
            return tokens
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
