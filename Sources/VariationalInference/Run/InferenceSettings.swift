import Mixtures
import Numerics

/// The parts that variational inference by policy search is put together from, and their knobs.
public struct InferenceSettings: Sendable, Equatable {
    /// Components at the start.
    public var components = 1
    public var seed: UInt64 = 0
    public var estimate = GradientEstimate.stein
    public var adaptation = ComponentAdaptation.addAndDelete(.init())
    public var selection = SampleSelection.perComponent(count: 100, reuse: 0)
    public var update = ComponentUpdate.trustRegion
    public var stepSize = StepSize.components
    public var weightUpdate = WeightUpdate.trustRegion
    public var weightStepSize = StepSize.weights
    /// How often an iteration updates the weights, each time with log q as the weights have made it; 1 is the published way. New components
    /// that have little to improve gain weight by a few tenths of a nat an update.
    public var weightSweeps = 1
    /// Whether components draw pairs of samples x and 2μ − x: terms of odd order then cancel in the estimates. Such samples determine half as
    /// many directions, so that components need at least 2·(D + 1) of them.
    public var drawsPairs = false
    /// Whether the scale of a component goes on faster where full steps keep changing it in one direction; see ``ScaleAcceleration``.
    public var acceleratesScale = false
    /// The most samples that are kept; nil for 100 000, and no more than ten million numbers.
    public var databaseCapacity: Int?
    /// Where to begin; nil for what the target suggests.
    public var start: InitialMixture?
    /// Threads that the arithmetic uses; the result does not depend on it.
    public var threads = availableCores

    public init() {}

    /// - Throws: `InferenceError` where the parts do not fit the target.
    func validate(for target: any TargetDensity) throws(InferenceError) {
        guard (1...InferenceLimits.components).contains(components) else {
            throw .invalidSettings("from 1 to \(InferenceLimits.components) components are possible, not \(components)")
        }
        if estimate == .more, target.dimension > QuadraticRegression.greatestDimension {
            throw .invalidSettings("the estimate \"more\" is for at most \(QuadraticRegression.greatestDimension) variables, and the target "
                + "\"\(target.name)\" has \(target.dimension); use \"stein\"")
        }
        if let start, start.mean.count != target.dimension {
            throw .invalidSettings("the start has \(start.mean.count) variables, the target \"\(target.name)\" \(target.dimension)")
        }
    }
}

/// What keeps a run within memory.
public enum InferenceLimits {
    public static let components = 10_000
    public static let samplesPerComponent = 1_000_000
}

/// Why an inference cannot begin or go on.
public enum InferenceError: Error, Equatable, CustomStringConvertible {
    case invalidSettings(String)
    /// No value of a whole batch was finite.
    case noFiniteValue(target: String, count: Int, example: [Double], value: Double)

    public var description: String {
        switch self {
        case .invalidSettings(let complaint): complaint
        case .noFiniteValue(let target, let count, let example, let value):
            "the target \"\(target)\" is not finite at any of \(count) places: \(value) at {\(example.prefix(8).map { "\($0)" }.joined(separator: ", "))"
                + (example.count > 8 ? ", …}" : "}") + "; the mixture stays as it was"
        }
    }
}
