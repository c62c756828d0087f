import ConditionalInference
import ConditionalModels
import Kinematics
import Mixtures
import ModelTraining
import Numerics
import RobotModels
import Testing

/// Pairs of the planar arm that are spoiled in some steps.
private struct SpoiledSource: PairSource {
    let source: KinematicPairs
    let draws = SharedCounter()
    let spoiled: Range<Int>
    var value = Float.nan

    var dimension: Int { source.dimension }
    var inputCount: Int { source.inputCount }

    func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>,
              contexts: UnsafeMutablePointer<Float>, stride: Int) {
        source.draw(count, using: &stream, configurations: configurations, contexts: contexts, stride: stride)
        if spoiled.contains(draws.next()) { configurations[3] = value }
    }
}

/// A target that says nothing, or nothing useful.
private struct EmptyTargets: DensityFamily {
    struct Target: MeasuringDensity {
        let dimension: Int
        let value: Float
        let slope: Float
        var contextCount: Int { 3 }
        var scratchCount: Int { 0 }

        func evaluate(_ x: UnsafePointer<Lanes>, inputs: UnsafePointer<Float>, stride: Int, gradient: UnsafeMutablePointer<Lanes>,
                      scratch: UnsafeMutablePointer<Lanes>) -> DensityValue {
            for i in 0..<dimension { gradient[i] = Lanes(repeating: slope) }
            // One lane stays sound where the density is asked to be zero in parts only.
            var value = Lanes(repeating: value)
            if slope == 0 { value[0] = -1 }
            return DensityValue(logDensity: value)
        }
    }

    let value: Float
    let slope: Float

    func density(_ widths: TargetWidths) -> any ConditionalDensity { Target(dimension: 3, value: value, slope: slope) }
}

@Suite struct RobustnessTests {
    private let chain = planarArm()

    private func settings(steps: Int) -> TrainingSettings {
        var settings = TrainingSettings(budget: .steps(steps), seed: 4)
        settings.batch = 64
        settings.warmupSteps = 5
        return settings
    }

    private func run(
        _ settings: TrainingSettings, source: (any PairSource)? = nil, targets: (any DensityFamily)? = nil
    ) throws -> (state: TrainingState, warnings: [String], error: TrainingError?) {
        let model = try smallModel(chain)
        let plain = KinematicPairs(chain: chain, encoding: model.encoding)
        var run = try TrainingRun(TrainingState(model, settings: settings), problem: TrainingProblem(source: source ?? plain, densities: targets), threads: 1)
        var warnings: [String] = []
        do {
            while !run.state.isFinished {
                try run.step()
                if let warning = run.report().warning { warnings.append(warning) }
            }
        } catch let error as TrainingError {
            return (run.settled(), warnings, error)
        }
        return (run.settled(), warnings, nil)
    }

    @Test(arguments: [Float.nan, .infinity, 1e30])
    func spoiledPairsCostAStepEach(value: Float) throws {
        let source = SpoiledSource(source: KinematicPairs(chain: chain, encoding: try smallModel(chain).encoding), spoiled: 30..<32, value: value)
        let result = try run(settings(steps: 120), source: source)
        #expect(result.error == nil && result.state.step == 120)
        #expect(result.warnings.count == 2 && result.warnings.allSatisfy { $0.contains("parameters kept") }, "\(result.warnings)")
        #expect(result.state.rateFactor == 0.25)
        #expect(result.state.trainedModel.parameters.isFinite)
    }

    /// Steps far too long spoil the parameters themselves; those of an earlier step come back.
    @Test func parametersGoneBadComeBackFromAnEarlierStep() throws {
        var settings = settings(steps: 700)
        settings.finalShare = 1
        settings.warmupSteps = 0
        settings.learningRate = .steps([.init(progress: 0, value: 2e-3), .init(progress: 0.5, value: 1), .init(progress: 0.6, value: 2e-3)])
        let result = try run(settings)
        #expect(result.error == nil)
        #expect(result.warnings.contains { $0.contains("went back to the parameters of step") }, "\(result.warnings)")
        #expect(result.state.trainedModel.parameters.isFinite)
        let loss = try #require(result.state.smoothLoss)
        #expect(loss < 3, "loss \(loss)")
    }

