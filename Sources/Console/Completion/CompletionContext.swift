/// A value named without running code: a global, and the fields that lead from it.
package struct ValuePath: Equatable {
    package enum Step: Equatable {
        case field(String)
        case method(String)
        case index(Int)
    }

    package var root: String
    package var steps: [Step]

    package init(root: String, steps: [Step] = []) {
        self.root = root
        self.steps = steps
    }
}

/// What the text before the cursor asks to complete.
package struct CompletionContext: Equatable {
    package enum Subject: Equatable {
        /// A name that stands alone.
        case global
        /// A field, or a method after a colon.
        case member(of: ValuePath, isMethod: Bool)
        /// A key of the table of options that a function is called with; a global may stand there as well.
        case optionKey(of: ValuePath)
        /// The key of a table, in brackets and quotes.
        case stringKey(of: ValuePath)
        /// A string: an argument of a call, the value of one of its options, or neither.
        case string(callee: ValuePath?, option: String?)
    }

    package var subject: Subject
    /// What is there of the word already.
    package var prefix: String
    /// The byte at which the word starts.
    package var start: Int
    /// The quote that ends a string.
    package var quote: UInt8?
    /// The string that is the first argument of the call that the word is in, where there is one before it: the robot in
    /// `avips.robot("panda", { tip = "`.
    package var firstArgument: String?

    /// Reads the text up to the cursor; nil where nothing is to be completed, as in a comment or a number.
    package init?(_ text: [UInt8]) {
        let reader = ContextReader(text)
        guard let context = reader.context() else { return nil }
        self = context
    }

    fileprivate init(_ subject: Subject, prefix: ArraySlice<UInt8>, quote: UInt8? = nil) {
        self.subject = subject
        self.prefix = String(decoding: prefix, as: UTF8.self)
        self.start = prefix.startIndex
        self.quote = quote
    }
}

/// Reads tokens backward from the cursor.
private struct ContextReader {
    let text: [UInt8]
    /// All tokens but closed comments.
    let tokens: [LuaToken]

    init(_ text: [UInt8]) {
        self.text = text
        tokens = LuaTokens(text).filter { $0.kind != .comment(isClosed: true) }
    }

    func context() -> CompletionContext? {
        guard let last = tokens.last else { return CompletionContext(.global, prefix: text[text.endIndex...]) }
        switch last.kind {
        case .comment:
            return nil
        case .string(let contents, isClosed: false):
            return string(contents, at: tokens.count - 1)
        case .name where last.range.upperBound == text.endIndex:
            return word(text[last.range], after: tokens.count - 2)
        case .number where last.range.upperBound == text.endIndex:
            return nil
        default:
            return word(text[text.endIndex...], after: tokens.count - 1)
        }
    }

    private func word(_ prefix: ArraySlice<UInt8>, after index: Int) -> CompletionContext? {
        if isSymbol(index, ".") && !isSymbol(index - 1, ".") || isSymbol(index, ":") && !isSymbol(index - 1, ":") {
            guard let path = path(endingAt: index - 1) else { return nil }
            return CompletionContext(.member(of: path, isMethod: isSymbol(index, ":")), prefix: prefix)
        }
        if isSymbol(index, "{") || isSymbol(index, ",") || isSymbol(index, ";"),
           let callee = calleeOfTable(openBefore: index + 1) {
            return CompletionContext(.optionKey(of: callee), prefix: prefix)
        }
        return CompletionContext(.global, prefix: prefix)
    }

    private func string(_ contents: Range<Int>, at index: Int) -> CompletionContext? {
        let quote = text[contents.lowerBound - 1]
        let prefix = text[contents]
        if isSymbol(index - 1, "["), let path = path(endingAt: index - 2) {
            return CompletionContext(.stringKey(of: path), prefix: prefix, quote: quote)
        }
        if isSymbol(index - 1, "="), let option = name(index - 2), let callee = calleeOfTable(openBefore: index - 2) {
            var context = CompletionContext(.string(callee: callee, option: option), prefix: prefix, quote: quote)
            context.firstArgument = firstArgument(ofCallWithTableBefore: index)
            return context
        }
        return CompletionContext(.string(callee: calleeOfArgument(at: index), option: nil), prefix: prefix, quote: quote)
    }

