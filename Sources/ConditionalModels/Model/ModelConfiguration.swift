import Mixtures
import Networks

/// The choices that a conditional mixture is built from.
public struct ModelConfiguration: Sendable, Equatable, Codable {
    /// The number of components K.
    public var components: Int
    /// Widths of the trunk's hidden layers, multiples of 16.
    public var hidden: [Int]
    public var covariance: PrecisionProjection.Shape
    /// Whether coordinates go to infinity at the edges of their ranges (``ModelCoordinates``): the mixture is then one over these coordinates.
    public var isBounded = false
    /// Bounds on the standard deviation in any direction, in coordinates scaled by the model's ``SampleSpace``.
    public var leastDeviation: Double
    public var greatestDeviation: Double
    /// False leaves covariances without bounds.
    public var isConditioned: Bool
    /// Seeds the initial parameters.
    public var seed: UInt64

    /// A configuration with the defaults of `avips.model` for robots; ``validate(dimension:inputs:)`` checks it.
    public init(
        components: Int = 32, hidden: [Int] = [256, 256, 256, 256], covariance: PrecisionProjection.Shape = .full,
        leastDeviation: Double = 0.0015, greatestDeviation: Double = 1, isConditioned: Bool = true, seed: UInt64 = 0
    ) {
        self.components = components
        self.hidden = hidden
        self.covariance = covariance
        self.leastDeviation = leastDeviation
        self.greatestDeviation = greatestDeviation
        self.isConditioned = isConditioned
        self.seed = seed
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        components = try values.decode(Int.self, forKey: .components)
        hidden = try values.decode([Int].self, forKey: .hidden)
        covariance = try values.decode(PrecisionProjection.Shape.self, forKey: .covariance)
        // Files of earlier versions do not name it.
        isBounded = try values.decodeIfPresent(Bool.self, forKey: .isBounded) ?? false
        leastDeviation = try values.decode(Double.self, forKey: .leastDeviation)
        greatestDeviation = try values.decode(Double.self, forKey: .greatestDeviation)
        isConditioned = try values.decode(Bool.self, forKey: .isConditioned)
        seed = try values.decode(UInt64.self, forKey: .seed)
    }

    /// How many variables a model of any kind may have.
    package static let dimensionRange = 1...64
    /// The most parameters that a model may have; a training keeps five numbers for each.
    public static let largestParameterCount = 100_000_000

    /// The number of weights and biases, by the widths alone.
    private func parameterCount(dimension: Int, inputs: Int) -> Int {
        let raw = covariance == .full ? triangleCount(dimension) : dimension
        return Perceptron.parameterCount(widths: [inputs] + hidden + [components * (1 + dimension + raw)])
    }

    /// Throws where a choice is out of range.
    public func validate(dimension: Int, inputs: Int) throws(ModelError) {
        try ModelError.check((1...4096).contains(components), "components must be from 1 to 4096, not \(components)")
        try ModelError.check((1...32).contains(hidden.count), "hidden must list 1 to 32 layers, not \(hidden.count)")
        for width in hidden {
            try ModelError.check((16...8192).contains(width) && width % 16 == 0,
                "a hidden width must be a multiple of 16 from 16 to 8192, not \(width)")
        }
        try ModelError.check(Self.dimensionRange.contains(dimension), "a model needs 1 to 64 variables; this one would have \(dimension)")
        let count = parameterCount(dimension: dimension, inputs: inputs)
        try ModelError.check(count <= Self.largestParameterCount,
            "a model may have \(Self.largestParameterCount) parameters at most; this one would have \(count)")
        try ModelError.check(leastDeviation >= 1e-5 && leastDeviation < greatestDeviation && greatestDeviation <= 100,
            "deviations must rise from at least 1e-5 to at most 100, not from \(leastDeviation) to \(greatestDeviation)")
    }
}

/// Why a model cannot be made or used.
public enum ModelError: Error, Equatable, CustomStringConvertible {
    case invalidConfiguration(String)
    /// The file's contents do not describe a model.
    case invalidFile(path: String, reason: String)
    /// The model is about another subject.
    case wrongSubject(expected: String, found: String)
    /// The model covers only a part of the variables.
    case partial(String)
    /// The network of the model has outputs that are not finite.
    case undefined(String)
    /// Two models that cannot be combined.
    case mismatched(String)

    /// Throws ``invalidConfiguration(_:)`` unless a condition holds.
    package static func check(_ condition: Bool, _ message: @autoclosure () -> String) throws(ModelError) {
        if !condition { throw .invalidConfiguration(message()) }
    }

    public var description: String {
        switch self {
        case .invalidConfiguration(let message): message
        case .invalidFile(let path, let reason): "\(path) is not a usable model: \(reason)"
        case .partial(let message): message
        case .mismatched(let message): message
        case .undefined(let name):
            "the network of the model for \(name) gives numbers that are not finite here: its parameters are damaged, or the context is far from all that it was trained on"
        case .wrongSubject(let expected, let found): "the model belongs to \(expected), not to \(found)"
        }
    }
}
