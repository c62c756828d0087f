import LuaBridge
import ModelTraining

// The options of model:train, of model:training, and of a phase of either.

extension Session {
    /// A schedule option's help, in the order in which they are listed.
    private static let knobTexts: [(name: String, summary: String, unit: String?, defaultValue: String)] = [
        ("learning_rate", "the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is", nil, "4e-3"),
        ("gradient_clip", "the greatest norm of a gradient", nil, "100"),
        ("average_decay", "the decay of the parameters' moving average, from which queries are answered", nil, "0.999"),
        ("floor", "the floor of the components' standard deviation, in scaled coordinates", nil, "from 0.03 to the model's own over the first half"),
        ("forward_share", "the weight of the forward divergence in the loss; the component objective has the rest", nil, "1"),
        ("component_samples", "samples of every component at every pose", nil, "1"),
        ("temperature", "the power of the target's density that the path objective climbs, below 1 while annealing", nil, "1"),
        ("position_width", "the target's standard deviation of the position", "m", "0.01"),
        ("rotation_width", "the target's standard deviation of the orientation", "rad", "0.03"),
        ("limit_width", "the standard deviation of the soft joint limits", "rad or m", "0.03"),
        ("mean_bound", "the trust region of a component's mean", "nat", "0.1"),
        ("covariance_bound", "the trust region of a component's covariance", "nat", "0.1"),
        ("weight_step", "the step of the weights towards their targets", nil, "0.02"),
        ("resampling_share", "the weight of importance resampling in the component objective; 0 switches it off", nil, "0"),
        ("effective_share", "the effective sample size that resampling tempers to, as a share of the pool", nil, "0.2"),
        ("removal_threshold", "components whose weight stays below it at every pose are removed; 0 removes none", nil, "0"),
    ]

    /// What a phase may set.
    static var phaseOptions: [Parameter] {
        [
            Parameter("minutes", "number", "the budget as time", unit: "min", default: "one budget must be given, or an interrupted training goes on"),
            Parameter("steps", "integer", "the budget as steps", default: "see minutes"),
            Parameter("samples", "integer", "the budget as training pairs", default: "see minutes"),
            Parameter("batch", "integer", "training pairs a step, a multiple of 16", default: "1024"),
            Parameter("optimizer", "string", "how parameters follow gradients: \"soap\" (Adam in the eigenbasis of the gradients' curvature) or \"adam\"", default: "\"soap\""),
            Parameter("warmup_steps", "integer", "steps over which a learning rate given as a number rises", default: "500"),
            Parameter("final_share", "number", "the share of a learning rate given as a number that is left at the end", default: "0.01"),
        ] + knobTexts.map { Parameter($0.name, "number, Schedule or function", $0.summary, unit: $0.unit, default: $0.defaultValue) } + [
            objectiveOption("component"), drawnOption, annealingOption("0"),
            Parameter("kl_bound", "number, Schedule or function", "both trust regions at once", unit: "nat", default: "mean_bound and covariance_bound"),
            Parameter("trust_region", "string", "how components are kept near the last snapshot: \"projection\", \"penalty\" or \"none\"", default: "\"projection\""),
            Parameter("adapt_bounds", "boolean", "whether a component's bounds grow while its reward improves, and shrink while it does not", default: "true"),
            Parameter("entropy_gradient", "string", "how the entropy's gradient is estimated: \"exact\" or \"path\"", default: "\"exact\""),
            Parameter("snapshot_interval", "integer", "steps from one snapshot of the network to the next", default: "100"),
            Parameter("additions", "integer", "components to be added in the course of the phase", default: "0"),
        ]
    }

    static func objectiveOption(_ usual: String) -> Parameter {
        Parameter(
            "objective", "string", "what is climbed beside likelihood: components against a snapshot, components along their samples' paths, or the plain reverse divergence of the whole mixture",
            range: "\"component\", \"path\", \"reverse\"", default: "\"\(usual)\"", choices: VariationalSettings.Objective.allCases.map(\.rawValue))
    }

    static func annealingOption(_ usual: String) -> Parameter {
        Parameter(
            "annealing", "number",
            "the share of the phase over which the path objective's temperature rises to 1, from one at which draws of the prior keep half of their effective size; 0 leaves it to temperature",
            range: "0 to 0.99", default: usual)
    }

