import ConditionalModels
import Files
import Kinematics
import LuaBridge
import Mixtures
import ModelFiles
import ModelTraining
import Networks
import Numerics
import RobotModels

// What avips.model makes of a name, a path or options: a model of a robot, or what another kind of model makes of them.

extension ModelEntries {
    /// A model by its name, or from a path.
    ///
    /// - Parameters:
    ///   - attached: the table of `options`, which say what the model is trained on.
    func loadModel(_ slot: Slot, attach attached: Slot, _ options: LuaBridge.Options) throws -> Value {
        let name = try slot.path()
        let isPath = name.contains("/") || name.hasSuffix(".safetensors")
        let names = resources.modelNames
        guard isPath || names.contains(name) else {
            let known = nearestName(to: name, among: names).map { "the nearest is \"\($0)\"" }
                ?? (names.isEmpty ? "no model is at hand" + resources.absence : "the models at hand are " + names.joined(separator: ", "))
            throw slot.invalid("names no model (\"\(name)\"); \(known); for one of your own give its path, for example \"./\(name).safetensors\"")
        }
        // A loop that was left may still hold what its checkpoint is to have.
        session.concludeTrainings()
        let path = isPath ? try files.source(name) : resources.models + "/" + name + ".safetensors"
        let file = try Safetensors(contentsOf: path)
        try SavedObject.model.check(file, path: path)
        if ModelEnsemble.isHeld(by: file) { return try EnsembleModelEntries(session: session).load(file, path: path, attach: options) }
        if StoredModel.isHeld(by: file) { return try SampledModelEntries(session: session).load(file, path: path, attach: attached, options) }
        if file.metadata["subject"] == DensitySubject.kind { return try ConditionalModelEntries(session: session).load(file, path: path, attach: attached, options) }
        try refuseAttached(options)
        if TrainingState.isHeld(by: file) {
            let checkpoint = ReadCheckpoint(state: try TrainingState(file, path: path), log: TrainingLog(metadata: file.metadata, path: path, warn: warn), path: path)
            let mixture = checkpoint.state.trainedModel
            if mixture.robot.whole != nil { return .object(holding: try BodyModel(mixture, checkpoint: checkpoint)) }
            return .object(holding: try model(mixture, checkpoint: checkpoint))
        }
        if FactoredMixture.isHeld(by: file) { return .object(holding: try factoredModel(file, path: path)) }
        let mixture = try ConditionalMixture(file, path: path)
        if mixture.robot.whole != nil { return .object(holding: try BodyModel(mixture)) }
        return .object(holding: try model(mixture))
    }

    /// Refuses what goes with models of targets, simulators and pairs alone.
    func refuseAttached(_ options: LuaBridge.Options) throws {
        if let other = options.given(ConditionalModelEntries.attachedOptions).first {
            throw options.invalid(other, "goes with the file of a model of a conditional target, a simulator or pairs, and this one is of a robot")
        }
    }

    /// A model of a file, saved with its training or without.
    private func model(_ mixture: ConditionalMixture, checkpoint: ReadCheckpoint<TrainingState>? = nil) throws -> Model {
        try Model(mixture, robot: Robot(chain(of: mixture.robot)), isPlanned: PartsPlan.isRecommended(mixture), checkpoint: checkpoint)
    }

    private func factoredModel(_ file: Safetensors, path: String) throws -> FactoredModel {
        guard PartsTrainingState.isHeld(by: file) else { return FactoredModel(try FactoredMixture(file, path: path)) }
        let state = try PartsTrainingState(file, path: path)
        return FactoredModel(state.trainedModel, checkpoint: ReadCheckpoint(state: state, log: TrainingLog(metadata: file.metadata, path: path, warn: warn), path: path))
    }