    @Test func trainingThatEndsInABadStepKeepsAGoodModel() throws {
        var settings = settings(steps: 250)
        settings.warmupSteps = 0
        settings.finalShare = 1
        settings.gradientClip = 1e9
        settings.learningRate = .steps([.init(progress: 0, value: 2e-3), .init(progress: 0.95, value: 1)])
        let result = try run(settings)
        #expect(result.state.trainedModel.parameters.isFinite)
        let query = try PoseQuery(result.state.trainedModel, chain: chain)
        var stream = RandomStream(seed: 2)
        let samples = query.sample(chain.forwardKinematics([0.3, 0.2, 0.1]), count: 8, using: &stream)
        #expect((0..<8).allSatisfy { samples.row($0).allSatisfy(\.isFinite) })
    }

    @Test(arguments: [-Float.infinity, .nan])
    func targetWithoutDensityAnywhereEndsTheTraining(value: Float) throws {
        var settings = settings(steps: 200)
        settings.variational.forwardShare = 0.5
        let result = try run(settings, targets: EmptyTargets(value: value, slope: 1))
        guard case .targetUndefined = result.error else { Issue.record("\(String(describing: result.error))"); return }
        #expect(result.warnings.count == 19 && result.state.rateFactor < 1e-5)
        #expect(result.state.trainedModel.parameters == (try smallModel(chain)).parameters)
        #expect(result.error?.description.contains("zero or undefined at every sample") == true)
    }

    @Test func targetWithoutSlopeAnywhereEndsTheTraining() throws {
        var settings = settings(steps: 200)
        settings.variational.forwardShare = 0
        let result = try run(settings, targets: EmptyTargets(value: 0, slope: .nan))
        guard case .targetUndefined = result.error else { Issue.record("\(String(describing: result.error))"); return }
    }

    @Test func targetThatIsZeroInPartsIsTrainedWith() throws {
        var settings = settings(steps: 60)
        settings.variational.forwardShare = 0.5
        let result = try run(settings, targets: EmptyTargets(value: -.infinity, slope: 0))
        // No step failed; that much of the density is zero is said.
        #expect(result.error == nil && result.state.rateFactor == 1)
        #expect(result.warnings.allSatisfy { $0.contains("of the samples the target's density is zero or not a number") }, "\(result.warnings)")
        #expect(result.state.trainedModel.parameters.isFinite)
    }

    /// Components whose covariance is singular to working precision: nothing bounds it, and the parameters ask for e^±∞.
    @Test(arguments: [Float(1e4), -1e4, 1e30])
    func singularCovariancesAreSurvived(raw: Float) throws {
        var model = try ConditionalMixture(chain: chain, context: .position, configuration: ModelConfiguration(
            components: 3, hidden: [16], isConditioned: false, seed: 3))
        let biases = model.network.layers.last!.biases
        for row in 0..<model.projection.rawCount { model.parameters[biases + model.firstRow(ofComponent: 1) + 3 + row] = raw }
        var settings = settings(steps: 60)
        settings.variational.forwardShare = 0.5
        settings.variational.snapshotInterval = 10
        var run = try TrainingRun(TrainingState(model, settings: settings), problem: .poses(of: chain, for: model), threads: 1)
        do { while !run.state.isFinished { try run.step() } } catch is TrainingError {}
        #expect(run.settled().trainedModel.parameters.isFinite)
    }

    @Test func modelWithoutFiniteParametersIsRefused() throws {
        var model = try smallModel(chain)
        model.parameters[7] = .nan
        let error = #expect(throws: TrainingError.self) { try TrainingState(model, settings: settings(steps: 1)) }
        #expect(error?.description.contains("not finite") == true)
    }
}
