import Glibc

/// Puts new contents in a file's place at once: at every moment either the old or the whole new file stands there.
public struct FileReplacement: Sendable {
    /// Why the system refused.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        /// The system's error number.
        public var number: Int32

        public init(number: Int32 = errno) { self.number = number }

        public var description: String { String(cString: strerror(number)) }
    }

    public let path: String

    public init(path: String) { self.path = path }

    /// Writes a new file in the same directory, which then takes the old one's place and mode. What a symbolic link points to
    /// is replaced, not the link; what is no regular file is written to as it is.
    ///
    /// - Throws: ``Failure`` with the system's reason; nothing has changed then, and nothing is left behind.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR { throw Failure(number: EISDIR) }
        if exists, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Failure() }
            defer { close(descriptor) }
            return try write(bytes, to: descriptor)
        }
        let target = exists ? resolved : path
        let (descriptor, temporary) = try create(beside: target)
        do {
            defer { close(descriptor) }
            if exists { fchmod(descriptor, status.st_mode & 0o7777) }
            try write(bytes, to: descriptor)
            guard fsync(descriptor) == 0, rename(temporary, target) == 0 else { throw Failure() }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private var resolved: String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// A hidden file in the directory of `target`, under a name that nobody has.
    private func create(beside target: String) throws -> (descriptor: Int32, path: String) {
        let directory = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
        for attempt in 0..<1000 {
            let temporary = "\(directory).avips-\(getpid())-\(attempt).tmp"
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (descriptor, temporary) }
            if errno != EEXIST { throw Failure() }
        }
        throw Failure(number: EEXIST)
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count >= 0 { done += count } else if errno != EINTR { throw Failure() }
        }
    }
}
