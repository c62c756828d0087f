import Mixtures
import Numerics

/// The parts of variational inference by policy search, and their settings.
public struct InferenceSettings: Sendable, Equatable, Codable {
    /// Components at the start.
    public var components = 1
    public var seed: UInt64 = 0
    public var estimate = GradientEstimate.automatic
    public var adaptation = ComponentAdaptation.addAndDelete(.init())
    public var selection = SampleSelection.perComponent(count: 100, reuse: 0)
    public var update = ComponentUpdate.trustRegion
    public var stepSize = StepSize.components
    public var weightUpdate = WeightUpdate.trustRegion
    public var weightStepSize = StepSize.weights
    /// How often an iteration updates the weights, each time with log q recomputed from the weights; 1 as published. New components
    /// that have little to improve gain weight by a few tenths of a nat an update.
    public var weightSweeps = 1
    /// Whether components draw pairs of samples x and 2μ − x: terms of odd order then cancel in the estimates. Such samples determine half as
    /// many directions, so that components need at least 2·(D + 1) of them.
    public var drawsPairs = false
    /// Whether the scale of a component goes on faster where full steps keep changing it in one direction; see ``ScaleAcceleration``.
    public var acceleratesScale = false
    /// How many nats worse a point where the target's density is zero counts than what its surroundings say; see ``ZeroDensityPenalty``.
    public var zeroPenalty = 50.0
    /// The most samples that are kept; nil for 100 000, and no more than ten million numbers.
    public var databaseCapacity: Int?
    /// The initial Gaussian; nil for the start that the target suggests.
    public var start: InitialMixture?
    /// The components to begin with, in place of ``components`` draws of the start.
    public var mixture: GaussianMixture?
    /// Threads that the arithmetic uses; the result does not depend on it.
    public var threads = availableCores

    public init() {}

    /// All but the components to begin with, which a file of an inference holds as they are by then, and the threads, which are the machine's.
    private enum CodingKeys: String, CodingKey {
        case components, seed, estimate, adaptation, selection, update, stepSize, weightUpdate, weightStepSize, weightSweeps, drawsPairs
        case acceleratesScale, zeroPenalty, databaseCapacity, start
    }

    /// - Throws: `InferenceError` where the parts do not fit the target.
    package func validate(for target: any TargetDensity) throws(InferenceError) {
        let count = mixture?.components.count ?? components
        guard (1...InferenceLimits.components).contains(count) else {
            throw .invalidSettings("from 1 to \(InferenceLimits.components) components are possible, not \(count)")
        }
        if case .addAndDelete(let knobs) = adaptation, count > knobs.greatestCount {
            throw .invalidSettings("\(count) components at the start are more than the \(knobs.greatestCount) that there may be")
        }
        if let mixture {
            guard mixture.dimension == target.dimension else {
                throw .invalidSettings("the mixture has \(mixture.dimension) variables, the target \"\(target.name)\" \(target.dimension)")
            }
            guard mixture.components.allSatisfy({ Gaussian.isSound(mean: $0.mean, precisionFactor: $0.precisionFactor) }) else {
                throw .invalidSettings("a component of the mixture is nearly singular, or its numbers are beyond double precision")
            }
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

/// Limits that keep a run within memory.
public enum InferenceLimits {
    public static let components = 10_000
    public static let samplesPerComponent = 1_000_000
    /// Numbers of points, or of components' triangles, that may be held at once: a gibibyte.
    public static let numbers = 1 << 27

    /// The most components with so many samples each. A component holds a triangle of numbers, samples their places, and every pair of a
    /// component and a sample that it is near a weight.
    public static func components(dimension: Int, selection: SampleSelection) -> Int {
        let samples = Double(selection.count) * (1 + selection.reuse)
        return max(1, min(
            numbers / triangleCount(dimension), Int(Double(numbers) / (samples * Double(dimension))),
            Int((Double(4 * numbers) / samples).squareRoot())))
    }
}

/// Why an inference cannot begin or continue.
public enum InferenceError: Error, Equatable, CustomStringConvertible {
    case invalidSettings(String)
    /// The density is zero wherever it was asked.
    case zeroDensity(target: String, count: Int, example: [Double])

    public var description: String {
        switch self {
        case .invalidSettings(let complaint): complaint
        case .zeroDensity(let target, let count, let example):
            "the density of the target \"\(target)\" is zero at all \(count) places, such as {\(example.prefix(8).map { "\($0)" }.joined(separator: ", "))"
                + (example.count > 8 ? ", …}" : "}") + "; begin where it is not, with mean and deviation; the mixture stays as it was"
        }
    }
}
