/// A request to stop, which long computations poll between steps.
///
/// Polling is cheap (a load and a compare) and may be done from any thread.
public struct Cancellation: Sendable {
    @usableFromInline let check: @Sendable () -> Bool

    public init(_ check: @escaping @Sendable () -> Bool) { self.check = check }

    /// Whether the computation should stop at its last whole step.
    @inlinable public var isRequested: Bool { check() }

    /// A computation that is never stopped.
    public static let never = Cancellation { false }
}
