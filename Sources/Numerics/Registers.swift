import Glibc

/// Scratch memory of an object: allocated when the object is made, freed with it.
///
/// Large pieces of zeros are memory that the system clears page by page when it is first used: to take gigabytes needs no time.
///
/// Every piece starts on a cache line, so that threads that write to different pieces do not share one. A pointer is valid as long as its
/// `Registers` are; the owner keeps both.
public final class Registers: @unchecked Sendable {
    /// What stands in the cache line before every piece.
    private struct Header {
        /// The header of the piece taken before this one.
        let previous: UnsafeMutableRawPointer?
        /// What was allocated.
        let block: UnsafeMutableRawPointer
    }

    /// The header of the piece taken last.
    private var last: UnsafeMutableRawPointer?
    /// Bytes of a large piece.
    @usableFromInline static let large = 1 << 20

    public init() {}

    /// A piece of `count` values; of one where `count` is zero, so that there always is an address. What is left of its last cache line holds the
    /// same value, so that whole registers may be read.
    ///
    /// - Precondition: copies of `Value` are copies of its bytes; nothing is released with the memory.
    @inlinable
    public func take<Value>(_ count: Int, repeating value: Value) -> UnsafeMutablePointer<Value> {
        let isZero = count * MemoryLayout<Value>.stride >= Self.large && withUnsafeBytes(of: value) { bytes in bytes.allSatisfy { $0 == 0 } }
        let room = room(for: Value.self, count, isZero: isZero)
        if isZero { return room.memory.bindMemory(to: Value.self, capacity: room.capacity) }
        return room.memory.initializeMemory(as: Value.self, repeating: value, count: room.capacity)
    }

    /// A piece with the values of an array; a valid address also for an empty one.
    ///
    /// - Precondition: copies of `Value` are copies of its bytes.
    @inlinable
    public func take<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        let piece = room(for: Value.self, values.count).memory.bindMemory(to: Value.self, capacity: values.count)
        piece.initialize(from: values, count: values.count)
        return piece
    }

    /// Whole cache lines for at least one value, and how many values fit in.
    @inlinable
    func room<Value>(for type: Value.Type, _ count: Int, isZero: Bool = false) -> (memory: UnsafeMutableRawPointer, capacity: Int) {
        precondition(_isPOD(Value.self), "registers hold plain values, not \(Value.self)")
        let bytes = (max(1, count) * MemoryLayout<Value>.stride + 63) & ~63
        return (allocate(bytes, isZero: isZero), bytes / MemoryLayout<Value>.stride)
    }

    @usableFromInline
    func allocate(_ bytes: Int, isZero: Bool) -> UnsafeMutableRawPointer {
        guard let block = isZero ? calloc(128 + bytes, 1) : malloc(128 + bytes) else { fatalError("no memory for \(bytes) bytes") }
        let header = block.alignedUp(toMultipleOf: 64)
        header.storeBytes(of: Header(previous: last, block: block), as: Header.self)
        last = header
        return header + 64
    }

    deinit {
        while let header = last?.load(as: Header.self) {
            last = header.previous
            free(header.block)
        }
    }
}
