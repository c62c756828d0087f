import ConditionalModels
import Kinematics
import ModelTraining
import Numerics

/// The state of the training of a model in parts between two steps.
///
/// One budget is cut into stages, from the last part to the first: each trains the network of a part, and then, for all parts but the last, the
/// ``Feasibility`` that leads from it to the parts after, which learns from their samples. A state is a value; one that was stored and restored
/// continues bit for bit where the budget is one of steps.
public struct PartsTrainingState: Sendable, Equatable {
    /// What a stage trains.
    public enum Stage: Sendable, Equatable {
        case part(Int)
        /// The feasibility after a part.
        case feasibility(Int)
    }

    /// Where the training stands in its only phase.
    public package(set) var course: TrainingCourse
    /// The model as the stages before have left it.
    package private(set) var model: FactoredMixture
    /// The stage at work, counted from 0.
    package private(set) var stage = 0
    /// The training of the stage at work; nil before it began.
    package private(set) var inner: TrainingState?

    /// - Throws: ``TrainingError/invalidSettings(_:)`` where a setting is out of range, there is more than one phase, or steps are fewer than stages.
    public init(_ model: FactoredMixture, phases: [TrainingSettings]) throws(TrainingError) {
        guard phases.count == 1 else { throw .invalidSettings("the stages of a model in parts follow from its parts: its training has one phase") }
        course = try TrainingCourse(phases: phases)
        self.model = model
        if let total = phases[0].totalSteps, total < stages.count {
            throw .invalidSettings("a model in \(model.parts.count) parts is trained in \(stages.count) stages: at least as many steps are needed, not \(total)")
        }
    }

    /// A state that was stored.
    ///
    /// - Throws: ``TrainingError`` where its numbers do not fit one another.
    package init(_ model: FactoredMixture, course: TrainingCourse, stage: Int, inner: TrainingState?) throws(TrainingError) {
        try self.init(model, phases: course.phases)
        guard course.isSound, stages.indices.contains(stage), inner.map({ fits($0.model, stages[stage]) }) ?? true, (inner?.step ?? 0) <= course.step else {
            throw .invalidSettings("the training does not fit its model")
        }
        self.course = course
        self.stage = stage
        self.inner = inner
    }

    /// Whether a network that was stored is the one that a stage trains.
    private func fits(_ other: ConditionalMixture, _ stage: Stage) -> Bool {
        guard other.isOfRobot else { return false }
        switch stage {
        case .part(let part):
            let own = model.parts[part]
            return other.robot.fingerprint == own.robot.fingerprint && other.encoding == own.encoding && other.dimension == own.dimension
        case .feasibility(let part):
            let next = model.parts[part + 1]
            return other.robot.fingerprint == next.robot.fingerprint && other.encoding == next.encoding && other.dimension == 1
        }
    }

    /// The same with another phase from here on, all stages anew; budgets count from here.
    public func continuing(with phases: [TrainingSettings]) throws(TrainingError) -> PartsTrainingState {
        var result = try PartsTrainingState(trainedModel, phases: phases)
        result.course = try course.continuing(with: phases)
        return result
    }

    /// The stages, in their order.
    public var stages: [Stage] { Self.stages(of: model) }

    /// The stages of a model's training, in their order.
    package static func stages(of model: FactoredMixture) -> [Stage] {
        model.parts.indices.reversed().flatMap { part -> [Stage] in part == model.parts.count - 1 ? [.part(part)] : [.part(part), .feasibility(part)] }
    }

    /// What the training has reached.
    public var trainedModel: FactoredMixture {
        guard let inner, inner.step > 0 else { return model }
        var result = model
        // Both fit: that was checked when the stage began.
        switch stages[stage] {
        case .part(let part): try? result.replace(part, with: inner.trainedModel)
        case .feasibility(let part):
            let usual = feasibility(behind: part)
            try? result.adopt(Feasibility(errors: inner.trainedModel, tolerance: usual.tolerance, confidence: usual.confidence), behind: part)
        }
        return result
    }
}

// What a stage is made of.
extension PartsTrainingState {
    /// What counts as feasible after a part: what was said before, or the usual.
    private func feasibility(behind part: Int) -> (tolerance: Double, confidence: Double, hidden: [Int]) {
        if let known = model.links[part].feasibility { return (known.tolerance, known.confidence, known.errors.configuration.hidden) }
        let tolerance = PartsPlan.tolerance(isFirst: part == 0, of: model.dimension, isReversed: model.isReversed)
        return (tolerance, Feasibility.usualConfidence, Feasibility.usualWidths)
    }

    /// The shares of the budget, by stages.
    private var shares: [Double] {
        stages.map { stage in
            switch stage {
            case .part(let part): PartsPlan.share(model.parts[part].dimension)
            // The first part's is the hardest: it sees all that the others cannot complete.
            case .feasibility(let part): part == 0 ? 2 * PartsPlan.feasibilityShare : PartsPlan.feasibilityShare
            }
        }
    }

    /// Where the stage at work ends, and how long it is, as shares of the whole budget.
    private var span: (end: Double, length: Double) {
        let shares = shares, total = shares.reduce(0, +)
        return (stage == stages.count - 1 ? 1 : shares[...stage].reduce(0, +) / total, shares[stage] / total)
    }

