import LuaBridge
import Mixtures
import Numerics
import VariationalInference

/// The options of avips.vips.
struct InferenceOptions {
    private let given: LuaBridge.Options

    init(_ given: LuaBridge.Options) { self.given = given }

    static let target = RawOption("target", "Target", "the density to approximate: avips.target{...} or one of avips.target.*", isRequired: true)
    static let threads = OptionKey.integer("threads", in: 1...1024, "the number of threads; the result does not depend on it", otherwise: "all cores")

    private static let usual = InferenceSettings()
    private static let components = OptionKey.integer(
        "components", in: 1...InferenceLimits.components, "the initial number of components", otherwise: "1, or those of mixture")
    private static let mixture = RawOption("mixture", "Mixture", "the initial mixture, in place of components drawn with mean and deviation")
    private static let seed = OptionKey.seed("the seed of all draws")
    private static let estimate = OptionKey.choice(
        "estimate", default: usual.estimate, "how the natural gradient is estimated: \"stein\" from gradients, \"more\" from values alone, or \"auto\" from gradients until the density is found to leap, which they do not show, and from values from then on, if samples is at least 1 + D + D (D + 1)/2, twice that with antithetic")
    private static let selection = OptionKey<SelectionChoice>.choice(
        "selection", default: .perComponent, "what samples are drawn from: each component (\"per_component\") or the \"mixture\"")
    private static let samples = OptionKey.integer(
        "samples", in: 1...InferenceLimits.samplesPerComponent, default: 100, "samples per component update")
    private static let antithetic = OptionKey.flag(
        "antithetic", default: usual.drawsPairs,
        "whether samples are drawn in pairs mirrored at the mean; components then need at least 2 (D + 1) of them")
    private static let reuse = OptionKey.number(
        "reuse", in: 0...100, default: 0, "how many stored samples are reused, as a multiple of samples")
    private static let update = OptionKey.choice("update", default: usual.update, "the update rule of the components")
    private static let componentSteps = StepOptions("", usual: usual.stepSize, of: "the components'", first: "its initial step size, of a trust region in nats")
    private static let accelerateScale = OptionKey.flag(
        "accelerate_scale", default: usual.acceleratesScale,
        "whether a component's scale changes faster while full steps keep moving it in one direction: for heavy tails in many dimensions")
    private static let weightUpdate = OptionKey.choice("weight_update", default: usual.weightUpdate, "the update rule of the weights")
    private static let weightSweeps = OptionKey.integer(
        "weight_sweeps", in: 1...1000, default: usual.weightSweeps, "weight updates per iteration, each with log q recomputed after the previous one")
    private static let weightSteps = StepOptions("weight_", usual: usual.weightStepSize, of: "the weights'", first: "its initial step size")
    private static let zeroPenalty = OptionKey.number(
        "zero_penalty", in: 0...1e6, default: usual.zeroPenalty,
        "the penalty in nats for a point of density zero (a logdensity of -inf), relative to what its surroundings suggest; larger values keep the mixture farther from such points")
    private static let database = OptionKey.integer(
        "database", in: 1...100_000_000, "the largest number of samples kept", otherwise: "100000, but at most 1e7 numbers")
    private static let mean = RawOption(
        "mean", "list of numbers", "the mean of the Gaussian that component means are drawn from", otherwise: "what the target suggests")
    private static let deviation = RawOption(
        "deviation", "number or list of numbers", "its standard deviation, and that of the first components", range: "1e-9 to 1e9",
        otherwise: "what the target suggests")

    static var declared: [any DeclaredOption] {
        [target, components, mixture, seed, estimate] + AdaptationOptions.declared + [selection, samples, antithetic, reuse, update]
            + componentSteps.declared + [accelerateScale, weightUpdate, weightSweeps] + weightSteps.declared
            + [zeroPenalty, database, mean, deviation, threads]
    }

    /// The settings of an inference.
    ///
    /// - Parameter spare: A seed for options that name none.
    func settings(for target: any TargetDensity, seed spare: () -> UInt64) throws -> InferenceSettings {
        var settings = Self.usual
        settings.mixture = try startMixture(for: target)
        settings.components = try given[Self.components] ?? settings.mixture?.components.count ?? settings.components
        settings.seed = try given[Self.seed] ?? spare()
        settings.estimate = try given[Self.estimate]
        settings.adaptation = try AdaptationOptions(given).value(components: settings.components)
        settings.selection = try selection()
        settings.update = try given[Self.update]
        settings.weightUpdate = try given[Self.weightUpdate]
        settings.stepSize = try Self.componentSteps.value(given)
        settings.weightStepSize = try Self.weightSteps.value(given)
        settings.weightSweeps = try given[Self.weightSweeps]
        settings.drawsPairs = try given[Self.antithetic]
        settings.acceleratesScale = try given[Self.accelerateScale]
        settings.zeroPenalty = try given[Self.zeroPenalty]
        settings.databaseCapacity = try given[Self.database]
        settings.threads = try given[Self.threads] ?? settings.threads
        if given.has(Self.mean) || given.has(Self.deviation) { settings.start = try target.start.replaced(by: given) }
        try keepWithinMemory(&settings, target.dimension)
        return settings
    }

    /// The mixture to begin with.
    private func startMixture(for target: any TargetDensity) throws -> GaussianMixture? {
        guard let slot = given[Self.mixture] else { return nil }
        let mixture = try slot.object(Prediction.self).mixture
        guard mixture.dimension == target.dimension else {
            throw slot.invalid("must be over \(target.dimension) variables as the target is, got a mixture over \(mixture.dimension)")
        }
        if given.has(Self.components) {
            throw given.invalid(Self.components, "does not go with mixture, which has \(NumberText.counted(mixture.components.count, "component"))")
        }
        return mixture
    }

    /// Refuses what would need too much memory at once, and bounds the components that may be added.
    private func keepWithinMemory(_ settings: inout InferenceSettings, _ dimension: Int) throws {
        let most = InferenceLimits.components(dimension: dimension, selection: settings.selection), numbers = InferenceLimits.numbers
        guard settings.components <= most else {
            throw ArgumentError("\(settings.components) components with \(settings.selection.count) samples of \(dimension.counted("variable")) each need too much memory; "
                + "at most \(most) are possible")
        }
        if let capacity = settings.databaseCapacity, capacity > numbers / dimension {
            throw ArgumentError("option database must be at most \(numbers / dimension) for \(dimension) variables, got \(capacity)")
        }
        guard case .addAndDelete(var knobs) = settings.adaptation else { return }
        guard max(knobs.candidates, knobs.priorCandidates) <= numbers / dimension else {
            throw ArgumentError("options candidates and prior_candidates must be at most \(numbers / dimension) for \(dimension) variables")
        }
        knobs.greatestCount = min(knobs.greatestCount, most)
        settings.adaptation = .addAndDelete(knobs)
    }

    private func selection() throws -> SampleSelection {
        let count = try given[Self.samples], reuse = try given[Self.reuse]
        return switch try given[Self.selection] {
        case .perComponent: .perComponent(count: count, reuse: reuse)
        case .mixture: .mixture(count: count, reuse: reuse)
        }
    }
}

/// Who draws samples, as scripts say it.
private enum SelectionChoice: String, CaseIterable { case perComponent = "per_component", mixture }
