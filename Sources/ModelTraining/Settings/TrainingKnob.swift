/// A quantity of a training that takes a schedule: where it is kept, what it is called, and the values that it may take.
public struct TrainingKnob: Sendable {
    /// The name as scripts have it: "learning_rate".
    public let name: String
    public let range: ClosedRange<Double>
    public let path: WritableKeyPath<TrainingSettings, Schedule> & Sendable

    /// All of them.
    public static let all: [TrainingKnob] = [
        TrainingKnob("learning_rate", 0...1, \.learningRate),
        TrainingKnob("gradient_clip", 1e-9...1e9, \.gradientClip),
        TrainingKnob("average_decay", 0...0.999999, \.averageDecay),
        TrainingKnob("forward_share", 0...1, \.variational.forwardShare),
        TrainingKnob("component_samples", 1...64, \.variational.samples),
        TrainingKnob("temperature", 1e-6...1, \.variational.temperature),
        TrainingKnob("position_width", 1e-6...10, \.variational.positionWidth),
        TrainingKnob("rotation_width", 1e-6...10, \.variational.rotationWidth),
        TrainingKnob("limit_width", 1e-6...10, \.variational.limitWidth),
        TrainingKnob("mean_bound", 1e-9...1e9, \.variational.meanBound),
        TrainingKnob("covariance_bound", 1e-9...1e9, \.variational.covarianceBound),
        TrainingKnob("weight_step", 0...10, \.variational.weightStep),
        TrainingKnob("resampling_share", 0...10, \.variational.resamplingShare),
        TrainingKnob("effective_share", 1e-3...1, \.variational.effectiveShare),
        TrainingKnob("removal_threshold", 0...1, \.variational.removalThreshold),
        // Kept beside the floor that falls from `initialFloor`; zero leaves it to that one.
        TrainingKnob("floor", 0...1, \.floor),
    ]

    private init(_ name: String, _ range: ClosedRange<Double>, _ path: WritableKeyPath<TrainingSettings, Schedule> & Sendable) {
        self.name = name
        self.range = range
        self.path = path
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
    mutating func supply(_ provide: (String) throws -> Double) throws {
        for knob in TrainingKnob.all where self[keyPath: knob.path].isSupplied {
            let schedule = Schedule.supplied(value: try provide(knob.name))
            try schedule.validate(knob.name, within: knob.range)
            self[keyPath: knob.path] = schedule
        }
    }
}
