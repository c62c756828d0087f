import Glibc

/// Which file stands at a path, and in which state: another one once something else was written there.
public struct FileIdentity: Sendable, Equatable {
    private let numbers: [Int]

    /// - Returns: nil where there is no file.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        numbers = [Int(status.st_dev), Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    }
}
