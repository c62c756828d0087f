import Numerics

/// How far components, or the weights, move in an iteration: a bound on a divergence for trust regions, a factor for the others.
public enum StepSize: Sendable, Equatable, Codable {
    /// Grows by 1.15 while steps improve what they are to improve, and shrinks by 0.85 while they do not.
    case adapted(initial: Double, range: ClosedRange<Double>)
    /// initial/(1 + n^exponent) after n updates.
    case decaying(initial: Double, exponent: Double)
    case fixed(Double)

    public var initial: Double {
        switch self {
        case .adapted(let initial, _), .decaying(let initial, _), .fixed(let initial): initial
        }
    }

    /// The next step size.
    ///
    /// - Parameters:
    ///   - improved: whether the last step paid; nil before the first.
    ///   - updates: how many updates there were.
    func next(_ value: Double, improved: Bool?, updates: Int) -> Double {
        switch self {
        case .adapted(_, let range): improved.map { AdaptiveBound.next(value, improved: $0, in: range) } ?? value
        case .decaying(let initial, let exponent): initial / (1 + Elementary.exp(exponent * Elementary.log(Double(max(updates, 1)))))
        case .fixed(let value): value
        }
    }
}

extension StepSize {
    /// The usual choices for components and for weights.
    public static let components = StepSize.adapted(initial: 0.1, range: 1e-3...1)
    public static let weights = StepSize.adapted(initial: 0.1, range: 1e-5...4)
}
