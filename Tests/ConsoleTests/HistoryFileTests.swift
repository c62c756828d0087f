import Console
import Foundation
import Testing

@Suite struct HistoryFileTests {
    private func withFile(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func entriesComeBackWithTheirRowsAndOnceEach() throws {
        try withFile { path in
            let file = HistoryFile(path: path)
            #expect(try file.entries() == [])
            for entry in ["a", "for i = 1, 2 do\n  print(i)\nend", "b", "a", "#t"] { try file.append(entry) }
            #expect(try file.entries() == ["for i = 1, 2 do\n  print(i)\nend", "b", "a", "#t"])
        }
    }

    @Test func filesWithoutTimesAreReadLineByLine() throws {
        try withFile { path in
            try "one\ntwo\n".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try HistoryFile(path: path).entries() == ["one", "two"])
        }
    }

    @Test func longFilesAreShortened() throws {
        try withFile { path in
            try (0..<12_000).map { "#1\nentry \($0)\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
            let entries = try HistoryFile(path: path).entries()
            #expect(entries.count == HistoryFile.limit && entries.first == "entry 2000" && entries.last == "entry 11999")
            #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("#1\nentry 2000\n"))
        }
    }

    @Test func aPipeIsNoHistory() throws {
        try withFile { path in
            #expect(mkfifo(path, 0o600) == 0)
            #expect(throws: (any Error).self) { try HistoryFile(path: path).entries() }
            #expect(throws: (any Error).self) { try HistoryFile(path: path).append("x") }
        }
    }
}
