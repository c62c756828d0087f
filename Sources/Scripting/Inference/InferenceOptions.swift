import LuaBridge
import Mixtures
import Numerics
import VariationalInference

// The options of avips.vips.

/// How the number of components follows the target, as scripts say it.
private enum AdaptationChoice: String, CaseIterable { case addAndDelete = "add_and_delete", fixed }
private enum SelectionChoice: String, CaseIterable { case perComponent = "per_component", mixture }
private enum StepRule: String, CaseIterable { case adapted, decaying, fixed }

extension Session {
    static var inferenceOptions: [Parameter] { [
        Parameter("target", "Target", "what is approximated: avips.target{...} or one of avips.target.*"),
        Parameter("components", "integer", "the components at the start, from 1 to 10000", default: "1, or those of mixture"),
        Parameter("mixture", "Mixture", "what to begin with, in place of components drawn by mean and deviation", isOptional: true),
        Parameter("seed", "integer", "the seed of all draws", default: "the session's stream"),
        Parameter("estimate", "string", "the natural gradient: \"stein\" from gradients, \"more\" from values alone", default: "\"stein\""),
        Parameter("adaptation", "string", "the number of components: \"add_and_delete\" or \"fixed\"", default: "\"add_and_delete\""),
        Parameter("add_interval", "integer", "iterations from one addition to the next", default: "30"),
        Parameter("additions", "integer", "components that are added a time", default: "1"),
        Parameter("delete_interval", "integer", "iterations without weight and improvement before a component is removed", default: "100"),
        Parameter("max_components", "integer", "the most components, not below those at the start", default: "1000, or those at the start where they are more"),
        Parameter("candidates", "integer", "stored samples that are tried as the place of a new component", default: "1000"),
        Parameter("prior_candidates", "integer", "fresh samples of the start that are tried besides", default: "0"),
        Parameter("new_shape", "string", "the covariance of a new component: \"isotropic\", or as that of the \"nearest\" one", default: "\"isotropic\""),
        Parameter("new_weight", "number", "the weight of a new component; more than the default helps where it has little to improve", default: "1e-29"),
        Parameter("add_thresholds", "list of numbers", "nats of one addition after the other: a new mean has the greatest log p - max(log q, greatest log q - threshold); math.huge looks for modes far away", default: "{5000, 1000, 500, 200, 100, 50}"),
        Parameter("selection", "string", "who draws: every component (\"per_component\") or the \"mixture\"", default: "\"per_component\""),
        Parameter("samples", "integer", "samples that a component is updated from", default: "100"),
        Parameter("antithetic", "boolean", "whether samples are drawn in pairs mirrored at the mean; components then need at least 2 (D + 1) of them", default: "false"),
        Parameter("reuse", "number", "how many stored samples are used again, as a multiple of samples", default: "0"),
        Parameter("update", "string", "the components' update: \"trustregion\", \"iblr\" or \"direct\"", default: "\"trustregion\""),
        Parameter("step_size", "number", "its first step size, for a trust region in nats", default: "0.1"),
        Parameter("step_rule", "string", "how step sizes go on: \"adapted\" to improvement, \"decaying\" or \"fixed\"", default: "\"adapted\""),
        Parameter("step_range", "list of two numbers", "the least and greatest of adapted step sizes", default: "{0.001, 1}"),
        Parameter("step_decay", "number", "the exponent of decaying step sizes, step_size/(1 + n^exponent)", default: "0.5"),
        Parameter("accelerate_scale", "boolean", "whether a component's scale goes on faster while full steps keep changing it in one direction: for heavy tails in many dimensions", default: "false"),
        Parameter("weight_update", "string", "the weights' update: \"trustregion\" or \"direct\"", default: "\"trustregion\""),
        Parameter("weight_sweeps", "integer", "weight updates an iteration, each with log q as the one before has made it", default: "1"),
        Parameter("weight_step_size", "number", "its first step size", default: "0.1"),
        Parameter("weight_step_rule", "string", "\"adapted\", \"decaying\" or \"fixed\"", default: "\"adapted\""),
        Parameter("weight_step_range", "list of two numbers", "the least and greatest of adapted step sizes", default: "{1e-5, 4}"),
        Parameter("weight_step_decay", "number", "the exponent of decaying step sizes", default: "0.5"),
        Parameter("zero_penalty", "number", "by how many nats a place where the density is zero (a logdensity of -inf) counts worse than what its surroundings say, from 0 to 1e6: more keeps the mixture farther off such places", default: "50"),
        Parameter("database", "integer", "the most samples that are kept", default: "100000, and no more than 1e7 numbers"),
        Parameter("mean", "list of numbers", "the mean of the Gaussian that component means are drawn from", default: "what the target suggests"),
        Parameter("deviation", "number or list of numbers", "its standard deviation, and that of the first components", default: "what the target suggests"),
        Parameter("threads", "integer", "threads that compute; the result does not depend on it", default: "all cores"),
    ] }

