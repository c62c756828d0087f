import Synchronization

/// A counter that threads draw indices from.
public final class SharedCounter: Sendable {
    private let value = Atomic<Int>(0)

    public init() {}

    /// The next index, from zero on; each is given out once.
    public func next() -> Int { value.add(1, ordering: .relaxed).oldValue }

    /// How many were given out.
    public var count: Int { value.load(ordering: .relaxed) }
}