    // MARK: Calls

    /// The function whose argument a string is: `f "x`, `f("x` or `f(y, "x`.
    private func calleeOfArgument(at index: Int) -> ValuePath? {
        if let path = path(endingAt: index - 1) { return path }
        guard let open = openBracket(before: index), isSymbol(open, "(") else { return nil }
        return path(endingAt: open - 1)
    }

    /// The function that the innermost open table is an argument of: `f{`, `f({` or `f(x, {`.
    private func calleeOfTable(openBefore index: Int) -> ValuePath? {
        guard let table = openBracket(before: index), isSymbol(table, "{") else { return nil }
        if let path = path(endingAt: table - 1) { return path }
        guard isSymbol(table - 1, "(") || isSymbol(table - 1, ","),
              let call = openBracket(before: table), isSymbol(call, "(") else { return nil }
        return path(endingAt: call - 1)
    }

    /// The first argument of a call, where it is a string and an open table follows it.
    private func firstArgument(ofCallWithTableBefore index: Int) -> String? {
        guard let table = openBracket(before: index), let open = openBracket(before: table), isSymbol(open, "("),
              tokens.indices.contains(open + 1), open + 1 < table, case .string(let contents, true) = tokens[open + 1].kind
        else { return nil }
        return String(decoding: text[contents], as: UTF8.self)
    }

    /// The index of the innermost bracket that is still open before a token.
    private func openBracket(before index: Int) -> Int? {
        var depth = 0
        for candidate in stride(from: min(index, tokens.count) - 1, through: 0, by: -1) {
            guard case .symbol(let symbol) = tokens[candidate].kind else { continue }
            switch symbol {
            case UInt8(ascii: ")"), UInt8(ascii: "}"), UInt8(ascii: "]"): depth += 1
            case UInt8(ascii: "("), UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 0 { return candidate }
                depth -= 1
            default: break
            }
        }
        return nil
    }

    // MARK: Paths

    /// The path whose last token is given, such as `a.b[1]["c"]` or `a:b`; nil for anything that takes a call to know.
    private func path(endingAt index: Int) -> ValuePath? {
        var steps: [ValuePath.Step] = []
        var index = index
        while true {
            if let name = name(index), !keywords.contains(name) {
                if isSymbol(index - 1, ".") && !isSymbol(index - 2, ".") { steps.append(.field(name)) }
                else if isSymbol(index - 1, ":") { steps.append(.method(name)) }
                else { return ValuePath(root: name, steps: steps.reversed()) }
                index -= 2
            } else if isSymbol(index, "]"), isSymbol(index - 2, "["), let key = key(index - 1) {
                steps.append(key)
                index -= 3
            } else {
                return nil
            }
        }
    }

    private func key(_ index: Int) -> ValuePath.Step? {
        switch tokens[index].kind {
        case .number: Int(String(decoding: text[tokens[index].range], as: UTF8.self)).map { .index($0) }
        case .string(let contents, isClosed: true): .field(String(decoding: text[contents], as: UTF8.self))
        default: nil
        }
    }

    private func name(_ index: Int) -> String? {
        guard tokens.indices.contains(index), tokens[index].kind == .name else { return nil }
        return String(decoding: text[tokens[index].range], as: UTF8.self)
    }

    private func isSymbol(_ index: Int, _ symbol: Unicode.Scalar) -> Bool {
        tokens.indices.contains(index) && tokens[index].kind == .symbol(UInt8(ascii: symbol))
    }
}

/// The reserved words of Lua 5.4.
let keywords: Set<String> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
]
