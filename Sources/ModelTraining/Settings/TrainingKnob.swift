/// A quantity of a training that takes a schedule: where it is kept, what it is called, and the values that it may take.
public struct TrainingKnob: Sendable {
    /// The name as scripts have it: "learning_rate".
    public let name: String
    /// What it is, for people.
    public let summary: String
    public let unit: String?
    public let range: ClosedRange<Double>
    public let path: WritableKeyPath<TrainingSettings, Schedule> & Sendable

    /// All of them.
    public static let all: [TrainingKnob] = [
        TrainingKnob(
            "learning_rate", 0...1, \.learningRate,
            "the learning rate: a number is the peak of a warm-up and cosine decay; a schedule or function is used as given"),
        TrainingKnob(
            "step_bound", 0...1e6, \.variational.stepBound,
            "the bound on how far a step moves the mixture, KL on average over contexts: the learning rate is lowered to meet it, and steps far beyond it are shortened; it falls with the square of the rate's cosine; 0 for none", unit: "nat"),
        TrainingKnob("gradient_clip", 1e-9...1e9, \.gradientClip, "the norm to which gradients are clipped"),
        TrainingKnob(
            "average_decay", 0...0.999999, \.averageDecay, "the decay of the parameters' moving average, which answers queries"),
        // Kept beside the floor that falls from `initialFloor`; zero leaves it to that one.
        TrainingKnob("floor", 0...1, \.floor, "the floor of the components' standard deviation, in scaled coordinates"),
        TrainingKnob(
            "forward_share", 0...1, \.variational.forwardShare, "the weight of the forward divergence in the loss; the component objective has the rest"),
        TrainingKnob("component_samples", 1...64, \.variational.samples, "samples of every component at every context"),
        TrainingKnob(
            "temperature", 1e-6...1, \.variational.temperature,
            "the exponent of the target's density in the path objective or the reverse divergence, below 1 while annealing"),
        TrainingKnob(
            "slope_limit", 0.1...1e9, \.variational.slopeLimit,
            "the bound on the norm of a sample's gradient in the path objective, in units of the component's standard deviations"),
        TrainingKnob(
            "share_floor", 1e-6...1, \.variational.shareFloor,
            "the smallest weight, relative to 1/K, of a component's mean and covariance in the path objective"),
        TrainingKnob(
            "position_deviation", 1e-6...10, \.variational.positionWidth, "the target's standard deviation of the position", unit: "m"),
        TrainingKnob(
            "rotation_deviation", 1e-6...10, \.variational.rotationWidth, "the target's standard deviation of the orientation", unit: "rad"),
        TrainingKnob(
            "limit_deviation", 1e-6...10, \.variational.limitWidth, "the standard deviation of the soft joint limits", unit: "rad or m"),
        TrainingKnob("mean_bound", 1e-9...1e9, \.variational.meanBound, "the trust region of a component's mean", unit: "nat"),
        TrainingKnob("covariance_bound", 1e-9...1e9, \.variational.covarianceBound, "the trust region of a component's covariance", unit: "nat"),
        TrainingKnob("weight_step", 0...10, \.variational.weightStep, "the step of the weights towards their targets"),
        TrainingKnob(
            "resampling_share", 0...10, \.variational.resamplingShare,
            "the weight of importance resampling in the component objective; 0 switches it off"),
        TrainingKnob(
            "effective_share", 1e-3...1, \.variational.effectiveShare,
            "the effective sample size to which resampling tempers its weights, as a share of the pool"),
        TrainingKnob(
            "removal_threshold", 0...1, \.variational.removalThreshold,
            "components whose weight stays below it at every context are removed; 0 removes none"),
    ]

    private init(
        _ name: String, _ range: ClosedRange<Double>, _ path: WritableKeyPath<TrainingSettings, Schedule> & Sendable, _ summary: String,
        unit: String? = nil
    ) {
        self.name = name
        self.range = range
        self.path = path
        self.summary = summary
        self.unit = unit
    }
}

extension TrainingSettings {
    /// The names of the knobs that are set from outside before every step.
    public var suppliedNames: [String] {
        TrainingKnob.all.filter { self[keyPath: $0.path].isSupplied }.map(\.name)
    }

    /// The same settings, without the values that were supplied last: those of two runs with the same functions are equal.
    public var withoutSuppliedValues: TrainingSettings {
        var result = self
        for knob in TrainingKnob.all where result[keyPath: knob.path].isSupplied { result[keyPath: knob.path] = .supplied(value: 0) }
        return result
    }

    /// Takes in the values of supplied knobs.
    ///
    /// - Parameter provide: called with the knob's name.
    /// - Throws: ``TrainingError`` for a value out of the knob's range; what `provide` throws.
    package mutating func supply(_ provide: (String) throws -> Double) throws {
        for knob in TrainingKnob.all where self[keyPath: knob.path].isSupplied {
            let schedule = Schedule.supplied(value: try provide(knob.name))
            try schedule.validate(knob.name, within: knob.range)
            self[keyPath: knob.path] = schedule
        }
    }
}
