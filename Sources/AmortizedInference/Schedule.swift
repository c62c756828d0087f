import Numerics

/// A number that changes with the progress of a training.
public indirect enum Schedule: Sendable, Equatable, Codable {
    case constant(Double)
    case exponential(from: Double, to: Double)

    /// The value at a share of the budget.
    ///
    /// - Parameter progress: from 0 to 1; what lies outside counts as the nearer end.
    public func value(at progress: Double) -> Double {
        switch self {
        case .constant(let value): value
        case .exponential(let from, let to): from * Elementary.exp(progress * Elementary.log(to / from))
        }
    }
}

extension Schedule: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .constant(value) }
}
