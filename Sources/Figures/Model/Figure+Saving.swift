#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Figure {
    /// Writes the figure to a file whose name ends in ".svg".
    ///
    /// The text goes to a new file in the same directory, which then takes the old one's place at once: whatever
    /// fails, the path holds either the old file or the whole new one.
    ///
    /// - Throws: `FigureError.unknownExtension` for another ending, `FigureError.notWritten` if the system refuses.
    public func save(to path: String) throws(FigureError) {
        guard path.lowercased().hasSuffix(".svg") else { throw .unknownExtension(path: path) }
        try AtomicFile.replace(Array(svg().utf8), to: path)
    }
}

/// Replaces files as a whole.
private enum AtomicFile {
    static func replace(_ bytes: [UInt8], to path: String) throws(FigureError) {
        let (descriptor, temporary) = try create(beside: path)
        var reason = writeAll(bytes, to: descriptor)
        if reason == nil && fsync(descriptor) != 0 { reason = errno }
        if close(descriptor) != 0 && reason == nil { reason = errno }
        if reason == nil && rename(temporary, path) != 0 { reason = errno }
        if let reason {
            unlink(temporary)
            throw .notWritten(path: path, reason: message(reason))
        }
    }

    /// A new file in the directory of `path`, hidden, under a name that nobody has.
    private static func create(beside path: String) throws(FigureError) -> (descriptor: Int32, path: String) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { String(path[...$0]) } ?? ""
        for attempt in 0..<1000 {
            let temporary = "\(directory).figure-\(getpid())-\(attempt).tmp"
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (descriptor, temporary) }
            if errno != EEXIST { break }
        }
        throw .notWritten(path: path, reason: message(errno))
    }

    /// The error number of a write that failed, or nil.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let written = write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if written >= 0 { done += written } else if errno != EINTR { return errno }
            }
            return nil
        }
    }

    private static func message(_ number: Int32) -> String { String(cString: strerror(number)) }
}
