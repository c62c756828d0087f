import Files
import Foundation
import LuaBridge

/// Reads and writes the files that scripts name.
struct FileAccess {
    /// Why a file cannot be read or written.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Reading is then confined to the working directory and what lies below; writing is off.
    var isRestricted = false
    /// Asked while a long file is read.
    var isStopped: (() -> Bool)?
    /// The bytes that a file may have at most; in a restricted session fewer, since what is read is held several times over.
    var sizeLimit: Int { isRestricted ? 1 << 26 : 1 << 30 }

    /// The bytes of a file; a leading `~` is the home directory.
    func read(_ path: String) throws -> [UInt8] {
        let source = try source(path)
        do {
            return try FileReading(path: source, limit: sizeLimit).bytes(isStopped: isStopped)
        } catch .interrupted {
            throw LuaError("interrupted", kind: .interrupt)
        } catch {
            throw failure(path, error)
        }
    }

    /// Throws where it was asked to stop.
    func stopIfAsked() throws { if isStopped?() ?? false { throw LuaError("interrupted", kind: .interrupt) } }

    /// Replaces a file as a whole; whatever fails, the old one stays. A device or a pipe is written to.
    func write(_ bytes: [UInt8], to path: String) throws {
        let destination = try destination(path)
        do {
            try bytes.withUnsafeBytes { try FileReplacement(path: destination).write($0) }
        } catch {
            // A pipe that nobody reads is waited for.
            if (error as? FileFailure)?.number == EINTR { try stopIfAsked() }
            throw Failure(description: "cannot write \"\(path)\": \(error)")
        }
    }

    /// Makes sure that a path may be read and names a file that ends.
    ///
    /// Of a path that may not be read, nothing is told, not even whether it exists.
    func checkReading(_ path: String) throws {
        let expanded = FileLocation.expanded(path)
        guard !isRestricted || FileLocation(expanded).isBelow(".") else {
            throw Failure(description: "a safe session reads only below its working directory, not \"\(path)\"")
        }
        do { try FileReading(path: expanded, limit: sizeLimit).check() } catch { throw failure(path, error) }
    }

    private func failure(_ path: String, _ refusal: FileReading.Refusal) -> Failure {
        switch refusal {
        case .failed(FileFailure(number: ENOENT)): Failure(description: "there is no file \"\(path)\"" + neighbour(of: path))
        case .isDirectory: Failure(description: "\"\(path)\" is a directory, not a file")
        case .isNoFile: Failure(description: "\"\(path)\" is a device or a pipe, not a file")
        case .tooLarge(let bytes, let limit): Failure(description: "\"\(path)\" has \(bytes) bytes, at most \(limit) are read")
        case .failed, .interrupted: Failure(description: "cannot read \"\(path)\": \(refusal)")
        }
    }

    /// "; did you mean "arms/Arm.urdf"?" where the directory that a file is missing in has one of nearly that name.
    private func neighbour(of path: String) -> String {
        let directory = FileLocation(FileLocation.expanded(path)).directory
        guard let names = try? FileTree.names(in: directory), names.count <= Self.namesCompared else { return "" }
        guard let near = nearestName(to: lastComponent(path), among: names) else { return "" }
        return "; did you mean \"\(path.dropLast(lastComponent(path).count))\(near)\"?"
    }
    /// In directories with more files no name is suggested.
    private static let namesCompared = 4096

    /// The name of a file without its directories.
    func lastComponent(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The path to write to, a leading `~` expanded; throws where writing is off.
    func destination(_ path: String) throws -> String {
        guard !isRestricted else { throw Failure(description: "a safe session writes no files, not \"\(path)\" either") }
        return FileLocation.expanded(path)
    }

    /// The path to read from, a leading `~` expanded; throws as ``checkReading(_:)`` does.
    func source(_ path: String) throws -> String {
        try checkReading(path)
        return FileLocation.expanded(path)
    }
}
