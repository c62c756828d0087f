import Numerics

/// Evaluates a body's density at one configuration at a time, in double precision.
///
/// A value owns its workspace: use one per thread.
public final class DensityEvaluator {
    public let degreesOfFreedom: Int
    private let evaluation: DensityEvaluation<Double>
    private let registers = Registers()
    private let scratch: UnsafeMutablePointer<Double>

    public init(_ density: BodyDensity) {
        degreesOfFreedom = density.body.degreesOfFreedom
        evaluation = DensityEvaluation(density)
        scratch = registers.take(degreesOfFreedom, repeating: 0)
    }

    /// The logarithm of the density.
    ///
    /// - Parameter gradient: receives the derivatives with respect to the variables; nil where they are not wanted.
    public func evaluate(_ q: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>?) -> Double {
        evaluation.evaluate(q, gradient: gradient ?? scratch)
    }
}

/// Evaluates a body's density at sixteen configurations at a time, in single precision; the place of one goal may differ from lane to
/// lane.
///
/// A value owns its workspace: use one per thread.
public final class LaneDensityEvaluator {
    private let evaluation: DensityEvaluation<Lanes>

    public init(_ density: BodyDensity) { evaluation = DensityEvaluation(density) }

    /// Moves the goal of the first goal factor that follows `skipping` others.
    public func setGoal(_ index: Int, x: Lanes, y: Lanes, z: Lanes) { evaluation.setTarget(Triple(x, y, z), ofGoal: index) }

    /// The logarithms of the density; the gradient replaces what is in `gradient`.
    public func evaluate(_ q: UnsafePointer<Lanes>, gradient: UnsafeMutablePointer<Lanes>) -> Lanes {
        evaluation.evaluate(q, gradient: gradient)
    }

    /// The largest errors of goals at the last evaluation, m and 2·sin(θ/2).
    public var goalErrors: (position: Lanes, rotation: Lanes) { evaluation.goalErrors }
}