    /// A model of two that are trained.
    private func newFactoredModel(_ slot: Slot, _ options: LuaBridge.Options) throws -> FactoredModel {
        guard let lead = options[ModelKeys.lead], let rest = options[ModelKeys.rest] else {
            throw slot.invalid("must name both parts: avips.model{ lead = first, rest = second }")
        }
        if let other = options.given(ModelKeys.settledByParts).first {
            throw options.invalid(other, "does not go with lead and rest, which are models already")
        }
        let first = try lead.object(Model.self).mixture, model: FactoredMixture
        if let others = rest.boxIfPresent(FactoredModel.self) {
            model = try FactoredMixture(lead: first, rest: others.read().mixture)
        } else {
            guard let other = rest.boxIfPresent(Model.self) else { throw rest.mismatch("a Model or a FactoredModel") }
            model = try FactoredMixture(lead: first, rest: other.read().mixture)
        }
        guard let given = options[ModelKeys.robot] else { return FactoredModel(model) }
        let chain = try robot(given).chain
        return FactoredModel(chain.fingerprint == model.chain.fingerprint ? model : try model.reversed(of: chain))
    }

    /// The chain that a model was made for: its own, or that of the robot that it names.
    private func chain(of identity: RobotIdentity) throws -> Chain {
        if let chain = identity.chain { return chain }
        return try resources.robotLibrary.robot(identity.name).chain(base: identity.base, tip: identity.tip)
    }

    func newModel(_ slot: Slot, _ options: LuaBridge.Options) throws -> Value {
        if options.has(EnsembleModelEntries.membersOption) { return try EnsembleModelEntries(session: session).make(options) }
        let kind = try options[KindKeys.kind]
        try KindKeys.check(options, kind)
        if kind == .flow || kind == .gan { return try SampledModelEntries(session: session).make(kind, slot, options) }
        if try options[ModelKeys.parts] ?? isLeftToTheProgram(options) { return try FactoredModelEntries(session: session).makePlanned(slot, options) }
        if options.has(ModelKeys.lead) || options.has(ModelKeys.rest) { return .object(holding: try newFactoredModel(slot, options)) }
        if ConditionalModelEntries.areMeant(options) { return try ConditionalModelEntries(session: session).make(slot, options) }
        if options.has(ConditionalModelEntries.simulatorPriorOption) { throw options.invalid(ConditionalModelEntries.simulatorPriorOption, "goes with simulator") }
        guard let given = options[ModelKeys.robot] else {
            throw slot.invalid("must name a robot, a target, a simulator or pairs: avips.model{ robot = \"panda\" }")
        }
        let subject = try robotOrBody(given)
        let configuration = try ModelKeys.configuration(options, usual: ModelKeys.robots, seed: options[ModelKeys.seed] ?? nextSeed())
        guard case .robot(let robot) = subject else {
            if let other = options.given([ModelKeys.joints]).first {
                throw options.invalid(other, "goes with a robot that is a chain, not with a whole body")
            }
            return .object(holding: try BodyModelEntries(session: session).make(subject.body, slot, options, configuration: configuration))
        }
        if let other = options.given(ModelKeys.ofBodies).first {
            throw options.invalid(other, "goes with the model of a whole body; this robot is a chain")
        }
        // A model of all joints is no part of one.
        let joints = try options[ModelKeys.joints]?.integer(in: 1...robot.chain.degreesOfFreedom)
        let leading = joints == robot.chain.degreesOfFreedom ? nil : joints
        let mixture = try ConditionalMixture(
            chain: robot.chain, leading: leading, context: options[ModelKeys.context], usesSymmetry: options[ModelKeys.turning], configuration: configuration,
            cancellation: cancellation)
        try state.stopIfInterrupted()
        return .object(holding: try Model(mixture, robot: robot))
    }

    /// Whether options name a chain and nothing that a model of it is to be built from.
    private func isLeftToTheProgram(_ options: LuaBridge.Options) throws -> Bool {
        guard let given = options[ModelKeys.robot], options.given(ModelKeys.declared.filter { !["robot", "seed"].contains($0.parameter.name) }).isEmpty else { return false }
        if case .robot = try robotOrBody(given) { return true }
        return false
    }
}
