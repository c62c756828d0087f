/// A fixed number of single-precision values that start on a cache line: parameters and what belongs to them.
///
/// A value type: copies share their storage until one of them is written to.
public struct AlignedFloats: @unchecked Sendable {
    private final class Storage {
        let pointer: UnsafeMutablePointer<Float>
        let count: Int
        private let registers = Registers()

        init(count: Int) {
            self.count = count
            pointer = registers.take(count, repeating: 0)
        }
    }

    private var storage: Storage

    /// Zeros.
    public init(count: Int) { storage = Storage(count: count) }

    /// Copies values.
    public init(_ values: some Collection<Float>) {
        self.init(count: values.count)
        var index = 0
        for value in values { storage.pointer[index] = value; index += 1 }
    }

    public var count: Int { storage.count }

    /// The values as an array.
    public var array: [Float] { Array(UnsafeBufferPointer(start: storage.pointer, count: count)) }

    /// Calls `body` with the address of the first value; it must not be kept.
    public func withPointer<Result, Failure: Error>(
        _ body: (UnsafePointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafePointer(storage.pointer))
    }

    /// Calls `body` with the address of the first value for writing; shared storage is copied first.
    public mutating func withMutablePointer<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if !isKnownUniquelyReferenced(&storage) {
            let copy = Storage(count: count)
            copy.pointer.update(from: storage.pointer, count: count)
            storage = copy
        }
        defer { withExtendedLifetime(storage) {} }
        return try body(storage.pointer)
    }

    /// Takes over the values of another buffer of the same length, without allocating where the storage is not shared.
    public mutating func assign(_ other: AlignedFloats) {
        precondition(count == other.count, "\(other.count) values do not fit in \(count)")
        other.withPointer { source in withMutablePointer { $0.update(from: source, count: other.count) } }
    }

    /// The values on the way to others of the same length.
    ///
    /// - Parameter share: of the way, 0 for these values and 1 for the others.
    public func interpolated(to other: AlignedFloats, share: Float) -> AlignedFloats {
        precondition(count == other.count, "\(other.count) values beside \(count)")
        let result = AlignedFloats(count: count)
        withPointer { from in
            other.withPointer { to in
                for index in 0..<count { result.storage.pointer[index] = from[index] + share * (to[index] - from[index]) }
            }
        }
        return result
    }

    /// Writes the values of another buffer over those from a place on.
    ///
    /// - Precondition: they fit in.
    public mutating func replace(from start: Int, with other: AlignedFloats) {
        precondition(start >= 0 && other.count <= count - start, "\(other.count) values from \(start) on do not fit in \(count)")
        other.withPointer { source in withMutablePointer { ($0 + start).update(from: source, count: other.count) } }
    }

    /// Whether every value is finite.
    public var isFinite: Bool {
        withPointer { values in
            // Zero times anything finite is zero; a sum with NaN or infinity in it is not.
            var sum = Lanes.zero
            for index in Swift.stride(from: 0, to: count / laneCount * laneCount, by: laneCount) {
                sum = sum.fma(Lanes(loading: values + index), .zero)
            }
            var total = sum.sum()
            for index in count / laneCount * laneCount..<count { total += values[index] * 0 }
            return total == 0
        }
    }

    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "index \(index) of \(count)")
            return withPointer { $0[index] }
        }
        set {
            precondition(index >= 0 && index < count, "index \(index) of \(count)")
            withMutablePointer { $0[index] = newValue }
        }
    }
}

extension AlignedFloats: Equatable {
    /// Whether both hold the same numbers, bit for bit.
    public static func == (left: AlignedFloats, right: AlignedFloats) -> Bool {
        guard left.count == right.count else { return false }
        return left.withPointer { a in
            right.withPointer { b in (0..<left.count).allSatisfy { a[$0].bitPattern == b[$0].bitPattern } }
        }
    }
}
