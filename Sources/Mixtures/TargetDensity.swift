import Numerics

/// A density p̃(x) over D variables, known up to a factor, that a mixture is to approximate.
///
/// Evaluation is by batches, so that a target can use the lanes of the processor.
public protocol TargetDensity: Sendable {
    /// Its name in messages: "planar robot, 4 goals".
    var name: String { get }
    /// The number of variables D.
    var dimension: Int { get }
    /// Whether ``evaluate(_:count:into:gradients:)`` gives gradients; otherwise they are never requested.
    var hasGradient: Bool { get }
    /// Whether several threads may evaluate at once; otherwise only the thread that runs the inference evaluates.
    var isConcurrent: Bool { get }
    /// The default start of an inference.
    var start: InitialMixture { get }
    /// The points that a good approximation must cover, where they are known.
    var modes: TargetModes? { get }

    /// log p̃ and its gradient at several points.
    ///
    /// The result for a point depends on that point only, not on its neighbours in the batch. A value of −∞ says that the density is zero
    /// there; its gradient is not looked at. Other values and gradients that are not finite are errors of the target.
    ///
    /// - Parameters:
    ///   - points: `count` points of D numbers each, one point after the other.
    ///   - logDensities: receives `count` numbers, nats.
    ///   - gradients: receives `count` gradients of D numbers each; nil where they are not needed.
    /// - Throws: errors of the evaluation; the inference stops there and keeps its last mixture.
    func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws
}

extension TargetDensity {
    public var hasGradient: Bool { true }
    public var isConcurrent: Bool { true }
    public var start: InitialMixture { InitialMixture(dimension: dimension) }
    public var modes: TargetModes? { nil }

    /// log p̃ at one point, and its gradient where the target has one.
    ///
    /// - Precondition: `x.count == dimension`.
    public func evaluate(_ x: [Double]) throws -> (logDensity: Double, gradient: [Double]?) {
        precondition(x.count == dimension, "\(x.count) numbers for \(dimension) variables")
        var value = 0.0
        guard hasGradient else {
            try evaluate(x, count: 1, into: &value, gradients: nil)
            return (value, nil)
        }
        var gradient = Array(repeating: 0.0, count: dimension)
        try gradient.withUnsafeMutableBufferPointer { try evaluate(x, count: 1, into: &value, gradients: $0.baseAddress) }
        return (value, gradient)
    }
}

/// The start of an inference: component means drawn from a Gaussian, and the components' first covariance, both diagonal.
public struct InitialMixture: Sendable, Equatable, Codable {
    /// The Gaussian that means are drawn from: its mean and its standard deviations, D numbers each.
    public var mean: [Double]
    public var deviations: [Double]
    /// The components' standard deviations, D numbers.
    public var componentDeviations: [Double]
    /// Whether a mixture of one component starts at a draw too; otherwise at the mean.
    public var drawsFirstMean = false

    /// - Precondition: three lists of one length; deviations are positive.
    public init(mean: [Double], deviations: [Double], componentDeviations: [Double]) {
        precondition(mean.count == deviations.count && mean.count == componentDeviations.count, "lists of several lengths")
        precondition((deviations + componentDeviations).allSatisfy { $0 > 0 }, "deviations must be positive")
        self.mean = mean
        self.deviations = deviations
        self.componentDeviations = componentDeviations
    }

    /// Means and components alike N(0, deviation²·I).
    public init(dimension: Int, deviation: Double = 1) {
        let deviations = Array(repeating: deviation, count: dimension)
        self.init(mean: Array(repeating: 0, count: dimension), deviations: deviations, componentDeviations: deviations)
    }

    /// The Gaussian that means are drawn from.
    public var prior: Gaussian { Gaussian(mean: mean, deviations: deviations) }

    /// Draws of ``prior`` as a Latin hypercube: of every variable, each n-th of its probability holds one.
    ///
    /// Few independent draws leave the flanks empty now and then, and a mode there unfound.
    public func means(_ count: Int, using stream: inout RandomStream) -> [[Double]] {
        var result = Array(repeating: mean, count: count)
        for variable in mean.indices {
            var strata = Array(0..<count)
            for index in stride(from: count - 1, to: 0, by: -1) {
                strata.swapAt(index, min(index, Int(stream.uniform() * Double(index + 1))))
            }
            for (place, stratum) in strata.enumerated() {
                let probability = (Double(stratum) + min(max(stream.uniform(), 1e-9), 1 - 1e-9)) / Double(count)
                result[place][variable] += deviations[variable] * Elementary.normalQuantile(probability)
            }
        }
        return result
    }
}

/// The modes of a target, so that those which a mixture covers can be counted.
public struct TargetModes: Sendable {
    public let count: Int
    /// The mode that a point belongs to, counted from 0; nil for none.
    public let nearest: @Sendable ([Double]) -> Int?

    /// - Parameters:
    ///   - count: the number of modes.
    ///   - nearest: the mode that a point of D numbers belongs to, counted from 0; nil for none.
    public init(count: Int, nearest: @escaping @Sendable ([Double]) -> Int?) {
        self.count = count
        self.nearest = nearest
    }
}

/// Why a target could not be evaluated.
public struct TargetError: Error, Equatable, CustomStringConvertible {
    /// The target's ``TargetDensity/name``.
    public var target: String
    /// What happened: "raised an error: ...".
    public var complaint: String

    /// - Parameter complaint: what happened, to follow the target's name: "raised an error: ...".
    public init(target: String, _ complaint: String) {
        self.target = target
        self.complaint = complaint
    }

    /// A value or a gradient that is not finite, and the point at which it occurred.
    public init(target: String, value: Double, isGradient: Bool = false, at point: [Double]) {
        let numbers = point.prefix(12).map { "\($0)" }.joined(separator: ", ")
        self.init(target: target, "is \(value.isNaN ? "NaN" : "\(value)")\(isGradient ? " in its gradient" : "") at {\(numbers)\(point.count > 12 ? ", …" : "")}; "
            + "a log density is a number, or -inf where the density is zero")
    }

    public var description: String { "the target \"\(target)\" \(complaint)" }
}