    static var drawnOption: Parameter {
        Parameter("drawn_components", "integer", "how many components the path objective draws at a context; 0 for all", range: "0 to 4096", default: "0")
    }

    /// What a whole training may set.
    static var trainingOptions: [Parameter] {
        phaseOptions + [
            Parameter("seed", "integer", "the seed of the training pairs", default: "the session's stream"),
            Parameter(
                "checkpoint", "string",
                "a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended",
                default: "none"),
            Parameter("checkpoint_interval", "number", "seconds of training from one checkpoint to the next", unit: "s", default: "60"),
            Parameter(
                "phases", "list of tables", "phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it",
                default: "one phase", options: []),
        ]
    }

    static var phaseParameter: Parameter {
        Parameter(
            "phase", "table", "a phase",
            options: phaseOptions + [Parameter("share", "number", "the phase's share of the whole budget, relative to the others", default: "1")])
    }
    private static let greatestPhaseCount = 64

    /// What the options ask for; nil where they name no budget.
    ///
    /// - Parameters:
    ///   - usual: what holds where nothing is said; its budget and seed do not count.
    ///   - phaseParameter: what a phase may set.
    func trainingPlan(
        _ options: LuaBridge.Options, of slot: Slot, usual: TrainingSettings = TrainingSettings(budget: .steps(1)),
        phaseParameter: Parameter = Session.phaseParameter
    ) throws -> TrainingPlan? {
        let seed = try options["seed"]?.seed()
        let budget = try Self.budget(options, of: slot)
        var settings = usual
        settings.budget = budget ?? .steps(1)
        settings.seed = 0
        var functions: [String: Reference] = [:]
        try Self.read(options, into: &settings, &functions)
        guard let phases = options["phases"] else {
            guard budget != nil else { return try planWithoutBudget(functions, settings, of: slot, usual: usual) }
            settings.seed = seed ?? nextSeed()
            try settings.validate()
            return TrainingPlan(phases: [settings], functions: [functions], hasSeed: seed != nil)
        }
        settings.seed = seed ?? nextSeed()
        var plan = TrainingPlan(phases: [], functions: [], hasSeed: seed != nil)
        var shares: [Double] = []
        let count = try phases.length()
        guard (1...Self.greatestPhaseCount).contains(count) else { throw phases.mismatch("a list of 1 to \(Self.greatestPhaseCount) phases") }
        for position in 1...count {
            try phases.withElement(position) { phase in
                var phaseSettings = settings, phaseFunctions = functions
                let options = try LuaBridge.Options(phase, declared: phaseParameter)
                try Self.read(options, into: &phaseSettings, &phaseFunctions)
                let own = try Self.budget(options, of: phase)
                guard (own == nil) == (budget != nil) else {
                    throw phase.invalid("must have " + (budget == nil ? "a budget: minutes, steps or samples" : "a share, not a budget of its own"))
                }
                if let own { phaseSettings.budget = own }
                shares.append(try options["share"]?.positiveNumber() ?? 1)
                try phaseSettings.validate()
                plan.phases.append(phaseSettings)
                plan.functions.append(phaseFunctions)
            }
        }
        if let budget { Self.divide(budget, by: shares, among: &plan.phases) }
        return plan
    }

    /// Functions without a budget are those that an interrupted training lacks.
    private func planWithoutBudget(
        _ functions: [String: Reference], _ settings: TrainingSettings, of slot: Slot, usual: TrainingSettings
    ) throws -> TrainingPlan? {
        var usual = usual
        (usual.budget, usual.seed) = (.steps(1), 0)
        guard settings.withoutFunctions(usual) == usual else {
            throw slot.invalid("must have a budget: minutes, steps or samples")
        }
        return functions.isEmpty ? nil : TrainingPlan(phases: [], functions: [functions], hasSeed: false)
    }

    private static func budget(_ options: LuaBridge.Options, of slot: Slot) throws -> TrainingBudget? {
        var budgets: [TrainingBudget] = []
        if let minutes = try options["minutes"]?.number(in: 1e-4...1e6) { budgets.append(.minutes(minutes)) }
        if let steps = try options["steps"]?.integer(in: 1...1_000_000_000) { budgets.append(.steps(steps)) }
        if let samples = try options["samples"]?.integer(in: 1...1_000_000_000_000) { budgets.append(.samples(samples)) }
        guard budgets.count < 2 else { throw slot.invalid("must have one budget only: minutes, steps or samples") }
        return budgets.first
    }

