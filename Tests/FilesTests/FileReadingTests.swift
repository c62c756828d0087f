import Files
import Foundation
import Testing

@Suite struct FileReadingTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    @Test func readsWholeFilesOfABearableSize() throws {
        try withDirectory { directory in
            let bytes = [UInt8](repeating: 7, count: 10_000_000)
            try Data(bytes).write(to: URL(fileURLWithPath: directory + "/a"))
            #expect(try FileReading(path: directory + "/a").bytes() == bytes)
            #expect(throws: FileReading.Refusal.tooLarge(bytes: bytes.count, limit: 9_999_999)) {
                try FileReading(path: directory + "/a", limit: 9_999_999).bytes()
            }
            var asked = 0
            #expect(throws: FileReading.Refusal.interrupted) {
                try FileReading(path: directory + "/a").bytes {
                    asked += 1
                    return asked > 1
                }
            }
        }
    }

    /// None of them is waited for, and a file that is said to be large costs nothing.
    @Test func refusesWhatNeedNotEnd() throws {
        try withDirectory { directory in
            #expect(mkfifo(directory + "/pipe", 0o600) == 0)
            #expect(throws: FileReading.Refusal.isNoFile) { try FileReading(path: directory + "/pipe").bytes() }
            #expect(throws: FileReading.Refusal.isNoFile) { try FileReading(path: "/dev/zero").bytes() }
            #expect(throws: FileReading.Refusal.isDirectory) { try FileReading(path: directory).bytes() }
            #expect(throws: FileReading.Refusal.failed(FileFailure(number: ENOENT))) { try FileReading(path: directory + "/none").bytes() }
            #expect(throws: FileFailure.self) { try FileExtension(path: directory + "/pipe").append([65]) }
            try FileExtension(path: directory + "/log").append([65, 66])
            try FileExtension(path: directory + "/log").append([67])
            #expect(try FileReading(path: directory + "/log").bytes() == [65, 66, 67])
            #expect(try FileManager.default.attributesOfItem(atPath: directory + "/log")[.posixPermissions] as? Int == 0o600)
        }
    }

    /// The place of a path does not depend on whether something stands there.
    @Test func locationsAreKnownWithoutTheirFiles() throws {
        try withDirectory { given in
            let directory = FileLocation(given).resolved
            try FileManager.default.createSymbolicLink(atPath: directory + "/out", withDestinationPath: "/etc")
            try FileManager.default.createSymbolicLink(atPath: directory + "/dangling", withDestinationPath: "/no/such/place")
            try FileManager.default.createSymbolicLink(atPath: directory + "/circle", withDestinationPath: "circle")
            #expect(FileLocation(directory + "/dangling/../x").resolved == "/no/such/x")
            #expect(FileLocation(directory + "/dangling").resolved == "/no/such/place")
            #expect(FileLocation(directory + "/circle").resolved == directory + "/circle")
            #expect(FileLocation("/").resolved == "/" && FileLocation("/none").resolved == "/none")
            #expect(FileLocation(directory + "/a/../b").resolved == directory + "/b")
            #expect(FileLocation(directory + "/none/none/../x").resolved == directory + "/none/x")
            #expect(FileLocation(directory + "/out/hostname").resolved == "/etc/hostname")
            #expect(FileLocation(directory + "/out/no such file").resolved == "/etc/no such file")
            for path in ["/out/hostname", "/out/none", "/../x", "/none/../../x", "/none/../../../etc/passwd"] {
                #expect(!FileLocation(directory + path).isBelow(directory), "\(path)")
            }
            for path in ["/x", "/none/x", "/none/../x"] {
                #expect(FileLocation(directory + path).isBelow(directory), "\(path)")
            }
            #expect(!FileLocation(directory).isBelow(directory))
        }
    }
}
