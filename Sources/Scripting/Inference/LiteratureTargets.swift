import LuaBridge
import Mixtures
import VariationalInference

// Targets that the literature on sampling and inference measures itself by.

extension PublishedTargetEntries {
    private static let funnelDimension = OptionKey.integer("dimension", in: 2...400, default: 10, "the number of variables")
    private static let funnelDeviation = OptionKey.number("deviation", in: 0.01...100, default: 3, "the standard deviation of the first variable")
    private static let wellsDimension = OptionKey.integer("dimension", in: 2...400, default: 32, "the number of variables, an even one")
    private static let forty = DrawnTarget(dimension: 2, seed: 0)

    func registerLiterature() throws {
        try state.register(Function(
            "avips.target.seeds", "Random effects logistic regression of seeds that germinated on 21 plates (Crowder 1978).",
            returns: "Target with 26 variables: a0, a1, a12, a2, the plates' effects b1 to b21, and the logarithm of their precision; the logarithm of its integral is -73.41",
            example: "assert(avips.target.seeds().dimension == 26)"
        ) { _ in .object(holding: Target(density: SeedGermination())) })
        try state.register(Function(
            "avips.target.brownian", "Brownian motion whose middle third was not observed, with unknown scales (Inference Gym).",
            returns: "Target with 32 variables: the logarithms of the innovations' and the observations' standard deviations, and 30 positions",
            example: "assert(avips.target.brownian().dimension == 32)"
        ) { _ in .object(holding: Target(density: BrownianMotion())) })
        try state.register(Function(
            "avips.target.funnel", "Neal's funnel: v ~ N(0, deviation²), and the other variables ~ N(0, exp(v)).",
            parameters: [.options([Self.funnelDimension, Self.funnelDeviation])],
            returns: "Target; the logarithm of its integral is 0", example: "assert(avips.target.funnel():logpdf{0, 0, 0, 0, 0, 0, 0, 0, 0, 0} < 0)"
        ) { arguments in
            let options = try arguments.options(1)
            return .object(holding: Target(density: Funnel(
                dimension: try options[Self.funnelDimension], deviation: try options[Self.funnelDeviation])))
        })
        try state.register(Function(
            "avips.target.many_wells", "Independent double wells of two variables each, with 2^(dimension/2) modes.",
            parameters: [.options([Self.wellsDimension])],
            returns: "Target; the logarithm of its integral is 5.1467 a variable, 164.696 for 32",
            example: "assert(avips.target.many_wells{ dimension = 2 }:logpdf{0, 0} == 0)"
        ) { arguments in
            let options = try arguments.options(1)
            let dimension = try options[Self.wellsDimension]
            guard dimension % 2 == 0 else { throw ArgumentError("option dimension must be even, since wells have two variables each; got \(dimension)") }
            return .object(holding: Target(density: ManyWells(dimension: dimension)))
        })
        try state.register(Function(
            "avips.target.forty_gaussians", "Forty Gaussians of equal weight and unit covariance whose means are uniform in [-40, 40].",
            parameters: [.options(Self.forty.declared)],
            returns: "Target; the logarithm of its integral is 0", example: "assert(avips.target.forty_gaussians{ dimension = 5 }.dimension == 5)"
        ) { arguments in
            let (dimension, seed) = try Self.forty.read(arguments.options(1))
            return .object(holding: Target(density: MixtureTarget.forty(dimension: dimension, seed: seed)))
        })
    }
}
