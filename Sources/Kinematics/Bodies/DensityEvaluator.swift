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

/// Evaluates a body's density at sixteen configurations at a time, in single precision, about where the body stands; the place of one goal may
/// differ from lane to lane.
///
/// A value owns its workspace: use one per thread.
public final class LaneDensityEvaluator {
    private let evaluation: DensityEvaluation<Lanes>

    public init(_ density: BodyDensity) { evaluation = DensityEvaluation(density.seen(from: density.body.searchFrame.inMetres)) }

    /// Moves the goal of a factor, counted among the goals, to places relative to the density's ``BodyDensity/laneOrigin``, m.
    public func setGoal(_ index: Int, x: Lanes, y: Lanes, z: Lanes) { evaluation.setTarget(Triple(x, y, z), ofGoal: index) }

    /// The logarithms of the density; the gradient replaces what is in `gradient`.
    public func evaluate(_ q: UnsafePointer<Lanes>, gradient: UnsafeMutablePointer<Lanes>) -> Lanes {
        evaluation.evaluate(q, gradient: gradient)
    }

    /// The largest errors of goals at the last evaluation, m and 2·sin(θ/2).
    public var goalErrors: (position: Lanes, rotation: Lanes) { evaluation.goalErrors }
}

extension BodyDensity {
    /// Where single precision measures places from, m, in the base's frame: near where the body stands.
    public var laneOrigin: SIMD3<Double> { body.searchFrame.origin }

    /// The density as it looks in another frame along the same axes.
    ///
    /// - Precondition: the frame is in metres.
    func seen(from frame: SearchFrame) -> BodyDensity {
        precondition(frame.scale == 1, "densities are in metres")
        var result = self
        result.body = body.seen(from: frame)
        result.factors = factors.map { factor in
            switch factor {
            case .goal(var aim, let position, let rotation):
                aim.goal.pose.position = frame.position(aim.goal.pose.position)
                return .goal(aim, position: position, rotation: rotation)
            case .frame(let tip, var pose, let position, let rotation):
                pose.position = frame.position(pose.position)
                return .frame(tip: tip, pose, position: position, rotation: rotation)
            case .balance(let rectangle, nil, let deviation):
                return .balance(rectangle.seen(from: frame), around: nil, deviation: deviation)
            case .balance, .limits, .preference: return factor
            }
        }
        return result
    }
}
