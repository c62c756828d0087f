/// A value named without running code: a global, and what leads from it.
package struct ValuePath: Equatable {
    package enum Step: Equatable {
        case field(String)
        case method(String)
        case index(Int)
        /// An element whose index takes running code to know.
        case element
        /// What a call of it gives.
        case call
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
        /// A key of a table that is the value of an option: `locked = {`.
        case entryKey(of: ValuePath, option: String)
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
        if isSymbol(index, "{") || isSymbol(index, ",") || isSymbol(index, ";"), let (callee, option, table) = optionOfTable(openBefore: index + 1) {
            var context = CompletionContext(.entryKey(of: callee, option: option), prefix: prefix)
            context.firstArgument = firstArgument(ofCallWithTableBefore: table)
            return context
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
        if isSymbol(index - 1, "{") || isSymbol(index - 1, ","), let (callee, option, table) = optionOfTable(openBefore: index) {
            var context = CompletionContext(.string(callee: callee, option: option), prefix: prefix, quote: quote)
            context.firstArgument = firstArgument(ofCallWithTableBefore: table)
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

    /// The function and the option that the innermost open table is the value of, and where it opens: `f{ locked = {`.
    private func optionOfTable(openBefore index: Int) -> (callee: ValuePath, option: String, table: Int)? {
        guard let table = openBracket(before: index), isSymbol(table, "{"), isSymbol(table - 1, "="), let option = name(table - 2),
              let callee = calleeOfTable(openBefore: table - 2)
        else { return nil }
        return (callee, option, table)
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

    /// The path whose last token is given, such as `a.b[1]["c"]`, `a:b` or `f(x)[i]`; nil for anything that takes an operator to know.
    private func path(endingAt index: Int) -> ValuePath? {
        var steps: [ValuePath.Step] = []
        var index = index
        while true {
            if let name = name(index), !keywords.contains(name) {
                if isSymbol(index - 1, ".") && !isSymbol(index - 2, ".") { steps.append(.field(name)) }
                else if isSymbol(index - 1, ":") && !isSymbol(index - 2, ":") { steps.append(.method(name)) }
                else { return bound(ValuePath(root: name, steps: steps.reversed()), before: index) }
                index -= 2
            } else if isSymbol(index, "]"), let open = openBracket(before: index), isSymbol(open, "[") {
                steps.append((open == index - 2 ? key(index - 1) : nil) ?? .element)
                index = open - 1
            } else if let open = argumentsStart(endingAt: index) {
                steps.append(.call)
                index = open - 1
            } else {
                return nil
            }
        }
    }

    /// Where the arguments of a call begin whose last token is given: `(x)`, `{ x }` or `"x"` behind what is called.
    private func argumentsStart(endingAt index: Int) -> Int? {
        var open = index
        if isSymbol(index, ")") || isSymbol(index, "}") {
            guard let found = openBracket(before: index) else { return nil }
            open = found
        } else {
            guard tokens.indices.contains(index), case .string(_, isClosed: true) = tokens[index].kind else { return nil }
        }
        let isCalled = name(open - 1).map { !keywords.contains($0) } ?? (isSymbol(open - 1, "]") || isSymbol(open - 1, ")"))
        return isCalled ? open : nil
    }

    // MARK: Variables of the text itself

    /// The path with its root in terms of what the text before gives it: the list that a loop goes through, or what it was set to.
    private func bound(_ path: ValuePath, before index: Int) -> ValuePath {
        for place in stride(from: index - 1, through: 0, by: -1) where name(place) == path.root {
            if let element = loopElement(variableAt: place, before: index) {
                return ValuePath(root: element.root, steps: element.steps + [.element] + path.steps)
            }
            guard isSymbol(place + 1, "="), !isSymbol(place + 2, "="), !isSymbol(place - 1, "."), !isSymbol(place - 1, ":"), !isSymbol(place - 1, ","),
                  !isWithinTable(place), name(place + 2) != path.root, let end = expressionEnd(from: place + 2), end < index, let value = self.path(endingAt: end)
            else { continue }
            return ValuePath(root: value.root, steps: value.steps + path.steps)
        }
        return path
    }

    private func isWithinTable(_ index: Int) -> Bool { openBracket(before: index).map { isSymbol($0, "{") } ?? false }

    /// The list whose elements a loop's second variable holds: `for _, a in ipairs(list) do`.
    private func loopElement(variableAt index: Int, before end: Int) -> ValuePath? {
        guard isSymbol(index - 1, ","), name(index - 3) == "for", name(index + 1) == "in", ["ipairs", "pairs"].contains(name(index + 2)),
              isSymbol(index + 3, "("), let last = expressionEnd(from: index + 4), last < end, isSymbol(last + 1, ")")
        else { return nil }
        return path(endingAt: last)
    }

    /// The last token of a value that is a name with what leads from it.
    private func expressionEnd(from start: Int) -> Int? {
        guard let first = name(start), !keywords.contains(first) else { return nil }
        var end = start
        while tokens.indices.contains(end + 1) {
            switch tokens[end + 1].kind {
            case .string(_, isClosed: true): end += 1
            case .symbol(UInt8(ascii: ".")) where name(end + 2) != nil, .symbol(UInt8(ascii: ":")) where name(end + 2) != nil: end += 2
            case .symbol(UInt8(ascii: "(")), .symbol(UInt8(ascii: "{")), .symbol(UInt8(ascii: "[")):
                guard let close = closeBracket(after: end + 1) else { return nil }
                end = close
            default: return end
            }
        }
        return end
    }

    private func closeBracket(after index: Int) -> Int? {
        var depth = 0
        for candidate in index..<tokens.count {
            guard case .symbol(let symbol) = tokens[candidate].kind else { continue }
            if "([{".utf8.contains(symbol) { depth += 1 }
            if ")]}".utf8.contains(symbol) { depth -= 1 }
            if depth == 0 { return candidate }
        }
        return nil
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
