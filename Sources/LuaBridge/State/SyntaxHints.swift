import Foundation

extension LuaError {
    /// The error with a sentence for what other languages write and Lua does not.
    ///
    /// - Parameter source: what was compiled.
    func hinted(for source: String) -> LuaError {
        guard kind == .syntax, !isIncomplete, let hint = SyntaxHint.hint(for: message, in: source) else { return self }
        var error = self
        error.message += "; " + hint
        return error
    }

    /// The same for the text of a file.
    func hinted(forFile path: String) -> LuaError {
        guard kind == .syntax, let source = try? String(contentsOfFile: path, encoding: .utf8) else { return self }
        return hinted(for: source)
    }
}

/// Sentences for the habits of other languages, found by the sign at which Lua's compiler stopped and the line that it stands in.
private enum SyntaxHint {
    static func hint(for message: String, in source: String) -> String? {
        guard let token = token(message) else { return nil }
        let line = line(message, of: source)
        func has(_ text: String) -> Bool { line.range(ofFirst: text) != nil }
        switch token {
        case "[": return "a list is written { 1, 2, 3 } in Lua"
        case "!": return has("!=") ? "\"not equal\" is written ~= in Lua" : "\"not\" is a word in Lua: not x"
        case "&" where has("&&"): return "\"and\" is a word in Lua: x and y"
        case "|" where has("||"): return "\"or\" is a word in Lua: x or y"
        case "#": return "a comment begins with -- in Lua"
        case "+", "-", "*", "/", "%", "^", "..", "//", "=":
            for sign in ["+", "-", "*", "/", "%", "^", ".."] where has(sign + "=") { return "there is no \(sign)= in Lua: write x = x \(sign) ..." }
            if has("++") { return "there is no ++ in Lua: write x = x + 1" }
            return token == "=" && has("=") ? condition(line) : nil
        case _ where message.range(ofFirst: "<name> expected") != nil && has("{") && has(":"):
            return "a field is written { name = value } in Lua"
        case _ where isBeyondASCII(token):
            return "names and signs are ASCII in Lua: letters such as ö, typographic quotes, dashes and non-breaking spaces stand in texts and comments only"
        default: return message.range(ofFirst: "syntax error near") != nil ? call(line, at: token) : nil
        }
    }

    /// `help csv`, as commands of a shell are written.
    private static func call(_ line: Substring, at token: String) -> String? {
        let words = line.split { $0 == " " || $0 == "\t" }
        let isOfNames = words.allSatisfy { $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." } }
        guard words.count == 2, isOfNames, words[1].hasPrefix(token) else { return nil }
        return "a call is written \(words[0])(\(words[1])), with a text \(words[0]) \"\(words[1])\""
    }

    private static func condition(_ line: Substring) -> String? {
        let words = line.split { !$0.isLetter }
        return words.contains("if") || words.contains("while") ? "\"equal\" is written == in Lua" : nil
    }

    /// Whether a sign is a byte of a character beyond ASCII, which Lua names by its number: `<\195>`.
    private static func isBeyondASCII(_ token: String) -> Bool {
        token.hasPrefix("<\\") && token.hasSuffix(">") && Int(token.dropFirst(2).dropLast()).map { $0 >= 0x80 } ?? false
    }

    /// The sign in `... near '['`.
    private static func token(_ message: String) -> String? {
        guard let near = message.range(ofFirst: "near '"), message.hasSuffix("'") else { return nil }
        let token = message[near.upperBound...].dropLast()
        return token.isEmpty ? nil : String(token)
    }

    /// The line whose number stands in `name:3: message`.
    private static func line(_ message: String, of source: String) -> Substring {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let number = message.split(separator: ":").lazy.compactMap { Int($0) }.first ?? 1
        return lines.indices.contains(number - 1) ? lines[number - 1] : source[...]
    }
}
