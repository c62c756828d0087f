import ConditionalInference
import LuaBridge
import ModelTraining

/// The options of a training and of its phases: name, range, default and help of each in one place, together with the setting that it is for.
///
/// Kinds of models differ in their defaults and in what means something to them.
struct TrainingKeys {
    /// What holds where a script says nothing; several where that depends on the model, each with the words for when.
    private let usual: [(settings: TrainingSettings, when: String)]
    /// Defaults that a number does not tell, by option.
    private let words: [String: String]
    private let knobs: [TrainingKnob]
    private let settings: [Setting]
    /// Whether a script may say what phases there are.
    private var hasPhases = true

    /// Those of models of robots and bodies.
    static var robots: TrainingKeys {
        let settings = TrainingSettings(budget: .steps(1))
        return TrainingKeys(
            usual: [(settings, "")],
            words: ["floor": "from \(plainText(settings.initialFloor)) to the model's own over the first half"], knobs: TrainingKnob.all
        ) { $0.common + $0.trustRegions }
    }

    /// Those of conditional models, trained on a density or on pairs.
    static var conditional: TrainingKeys {
        let names = [
            "learning_rate", "gradient_clip", "average_decay", "floor", "component_samples", "temperature", "slope_limit", "share_floor", "removal_threshold",
            "weight_step", "forward_share", "step_bound",
        ]
        return TrainingKeys(
            usual: [(ConditionalModelEntries.conditionalDefaults(hasPoints: false), ""), (ConditionalModelEntries.conditionalDefaults(hasPoints: true), " where there are pairs")],
            words: [
                "floor": "the model's own",
                "temperature": "from the model's first one (found from the density; 1 for paths; 0.03 if no better is known) to 1 over the first 30 %",
            ], knobs: TrainingKnob.all.filter { names.contains($0.name) }
        ) { $0.common }
    }

    /// Those of flows and generators.
    static var sampled: TrainingKeys {
        let names = [
            "learning_rate", "gradient_clip", "average_decay", "forward_share", "temperature", "position_deviation", "rotation_deviation", "limit_deviation",
        ]
        return TrainingKeys(
            usual: [
                (SampledModelEntries.flowDefaults(hasPoints: true), ""), (SampledModelEntries.flowDefaults(hasPoints: false), " for a flow of a target"),
                (SampledModelEntries.ensembleDefaults(hasDensity: true), " for a gan"),
            ],
            words: [
                "temperature": "1; for a flow of a target as annealing says",
                "forward_share": "1; 0 for a flow of a target; 0.9 for a gan, but 1 for one of a simulator or of pairs alone",
            ], knobs: TrainingKnob.all.filter { names.contains($0.name) }
        ) { $0.shared + $0.annealed }
    }

    /// Those of models in parts, whose stages follow from the parts.
    static var parts: TrainingKeys {
        let names = ["learning_rate", "gradient_clip", "average_decay"]
        var keys = TrainingKeys(
            usual: [(FactoredModelEntries.plannedDefaults, "")], words: [:], knobs: TrainingKnob.all.filter { names.contains($0.name) }) { $0.shared }
        keys.hasPhases = false
        return keys
    }

    private init(
        usual: [(settings: TrainingSettings, when: String)], words: [String: String], knobs: [TrainingKnob],
        settings: (Maker) -> [Setting]
    ) {
        self.usual = usual
        self.words = words
        self.knobs = knobs
        self.settings = settings(Maker(usual: usual))
    }

    // MARK: Declarations

    /// What a phase may set.
    var phase: [any DeclaredOption] {
        Self.budgets.keys + settings.map(\.option) + knobs.map { key($0) } + (klBound.map { [$0] } ?? [])
    }

    /// What a whole training may set.
    var training: [any DeclaredOption] {
        phase + [Self.seed, Self.checkpoint, Session.overwriteOption, Self.checkpointInterval] + (hasPhases ? [Self.phases] : [])
    }

    /// A phase in the list of them.
    var phaseParameter: Parameter { Parameter("phase", "table", "a phase", options: phase + [Self.share]) }

    static let minutes = OptionKey.number(
        "minutes", in: 1e-4...1e6, "the budget as time", unit: "min", otherwise: "one budget is required, unless an interrupted training continues")
    static let cpuMinutes = OptionKey.number(
        "cpu_minutes", in: 1e-4...1e6, "the budget as processor time of all threads, which other programs do not change", unit: "min", otherwise: "see minutes")
    static let steps = OptionKey.integer("steps", in: 1...1_000_000_000, "the budget as steps", otherwise: "see minutes")
    static let samples = OptionKey.integer(
        "samples", in: 1...1_000_000_000_000, "the budget as training pairs, or contexts where there are none", otherwise: "see minutes")
    static let seed = OptionKey.seed("the seed of the training's random numbers")
    static let checkpoint = RawOption(
        "checkpoint", "string",
        "a .safetensors file for the state of the training, written at intervals, at the end, and when the training is interrupted or the process is asked to terminate; avips.model(file) loads it, and the same call of train then continues, or returns the log at once if the training had ended",
        otherwise: "none")
    static let checkpointInterval = OptionKey.number(
        "checkpoint_interval", in: 0...1e6, default: TrainingCheckpoint.standardInterval, "the training time between checkpoints", unit: "s")
    static let phases = RawOption(
        "phases", "list of tables",
        "successive phases, each a table of the options above; with one budget for all, each phase has a share of it", 
        range: "\(phaseCount.lowerBound) to \(phaseCount.upperBound) of them", otherwise: "one phase")
    static let phaseCount = 1...64
    static let share = OptionKey.number(
        "share", in: 1e-6...1e6, default: 1, "the phase's share of the whole budget, relative to the others")
    static let interval = OptionKey.integer(
        "interval", in: 1...1_000_000_000, "steps between reports", otherwise: "those of 0.1 s")

