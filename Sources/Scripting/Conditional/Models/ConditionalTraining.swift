import ConditionalModels
import LuaBridge
import ModelTraining
import Numerics

// The options of a conditional model's training: those of a robot's model where they mean something, with other defaults.
extension ConditionalModelEntries {
    /// What holds where a script says nothing.
    ///
    /// - Parameter hasPoints: whether the model learns from points by likelihood, rather than from a density.
    static func conditionalDefaults(hasPoints: Bool, firstTemperature: Double = 0.03) -> TrainingSettings {
        var settings = TrainingSettings(budget: .steps(1))
        settings.initialFloor = 0
        guard !hasPoints else {
            settings.batch = 256
            settings.learningRate = 4e-3
            settings.warmupSteps = 100
            return settings
        }
        settings.batch = 32
        settings.learningRate = 4e-3
        settings.warmupSteps = 200
        settings.gradientClip = 20
        settings.variational.forwardShare = .constant(0)
        settings.variational.objective = .path
        settings.variational.trustRegion = .none
        settings.variational.weightStep = .constant(0.5)
        settings.variational.snapshotInterval = 25
        settings.variational.temperature = .sequence([
            Schedule.Part(share: 0.3, schedule: .exponential(from: firstTemperature, to: 1)), Schedule.Part(share: 0.7, schedule: .constant(1)),
        ])
        return settings
    }

    var learning: [Function] {
        let entries = TrainingEntries<TrainingState, ConditionalModel>(session: session, type: "ConditionalModel", keys: .conditional) { model in
            Self.conditionalDefaults(
                hasPoints: model.material?.hasPoints ?? false, firstTemperature: (model.mixture.subject as? DensitySubject)?.firstTemperature ?? 0.03)
        } review: { model in
            guard let target = model.target, target.robot == nil else { return [] }
            return try TargetReview(target, in: state).warnings(of: model)
        } run: { model, start, _, supply in
            try model.run(from: start, supply: supply, in: state)
        }
        return [
            entries.train(
                "Trains the model: variational inference on its target's density, without samples of it, or maximum likelihood on its simulator's pairs; Ctrl-C keeps what was learned.",
                example: Self.example + """
                    local log = student:train{ steps = 40, seed = 1 }
                    print(log)
                    assert(log.elbo[#log] > -20)
                    """),
            entries.training(
                "Trains step by step from a loop, as Model:training does: for report in model:training{ ... } do ... end.",
                example: Self.example + """
                    for report in student:training{ steps = 30, interval = 10, seed = 1 } do print(report.step, report.elbo) end
                    assert(student.loss < 20)
                    """),
            entries.save(
                "Writes the model as safetensors, without its target, simulator or pairs; avips.model(path, { target = ... }), or with one of the others, attaches them again.",
                example: Self.example + """
                    local path = os.tmpname() .. ".safetensors"
                    student:save(path)
                    assert(avips.model(path):logpdf({0, 0}, { a = 0.5 }) == student:logpdf({0, 0}, { a = 0.5 }))
                    os.remove(path)
                    """),
        ]
    }
}