    /// Reads ``inferenceOptions``.
    func inferenceSettings(_ options: LuaBridge.Options, for target: any TargetDensity) throws -> InferenceSettings {
        var settings = InferenceSettings()
        settings.mixture = try startMixture(options, for: target)
        settings.components = try options["components"]?.integer(in: 1...InferenceLimits.components) ?? settings.mixture?.components.count ?? settings.components
        settings.seed = try options["seed"]?.seed() ?? nextSeed()
        settings.estimate = try options["estimate"]?.choice(of: GradientEstimate.self) ?? settings.estimate
        settings.adaptation = try adaptation(options, components: settings.components)
        settings.selection = try selection(options)
        settings.update = try options["update"]?.choice(of: ComponentUpdate.self) ?? settings.update
        settings.weightUpdate = try options["weight_update"]?.choice(of: WeightUpdate.self) ?? settings.weightUpdate
        settings.stepSize = try stepSize(options, prefix: "", usual: .components)
        settings.weightStepSize = try stepSize(options, prefix: "weight_", usual: .weights)
        settings.weightSweeps = try options["weight_sweeps"]?.integer(in: 1...1000) ?? settings.weightSweeps
        settings.drawsPairs = try options["antithetic"]?.boolean() ?? settings.drawsPairs
        settings.acceleratesScale = try options["accelerate_scale"]?.boolean() ?? settings.acceleratesScale
        settings.zeroPenalty = try options["zero_penalty"]?.number(in: 0...1e6) ?? settings.zeroPenalty
        settings.databaseCapacity = try options["database"]?.integer(in: 1...100_000_000)
        settings.threads = try options["threads"]?.integer(in: 1...1024) ?? settings.threads
        if options["mean"] != nil || options["deviation"] != nil { settings.start = try target.start.replaced(by: options) }
        try keepWithinMemory(&settings, target.dimension)
        return settings
    }

    /// The mixture to begin with.
    private func startMixture(_ options: LuaBridge.Options, for target: any TargetDensity) throws -> GaussianMixture? {
        guard let slot = options["mixture"] else { return nil }
        let mixture = try slot.object(Prediction.self).mixture
        guard mixture.dimension == target.dimension else {
            throw slot.invalid("must be over \(target.dimension) variables as the target is, got a mixture over \(mixture.dimension)")
        }
        if let other = options["components"] { throw other.invalid("does not go with mixture, which has \(NumberText.counted(mixture.components.count, "component"))") }
        return mixture
    }

