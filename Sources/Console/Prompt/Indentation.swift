/// How far the next row of an unfinished entry is indented: two blanks a block or bracket that is open.
struct Indentation: Equatable {
    let depth: Int
    var blanks: String { String(repeating: "  ", count: depth) }

    /// - Parameter text: the rows so far; within a string or a comment nothing is indented.
    init(of text: String) {
        let bytes = Array(text.utf8)
        var depth = 0
        for token in LuaTokens(bytes) {
            switch token.kind {
            case .string(_, let isClosed) where !isClosed, .comment(let isClosed) where !isClosed && bytes[token.range].starts(with: Array("--[".utf8)):
                self.depth = 0
                return
            case .symbol(let byte):
                if "([{".utf8.contains(byte) { depth += 1 }
                if ")]}".utf8.contains(byte) { depth -= 1 }
            case .name:
                switch String(decoding: bytes[token.range], as: UTF8.self) {
                case "function", "do", "then", "repeat": depth += 1
                case "end", "until", "elseif": depth -= 1
                default: break
                }
            default: break
            }
        }
        self.depth = min(20, max(0, depth))
    }
}
