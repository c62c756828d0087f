/// What a user typed at the prompt, told apart before Lua sees it.
package enum Entry: Equatable {
    /// Blanks or comments only.
    case nothing
    /// `?topic`; an empty topic asks for the overview.
    case help(topic: String)
    /// `!command`, for the shell.
    case shell(command: String)
    /// `%debug`: the last error is looked at, or a script or code is run line by line.
    case debug(what: String)
    /// `%word`, which is none of the prompt's.
    case unknown(word: String)
    /// Lua source to be run.
    case code(Code)

    package struct Code: Equatable {
        /// The source, without a leading `=`.
        package var source: String
        /// Whether it ends in `;`, so that its values are not shown.
        package var isSilent: Bool
        /// Whether it begins with `local`, which does not outlive the entry.
        package var startsWithLocal: Bool
        /// `%time source`: whether the time that it takes is told.
        package var isTimed = false

        /// The source where it is nothing but a name, or names with dots between them, and comments.
        var path: String? {
            let bytes = Array(source.utf8)
            let words = LuaTokens(bytes).filter { if case .comment = $0.kind { false } else { true } }
            let text = words.map { String(decoding: bytes[$0.range], as: UTF8.self) }.joined()
            return words.first?.kind == .name && text.isPath ? text : nil
        }

        /// The source without the `;` at its end.
        var unsilenced: String {
            var bytes = Array(source.utf8)
            let last = LuaTokens(bytes).reduce(into: LuaToken?.none) { last, token in
                if case .comment = token.kind { return }
                last = token
            }
            if let last, last.kind == .symbol(UInt8(ascii: ";")) { bytes.removeSubrange(last.range) }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// Whether the source may hold what only stands at the end of a chunk, or a label.
        var endsChunk: Bool {
            let bytes = Array(source.utf8)
            return LuaTokens(bytes).contains { token in
                token.kind == .name && ["return", "goto"].contains(String(decoding: bytes[token.range], as: UTF8.self))
            }
        }

        package init(source: String, isSilent: Bool = false, startsWithLocal: Bool = false) {
            self.source = source
            self.isSilent = isSilent
            self.startsWithLocal = startsWithLocal
        }
    }

    /// Reads the text of an entry, of one row or several.
    package init(_ text: String) {
        let source = Entry.withoutPrompts(text)
        let bytes = Array(source.utf8)
        guard let first = bytes.firstIndex(where: { !$0.isBlank }) else { self = .nothing; return }
        switch bytes[first] {
        case UInt8(ascii: "?"):
            let rest = bytes[(first + 1)...], comment = rest.indices.first { rest[$0...].starts(with: "--".utf8) } ?? rest.endIndex
            self = .help(topic: Entry.trimmed(rest[..<comment]))
        case UInt8(ascii: "!"):
            self = .shell(command: Entry.trimmed(bytes[(first + 1)...]))
        case UInt8(ascii: "%"):
            let word = bytes[(first + 1)...].prefix { $0.continuesName }
            if word.elementsEqual("debug".utf8) {
                self = .debug(what: Entry.trimmed(bytes[word.endIndex...]))
                return
            }
            guard word.elementsEqual("time".utf8) else { self = .unknown(word: String(decoding: word, as: UTF8.self)); return }
            self = Entry.code(String(decoding: bytes[word.endIndex...], as: UTF8.self))
            if case .code(var code) = self {
                code.isTimed = true
                self = .code(code)
            }
        case UInt8(ascii: "="):
            self = Entry.code(String(decoding: bytes[(first + 1)...], as: UTF8.self))
        default:
            self = Entry.code(source)
        }
    }

    private static func code(_ source: String) -> Entry {
        let bytes = Array(source.utf8)
        var first: LuaToken?
        var last: LuaToken?
        var hasOpenComment = false
        for token in LuaTokens(bytes) {
            if case .comment(let isClosed) = token.kind {
                hasOpenComment = !isClosed && bytes[token.range].starts(with: Array("--[".utf8))
                continue
            }
            first = first ?? token
            last = token
        }
        guard let first, let last else { return hasOpenComment ? .code(Code(source: source)) : .nothing }
        return .code(Code(
            source: source,
            isSilent: last.kind == .symbol(UInt8(ascii: ";")),
            startsWithLocal: first.kind == .name && bytes[first.range].elementsEqual("local".utf8)))
    }

    /// The text without the prompts that come along when lines are copied from a session.
    static func withoutPrompts(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { row -> Substring in
                for prompt in Prompt.pasted {
                    let unindented = row.drop { $0 == " " }
                    if unindented.hasPrefix(prompt.mark) { return unindented.dropFirst(prompt.mark.count).drop(prefix: " ") }
                }
                return row
            }
            .joined(separator: "\n")
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let text = bytes.drop { $0.isBlank }
        let end = text.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? text.startIndex
        return String(decoding: text[..<end], as: UTF8.self)
    }
}

/// The prompts; those of entries are of equal width.
package enum Prompt: Equatable {
    case entry
    case continuation
    /// That of something else which asks for a line.
    case other(String)

    /// Those that come along when lines are copied from a session.
    static let pasted: [Prompt] = [.entry, .continuation]

    /// What a pasted prompt is recognised by.
    var mark: String {
        switch self {
        case .entry: "avips>"
        case .continuation: "...>"
        case .other(let text): text
        }
    }

    /// The prompt as it is shown.
    var text: String {
        switch self {
        case .entry: "avips> "
        case .continuation: "  ...> "
        case .other(let text): text
        }
    }
}

extension Substring {
    fileprivate func drop(prefix: String) -> Substring { hasPrefix(prefix) ? dropFirst(prefix.count) : self }
}
