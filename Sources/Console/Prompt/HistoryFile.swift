import Files
import Glibc

/// The entries of earlier sessions, in readline's format: each below a line `#seconds`, so that one of several rows stays one.
///
/// Sessions add to the file entry by entry, so none loses another's.
package struct HistoryFile {
    let path: String
    /// The entries that are kept.
    package static let limit = 10_000
    private static let sizeLimit = 1 << 26

    package init(path: String) { self.path = path }

    /// The newest entries, the oldest first, each once, where it came last; the file is shortened where it has many more.
    ///
    /// - Throws: what keeps the file from being read; none is no history.
    package func entries() throws -> [String] {
        let parts = HistoryFile.parts(of: try bytes())
        if parts.count > HistoryFile.limit + HistoryFile.limit / 10 { try? shorten(to: parts.suffix(HistoryFile.limit)) }
        return HistoryFile.lastOfEach(parts.suffix(HistoryFile.limit))
    }

    /// Adds an entry.
    package func append(_ entry: String) throws {
        try FileExtension(path: path).append(Array("#\(time(nil))\n\(entry)\n".utf8))
    }

    private func bytes() throws -> [UInt8] {
        do {
            return try FileReading(path: path, limit: HistoryFile.sizeLimit).bytes()
        } catch {
            if error == .failed(FileFailure(number: ENOENT)) { return [] }
            throw error
        }
    }

    private static func lastOfEach(_ parts: ArraySlice<Part>) -> [String] {
        var seen: Set<String> = []
        var newestFirst: [String] = []
        for index in parts.indices.reversed() {
            let entry = parts[index].entry
            if !entry.isEmpty && seen.insert(entry).inserted { newestFirst.append(entry) }
        }
        newestFirst.reverse()
        return newestFirst
    }

    private struct Part {
        /// The line above the entry; empty in files without times.
        var stamp: String
        var entry: String
    }

    /// Where the file begins with a time, an entry goes on to the next one; else every line is an entry.
    private static func parts(of bytes: [UInt8]) -> [Part] {
        var parts: [Part] = []
        let rows: [ArraySlice<UInt8>] = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let lines: [String] = rows.dropLast().map { String(decoding: $0, as: UTF8.self) }
        let hasStamps = !lines.isEmpty && isStamp(lines[0])
        var isNew = true
        for line in lines {
            if isStamp(line) {
                parts.append(Part(stamp: line, entry: ""))
                isNew = true
            } else if hasStamps, let last = parts.indices.last {
                parts[last].entry += isNew ? line : "\n" + line
                isNew = false
            } else {
                parts.append(Part(stamp: "", entry: line))
            }
        }
        return parts
    }

    private static func isStamp(_ line: String) -> Bool {
        let bytes = Array(line.utf8.prefix(2))
        return bytes.count == 2 && bytes[0] == UInt8(ascii: "#") && bytes[1].isDigit
    }

    private func shorten(to parts: ArraySlice<Part>) throws {
        var text = ""
        for part in parts {
            if !part.stamp.isEmpty { text += part.stamp + "\n" }
            text += part.entry + "\n"
        }
        try Array(text.utf8).withUnsafeBytes { try FileReplacement(path: path).write($0) }
    }
}
