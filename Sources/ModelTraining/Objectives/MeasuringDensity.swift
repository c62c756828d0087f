import ConditionalInference
import Numerics

/// What a density says of sixteen points.
public struct DensityValue: Sendable {
    /// log p̃(x|c), nats, up to a constant.
    public var logDensity: Lanes
    /// How far x is from what the context asks for: a distance (m) and an angle (rad).
    public var distance: Lanes
    public var angle: Lanes

    public init(logDensity: Lanes, distance: Lanes = .zero, angle: Lanes = .zero) {
        self.logDensity = logDensity
        self.distance = distance
        self.angle = angle
    }
}

/// A density around what a context asks for, which also tells how far from that a point is.
///
/// Points are in the model's scaled coordinates, contexts are the network's inputs.
public protocol MeasuringDensity: ConditionalDensity {
    /// Takes on other widths in place; false where it cannot, and its family must make it anew.
    mutating func take(_ widths: TargetWidths) -> Bool

    /// What tells errors in units of the widths from the density; nil where nothing does.
    var errors: ErrorScale? { get }

    /// Evaluates one point of each of sixteen contexts.
    ///
    /// - Parameters:
    ///   - x: one register per coordinate.
    ///   - inputs: the contexts, `stride` numbers from one input to the next.
    ///   - gradient: receives d log p̃/dx.
    func evaluate(_ x: UnsafePointer<Lanes>, inputs: UnsafePointer<Float>, stride: Int, gradient: UnsafeMutablePointer<Lanes>,
                  scratch: UnsafeMutablePointer<Lanes>) -> DensityValue
}

extension MeasuringDensity {
    public mutating func take(_ widths: TargetWidths) -> Bool { false }

    public var errors: ErrorScale? { nil }

    public func evaluate(
        _ points: UnsafePointer<Lanes>, count: Int, contexts: UnsafePointer<Float>, stride: Int, values: UnsafeMutablePointer<Lanes>,
        gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        let n = dimension
        for point in 0..<count {
            values[point] = evaluate(
                points + point * n, inputs: contexts, stride: stride, gradient: gradients + point * n, scratch: scratch
            ).logDensity
        }
    }
}

/// A density without a notion of distance, asked point by point.
struct PointDensity<Base: ConditionalDensity>: MeasuringDensity {
    let base: Base

    var dimension: Int { base.dimension }
    var contextCount: Int { base.contextCount }
    var scratchCount: Int { base.scratchCount }

    func evaluate(_ x: UnsafePointer<Lanes>, inputs: UnsafePointer<Float>, stride: Int, gradient: UnsafeMutablePointer<Lanes>,
                  scratch: UnsafeMutablePointer<Lanes>) -> DensityValue {
        var value = Lanes.zero
        base.evaluate(x, count: 1, contexts: inputs, stride: stride, values: &value, gradients: gradient, scratch: scratch)
        return DensityValue(logDensity: value)
    }
}

/// The standard deviations of a density around what its context asks for, and of its soft edges; densities without such ignore them.
public struct TargetWidths: Sendable, Equatable {
    /// m, rad, and the unit of a variable.
    public var position: Double
    public var rotation: Double
    public var limit: Double

    /// - Precondition: all are positive.
    public init(position: Double, rotation: Double, limit: Double) {
        self.position = position
        self.rotation = rotation
        self.limit = limit
    }

    /// The same with errors that may be so many times as large; edges stay.
    func widened(by factor: Double) -> TargetWidths {
        TargetWidths(position: position * factor, rotation: rotation * factor, limit: limit)
    }
}

/// Densities that differ by their widths only.
public protocol DensityFamily: Sendable {
    /// Whether several threads may evaluate at once; otherwise only the thread that trains does.
    var isConcurrent: Bool { get }

    func density(_ widths: TargetWidths) -> any ConditionalDensity

    /// The widths that belong to what the densities are about, whatever a training's settings say; nil leaves them to the settings.
    var ownWidths: TargetWidths? { get }

    /// What made evaluation impossible since it was asked last: evaluation itself cannot throw.
    func takeFailure() -> (any Error)?
}

extension DensityFamily {
    public var isConcurrent: Bool { true }
    public var ownWidths: TargetWidths? { nil }

    /// The widths at a place of a training.
    public func widths(_ settings: VariationalSettings, at progress: Double) -> TargetWidths { ownWidths ?? settings.widths(at: progress) }

    public func takeFailure() -> (any Error)? { nil }
}