    /// Refuses what would need too much memory at once, and bounds the components that may be added.
    private func keepWithinMemory(_ settings: inout InferenceSettings, _ dimension: Int) throws {
        let most = InferenceLimits.components(dimension: dimension, selection: settings.selection), numbers = InferenceLimits.numbers
        guard settings.components <= most else {
            throw ArgumentError("\(settings.components) components with \(settings.selection.count) samples of \(dimension) variables each need too much memory; "
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

    private func adaptation(_ options: LuaBridge.Options, components: Int) throws -> ComponentAdaptation {
        var knobs = AddAndDelete()
        knobs.addInterval = try options["add_interval"]?.integer(in: 1...1_000_000_000) ?? knobs.addInterval
        knobs.additions = try options["additions"]?.integer(in: 1...1000) ?? knobs.additions
        knobs.deleteInterval = try options["delete_interval"]?.integer(in: 1...100_000) ?? knobs.deleteInterval
        knobs.greatestCount = try options["max_components"]?.integer(in: 1...InferenceLimits.components) ?? max(components, knobs.greatestCount)
        if let slot = options["max_components"], knobs.greatestCount < components {
            throw slot.invalid("must be at least \(components), the components at the start, got \(knobs.greatestCount)")
        }
        knobs.candidates = try options["candidates"]?.integer(in: 1...1_000_000) ?? knobs.candidates
        knobs.priorCandidates = try options["prior_candidates"]?.integer(in: 0...1_000_000) ?? knobs.priorCandidates
        knobs.shape = try options["new_shape"]?.choice(of: AddAndDelete.NewShape.self) ?? knobs.shape
        knobs.initialWeight = try options["new_weight"]?.number(in: 1e-30...0.5) ?? knobs.initialWeight
        if let slot = options["add_thresholds"] { knobs.thresholds = try thresholds(slot) }
        if let slot = options["max_components"], let components = try options["components"]?.integer(), components > knobs.greatestCount {
            throw slot.invalid("must be at least components, \(components), got \(knobs.greatestCount)")
        }
        switch try options["adaptation"]?.choice(of: AdaptationChoice.self) ?? .addAndDelete {
        case .addAndDelete: return .addAndDelete(knobs)
        case .fixed: return .fixed
        }
    }

    private func thresholds(_ slot: Slot) throws -> [Double] {
        guard slot.kind == .table, (1...1000).contains(try slot.length()) else { throw slot.mismatch("a list of 1 to 1000 numbers above 0") }
        return try (1...slot.length()).map { try slot.withElement($0) { try $0.positiveNumber(orInfinity: true) } }
    }

    private func selection(_ options: LuaBridge.Options) throws -> SampleSelection {
        let count = try options["samples"]?.integer(in: 1...InferenceLimits.samplesPerComponent) ?? 100
        let reuse = try options["reuse"]?.number(in: 0...100) ?? 0
        switch try options["selection"]?.choice(of: SelectionChoice.self) ?? .perComponent {
        case .perComponent: return .perComponent(count: count, reuse: reuse)
        case .mixture: return .mixture(count: count, reuse: reuse)
        }
    }

    private func stepSize(_ options: LuaBridge.Options, prefix: String, usual: StepSize) throws -> StepSize {
        let initial = try options[prefix + "step_size"]?.number(in: 1e-12...1e6) ?? usual.initial
        let exponent = try options[prefix + "step_decay"]?.number(in: 0...10) ?? 0.5
        var range = 0.0...0.0
        if case .adapted(_, let usualRange) = usual { range = usualRange }
        if let slot = options[prefix + "step_range"] {
            let ends = try slot.vector(count: 2, expected: "a list of two numbers, the least and the greatest")
            guard ends[0] > 0, ends[0] <= ends[1], ends[1] <= 1e6 else { throw slot.invalid("must have two numbers above 0, the smaller one first") }
            range = ends[0]...ends[1]
        }
        switch try options[prefix + "step_rule"]?.choice(of: StepRule.self) ?? .adapted {
        case .adapted: return .adapted(initial: initial, range: range)
        case .decaying: return .decaying(initial: initial, exponent: exponent)
        case .fixed: return .fixed(initial)
        }
    }
}
