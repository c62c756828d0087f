import ConditionalModels
import LuaBridge
import Mixtures
import RobotModels

/// The options of `avips.model` that say what a new model is built from: declared once for all kinds of models, which differ in defaults.
enum ModelKeys {
    /// What models of robots and bodies are built from where a script says nothing.
    static let robots = ModelConfiguration()
    /// What models of densities, simulators and pairs are.
    static let conditional = ModelConfiguration(components: 16, hidden: [64, 64, 64], leastDeviation: 1.7e-5, greatestDeviation: 100)

    static let robot = RawOption(
        "robot", "Robot, Body or string", "the robot that the model is for; a model in parts needs it if its parts were made for robot:reversed()")
    static let components = OptionKey.integer(
        "components", in: 1...4096, "the number of Gaussians", otherwise: either { "\($0.components)" })
    static let joints = RawOption(
        "joints", "integer", "the number of joints that the model covers, counted from the first: for the lead of a model in parts", range: "1 to the robot's", otherwise: "all")
    static let hidden = OptionKey.integers(
        "hidden", count: 1...32, each: 16...8192, "the widths of the hidden layers, multiples of 16",
        otherwise: either { listText($0.hidden.map(Double.init)) })
    static let context = OptionKey<ContextKind>.choice("context", default: .pose, "the context that the network takes: a pose, or its position alone")
    static let covariance = OptionKey<PrecisionProjection.Shape>.choice("covariance", default: robots.covariance, "the shape of the covariances")
    static let conditioned = OptionKey.flag(
        "conditioned", default: robots.isConditioned, "whether the projection layer keeps covariances within bounds")
    static let minDeviation = OptionKey.number(
        "min_deviation", in: 1e-5...0.5,
        "the smallest standard deviation of a component in any direction, as a fraction of half a joint's range, or of the prior's deviation",
        otherwise: either { plainText($0.leastDeviation) }
    ).formerly("least_deviation")
    static let turning = OptionKey.flag(
        "turning", default: true,
        "whether the model exploits the symmetry of targets under rotation about the first and the last joint's axes (equivariance), where the ranges of these joints are wide enough: the network then has less to learn")
    static let seed = OptionKey.seed("the seed of the initial parameters")
    static let lead = RawOption("lead", "Model", "for a model in parts: the model of the first joints")
    static let rest = RawOption(
        "rest", "Model or FactoredModel",
        "for a model in parts: the model of the other joints, made for the second robot of robot:split(joints); itself a model in parts for three parts or more")
    static let parts = OptionKey.flag(
        "parts",
        "whether the program chooses the model from the robot's structure, autoregressive where that is more accurate: redundant joints first, then the joint that selects the branch, then the rest; train trains all parts",
        otherwise: "true where only a chain and a seed are given, else false")
    static let tip = RawOption("tip", "string", "for a Body: the tip whose position is the context")
    static let lower = OptionKey<SIMD3<Double>?>.value(
        "lower", "list of 3 numbers", "for a Body: the lower corner of the box of positions", unit: "m") { try $0.position() }
    static let upper = OptionKey<SIMD3<Double>?>.value(
        "upper", "list of 3 numbers", "for a Body: the upper corner of that box", unit: "m") { try $0.position() }

    /// What every new model takes.
    private static var built: [any DeclaredOption] { [components, hidden, covariance, conditioned, minDeviation, seed] }
    /// What only the model of a robot takes.
    static var ofRobots: [any DeclaredOption] { [robot, joints, context, turning, parts, lead, rest] + ofBodies }
    /// What the program chooses for a model whose parts it chooses.
    static var settledByPlan: [any DeclaredOption] { [components, covariance, conditioned, minDeviation, joints, context, lead, rest] + ofBodies }
    /// What only the model of a whole body takes.
    static var ofBodies: [any DeclaredOption] { [tip, lower, upper] }
    /// What parts that are models already have settled.
    static var settledByParts: [any DeclaredOption] { built + [joints, context, turning] + ofBodies }

    static var declared: [any DeclaredOption] {
        [robot, components, joints, hidden, context, covariance, conditioned, minDeviation, turning, seed, parts, lead, rest] + ofBodies
            + ConditionalModelEntries.conditionalModelOptions + KindKeys.declared + [EnsembleModelEntries.membersOption]
    }

    /// What the options build from; those that are not given are as usual.
    static func configuration(_ given: LuaBridge.Options, usual: ModelConfiguration, seed: UInt64) throws -> ModelConfiguration {
        var configuration = usual
        if let components = try given[components] { configuration.components = components }
        if let hidden = try given[hidden] { configuration.hidden = hidden }
        if let deviation = try given[minDeviation] { configuration.leastDeviation = deviation }
        if try given[KindKeys.kind] == .gaussian { configuration.components = 1 }
        configuration.covariance = try given[covariance]
        configuration.isConditioned = try given[conditioned]
        configuration.seed = seed
        return configuration
    }

    /// Two defaults in words.
    private static func either(_ text: (ModelConfiguration) -> String) -> String {
        text(robots) + "; " + text(conditional) + " for a target, a simulator or pairs"
    }
}