    /// Cuts a budget by shares; every phase has a step at least.
    private static func divide(_ budget: TrainingBudget, by shares: [Double], among phases: inout [TrainingSettings]) {
        let total = shares.reduce(0, +)
        var before = 0.0
        for index in phases.indices {
            let start = before / total
            before += shares[index]
            let end = before / total
            func part(_ count: Int) -> Int { max(1, Int((end * Double(count)).rounded()) - Int((start * Double(count)).rounded())) }
            phases[index].budget = switch budget {
            case .minutes(let minutes): .minutes(max(1e-6, minutes * (end - start)))
            case .steps(let steps): .steps(part(steps))
            case .samples(let samples): .samples(part(samples))
            }
        }
    }

    private static func read(_ options: LuaBridge.Options, into settings: inout TrainingSettings, _ functions: inout [String: Reference]) throws {
        if let batch = try options["batch"]?.integer(in: 16...65536) { settings.batch = batch }
        if let optimizer = try options["optimizer"]?.choice(of: Optimizer.self) { settings.optimizer = optimizer }
        if let slot = options["learning_rate"], slot.kind != .number {
            settings.warmupSteps = 0
            settings.finalShare = 1
        }
        if let steps = try options["warmup_steps"]?.integer(in: 0...1_000_000_000) { settings.warmupSteps = steps }
        if let share = try options["final_share"]?.number(in: 0...1) { settings.finalShare = share }
        for knob in TrainingKnob.all {
            if knob.name.hasSuffix("_bound"), let slot = options["kl_bound"] { try set(knob, slot, in: &settings, &functions) }
            if let slot = options[knob.name] { try set(knob, slot, in: &settings, &functions) }
        }
        if let region = options["trust_region"] {
            let isOff = region.kind == .boolean ? try !region.boolean() : false
            settings.variational.trustRegion = isOff ? .none : try region.choice(of: VariationalSettings.TrustRegion.self)
        }
        if let adapts = try options["adapt_bounds"]?.boolean() { settings.variational.adaptsBounds = adapts }
        if let gradient = try options["entropy_gradient"]?.choice(of: VariationalSettings.EntropyGradient.self) {
            settings.variational.entropyGradient = gradient
        }
        if let objective = try options["objective"]?.choice(of: VariationalSettings.Objective.self) { settings.variational.objective = objective }
        if let count = try options["drawn_components"]?.integer(in: 0...4096) { settings.variational.drawnComponents = count }
        if options["temperature"] != nil { settings.variational.annealing = 0 }
        if let annealing = try options["annealing"]?.number(in: 0...0.99) { settings.variational.annealing = annealing }
        if let interval = try options["snapshot_interval"]?.integer(in: 1...1_000_000) { settings.variational.snapshotInterval = interval }
        if let additions = try options["additions"]?.integer(in: 0...4096) { settings.variational.additions = additions }
    }

    private static func set(
        _ knob: TrainingKnob, _ slot: Slot, in settings: inout TrainingSettings, _ functions: inout [String: Reference]
    ) throws {
        functions[knob.name] = nil
        switch slot.kind {
        case .number: settings[keyPath: knob.path] = .constant(try slot.number(in: knob.range))
        case .function:
            functions[knob.name] = try slot.function()
            settings[keyPath: knob.path] = .supplied(value: knob.range.lowerBound)
        default:
            guard let box = slot.boxIfPresent(Schedule.self) else { throw slot.mismatch("a number, a Schedule or a function of progress") }
            let schedule = try box.read()
            do { try schedule.validate(knob.name, within: knob.range) } catch {
                throw slot.invalid("must stay from \(plainText(knob.range.lowerBound)) to \(plainText(knob.range.upperBound)), got \(schedule)")
            }
            settings[keyPath: knob.path] = schedule
        }
    }
}

extension TrainingSettings {
    /// The same settings with the defaults in the place of functions.
    fileprivate func withoutFunctions(_ plain: TrainingSettings) -> TrainingSettings {
        var result = self
        for knob in TrainingKnob.all where suppliedNames.contains(knob.name) {
            result[keyPath: knob.path] = plain[keyPath: knob.path]
            if knob.name == "learning_rate" {
                result.warmupSteps = plain.warmupSteps
                result.finalShare = plain.finalShare
            }
        }
        return result
    }
}
