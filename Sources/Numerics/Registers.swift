/// Scratch memory of an object: allocated when the object is made, freed with it.
///
/// Every piece starts on a cache line, so that threads that write to different pieces do not share one. A pointer is valid as long as its
/// `Registers` are; the owner keeps both.
public final class Registers: @unchecked Sendable {
    /// The piece taken last. Each is preceded by a cache line with the address of the one taken before it.
    @usableFromInline var last: UnsafeMutableRawPointer?

    public init() {}

    /// A piece of `count` values; of one where `count` is zero, so that there always is an address. What is left of its last cache line holds the
    /// same value, so that whole registers may be read.
    ///
    /// - Precondition: copies of `Value` are copies of its bytes; nothing is released with the memory.
    @inlinable
    public func take<Value>(_ count: Int, repeating value: Value) -> UnsafeMutablePointer<Value> {
        let room = room(for: Value.self, count)
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
    func room<Value>(for type: Value.Type, _ count: Int) -> (memory: UnsafeMutableRawPointer, capacity: Int) {
        precondition(_isPOD(Value.self), "registers hold plain values, not \(Value.self)")
        let bytes = (max(1, count) * MemoryLayout<Value>.stride + 63) & ~63
        let piece = UnsafeMutableRawPointer.allocate(byteCount: 64 + bytes, alignment: 64)
        piece.storeBytes(of: last, as: UnsafeMutableRawPointer?.self)
        last = piece
        return (piece + 64, bytes / MemoryLayout<Value>.stride)
    }

    deinit {
        while let piece = last {
            last = piece.load(as: UnsafeMutableRawPointer?.self)
            piece.deallocate()
        }
    }
}
