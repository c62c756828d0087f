import ConditionalModels
import Foundation
import Kinematics
import Mixtures
import ModelFiles
import ModelTraining
import Networks
import Numerics
import RobotModels
import Synchronization
import TestSupport
import Testing

/// A planar arm with three joints that turn about z.
func planarArm(lengths: [Double] = [0.5, 0.4, 0.3]) -> Chain {
    var segments: [Chain.Segment] = []
    var x = 0.0
    for (index, length) in lengths.enumerated() {
        segments.append(Chain.Segment(
            name: "joint\(index)", kind: .revolute, child: "link\(index)", origin: Pose(position: [x, 0, 0], rotation: .identity),
            axis: [0, 0, 1], variable: index))
        x = length
    }
    segments.append(Chain.Segment(name: "tip", kind: .fixed, child: "tip", origin: Pose(position: [x, 0, 0], rotation: .identity),
                                  axis: [0, 0, 1], variable: nil))
    return Chain(name: "planar", base: "base", tip: "tip", segments: segments, variables: lengths.indices.map {
        Chain.Variable(name: "joint\($0)", kind: .revolute, lower: -2, upper: 2.5)
    })
}

func smallModel(_ chain: Chain, context: ContextKind = .position, covariance: PrecisionProjection.Shape = .full) throws -> ConditionalMixture {
    try ConditionalMixture(chain: chain, context: context, configuration: ModelConfiguration(
        components: 6, hidden: [48, 48], covariance: covariance, seed: 3))
}

/// A state after some steps of a small training of 40 steps.
func state(after steps: Int, threads: Int, covariance: PrecisionProjection.Shape = .full) throws -> TrainingState {
    let chain = planarArm()
    var settings = TrainingSettings(budget: .steps(40), seed: 8)
    settings.batch = 272
    settings.warmupSteps = 5
    var state = try TrainingState(smallModel(chain, covariance: covariance), settings: settings)
    let workspace = TrainingWorkspace(state.model, problem: try .poses(of: chain, for: state.model), settings: settings)
    for _ in 0..<steps { _ = try state.step(workspace, threads: threads) }
    return state
}

@Suite struct TrainingTests {
    @Test func bitsDoNotDependOnTheNumberOfThreads() throws {
        let one = try state(after: 12, threads: 1)
        #expect(try state(after: 12, threads: 2) == one)
        #expect(try state(after: 12, threads: 3) == one)
        #expect(try state(after: 11, threads: 1) != one)
    }

    @Test func restoredCheckpointContinuesWithTheSameBits() throws {
        let path = temporaryPath("checkpoint.safetensors")
        defer { remove(path) }
        let chain = planarArm()
        var interrupted = try state(after: 15, threads: 2)
        try interrupted.writeCheckpoint(to: path)
        interrupted = try TrainingState(checkpoint: path)
        try Trainer().train(&interrupted, on: .poses(of: chain, for: interrupted.model))
        var whole = try state(after: 0, threads: 2)
        try Trainer().train(&whole, on: .poses(of: chain, for: whole.model))
        #expect(interrupted.step == 40 && whole.step == 40)
        #expect(interrupted.trainedModel.parameters == whole.trainedModel.parameters)
        #expect(interrupted.smoothLoss == whole.smoothLoss)
    }

    @Test func cancellationKeepsTheLastWholeStep() throws {
        let steps = Mutex(0)
        let chain = planarArm()
        var cancelled = try state(after: 0, threads: 1), trainer = Trainer()
        trainer.reportInterval = 0
        let finished = try trainer.train(&cancelled, on: .poses(of: chain, for: cancelled.model), cancellation: Cancellation { steps.withLock { $0 >= 7 } }) { progress, _ in
            steps.withLock { $0 = progress.step }
        }
        #expect(!finished)
        #expect(cancelled.step == 7)
        #expect(cancelled.trainedModel.parameters == (try state(after: 7, threads: 1)).trainedModel.parameters)
    }

    /// A step that is cancelled in its midst has changed nothing that the next one depends on.
    @Test func cancelledStepsAreNone() throws {
        let whole = try state(after: 12, threads: 2)
        let chain = planarArm()
        var broken = try state(after: 11, threads: 2)
        let workspace = TrainingWorkspace(broken.model, problem: try .poses(of: chain, for: broken.model), settings: broken.settings)
        let before = broken
        #expect(try broken.step(workspace, threads: 1, cancellation: Cancellation { true }) == nil)
        #expect(broken == before)
        #expect(try broken.step(workspace, threads: 2) != nil)
        #expect(broken == whole)
    }

