import ConditionalModels
import Networks

/// The choices that an ensemble of generators is built from, after Lembono et al. (2021).
public struct EnsembleConfiguration: Sendable, Equatable, Codable {
    /// Generators, one of which answers each draw.
    public var generators: Int
    /// Widths of the generators' hidden layers, multiples of 16.
    public var hidden: [Int]
    /// Normal numbers that a generator gets besides the context.
    public var latents: Int
    /// Widths of the discriminator's hidden layers, multiples of 16.
    public var discriminator: [Int]
    /// Seeds the initial parameters.
    public var seed: UInt64

    public init(generators: Int = 10, hidden: [Int] = [208, 208], latents: Int = 16, discriminator: [Int] = [32, 32], seed: UInt64 = 0) {
        self.generators = generators
        self.hidden = hidden
        self.latents = latents
        self.discriminator = discriminator
        self.seed = seed
    }

    public static let generatorRange = 1...64
    public static let latentRange = 1...256

    /// Throws where a choice is out of range.
    public func validate(dimension: Int, inputs: Int) throws(ModelError) {
        try ModelError.check(ModelConfiguration.dimensionRange.contains(dimension), "a generator needs 1 to 64 variables; this one would have \(dimension)")
        try ModelError.check((1...ContextShape.largestCount).contains(inputs), "a generator's context needs 1 to \(ContextShape.largestCount) numbers, not \(inputs)")
        try ModelError.check(Self.generatorRange.contains(generators), "generators must be from 1 to 64, not \(generators)")
        try ModelError.check(Self.latentRange.contains(latents), "latents must be from 1 to 256, not \(latents)")
        for (name, widths) in [("hidden", hidden), ("discriminator", discriminator)] {
            try ModelError.check((1...8).contains(widths.count), "\(name) must list 1 to 8 layers, not \(widths.count)")
            for width in widths {
                try ModelError.check((16...4096).contains(width) && width % 16 == 0, "a width of \(name) must be a multiple of 16 from 16 to 4096, not \(width)")
            }
        }
        let total = generators * Perceptron.parameterCount(widths: [latents + inputs] + hidden + [dimension])
            + Perceptron.parameterCount(widths: [dimension + inputs] + discriminator + [1])
        try ModelError.check(total <= ModelConfiguration.largestParameterCount,
            "a model may have \(ModelConfiguration.largestParameterCount) parameters at most; this one would have \(total)")
    }
}
