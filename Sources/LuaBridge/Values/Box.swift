/// What a Lua userdata holds: one Swift value behind a type tag, which is the box's own class.
public class AnyBox {
    /// What is being done to the contents; nil while they are free.
    final var activity: String?
    /// The bytes that the contents hold outside Lua; lets Lua's collector keep pace with them.
    public final let size: Int
    /// What the object counts for against the memory limit: its contents, and about what Swift needs to hold them.
    final var footprint: Int { size + 128 }
    /// The metatable's key in the Lua registry.
    class var key: UnsafeRawPointer { fatalError("a box has contents") }
    class var contentsType: Any.Type { Never.self }

    fileprivate init(size: Int) { self.size = size }
}

/// A box of one Swift type.
///
/// Contents are read by copy. While `update` changes them, every other use throws `BusyError` instead of violating exclusive access.
public final class Box<Contents>: AnyBox {
    private var contents: Contents

    public init(_ contents: Contents, size: Int = 0) {
        self.contents = contents
        super.init(size: size)
    }

    override class var key: UnsafeRawPointer {
        UnsafeRawPointer(bitPattern: UInt(bitPattern: ObjectIdentifier(Box<Contents>.self))).unsafelyUnwrapped
    }
    override class var contentsType: Any.Type { Contents.self }

    /// The contents.
    ///
    /// - Throws: `BusyError` while they are being changed.
    public func read() throws -> Contents {
        if let activity { throw BusyError(activity: activity) }
        return contents
    }

    /// Changes the contents in place.
    ///
    /// - Parameter activity: What is being done, for the message of `BusyError`: "training".
    /// - Throws: `BusyError` while they are already being changed; what `body` throws.
    public func update<Result>(_ activity: String, _ body: (inout Contents) throws -> Result) throws -> Result {
        if let activity = self.activity { throw BusyError(activity: activity) }
        self.activity = activity
        defer { self.activity = nil }
        return try body(&contents)
    }
}

/// The use of an object while it is being changed.
public struct BusyError: Error, CustomStringConvertible {
    public var activity: String
    public var description: String { "the object is in use (\(activity)); wait until that has ended" }
}
