import Baselines
import ConditionalModels
import LuaBridge
import ModelTraining
import Networks

/// The kinds of models that `avips.model` makes.
enum ModelKind: String, CaseIterable, Sendable {
    case mixture, gaussian, flow, gan
}

/// The options of `avips.model` that only some kinds of models take.
enum KindKeys {
    static let kind = OptionKey<ModelKind>.choice(
        "kind", default: .mixture,
        "what the model is: a mixture of Gaussians; a single Gaussian; a normalizing flow of coupling blocks, as in IKFlow; generators trained against a discriminator, as in Lembono et al.")

    private static let flow = FlowConfiguration()
    private static let ensemble = EnsembleConfiguration()

    static let blocks = OptionKey.integer(
        "blocks", in: FlowConfiguration.blockRange, default: flow.blocks, "for a flow: blocks of two couplings, between which coordinates are permuted")
    static let coupling = OptionKey<FlowConfiguration.Coupling>.choice(
        "coupling", default: flow.coupling, "for a flow: how couplings change coordinates, by affine functions or by monotone rational-quadratic splines with a learned scale and shift")
    static let clamp = OptionKey.number(
        "clamp", in: FlowConfiguration.clampRange, default: flow.clamp, "for a flow: the bound on the log-scale of an affine coupling, or of a spline's scale")
    static let bins = OptionKey.integer("bins", in: FlowConfiguration.binRange, default: flow.bins, "for a flow of splines: the number of bins of a spline")
    static let width = OptionKey.integer(
        "width", in: FlowConfiguration.widthRange,
        "for a flow: how many coordinates it transforms; those beyond the model's are padded with small noise, and the density is then unknown",
        otherwise: "as many as the model has variables")
    static let noise = OptionKey.number(
        "noise", in: FlowConfiguration.noiseRange, default: flow.noise,
        "for a flow: SoftFlow's greatest deviation of noise on training points, as a share of half a variable's range; 0 for none")
    static let activation = OptionKey<Activation>.value(
        "activation", "string", default: flow.activation, text: "\"leaky_relu\"", "for a flow: the activation of the coefficient networks",
        range: words.map { "\"\($0.0)\"" }.joined(separator: ", ")) { slot in
        let name = try slot.string()
        guard let activation = words.first(where: { $0.0 == name })?.1 else {
            throw slot.invalid("must be " + words.map { "\"\($0.0)\"" }.joined(separator: ", ") + ", got \"\(name)\"")
        }
        return activation
    }
    private static let words: [(String, Activation)] = [("leaky_relu", .leakyRectifier), ("relu", .rectifier), ("silu", .sigmoidLinear)]

    static let generators = OptionKey.integer(
        "generators", in: EnsembleConfiguration.generatorRange, default: ensemble.generators, "for a gan: the number of generators; each sample comes from one of them")
    static let latents = OptionKey.integer(
        "latents", in: EnsembleConfiguration.latentRange, default: ensemble.latents, "for a gan: the number of a generator's standard normal inputs")
    static let discriminator = OptionKey.integers(
        "discriminator", count: 1...8, each: 16...4096, default: ensemble.discriminator, "for a gan: the widths of the discriminator's hidden layers, multiples of 16")

    private static var ofFlows: [any DeclaredOption] { [blocks, coupling, clamp, bins, width, noise, activation] }
    private static var ofGenerators: [any DeclaredOption] { [generators, latents, discriminator] }
    /// What only a mixture takes.
    private static var ofMixtures: [any DeclaredOption] { [ModelKeys.joints, ModelKeys.covariance, ModelKeys.conditioned, ModelKeys.minDeviation] }

    static var declared: [any DeclaredOption] { [kind] + ofFlows + ofGenerators }

    /// Throws where an option belongs to another kind.
    static func check(_ given: LuaBridge.Options, _ kind: ModelKind) throws {
        func refuse(_ keys: [any DeclaredOption], _ goesWith: String) throws {
            if let other = given.given(keys).first { throw given.invalid(other, "goes with \(goesWith), not with kind = \"\(kind.rawValue)\"") }
        }
        if kind != .flow { try refuse(ofFlows, "kind = \"flow\"") }
        if kind != .gan { try refuse(ofGenerators, "kind = \"gan\"") }
        if kind == .flow || kind == .gan { try refuse(ofMixtures + [ModelKeys.components, ModelKeys.parts, ModelKeys.lead, ModelKeys.rest] + ModelKeys.ofBodies, "a mixture") }
        if kind == .gaussian { try refuse([ModelKeys.components, ModelKeys.parts], "a mixture") }
    }

    /// What a flow is built from.
    static func flow(_ given: LuaBridge.Options, seed: UInt64) throws -> FlowConfiguration {
        var configuration = flow
        if let hidden = try given[ModelKeys.hidden] { configuration.hidden = hidden }
        configuration.blocks = try given[blocks]
        configuration.coupling = try given[coupling]
        configuration.clamp = try given[clamp]
        configuration.bins = try given[bins]
        configuration.width = try given[width] ?? 0
        configuration.noise = try given[noise]
        configuration.activation = try given[activation]
        configuration.seed = seed
        return configuration
    }

    /// What an ensemble of generators is built from.
    static func ensemble(_ given: LuaBridge.Options, seed: UInt64) throws -> EnsembleConfiguration {
        var configuration = ensemble
        if let hidden = try given[ModelKeys.hidden] { configuration.hidden = hidden }
        configuration.generators = try given[generators]
        configuration.latents = try given[latents]
        configuration.discriminator = try given[discriminator]
        configuration.seed = seed
        return configuration
    }
}
