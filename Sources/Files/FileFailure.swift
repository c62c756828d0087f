import Glibc

/// Why the system refused to do something with a file.
public struct FileFailure: Error, Equatable, CustomStringConvertible {
    /// The system's error number.
    public var number: Int32

    public init(number: Int32 = errno) { self.number = number }

    public var description: String { String(cString: strerror(number)) }
}
