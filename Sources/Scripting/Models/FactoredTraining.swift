import ConditionalModels
import Evaluation
import LuaBridge
import ModelTraining
import Numerics
import RobotModels

// avips.model{ robot = , parts = true }, and FactoredModel:train.

extension FactoredModelEntries {
    /// A model in parts that the program has chosen, untrained.
    func makePlanned(_ slot: Slot, _ options: LuaBridge.Options) throws -> Value {
        if let other = options.given(ModelKeys.settledByPlan).first { throw options.invalid(other, "does not go with parts = true, which chooses it") }
        guard let given = options[ModelKeys.robot] else { throw slot.invalid("must name a robot: avips.model{ robot = \"panda\", parts = true }") }
        guard case .robot(let robot) = try robotOrBody(given) else { throw given.invalid("must be a chain: a whole body is not cut into parts") }
        let plan = PartsPlan(robot.chain), seed = try options[ModelKeys.seed] ?? nextSeed()
        let hidden = try options[ModelKeys.hidden] ?? ModelKeys.robots.hidden
        let models = try plan.models(of: robot.chain, hidden: hidden, usesSymmetry: options[ModelKeys.turning], seed: seed)
        guard models.count > 1 else { return .object(holding: try Model(models[0], robot: robot)) }
        let none = [Feasibility?](repeating: nil, count: models.count - 1)
        return .object(holding: FactoredModel(try FactoredMixture(models, feasibilities: none, plan: plan, chain: robot.chain), plan: plan))
    }

    private static let planSeed = OptionKey.seed("the seed of pairs and samples")
    private static let reportedPoses = 200
    private static let reportedSamples = 50

    var train: Function {
        Function(
            "FactoredModel:train",
            "Trains all parts of a model that avips.model{ robot =, parts = true } has made, one after the other, and what tells them apart, within a time. Ctrl-C keeps what was learned.",
            parameters: [.options([TrainingKeys.minutes, Self.planSeed])],
            returns: "Evaluation: errors and limits of raw samples at unseen poses",
            example: """
                local student = avips.model{ robot = "planar_10link", parts = true, hidden = {32}, seed = 1 }
                local evaluation = student:train{ minutes = 0.02, seed = 1 }
                print(evaluation)
                assert(evaluation.modes[1].position.mean.value > 0)
                """
        ) { arguments in
            let box = try arguments.receiverBox(FactoredModel.self), options = try arguments.options(1)
            guard let minutes = try options[TrainingKeys.minutes] else { throw arguments[1].invalid("must have a budget: minutes") }
            let seed = try options[Self.planSeed] ?? nextSeed()
            return try box.update("training") { model in
                guard let plan = model.plan else {
                    throw LuaError("this model was put together or read: train its parts, and put them together again; avips.model{ robot =, parts = true } makes one that trains as a whole")
                }
                defer { progress?.end() }
                try trainParts(model, plan, minutes: max(1e-6, minutes * session.trainingShare), seed: seed)
                var settings = EvaluationSettings(seed: seed)
                (settings.poses, settings.samples, settings.referencePoses, settings.timedPoses) = (Self.reportedPoses, Self.reportedSamples, 0, 0)
                settings.modes = [.samples(), .inside]
                return try EvaluationEntries(session: session).run(model.mixture, chain: model.robot.chain, settings)
            }
        }
    }

    /// Trains the last part first: what leads to it is learned from its answers.
    private func trainParts(_ model: FactoredModel, _ plan: PartsPlan, minutes: Double, seed: UInt64) throws {
        var parts = model.mixture.parts, feasibilities = model.mixture.links.map(\.feasibility)
        let links = plan.parts.compactMap(\.tolerance).count
        let unit = minutes / (plan.parts.reduce(0) { $0 + $1.share } + PartsPlan.feasibilityShare * Double(links))
        func assemble() throws -> FactoredMixture { try FactoredMixture(parts, feasibilities: feasibilities, plan: plan, chain: model.robot.chain) }
        for index in plan.parts.indices.reversed() {
            var settings = TrainingSettings(budget: .minutes(unit * plan.parts[index].share), seed: seed &+ UInt64(index))
            settings.learningRate = 5e-3
            var state = try TrainingState(parts[index], settings: settings)
            guard let chain = parts[index].robot.chain else { throw ModelError.mismatched("a part without its robot") }
            let isFinished = try Trainer().train(&state, on: .poses(of: chain, for: parts[index]), cancellation: cancellation) { [progress] report, _ in
                progress?.show(LogEntries.progressReport(report))
            }
            parts[index] = state.trainedModel
            model.adopt(try assemble())
            guard isFinished else { throw LuaError("interrupted at part \(index + 1) of \(parts.count); what was learned is kept", kind: .interrupt) }
            guard let tolerance = plan.parts[index].tolerance else { continue }
            try learn(tolerance, index, model, plan, parts, &feasibilities, minutes: unit * PartsPlan.feasibilityShare, seed: seed)
            model.adopt(try assemble())
        }
    }

    /// Learns from which joints of a part the later ones reach the pose.
    private func learn(
        _ tolerance: Double, _ index: Int, _ model: FactoredModel, _ plan: PartsPlan, _ parts: [ConditionalMixture], _ feasibilities: inout [Feasibility?],
        minutes: Double, seed: UInt64
    ) throws {
        // The parts from this one on, as a model of their own: the tip is where they see it.
        var own = try FactoredMixture(lead: parts[parts.count - 2], rest: parts[parts.count - 1])
        if parts.count - 2 > index, let known = feasibilities[parts.count - 2] { try own.adopt(known) }
        for place in stride(from: parts.count - 3, through: index, by: -1) {
            own = try FactoredMixture(lead: parts[place], rest: own)
            if place > index, let known = feasibilities[place] { try own.adopt(known) }
        }
        // A quarter of the time for samples, some twenty microseconds each.
        let pairs = min(1_000_000, max(16_384, Int(minutes * 60 / 4 / 20e-6)))
        let source = try StoredPairs(ofFeasibility: own, count: pairs, seed: seed &+ 100 &+ UInt64(index), cancellation: cancellation)
        let start = try Feasibility(of: parts[index + 1], tolerance: tolerance, hidden: [192, 192, 192], seed: seed &+ UInt64(index))
        var training = try FeasibilityTraining(start, settings: TrainingSettings(budget: .minutes(0.75 * minutes), seed: seed &+ UInt64(index)))
        let isFinished = try training.run(source, cancellation: cancellation) { [progress] in progress?.show(LogEntries.progressReport($0)) }
        if let learned = training.learned { feasibilities[index] = learned }
        if !isFinished { throw LuaError("interrupted; what was learned is kept", kind: .interrupt) }
    }
}