    /// The settings of the stage at work: what is left until it is to end.
    private var stageSettings: TrainingSettings {
        var settings = course.settings
        let (end, length) = span
        // What came before may have taken longer than it should; a quarter of the stage is kept.
        func minutes(_ whole: Double, spent: Double) -> Double { max(whole * end - spent / 60, whole * length / 4) }
        settings.seed &+= UInt64(stage)
        settings.budget = switch settings.budget {
        case .minutes(let whole): .minutes(minutes(whole, spent: course.seconds - course.phaseStartSeconds))
        case .processorMinutes(let whole): .processorMinutes(minutes(whole, spent: course.processorSeconds - course.phaseStartProcessorSeconds))
        case .steps, .samples: .steps(steps(to: end) - course.stepInPhase)
        }
        // A short stage has no time for a long rise.
        let share = switch settings.budget {
        case .minutes(let minutes), .processorMinutes(let minutes): Int(minutes * 500)
        case .steps(let steps), .samples(let steps): steps / 10
        }
        settings.warmupSteps = min(settings.warmupSteps, share)
        return settings
    }

    /// The steps of the phase that are taken where the stage at work ends; every stage has one at least.
    private func steps(to end: Double) -> Int {
        let total = course.settings.totalSteps ?? 0
        return min(max(Int((end * Double(total)).rounded()), course.stepInPhase + 1), total - (stages.count - 1 - stage))
    }

    /// How many samples a feasibility learns from: a quarter of the stage's time, or as many as its steps see six times.
    private var pairCount: Int {
        let count = switch course.settings.budget {
        case .minutes(let whole), .processorMinutes(let whole): whole * span.length * 60 / 4 / Self.secondsOfPair
        case .steps, .samples: Double(course.settings.totalSteps ?? 0) * span.length * Double(course.settings.batch) / 6
        }
        return Int(min(1_000_000, max(4096, count)))
    }
    /// About what a sample of later parts takes, in s.
    private static let secondsOfPair = 25e-6

    /// Begins the stage at work, where it did not yet.
    mutating func beginStage() throws {
        guard inner == nil else { return }
        switch stages[stage] {
        case .part(let part): inner = try TrainingState(model.parts[part], settings: stageSettings)
        case .feasibility(let part):
            let usual = feasibility(behind: part)
            let start = try Feasibility(
                of: model.parts[part + 1], tolerance: usual.tolerance, confidence: usual.confidence, hidden: usual.hidden,
                seed: course.settings.seed &+ UInt64(stage))
            inner = try TrainingState(start.errors, settings: stageSettings)
        }
    }

    /// What the stage at work is trained on; nil where drawing it was interrupted.
    func problem(threads: Int, cancellation: Cancellation) throws -> TrainingProblem? {
        switch stages[stage] {
        case .part(let part):
            guard let chain = model.parts[part].robot.chain else { throw ModelError.mismatched("a part without its robot") }
            return try .poses(of: chain, for: model.parts[part])
        case .feasibility(let part):
            guard let tail = model.tail(from: part) else { throw ModelError.mismatched("a part without its robot") }
            do {
                return TrainingProblem(source: try StoredPairs(
                    ofFeasibility: tail, count: pairCount, seed: course.settings.seed &+ 100 &+ UInt64(stage), threads: threads, cancellation: cancellation))
            } catch {
                if cancellation.isRequested { return nil }
                throw error
            }
        }
    }

    /// Takes over what the stage at work has reached.
    ///
    /// - Parameter start: the course as it was when the stage's training stood at `counted`.
    mutating func advance(_ inner: TrainingState, from start: TrainingCourse, counted: TrainingCourse) {
        self.inner = inner
        course.step = start.step + inner.step - counted.step
        course.samples = start.samples + inner.samples - counted.samples
        course.seconds = start.seconds + inner.seconds - counted.seconds
        course.processorSeconds = start.processorSeconds + inner.processorSeconds - counted.processorSeconds
        course.smoothLoss = inner.smoothLoss
        course.rateFactor = inner.rateFactor
        settleEnd(isLast: stage == stages.count - 1 && inner.isFinished)
    }

    /// Lets the budget end with the last stage, neither before nor after.
    private mutating func settleEnd(isLast: Bool) {
        func settled(_ time: Double, _ start: Double, _ minutes: Double) -> Double {
            let end = start + 60 * minutes
            // A difference that rounding leaves.
            return isLast ? max(time, end * (1 + 1e-12) + 1e-9) : min(time, start + 60 * minutes * (1 - 1e-9))
        }
        switch course.settings.budget {
        case .minutes(let minutes): course.seconds = settled(course.seconds, course.phaseStartSeconds, minutes)
        case .processorMinutes(let minutes): course.processorSeconds = settled(course.processorSeconds, course.phaseStartProcessorSeconds, minutes)
        case .steps, .samples: break
        }
    }

    /// Counts time beside that of steps.
    mutating func spend(seconds: Double, processorSeconds: Double) {
        course.seconds += seconds
        course.processorSeconds += processorSeconds
        settleEnd(isLast: false)
    }

    /// Continues with the next stage if the current one has ended.
    ///
    /// - Returns: whether one is left.
    mutating func endStage() -> Bool {
        guard let inner, inner.isFinished, stage + 1 < stages.count else { return false }
        model = trainedModel
        self.inner = nil
        stage += 1
        return true
    }
}
