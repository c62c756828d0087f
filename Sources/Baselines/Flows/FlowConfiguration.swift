import ConditionalModels
import Networks

/// The choices that a conditional normalizing flow is built from; the defaults are a small one.
///
/// IKFlow (Ames, Morgan and Konidaris, RA-L 2022) has 12 blocks, coefficient networks of 3 × 1024 leaky rectifiers, and noise of 0.001.
public struct FlowConfiguration: Sendable, Equatable, Codable {
    public enum Coupling: String, Sendable, Equatable, Codable, CaseIterable {
        case affine, spline
    }

    /// Blocks of two couplings, between which coordinates are permuted.
    public var blocks: Int
    /// The widths of the coefficient networks' hidden layers, multiples of 16.
    public var hidden: [Int]
    public var activation: Activation
    public var coupling: Coupling
    /// The bound on the log-scale of an affine coupling, or of a spline's.
    public var clamp: Double
    /// The pieces of a spline.
    public var bins: Int
    /// Whether splines have a scale and a place of their own (``ScaledSplineCoupling``); those of models of before there were such stay in their box.
    public var scalesSplines: Bool
    /// The number of coordinates that the flow moves; those beyond the model's are filled with small noise. 0 for as many as the model has.
    public var width: Int
    /// SoftFlow's greatest deviation of noise on the coordinates of training points (Kim et al., 2020): how much there was is an input, and
    /// answers are asked for without any. 0 for no noise.
    public var noise: Double
    /// Seeds the permutations and the initial parameters.
    public var seed: UInt64

    public init(
        blocks: Int = 6, hidden: [Int] = [256, 256], activation: Activation = .leakyRectifier, coupling: Coupling = .affine, clamp: Double = 2.5,
        bins: Int = 8, scalesSplines: Bool = true, width: Int = 0, noise: Double = 1e-3, seed: UInt64 = 0
    ) {
        self.blocks = blocks
        self.hidden = hidden
        self.activation = activation
        self.coupling = coupling
        self.clamp = clamp
        self.bins = bins
        self.scalesSplines = scalesSplines
        self.width = width
        self.noise = noise
        self.seed = seed
    }

    public static let blockRange = 1...32
    public static let clampRange = 0.1...10.0
    public static let binRange = 2...32
    public static let widthRange = 2...64
    public static let noiseRange = 0.0...0.5

    /// Throws where a choice is out of range.
    public func validate(dimension: Int, inputs: Int) throws(ModelError) {
        try ModelError.check(ModelConfiguration.dimensionRange.contains(dimension), "a flow needs 1 to 64 variables; this one would have \(dimension)")
        try ModelError.check((1...ContextShape.largestCount).contains(inputs), "a flow's context needs 1 to \(ContextShape.largestCount) numbers, not \(inputs)")
        try ModelError.check(Self.blockRange.contains(blocks), "blocks must be from 1 to 32, not \(blocks)")
        try ModelError.check((1...8).contains(hidden.count), "hidden must list 1 to 8 layers, not \(hidden.count)")
        for layer in hidden {
            try ModelError.check((16...4096).contains(layer) && layer % 16 == 0, "a hidden width must be a multiple of 16 from 16 to 4096, not \(layer)")
        }
        try ModelError.check(Self.clampRange.contains(clamp), "clamp must be from 0.1 to 10, not \(clamp)")
        try ModelError.check(Self.binRange.contains(bins), "bins must be from 2 to 32, not \(bins)")
        try ModelError.check(width == 0 || Self.widthRange.contains(width) && width >= dimension, "width must be 0, or from \(max(2, dimension)) to 64, not \(width)")
        try ModelError.check(width != 0 || dimension >= 2, "a flow of a single variable needs a width of 2 or more: couplings change some coordinates given others")
        try ModelError.check(Self.noiseRange.contains(noise), "noise must be from 0 to 0.5, not \(noise)")
        let count = greatestParameterCount(dimension: dimension, inputs: inputs)
        try ModelError.check(count <= ModelConfiguration.largestParameterCount,
            "a model may have \(ModelConfiguration.largestParameterCount) parameters at most; this one could have \(count)")
    }

    /// What couplings change coordinates by.
    package enum Transform {
        case affine(AffineCoupling)
        case spline(SplineCoupling)
        case scaledSpline(ScaledSplineCoupling)
    }

    package var transform: Transform {
        let affine = AffineCoupling(clamp: clamp), spline = SplineCoupling(bins: bins, bound: Self.splineBound)
        guard coupling == .spline else { return .affine(affine) }
        return scalesSplines ? .scaledSpline(ScaledSplineCoupling(affine: affine, spline: spline)) : .spline(spline)
    }

    /// Splines act on ±5 deviations.
    private static let splineBound = 5.0

    /// What couplings change coordinates by, where its type does not matter.
    private var anyTransform: any CouplingTransform {
        switch transform {
        case .affine(let transform): transform
        case .spline(let transform): transform
        case .scaledSpline(let transform): transform
        }
    }

    /// Raw numbers a coordinate that a coupling changes.
    var rawCount: Int { anyTransform.rawCount }
    /// Places of scratch that a coupling needs.
    var scratchCount: Int { anyTransform.scratchCount }

    /// How many weights and biases there are at most: as though a coupling saw and moved all coordinates.
    private func greatestParameterCount(dimension: Int, inputs: Int) -> Int {
        let total = width == 0 ? dimension : width
        return 2 * blocks * Perceptron.parameterCount(widths: [total + inputs + 1] + hidden + [total * rawCount])
    }
}

extension FlowConfiguration {
    /// Reads a configuration; files of before splines were scaled lack the choice.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        blocks = try values.decode(Int.self, forKey: .blocks)
        hidden = try values.decode([Int].self, forKey: .hidden)
        activation = try values.decode(Activation.self, forKey: .activation)
        coupling = try values.decode(Coupling.self, forKey: .coupling)
        clamp = try values.decode(Double.self, forKey: .clamp)
        bins = try values.decode(Int.self, forKey: .bins)
        scalesSplines = try values.decodeIfPresent(Bool.self, forKey: .scalesSplines) ?? false
        width = try values.decode(Int.self, forKey: .width)
        noise = try values.decode(Double.self, forKey: .noise)
        seed = try values.decode(UInt64.self, forKey: .seed)
    }
}
