import Foundation
import Kinematics
import Mixtures
import Numerics
import RobotModels
import SolutionSets

/// Measures a model by the protocol of IKFlow (Ames, Morgan and Konidaris, RA-L 2022), and by more than that.
///
/// Test poses are forward kinematics of uniform joints, from streams that no training draws from. Work is spread over threads by
/// pose, and every pose has streams of its own: the figures do not depend on the number of threads, times excepted.
public struct Evaluator {
    let model: any PoseModel
    let chain: Chain
    let settings: EvaluationSettings
    let cancellation: Cancellation
    let report: (EvaluationProgress) -> Void

    /// - Parameter report: called between batches of poses.
    /// - Throws: `ModelError.wrongSubject` where the model was made for another chain.
    public init(
        _ model: any PoseModel, chain: Chain, settings: EvaluationSettings, cancellation: Cancellation = .never,
        report: @escaping (EvaluationProgress) -> Void = { _ in }
    ) throws {
        try model.check(chain)
        self.model = model
        self.chain = chain
        self.settings = settings
        self.cancellation = cancellation
        self.report = report
    }

    var followsRotation: Bool { model.context == .pose }

    /// Runs the evaluation.
    ///
    /// - Throws: ``EvaluationError/cancelled(stage:)``.
    public func run() throws -> Evaluation {
        let clock = ContinuousClock()
        let start = clock.now
        let poses = testPoses()
        let accuracies = try measureAccuracy(poses)
        let diversity = try measureDiversity(Array(poses.prefix(settings.referencePoses)))
        let solving = try measureSolving(poses)
        let times = try measureTimes(Array(poses.prefix(settings.timedPoses)))
        let modes = settings.modes.indices.map { index in
            let accuracy = accuracies[index], compared = diversity.modes[index]
            return Evaluation.Mode(
                name: settings.modes[index].name, position: accuracy.position, rotation: accuracy.rotation, inside: accuracy.inside,
                answers: accuracy.answers, discrepancy: compared.exact, multistartDiscrepancy: compared.multistart,
                coverage: compared.coverage, entropy: compared.entropy, evidenceBound: compared.evidenceBound,
                seconds: times[index].map(\.mean), medianSeconds: times[index].map(\.median))
        }
        return Evaluation(
            robot: chain.name, degreesOfFreedom: chain.degreesOfFreedom,
            redundancy: TaskRows(chain, followsRotation: followsRotation).redundancy, parameters: model.parameterCount,
            trainingSeconds: model.history.seconds, trainingSteps: model.history.steps, poses: settings.poses, samples: settings.samples,
            referencePoses: min(settings.referencePoses, settings.poses), discrepancyDraws: settings.discrepancyDraws,
            coverageDraws: settings.coverageDraws, coverageRadii: settings.coverageRadii,
            timedCounts: times.first?.isEmpty == false ? settings.timedCounts : [],
            timedPoses: min(settings.timedPoses, settings.poses), densityPosition: settings.density.position,
            densityRotation: settings.density.rotation, densityLimit: settings.density.limit, seed: settings.seed,
            machine: Machine.description, elapsed: (clock.now - start) / .seconds(1), modes: modes, floors: diversity.floors,
            components: diversity.components, solving: solving)
    }

    private func testPoses() -> [Pose] {
        (0..<settings.poses).map { index in
            var stream = settings.stream(.poses, index)
            return chain.forwardKinematics(chain.randomConfiguration(using: &stream))
        }
    }

    /// Reports a stage, and throws if cancellation was requested.
    func pass(_ stage: String, _ done: Int, _ total: Int) throws {
        if cancellation.isRequested { throw EvaluationError.cancelled(stage: stage) }
        report(EvaluationProgress(stage: stage, fraction: total > 0 ? Double(done) / Double(total) : 1, done: done, total: total))
    }

    func makeSamplers() throws -> [any ConfigurationSampler] {
        try settings.modes.map { try $0.makeSampler(model, chain) }
    }

    /// Whether a configuration counts as an answer to a pose.
    func isAnswer(_ q: [Double], position: Double, rotation: Double) -> Bool {
        position <= settings.answerPosition && (!followsRotation || rotation <= settings.answerRotation) && chain.contains(q)
    }
}
