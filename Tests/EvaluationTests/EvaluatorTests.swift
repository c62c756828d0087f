import ConditionalModels
import Evaluation
import Kinematics
import Mixtures
import ModelTraining
import Numerics
import RobotModels
import SolutionSets
import Testing

private func smallModel(_ chain: Chain) throws -> ConditionalMixture {
    let model = try ConditionalMixture(chain: chain, configuration: ModelConfiguration(components: 4, hidden: [32, 32], seed: 1))
    var settings = TrainingSettings(budget: .steps(60), seed: 1)
    settings.batch = 64
    var state = try TrainingState(model, settings: settings)
    try Trainer().train(&state, on: .poses(of: chain, for: state.model))
    return state.trainedModel
}

private func smallSettings(seed: UInt64 = 4) -> EvaluationSettings {
    var settings = EvaluationSettings(seed: seed)
    settings.poses = 20
    settings.samples = 15
    settings.referencePoses = 4
    settings.timedPoses = 0
    settings.effort.seeds = 32
    return settings
}

/// Draws from the exact conditional: what a perfect model would do.
private final class Oracle: ConfigurationSampler {
    let chain: Chain

    init(_ chain: Chain) { self.chain = chain }

    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        ReferenceKind.exact.sample(chain, target: pose, count: count, using: &stream)
    }

    func logDensities(of rows: Matrix, at pose: Pose) -> [Double]? { nil }
}

@Suite struct EvaluatorTests {
    @Test func figuresDoNotDependOnTheNumberOfThreads() throws {
        let chain = try libraryChain("panda")
        let model = try smallModel(chain)
        func figures(threads: Int, seed: UInt64 = 4) throws -> [Double] {
            var settings = smallSettings(seed: seed)
            settings.threads = threads
            let evaluation = try Evaluator(model, chain: chain, settings: settings).run()
            var figures: [Double] = [evaluation.floors.exact.value, evaluation.floors.exactMultistart.value, evaluation.components.inUse.value]
            for mode in evaluation.modes {
                for estimate in [mode.position.mean, mode.rotation.percentile95, mode.inside, mode.discrepancy, mode.multistartDiscrepancy] {
                    figures += [estimate.value, estimate.standardError]
                }
                figures += mode.coverage.map(\.value)
                figures += [mode.entropy?.value ?? 0, mode.evidenceBound?.value ?? 0]
                figures += mode.position.quantiles
            }
            return figures
        }
        let one = try figures(threads: 1)
        #expect(one.allSatisfy { $0.isFinite })
        #expect(try figures(threads: 3) == one)
        #expect(try figures(threads: 1, seed: 5) != one)
    }

    /// A sampler of the right distribution has no error, keeps the limits and scores the floor.
    @Test func aPerfectSamplerMeetsTheFloors() throws {
        let chain = try libraryChain("panda")
        var settings = EvaluationSettings(seed: 8)
        settings.poses = 40
        settings.samples = 20
        settings.referencePoses = 40
        settings.timedPoses = 2
        settings.timedCounts = [1, 3]
        settings.modes = [SamplingMode("oracle") { _, chain in Oracle(chain) }, .samples()]
        let evaluation = try Evaluator(smallModel(chain), chain: chain, settings: settings).run()
        let oracle = evaluation.modes[0], raw = evaluation.modes[1]
        #expect(oracle.position.quantiles.last! < 1e-6 && oracle.rotation.quantiles.last! < 1e-6)
        #expect(oracle.inside.value == 1 && oracle.answers.value == 1)
        #expect(abs(oracle.discrepancy.value - evaluation.floors.exact.value) < 4 * evaluation.floors.exact.standardError)
        #expect(abs(oracle.coverage[1].value - evaluation.floors.coverage[1].value) < 0.02)
        #expect(oracle.entropy == nil && oracle.seconds.count == 2 && oracle.medianSeconds[1] > 0)
        #expect(raw.position.mean.value > 0.05 && raw.answers.value < 0.01 && raw.coverage[0].value < oracle.coverage[0].value)
        #expect(raw.discrepancy.value > 2 * oracle.discrepancy.value && raw.entropy != nil)
        #expect(evaluation.redundancy == 1 && evaluation.components.count == 4)
        #expect(evaluation.components.inUse.value <= evaluation.components.inUseOverall + 1e-9)
        #expect(evaluation.solving.allSatisfy { $0.solved == 40 })
    }

    @Test func stepsReduceErrorsAndClipNothing() throws {
        let chain = try libraryChain("panda")
        var stream = RandomStream(seed: 2)
        let truth = chain.randomConfiguration(using: &stream)
        let pose = chain.forwardKinematics(truth)
        let start = Matrix(rows: 21, columns: 7, elements: (0..<21).flatMap { _ in truth.map { $0 + 0.03 * stream.normal() } })
        let steps = PoseSteps(chain)
        func error(_ count: Int) -> Double {
            var rows = start
            steps.take(count, from: &rows, towards: pose)
            return (0..<21).map { chain.forwardKinematics(Array(rows.row($0))).error(to: pose).position }.reduce(0, +) / 21
        }
        let errors = (0...3).map(error)
        #expect(errors[1] < 0.15 * errors[0] && errors[2] < 0.1 * errors[1] && errors[3] < 1e-5, "\(errors)")
        // A start beyond the limits is moved by the step's size, not to the limit.
        var outside = Matrix(rows: 1, columns: 7, elements: chain.variables.map { $0.upper + 0.5 })
        let own = chain.forwardKinematics(Array(outside.row(0)))
        steps.take(2, from: &outside, towards: own)
        #expect(zip(outside.elements, chain.variables).allSatisfy { abs($0 - $1.upper - 0.5) < 1e-3 })
    }

    @Test func cancellationStopsTheEvaluation() throws {
        let chain = try libraryChain("panda")
        #expect(throws: EvaluationError.self) {
            try Evaluator(smallModel(chain), chain: chain, settings: smallSettings(), cancellation: Cancellation { true }).run()
        }
    }

    @Test func modesAreNamed() throws {
        for name in ["raw", "inside", "exact", "1 update", "2 updates", "1 step", "2 updates + 1 step", "4 candidates", "8 resampled", "8 resampled + 1 step",
                     "1 accelerated step", "8 resampled + 1 accelerated step"] {
            #expect(SamplingMode(named: name)?.name == name)
        }
        for name in ["", "update", "0 steps", "1000 steps", "two steps", "1 jump", "1 step more", "1 accelerated update", "1 accelerated"] { #expect(SamplingMode(named: name) == nil) }
    }

    @Test func modelsOfPositionsAreEvaluatedByPositionOnly() throws {
        let chain = try libraryChain("planar_3link")
        let model = try ConditionalMixture(
            chain: chain, context: .position, configuration: ModelConfiguration(components: 3, hidden: [32], seed: 1))
        let evaluation = try Evaluator(model, chain: chain, settings: smallSettings()).run()
        #expect(evaluation.redundancy == 1)
        let exact = try #require(evaluation.modes.last)
        #expect(exact.answers.value == 1 && exact.position.quantiles.last! < 1.01e-4)
    }
}