    @Test func failedStepKeepsParametersAndHalvesTheRate() throws {
        let model = try smallModel(planarArm())
        var settings = TrainingSettings(budget: .steps(100), seed: 1)
        settings.batch = 32
        var state = try TrainingState(model, settings: settings)
        let workspace = TrainingWorkspace(model, problem: TrainingProblem(source: BrokenSource(inputCount: model.encoder.inputCount)), settings: settings)
        let info = try state.step(workspace)
        #expect(info?.succeeded == false)
        #expect(state.trainedModel.parameters == model.parameters)
        #expect(state.rateFactor == 0.5)
        #expect(throws: TrainingError.self) { for _ in 0..<30 { _ = try state.step(workspace) } }
        #expect(state.trainedModel.parameters == model.parameters)
    }

    @Test(arguments: [PrecisionProjection.Shape.full, .diagonal])
    func planarArmIsLearned(covariance: PrecisionProjection.Shape) throws {
        let chain = planarArm()
        let model = try ConditionalMixture(chain: chain, context: .position, configuration: ModelConfiguration(
            components: 12, hidden: [64, 64, 64], covariance: covariance, seed: 3))
        var settings = TrainingSettings(budget: .steps(1500), seed: 2)
        settings.batch = 256
        settings.warmupSteps = 50
        settings.learningRate = 5e-3
        var state = try TrainingState(model, settings: settings)
        var reports = 0
        try Trainer().train(&state, on: .poses(of: chain, for: state.model)) { progress, _ in
            reports += 1
            #expect(progress.totalSteps == 1500 && progress.fraction > 0 && progress.samplesPerSecond > 0)
        }
        #expect(reports >= 1)
        // Uniform in [−1, 1]³ costs 3·log 2 = 2.08; the position fixes two of three coordinates.
        let loss = try #require(state.smoothLoss)
        #expect(loss < (covariance == .full ? -1.5 : 0.0), "loss \(loss)")
        let trained = try medianError(state.trainedModel, chain), untrained = try medianError(model, chain)
        #expect(trained < (covariance == .full ? 0.06 : 0.15) && untrained > 0.3, "\(trained) m after, \(untrained) m before")
    }

    private func medianError(_ model: ConditionalMixture, _ chain: Chain) throws -> Double {
        let query = try PoseQuery(model, chain: chain)
        var stream = RandomStream(seed: 77)
        var errors: [Double] = []
        for _ in 0..<50 {
            let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
            let samples = query.sample(target, count: 10, using: &stream)
            for row in 0..<samples.rows {
                errors.append(chain.forwardKinematics(Array(samples.row(row))).error(to: target).position)
            }
        }
        return errors.sorted().highMedian
    }

    @Test func settingsOutOfRangeAreNamed() throws {
        let model = try smallModel(planarArm())
        func message(_ change: (inout TrainingSettings) -> Void) -> String {
            var settings = TrainingSettings(budget: .steps(10))
            change(&settings)
            do { _ = try TrainingState(model, settings: settings) } catch { return error.description }
            return ""
        }
        #expect(message { $0.batch = 100 }.contains("batch"))
        #expect(message { $0.budget = .minutes(-1) }.contains("minutes"))
        #expect(message { $0.learningRate = .constant(.nan) }.contains("learning rate"))
        #expect(message { _ in } == "")
    }

    @Test func modelOfAnotherRobotIsRefused() throws {
        let model = try smallModel(planarArm())
        #expect(throws: ModelError.self) { try model.check(planarArm(lengths: [0.5, 0.4, 0.31])) }
        #expect(throws: Never.self) { try model.check(planarArm()) }
    }
}

/// A source whose pairs are not numbers.
private struct BrokenSource: PairSource {
    var dimension: Int { 3 }
    let inputCount: Int

    func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>,
              contexts: UnsafeMutablePointer<Float>, stride: Int) {
        for column in 0..<count {
            for row in 0..<dimension { configurations[row * stride + column] = .nan }
            for row in 0..<inputCount { contexts[row * stride + column] = 0 }
        }
    }
}

@Suite struct MemoryTests {
    /// Sizes that would not fit in any memory are refused before anything is allocated.
    @Test func oversizedModelsAndBatchesAreRefused() throws {
        let chain = try library.robot("panda").chain()
        #expect(throws: ModelError.self) {
            try ConditionalMixture(chain: chain, configuration: ModelConfiguration(components: 4096, hidden: [8192]))
        }
        let model = try ConditionalMixture(chain: chain, configuration: ModelConfiguration(components: 4096, hidden: [256]))
        var settings = TrainingSettings(budget: .steps(1), seed: 1)
        settings.batch = 65536
        var state = try TrainingState(model, settings: settings)
        let error = #expect(throws: TrainingError.self) { try Trainer().train(&state, on: .poses(of: chain, for: state.model)) }
        #expect(error?.description.contains("at most") == true)
    }
}
