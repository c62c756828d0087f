import ConditionalModels
import LuaBridge
import ModelTraining
import RobotModels

// avips.model{ robot = }, where the program chooses what the model is, and FactoredModel:train.

extension FactoredModelEntries {
    /// A model whose parts the program has chosen, untrained.
    func makePlanned(_ slot: Slot, _ options: LuaBridge.Options) throws -> Value {
        if let other = options.given(ModelKeys.settledByPlan).first { throw options.invalid(other, "does not go with parts = true, which chooses it") }
        guard let given = options[ModelKeys.robot] else { throw slot.invalid("must name a robot: avips.model{ robot = \"panda\" }") }
        guard case .robot(let robot) = try robotOrBody(given) else { throw given.invalid("must be a chain: a whole body is not cut into parts") }
        let plan = PartsPlan(robot.chain), seed = try options[ModelKeys.seed] ?? nextSeed()
        let hidden = try options[ModelKeys.hidden] ?? ModelKeys.robots.hidden
        let models = try plan.models(of: robot.chain, hidden: hidden, usesSymmetry: options[ModelKeys.turning], seed: seed)
        guard models.count > 1 else { return .object(holding: try Model(models[0], robot: robot, isPlanned: true)) }
        let none = [Feasibility?](repeating: nil, count: models.count - 1)
        return .object(holding: FactoredModel(try FactoredMixture(models, feasibilities: none, plan: plan, chain: robot.chain)))
    }

    /// What holds in the training of a part where a script says nothing.
    static var plannedDefaults: TrainingSettings {
        var settings = TrainingSettings(budget: .steps(1))
        settings.learningRate = 5e-3
        return settings
    }

    var learning: [Function] {
        var entries = TrainingEntries<PartsTrainingState, FactoredModel>(session: session, type: "FactoredModel", keys: .parts) { _ in Self.plannedDefaults } run: { _, start, _, supply in
            PartsTrainingRun(start, supply: supply)
        }
        entries.outcome = { [session] in try TrainingOutcome($0.mixture, chain: $0.robot.chain, in: session) }
        return [
            entries.train(
                "Trains the model as a whole: part after part by maximum likelihood, from the last to the first, each followed by the network that predicts from which of its joints the later parts reach the pose. The log ends with errors and limits of raw samples at unseen poses. Ctrl-C keeps what was learned.",
                example: """
                    local student = avips.model{ robot = "planar_10link", parts = true, hidden = {32}, seed = 1 }
                    local log = student:train{ steps = 60, batch = 128, seed = 1 }
                    print(log)
                    assert(log.outcome.position > 0 and log.outcome.inside <= 1)
                    """),
            entries.training(
                "Trains step by step from a loop: for report in model:training{ ... } do ... end; phases of the reports are the stages, part after part.",
                example: """
                    local student = avips.model{ robot = "planar_10link", parts = true, hidden = {32}, seed = 1 }
                    for report in student:training{ steps = 60, interval = 20, batch = 128, seed = 1 } do
                      print(report.step, report.phase, report.loss)
                    end
                    """),
            entries.save(
                "Writes all parts as one file of safetensors; on failure the old file is kept.",
                example: Self.example + """
                    local path = os.tmpname() .. ".safetensors"
                    student:save(path)
                    assert(avips.model(path).parameters == student.parameters)
                    os.remove(path)
                    """),
        ]
    }
}
