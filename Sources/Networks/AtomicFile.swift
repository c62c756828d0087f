import Foundation

/// Files that are replaced as a whole or not at all.
public enum AtomicFile {
    /// Writes to a temporary file beside `path`, forces it to the disk, and renames it; on failure the old file stays and the
    /// temporary one is removed.
    ///
    /// - Throws: ``SafetensorsError`` with the system's reason.
    public static func write(_ data: Data, to path: String) throws(SafetensorsError) {
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
        func failure(_ action: String) -> SafetensorsError {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            return SafetensorsError(path: path, reason: "cannot be \(action): \(reason)")
        }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("written") }
        let written = data.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                offset += count
            }
            return true
        }
        guard written, fsync(descriptor) == 0 else {
            let error = errno
            close(descriptor)
            errno = error
            throw failure("written")
        }
        guard close(descriptor) == 0, rename(temporary, path) == 0 else { throw failure("written") }
    }
}
