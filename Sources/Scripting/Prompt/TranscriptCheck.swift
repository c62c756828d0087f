import Foundation
import LuaBridge

/// Runs a transcript again and tells what differs.
public struct TranscriptCheck {
    /// An entry that showed something else than it did.
    public struct Difference: Sendable {
        public var number: Int
        public var line: Int
        public var source: String
        /// The rows, each marked: `- ` was shown, `+ ` is shown now, two blanks both.
        public var rows: [String]
    }

    /// The entries that were run.
    public private(set) var entries = 0
    public private(set) var differences: [Difference] = []
    /// The version of the transcript, where it is another.
    public private(set) var otherVersion: String?

    /// A text that is no transcript.
    public struct NoTranscript: Error, CustomStringConvertible {
        public var description: String { "this is no transcript: session.save \"file.lua\" at the prompt writes one" }
    }

    /// Runs a transcript in a session of its own.
    ///
    /// - Throws: `NoTranscript`; `LuaError` of kind `interrupt` where it was interrupted.
    public init(_ text: String, in session: Session) throws {
        guard let parts = Transcript.parts(of: text) else { throw NoTranscript() }
        session.host = QuietHost()
        session.recordPrinting()
        for part in parts {
            session.transcript = Transcript(seed: 0)
            session.transcript?.begin(part.code, form: .statements)
            do {
                try session.state.call(session.state.load(part.code, name: "=stdin"))
            } catch let error as LuaError where error.kind == .interrupt {
                throw error
            } catch {
                session.transcript?.note("\(error)\n")
            }
            let output = session.transcript?.items.first?.output ?? ""
            if part.number > 0 { entries += 1 }
            compare(part, with: Transcript.rows(output))
        }
        otherVersion = session.startedVersion == Session.version ? nil : session.startedVersion
    }

    private mutating func compare(_ part: Transcript.Part, with rows: [String]) {
        let before = part.expected.map(MaskedRow.init), now = rows.map(MaskedRow.init)
        guard before != now else { return }
        let source = part.code.split(separator: "\n").first.map(String.init) ?? ""
        differences.append(Difference(number: part.number, line: part.line, source: source, rows: TranscriptCheck.merged(before, now)))
    }

    /// Both versions as one list, after the longest common subsequence; long ones are set one below the other.
    private static func merged(_ before: [MaskedRow], _ now: [MaskedRow]) -> [String] {
        guard before.count * now.count <= 1_000_000 else { return before.map { "- " + $0.text } + now.map { "+ " + $0.text } }
        var length = [[Int]](repeating: [Int](repeating: 0, count: now.count + 1), count: before.count + 1)
        for i in before.indices.reversed() {
            for j in now.indices.reversed() {
                length[i][j] = before[i] == now[j] ? length[i + 1][j + 1] + 1 : max(length[i + 1][j], length[i][j + 1])
            }
        }
        var rows: [String] = []
        var (i, j) = (0, 0)
        while i < before.count || j < now.count {
            if i < before.count, j < now.count, before[i] == now[j] {
                rows.append("  " + now[j].text)
                (i, j) = (i + 1, j + 1)
            } else if j == now.count || i < before.count && length[i + 1][j] >= length[i][j + 1] {
                rows.append("- " + before[i].text)
                i += 1
            } else {
                rows.append("+ " + now[j].text)
                j += 1
            }
        }
        return rows
    }

    /// The report, a line for each entry that differs and the rows below it.
    public var text: String {
        var lines: [String] = []
        if let otherVersion { lines.append("the transcript is of avips \(otherVersion), this is \(Session.version)") }
        for difference in differences {
            lines.append("[\(difference.number)] line \(difference.line): \(difference.source)")
            lines += difference.rows.map { "    " + $0 }
        }
        let entries = NumberText.counted(entries, "entry", "entries")
        lines.append(differences.isEmpty
            ? "\(entries), no difference" : "\(NumberText.count(differences.count)) of \(entries) \(differences.count == 1 ? "differs" : "differ")")
        return lines.joined(separator: "\n")
    }
}

/// A row whose times and addresses do not count.
struct MaskedRow: Equatable {
    let text: String
    private let masked: String

    init(_ text: String) {
        self.text = text
        masked = MaskedRow.masked(text)
    }

    static func == (a: MaskedRow, b: MaskedRow) -> Bool { a.masked == b.masked }

    /// The text with "12.5 ms" and "0x55d0c8" replaced.
    private static func masked(_ text: String) -> String {
        let units: Set<String> = ["ns", "µs", "us", "ms", "s", "min", "h", "samples/s"]
        var words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        for index in words.indices {
            if let address = words[index].range(of: "0x"), words[index][address.upperBound...].allSatisfy(\.isHexDigit) { words[index] = "0x" }
            let bare = words[index].filter { !",;.()".contains($0) }
            if index > 0, units.contains(bare), Double(words[index - 1]) != nil { words[index - 1] = "~" }
            // The unit is chosen by size, so it may differ as well.
            if index > 0, words[index - 1] == "~", units.contains(bare) { words[index] = "~" }
        }
        return words.joined(separator: " ")
    }
}

/// Shows nothing and answers nothing.
private final class QuietHost: SessionHost {
    var isInteractive: Bool { false }
    var display: DisplayStyle? { .transcript }
    func write(_ text: String) {}
    func readLine(prompt: String) throws -> String? { nil }
    func withScreen<Result>(_ body: (any KeyScreen) throws -> Result) throws -> Result {
        throw LuaError("there is no terminal here")
    }
}
