import LuaBridge

/// What was entered at a prompt and what it showed, as Lua that can be run again.
///
/// The text is a script: a header with version and seed, then each entry under a numbered comment, followed by what it showed in
/// comments that begin with `-->`. An entry that is an expression is shown with `avips.show`; one that failed, or that cannot
/// stand in the middle of a script, is handed to `avips.session.run` as text.
public struct Transcript: Sendable {
    /// How an entry takes part in a script.
    public enum Form: Sendable {
        /// An expression, whose values are shown.
        case expression
        /// An expression whose values are kept but not shown.
        case silentExpression
        /// Statements as they are.
        case statements
        /// Text that is run by itself.
        case text
    }

    struct Item: Sendable {
        var source: String
        var form: Form
        var output = ""
    }

    /// The seed that the session began with.
    public let seed: UInt64
    private(set) var items: [Item] = []
    private var isToBeForgotten = false

    /// Entries are kept up to so many, and of the output of each so many bytes.
    private static let limits = (items: 100_000, output: 1 << 20)

    public init(seed: UInt64) { self.seed = seed }

    /// Begins a new entry; what is noted from now on belongs to it.
    public mutating func begin(_ source: String, form: Form) {
        guard items.count < Transcript.limits.items else { return }
        // A row of the source must not look like one of the transcript's own.
        let source = source.replacing("\r\n", with: "\n")
        let rows = source.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("-->") || $0.hasPrefix("-- [") ? " " + $0 : $0 }
        items.append(Item(source: rows.joined(separator: "\n"), form: form))
    }

    /// Takes back the entry that was begun last.
    public mutating func forget() { _ = items.popLast() }

    /// Lets the entry that runs now be taken back at its end: what saves a transcript is no part of it.
    public mutating func forgetAtEnd() { isToBeForgotten = true }

    /// Ends the entry that was begun last.
    public mutating func end() {
        if isToBeForgotten { forget() }
        isToBeForgotten = false
    }

    /// Notes what the entry shows; a carriage return, which ends a comment in Lua, and other control characters are spelled out.
    public mutating func note(_ text: String) {
        guard let last = items.indices.last, items[last].output.utf8.count < Transcript.limits.output else { return }
        let isLong = text.utf8.count > Transcript.limits.output
        items[last].output += (isLong ? String(decoding: text.utf8.prefix(Transcript.limits.output), as: UTF8.self) : text).harmless()
    }

    /// Notes that the entry failed.
    public mutating func fail(_ message: String) {
        guard let last = items.indices.last else { return }
        items[last].form = .text
        note(message + "\n")
    }

    // MARK: Text

    /// The script.
    public func text(version: String, date: String) -> String {
        var lines = [
            "-- A session with avips \(version) on \(date). `avips FILE` runs it again; `avips --check FILE` shows what differs.",
            "avips.session.start{ version = \"\(version)\", seed = \(Int64(bitPattern: seed)) }",
        ]
        for (index, item) in items.enumerated() {
            lines += ["", "-- [\(index + 1)]", Transcript.code(of: item)]
            lines += Transcript.rows(item.output).map { $0.isEmpty ? "-->" : "--> " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func code(of item: Item) -> String {
        switch item.form {
        case .statements: item.source
        case .expression: call("avips.show", item.source)
        case .silentExpression: call("avips.session.keep", item.source)
        case .text: "avips.session.run " + bracketed(item.source)
        }
    }

    // A comment in the source may run to the end of its row.
    private static func call(_ function: String, _ source: String) -> String {
        source.contains("\n") || source.contains("--") ? "\(function)(\n\(source)\n)" : "\(function)(\(source))"
    }

    private static func bracketed(_ source: String) -> String {
        var level = "="
        while source.contains("]\(level)]") { level += "=" }
        return "[\(level)[\n\(source)\n]\(level)]"
    }

    /// The rows of an output, without the newline at its end.
    static func rows(_ output: String) -> [String] {
        guard !output.isEmpty else { return [] }
        let text = output.hasSuffix("\n") ? String(output.dropLast()) : output
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    // MARK: Reading

    /// A part of a transcript: code, and the rows that it showed.
    struct Part {
        /// The number of its entry; 0 for the header.
        var number: Int
        /// The line of the file where the code begins.
        var line: Int
        var code: String
        var expected: [String]
    }

    /// The parts of a text; nil where it is no transcript.
    static func parts(of text: String) -> [Part]? {
        guard text.contains("avips.session.start") else { return nil }
        var parts = [Part(number: 0, line: 1, code: "", expected: [])]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let last = parts.count - 1
            if line.hasPrefix("-- ["), line.hasSuffix("]"), let number = Int(line.dropFirst(4).dropLast()), number == parts[last].number + 1 {
                parts.append(Part(number: number, line: index + 2, code: "", expected: []))
            } else if line.hasPrefix("-->") {
                parts[last].expected.append(String(line.dropFirst(line.hasPrefix("--> ") ? 4 : 3)))
            } else {
                parts[last].code += line + "\n"
            }
        }
        return parts
    }
}

extension DisplayStyle {
    /// How transcripts lay out what was shown: the same on every terminal, without the times that differ each time.
    static let transcript = DisplayStyle(width: 100, rows: 20, isUnicode: true, isColored: false, showsTimes: false)
}