    // MARK: Reading

    /// Takes over what options say.
    ///
    /// - Parameter functions: Lua functions among the schedules, by knob.
    func read(_ given: LuaBridge.Options, into settings: inout TrainingSettings, _ functions: inout [String: Reference]) throws {
        for knob in knobs {
            if knob.name.hasSuffix("_bound"), let klBound, let value = try given[klBound] { set(knob, value, in: &settings, &functions) }
            let key = key(knob)
            guard given.has(key), let value = try given[key] else { continue }
            set(knob, value, in: &settings, &functions)
            // A number is the highest rate and comes with a warm-up and a fall; what is a schedule is taken as it is.
            if knob.name == "learning_rate", !value.isNumber { (settings.warmupSteps, settings.finalShare) = (0, 1) }
            if knob.name == "temperature" { settings.variational.annealing = 0 }
        }
        for setting in self.settings { try setting.read(given, &settings) }
    }

    private func set(_ knob: TrainingKnob, _ value: KnobValue, in settings: inout TrainingSettings, _ functions: inout [String: Reference]) {
        functions[knob.name] = nil
        switch value {
        case .number(let number): settings[keyPath: knob.path] = .constant(number)
        case .schedule(let schedule): settings[keyPath: knob.path] = schedule
        case .function(let function):
            functions[knob.name] = function
            settings[keyPath: knob.path] = .supplied(value: knob.range.lowerBound)
        }
    }

    // MARK: Knobs

    private static let formerNames = [
        "position_deviation": "position_width", "rotation_deviation": "rotation_width", "limit_deviation": "limit_width",
    ]

    private func key(_ knob: TrainingKnob) -> OptionKey<KnobValue?> {
        let schedules = usual.map { ($0.settings[keyPath: knob.path], $0.when) }
        var key = Self.schedule(knob.name, in: knob.range, knob.summary, unit: knob.unit)
        if let words = words[knob.name] {
            key = key.otherwise(words)
        } else if let (text, isSame) = Self.text(schedules, { $0.range.lowerBound }) {
            key = isSame ? key.usually(.number(schedules[0].0.range.lowerBound), text: text) : key.otherwise(text)
        }
        return Self.formerNames[knob.name].map { key.formerly($0) } ?? key
    }

    /// Sets the bounds of mean and covariance at once, where there are such knobs.
    private var klBound: OptionKey<KnobValue?>? {
        knobs.first { $0.name == "mean_bound" }.map {
            Self.schedule("kl_bound", in: $0.range, "both trust regions at once", unit: $0.unit).otherwise("mean_bound and covariance_bound")
        }
    }

    private static func schedule(_ name: String, in range: ClosedRange<Double>, _ summary: String, unit: String?) -> OptionKey<KnobValue?> {
        .value(name, "number, Schedule or function", summary, unit: unit, limits: NumberRange(range)) { try KnobValue($0, name, in: range) }
    }

    /// Numbers that differ from case to case, in words, and whether they are the same in all.
    private static func text<Setting: Equatable>(_ values: [(Setting, when: String)], _ number: (Setting) -> Double) -> (String, isSame: Bool)? {
        guard let first = values.first else { return nil }
        if values.allSatisfy({ $0.0 == first.0 }) { return (plainText(number(first.0)), true) }
        return (values.map { plainText(number($0.0)) + $0.when }.joined(separator: "; "), false)
    }

    // MARK: Settings

    /// An option and the setting that it is for.
    struct Setting {
        let option: any DeclaredOption
        /// Takes over the option where it was given.
        let read: (LuaBridge.Options, inout TrainingSettings) throws -> Void
    }

    /// Makes options with the defaults of a kind of training.
    private struct Maker {
        let usual: [(settings: TrainingSettings, when: String)]

        func integer(
            _ name: String, in range: ClosedRange<Int>, _ path: WritableKeyPath<TrainingSettings, Int>, _ summary: String
        ) -> Setting {
            let key = OptionKey.integer(name, in: range, summary)
            let (text, isSame) = TrainingKeys.text(usual.map { ($0.settings[keyPath: path], $0.when) }, Double.init)!
            return setting(isSame ? key.usually(usual[0].settings[keyPath: path], text: text) : key.otherwise(text), path)
        }

