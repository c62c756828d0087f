import Files
import Foundation

/// Reads and writes the files that scripts name.
struct FileAccess {
    /// Why a file cannot be read or written.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Reading is then confined to the working directory and what lies below; writing is off.
    var isRestricted = false
    /// The bytes that a file may have at most.
    static let sizeLimit = 1 << 30

    /// The bytes of a file; a leading `~` is the home directory.
    func read(_ path: String) throws -> [UInt8] {
        try checkReading(path)
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: NSString(string: path).expandingTildeInPath)))
        } catch {
            throw Failure(description: "cannot read \"\(path)\": \(error.localizedDescription)")
        }
    }

    /// Replaces a file as a whole; whatever fails, the old one stays. A device or a pipe is written to.
    func write(_ bytes: [UInt8], to path: String) throws {
        let destination = try destination(path)
        do {
            try bytes.withUnsafeBytes { try FileReplacement(path: destination).write($0) }
        } catch {
            throw Failure(description: "cannot write \"\(path)\": \(error)")
        }
    }

    /// Makes sure that a path may be read and names a file that ends.
    func checkReading(_ path: String) throws {
        let path = NSString(string: path).expandingTildeInPath
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw Failure(description: errno == ENOENT ? "there is no file \"\(path)\"" : "cannot read \"\(path)\": \(String(cString: strerror(errno)))")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw Failure(description: "\"\(path)\" is a directory, not a file")
        default: throw Failure(description: "\"\(path)\" is a device or a pipe, not a file")
        }
        guard status.st_size <= FileAccess.sizeLimit else {
            throw Failure(description: "\"\(path)\" has \(status.st_size) bytes, at most \(FileAccess.sizeLimit) are read")
        }
        guard isRestricted else { return }
        let root = FileManager.default.currentDirectoryPath
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard resolved.hasPrefix(root + "/") else {
            throw Failure(description: "a safe session reads only below its working directory, not \"\(path)\"")
        }
    }

    /// The name of a file without its directories.
    func lastComponent(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The path to write to, a leading `~` expanded; throws where writing is off.
    func destination(_ path: String) throws -> String {
        guard !isRestricted else { throw Failure(description: "a safe session writes no files, not \"\(path)\" either") }
        return NSString(string: path).expandingTildeInPath
    }

    /// The path to read from, a leading `~` expanded; throws as ``checkReading(_:)`` does.
    func source(_ path: String) throws -> String {
        try checkReading(path)
        return NSString(string: path).expandingTildeInPath
    }
}
