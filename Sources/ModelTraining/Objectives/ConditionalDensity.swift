import Numerics

/// What a density says of sixteen points.
public struct DensityValue: Sendable {
    /// log p̃(x|c), nats, up to a constant.
    public var logDensity: Lanes
    /// How far x is from what the context asks for, where the density has such a notion: a distance (m) and an angle (rad).
    public var distance: Lanes
    public var angle: Lanes

    public init(logDensity: Lanes, distance: Lanes = .zero, angle: Lanes = .zero) {
        self.logDensity = logDensity
        self.distance = distance
        self.angle = angle
    }
}

/// An unnormalised density p̃(x|c) whose logarithm and gradient can be evaluated.
///
/// Points are in the model's scaled coordinates, contexts are the network's inputs; sixteen pairs are evaluated at a time.
public protocol ConditionalDensity: Sendable {
    /// The number of coordinates of x.
    var dimension: Int { get }
    /// Places of scratch that an evaluation needs.
    var scratchCount: Int { get }

    /// Takes on other widths in place; false where it cannot, and its family must make it anew.
    mutating func take(_ widths: TargetWidths) -> Bool

    /// - Parameters:
    ///   - x: one register a coordinate.
    ///   - inputs: the contexts, `stride` numbers from one input to the next.
    ///   - gradient: receives d log p̃/dx.
    func evaluate(_ x: UnsafePointer<Lanes>, inputs: UnsafePointer<Float>, stride: Int, gradient: UnsafeMutablePointer<Lanes>,
                  scratch: UnsafeMutablePointer<Lanes>) -> DensityValue
}

extension ConditionalDensity {
    public mutating func take(_ widths: TargetWidths) -> Bool { false }
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
}

/// Densities that differ by their widths only.
public protocol DensityFamily: Sendable {
    func density(_ widths: TargetWidths) -> any ConditionalDensity
}
