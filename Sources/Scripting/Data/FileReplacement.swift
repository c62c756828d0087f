import Glibc

/// Puts new contents in a file's place at once.
struct FileReplacement {
    /// Why the system refused.
    struct Failure: Error, CustomStringConvertible {
        var number = errno
        var description: String { String(cString: strerror(number)) }
    }

    let path: String

    /// Writes a new file in the same directory, which then takes the old one's place and mode. What a symbolic link points to
    /// is replaced, not the link; what is no regular file is written to as it is.
    func write(_ bytes: [UInt8]) throws {
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

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if count >= 0 { done += count } else if errno != EINTR { throw Failure() }
            }
        }
    }
}