        func number(_ name: String, in range: ClosedRange<Double>, _ path: WritableKeyPath<TrainingSettings, Double>, _ summary: String) -> Setting {
            let usual = usual[0].settings[keyPath: path]
            return setting(OptionKey.number(name, in: range, summary).usually(usual, text: plainText(usual)), path)
        }

        func setting<Value>(_ key: OptionKey<Value?>, _ path: WritableKeyPath<TrainingSettings, Value>) -> Setting {
            Setting(option: key) { if $0.has(key), let value = try $0[key] { $1[keyPath: path] = value } }
        }

        func setting<Value>(_ key: OptionKey<Value>, _ path: WritableKeyPath<TrainingSettings, Value>) -> Setting {
            Setting(option: key) { if $0.has(key) { $1[keyPath: path] = try $0[key] } }
        }

        private var first: TrainingSettings { usual[0].settings }

        var common: [Setting] { shared + annealed + [
            integer(
                "drawn_components", in: 0...4096, \.variational.drawnComponents, "how many components the path objective draws per context; 0 for all"),
            integer(
                "snapshot_interval", in: 1...1_000_000, \.variational.snapshotInterval,
                "steps between snapshots of the network; with the path objective, between revisions of the components"),
            integer(
                "additions", in: 0...4096, \.variational.additions, "components to add in the course of the phase, where the model fits worst"),
        ] }

        /// What every training has.
        var shared: [Setting] { [
            integer("batch", in: 16...65536, \.batch, "training pairs, or contexts, per step: a multiple of 16"),
            setting(optimizer, \.optimizer),
            integer("warmup_steps", in: 0...1_000_000_000, \.warmupSteps, "warm-up steps of a learning rate given as a number"),
            number("final_share", in: 0...1, \.finalShare, "the final value of a learning rate given as a number, as a fraction of it"),
        ] }

        private var optimizer: OptionKey<Optimizer> {
            let key = OptionKey<Optimizer>.choice(
                "optimizer", default: first.optimizer,
                "the optimizer: \"soap\" (Adam in the eigenbasis of the gradients' curvature) or \"adam\"")
            if usual.allSatisfy({ $0.settings.optimizer == first.optimizer }) { return key }
            return key.otherwise(usual.map { "\"\($0.settings.optimizer.rawValue)\"" + $0.when }.joined(separator: "; "))
        }

        /// What is climbed beside likelihood, and how the density is annealed.
        var annealed: [Setting] { [
            setting(
                OptionKey<VariationalSettings.Objective>.choice(
                    "objective", default: first.variational.objective,
                    "the variational objective in addition to likelihood: components against a snapshot, components by path gradients, or the plain reverse divergence of the whole mixture"),
                \.variational.objective),
            number(
                "annealing", in: 0...0.99, \.variational.annealing,
                "the share of the phase over which the temperature of the path or the reverse objective, or of a flow, rises to 1, from a value at which samples of the prior have half of their full effective size; 0 leaves it to temperature"),
            setting(
                OptionKey.flag(
                    "adapt_widths", default: first.variational.adaptsWidths,
                    "whether the path objective's deviations of position and orientation start as wide as the errors and narrow with them, down to the given ones"),
                \.variational.adaptsWidths),
            setting(
                OptionKey<PathObjective.WeightRule>.choice(
                    "weight_rule", default: first.variational.weightRule,
                    "how the path objective's weights follow their advantages: by regression on a target, by the bound's gradient, or by the target where they rise and the gradient where they fall"),
                \.variational.weightRule),
        ] }

        var trustRegions: [Setting] { [
            setting(
                OptionKey<VariationalSettings.TrustRegion>.choice(
                    "trust_region", default: first.variational.trustRegion, orFalse: .none, "how components are kept near the last snapshot"),
                \.variational.trustRegion),
            setting(
                OptionKey.flag(
                    "adapt_bounds", default: first.variational.adaptsBounds,
                    "whether a component's bounds grow while its reward improves, and shrink while it does not"), \.variational.adaptsBounds),
            setting(
                OptionKey<VariationalSettings.EntropyGradient>.choice(
                    "entropy_gradient", default: first.variational.entropyGradient, "how the entropy's gradient is estimated"),
                \.variational.entropyGradient),
        ] }
    }
}

/// What a script gives for a knob.
enum KnobValue {
    case number(Double)
    case schedule(Schedule)
    /// A function of progress.
    case function(Reference)

    init(_ slot: Slot, _ name: String, in range: ClosedRange<Double>) throws {
        switch slot.kind {
        case .number: self = .number(try slot.number(in: range))
        case .function: self = .function(try slot.function())
        default:
            guard let box = slot.boxIfPresent(Schedule.self) else { throw slot.mismatch("a number, a Schedule or a function of progress") }
            let schedule = try box.read()
            do { try schedule.validate(name, within: range) } catch {
                throw slot.invalid("must stay from \(plainText(range.lowerBound)) to \(plainText(range.upperBound)), got \(schedule)")
            }
            self = .schedule(schedule)
        }
    }

    var isNumber: Bool { if case .number = self { true } else { false } }
}
