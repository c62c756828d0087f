import Glibc

/// Replaces the contents of a file atomically: at every moment either the old or the complete new file is there.
///
/// Every file that the program writes, whatever it holds, is written here.
public struct FileReplacement: Sendable {
    public typealias Failure = FileFailure

    public let path: String

    public init(path: String) { self.path = path }

    /// Writes a new file in the same directory, which then takes the old one's place and mode. What a symbolic link stands for is
    /// replaced, or made, not the link; what is no regular file is written to as it is.
    ///
    /// The new file has no name until it is complete, so that a process that is killed leaves nothing behind. Where the file system
    /// knows no such files, it has a hidden name and a lock: the next process that writes beside it removes files without a holder.
    ///
    /// - Parameter isDurable: whether the contents must survive a power failure once this returns. Without, such a failure may
    ///   leave an empty file.
    /// - Throws: ``FileFailure`` with the system's reason, `EACCES` for a file that is protected against writing, even by a user who may
    ///   do anything; nothing has changed then, and no file is left over.
    public func write(_ bytes: UnsafeRawBufferPointer, isDurable: Bool = true) throws {
        let target = try FileLocation(path).withoutLinks()
        let mode = try replaceableMode(target)
        if let mode, mode & S_IFMT != S_IFREG { return try writeInto(target, bytes) }
        let file = try NewFile(beside: target)
        do {
            if let mode { fchmod(file.descriptor, mode & 0o7777) }
            try writeAll(bytes, to: file.descriptor)
            guard !isDurable || fsync(file.descriptor) == 0 else { throw Failure() }
            try file.take(placeOf: target)
        } catch {
            file.discard()
            throw error
        }
    }

    /// Makes sure that the file could be written now, for what is to be written after long work. What stands at the path is left as it is.
    ///
    /// - Throws: ``FileFailure`` as ``write(_:isDurable:)`` before its first byte: a directory that does not exist, one or a file without
    ///   permission to write, a directory in the file's place.
    public func check() throws {
        let target = try FileLocation(path).withoutLinks()
        if let mode = try replaceableMode(target), mode & S_IFMT != S_IFREG { return }
        let file = try NewFile(beside: target)
        file.discard()
    }

    /// The mode of what stands at a path, a file or a device; nil where nothing does.
    ///
    /// - Throws: ``FileFailure`` where it must not be written to.
    private func replaceableMode(_ target: String) throws(Failure) -> mode_t? {
        var status = stat()
        guard stat(target, &status) == 0 else { return nil }
        if status.st_mode & S_IFMT == S_IFDIR { throw Failure(number: EISDIR) }
        if status.st_mode & 0o222 == 0 || access(target, W_OK) != 0 { throw Failure(number: EACCES) }
        return status.st_mode
    }

    private func writeInto(_ target: String, _ bytes: UnsafeRawBufferPointer) throws {
        let descriptor = open(target, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure() }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor)
    }
}
