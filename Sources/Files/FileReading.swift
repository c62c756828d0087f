import Glibc

/// Reads a whole file whose size was checked before a byte is read.
public struct FileReading: Sendable {
    /// Why a file was not read.
    public enum Refusal: Error, Equatable, CustomStringConvertible {
        case failed(FileFailure)
        case isDirectory
        /// A device, a pipe or a socket, which need not end.
        case isNoFile
        case tooLarge(bytes: Int, limit: Int)
        case interrupted

        public var description: String {
            switch self {
            case .failed(let failure): failure.description
            case .isDirectory: "it is a directory, not a file"
            case .isNoFile: "it is a device or a pipe, not a file"
            case .tooLarge(let bytes, let limit): "it has \(bytes) bytes, at most \(limit) are read"
            case .interrupted: "interrupted"
            }
        }
    }

    public let path: String
    /// The bytes that the file may have.
    public let limit: Int
    private static let block = 1 << 22

    public init(path: String, limit: Int = 1 << 30) {
        self.path = path
        self.limit = limit
    }

    /// The bytes of the file.
    ///
    /// - Parameter isStopped: polled every few milliseconds; true gives up.
    public func bytes(isStopped: (() -> Bool)? = nil) throws(Refusal) -> [UInt8] {
        // A pipe without a writer must not hold up the opening.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(FileFailure()) }
        defer { close(descriptor) }
        let size = try checkedSize(descriptor)
        var failure: Refusal?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                if let isStopped, isStopped() {
                    failure = .interrupted
                    return
                }
                let part = read(descriptor, buffer.baseAddress! + count, min(FileReading.block, size - count))
                if part == 0 { return }
                if part > 0 {
                    count += part
                } else if errno != EINTR {
                    failure = .failed(FileFailure())
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Makes sure that the file can be read.
    public func check() throws(Refusal) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(FileFailure()) }
        defer { close(descriptor) }
        _ = try checkedSize(descriptor)
    }

    private func checkedSize(_ descriptor: Int32) throws(Refusal) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed(FileFailure()) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .isDirectory
        default: throw .isNoFile
        }
        guard status.st_size <= limit else { throw .tooLarge(bytes: Int(status.st_size), limit: limit) }
        return Int(status.st_size)
    }
}
