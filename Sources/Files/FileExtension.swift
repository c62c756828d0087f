import Glibc

/// Appends to a file that several processes write to, such as a history: each addition stays contiguous.
public struct FileExtension: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// Adds bytes at the end; a file that does not exist is made, for its owner alone.
    ///
    /// - Throws: ``FileFailure``; what is no regular file is refused with `EINVAL`, since a pipe would wait for a reader.
    public func append(_ bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure(number: EINVAL) }
        try bytes.withUnsafeBytes { try writeAll($0, to: descriptor) }
    }
}

/// Writes all bytes, whatever signals come.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(FileFailure) {
    var done = 0
    while done < bytes.count {
        let count = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count >= 0 { done += count } else if errno != EINTR { throw FileFailure() }
    }
}
