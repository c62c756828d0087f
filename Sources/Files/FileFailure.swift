import Glibc

/// Why the system refused to do something with a file.
public struct FileFailure: Error, Equatable, CustomStringConvertible {
    /// The system's error number.
    public var number: Int32
    /// The directory of a file to be made, where it is the reason that it does not exist.
    public var missingDirectory: String?

    public init(number: Int32 = errno) { self.number = number }

    /// The failure to make a file, by the system's present error number.
    init(making path: String) {
        number = errno
        guard number == ENOENT else { return }
        let directory = FileLocation(path).directory
        if !FileTree.exists(directory) { missingDirectory = directory }
    }

    public var description: String { missingDirectory.map { "there is no directory \"\($0)\"" } ?? String(cString: strerror(number)) }
}
