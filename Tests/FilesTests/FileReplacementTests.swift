import Files
import Foundation
import Testing

@Suite struct FileReplacementTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    private func write(_ text: String, to path: String) throws {
        try Array(text.utf8).withUnsafeBytes { try FileReplacement(path: path).write($0) }
    }

    @Test func replacesContentsAndKeepsTheMode() throws {
        try withDirectory { directory in
            let path = directory + "/a"
            try write("one", to: path)
            #expect(chmod(path, 0o640) == 0)
            try write("two", to: path)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["a"])
        }
    }

    @Test func followsSymbolicLinks() throws {
        try withDirectory { directory in
            try write("one", to: directory + "/a")
            try FileManager.default.createSymbolicLink(atPath: directory + "/b", withDestinationPath: directory + "/a")
            try write("two", to: directory + "/b")
            #expect(try String(contentsOfFile: directory + "/a", encoding: .utf8) == "two")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory + "/b") == directory + "/a")
        }
    }

    @Test func aLinkToNothingYetMakesWhatItStandsFor() throws {
        try withDirectory { directory in
            try FileManager.default.createSymbolicLink(atPath: directory + "/b", withDestinationPath: "sub/../a")
            try FileManager.default.createDirectory(atPath: directory + "/sub", withIntermediateDirectories: true)
            try write("one", to: directory + "/b")
            #expect(try String(contentsOfFile: directory + "/a", encoding: .utf8) == "one")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory + "/b") == "sub/../a")
            try FileManager.default.createSymbolicLink(atPath: directory + "/c", withDestinationPath: directory + "/c")
            #expect(throws: FileFailure(number: ELOOP)) { try write("x", to: directory + "/c") }
        }
    }

    @Test func filesThatAreProtectedStay() throws {
        try withDirectory { directory in
            try write("one", to: directory + "/a")
            #expect(chmod(directory + "/a", 0o444) == 0)
            #expect(throws: FileFailure(number: EACCES)) { try write("two", to: directory + "/a") }
            #expect(try String(contentsOfFile: directory + "/a", encoding: .utf8) == "one")
        }
    }

    @Test func whatCannotBeWrittenIsToldByTheCheck() throws {
        try withDirectory { directory in
            func check(_ name: String) throws { try FileReplacement(path: directory + "/" + name).check() }
            try write("one", to: directory + "/a")
            try check("a")
            try check("b")
            let failure = try #require(throws: FileFailure.self) { try check("none/b") }
            #expect(failure.number == ENOENT && failure.missingDirectory == directory + "/none")
            #expect(failure.description == "there is no directory \"\(directory)/none\"")
            #expect(throws: FileFailure(number: ENOTDIR)) { try check("a/b") }
            #expect(throws: FileFailure(number: EISDIR)) { try check("../" + (directory as NSString).lastPathComponent) }
            #expect(chmod(directory + "/a", 0o444) == 0)
            #expect(throws: FileFailure(number: EACCES)) { try check("a") }
            #expect(try String(contentsOfFile: directory + "/a", encoding: .utf8) == "one")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["a"])
        }
    }

    @Test func aMoveTellsWhichOfBothIsMissing() throws {
        try withDirectory { directory in
            try write("one", to: directory + "/a")
            let toNowhere = try #require(throws: FileFailure.self) { try FileTree.move(directory + "/a", to: directory + "/none/b") }
            #expect(toNowhere.missingDirectory == directory + "/none")
            #expect(throws: FileFailure(number: ENOENT)) { try FileTree.move(directory + "/b", to: directory + "/none/b") }
            try FileTree.move(directory + "/a", to: directory + "/b")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["b"])
        }
    }

    /// What a process has left that was killed while it wrote goes; what one holds stays.
    @Test func leftoversGoWhenSomethingIsWrittenBesideThem() throws {
        try withDirectory { directory in
            for name in [".avips-1-0.tmp", ".avips-2-0.tmp", "other.tmp"] { try Data().write(to: URL(fileURLWithPath: directory + "/" + name)) }
            let held = open(directory + "/.avips-2-0.tmp", O_WRONLY)
            defer { close(held) }
            #expect(flock(held, LOCK_EX) == 0)
            try write("one", to: directory + "/a")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == [".avips-2-0.tmp", "a", "other.tmp"])
        }
    }

    @Test func failuresLeaveNothingBehind() throws {
        try withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory + "/d", withIntermediateDirectories: true)
            #expect(throws: FileReplacement.Failure(number: EISDIR)) { try write("x", to: directory + "/d") }
            #expect(throws: FileReplacement.Failure.self) { try write("x", to: directory + "/none/x") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["d"])
        }
    }

    /// A device is written to as it is, and one that is full says so.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDevicesAreReported() throws {
        #expect(throws: FileReplacement.Failure(number: ENOSPC)) { try write("x", to: "/dev/full") }
    }
}
