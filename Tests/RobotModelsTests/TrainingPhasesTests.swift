import Files
import Kinematics
import ModelFiles
import ModelTraining
import Numerics
import RobotModels
import Testing

/// Two phases of a small training: forward divergence, then components that are removed and added under every technique.
func twoPhases(region: VariationalSettings.TrustRegion = .projection) -> [TrainingSettings] {
    var first = TrainingSettings(budget: .steps(60), seed: 5)
    first.batch = 144
    first.warmupSteps = 5
    var second = first
    second.budget = .steps(120)
    second.variational.forwardShare = .linear(from: 0.8, to: 0.2)
    second.variational.samples = .steps([.init(progress: 0, value: 1), .init(progress: 0.5, value: 2)])
    second.variational.positionWidth = .exponential(from: 0.2, to: 0.05)
    second.variational.trustRegion = region
    second.variational.snapshotInterval = 5
    second.variational.resamplingShare = 0.2
    second.variational.removalThreshold = 0.4
    second.variational.additions = 3
    second.variational.weightStep = 0.2
    return [first, second]
}

private func start(_ phases: [TrainingSettings] = twoPhases()) throws -> TrainingState {
    try TrainingState(smallModel(planarArm()), phases: phases)
}

/// Runs to the end, or some steps; returns the state and every report's measures.
private func run(_ state: TrainingState, steps: Int = .max, threads: Int = 1, supply: TrainingRun.Supply? = nil) throws -> (TrainingState, [TrainingProgress]) {
    var run = try TrainingRun(state, problem: .poses(of: planarArm(), for: state.model), threads: threads, supply: supply)
    var reports: [TrainingProgress] = []
    while !run.state.isFinished, reports.count < steps {
        try run.step()
        reports.append(run.report())
    }
    return (run.settled(), reports)
}

private func expectEqual(_ a: TrainingState, _ b: TrainingState) {
    #expect(a.optimizer.parameters == b.optimizer.parameters)
    #expect(a.optimizer.average == b.optimizer.average)
    #expect(a.optimizer.first == b.optimizer.first && a.optimizer.second == b.optimizer.second)
    #expect(a.variational == b.variational)
    #expect(a.step == b.step && a.phase == b.phase && a.samples == b.samples && a.smoothLoss == b.smoothLoss)
    #expect(a.model.components == b.model.components)
}

@Suite struct TrainingPhasesTests {
    @Test func phasesFollowEachOtherAndComponentsComeAndGo() throws {
        let (state, reports) = try run(start())
        #expect(state.isFinished && state.step == 180 && state.phase == 1 && state.samples == 180 * 144)
        #expect(state.overallProgress == 1 && state.totalSteps == 180)
        #expect(reports[59].phase == 0 && reports[60].phase == 1 && reports[59].measures.elbo == nil)
        #expect(abs(reports[59].fraction - 60.0 / 180) < 1e-12 && reports[59].phaseFraction == 1)
        let measures = reports.last!.measures
        for value in [measures.elbo, measures.entropy, measures.distance, measures.componentsInUse, measures.meanBound, measures.covarianceBound] {
            #expect(value?.isFinite == true)
        }
        let counts = reports.compactMap(\.measures.components)
        #expect(counts.contains { $0 < 6 }, "none was removed: \(Set(counts))")
        #expect(zip(counts, counts.dropFirst()).contains { $0 < $1 }, "none was added: \(Set(counts))")
        #expect(state.trainedModel.components == state.model.components)
        let query = try PoseQuery(state.trainedModel, chain: planarArm())
        var stream = RandomStream(seed: 1)
        #expect(query.sample(planarArm().forwardKinematics([0.1, 0.2, 0.3]), count: 4, using: &stream).rows == 4)
    }

    @Test(arguments: VariationalSettings.TrustRegion.allCases)
    func bitsDoNotDependOnTheNumberOfThreads(region: VariationalSettings.TrustRegion) throws {
        let one = try run(start(twoPhases(region: region)), threads: 1).0, two = try run(start(twoPhases(region: region)), threads: 2).0
        expectEqual(one, two)
    }

    /// Interrupted in the first phase, right at the border, in the second one, and after components came and went.
    @Test(arguments: [17, 60, 93, 165])
    func restoredCheckpointContinuesWithTheSameBits(interruption: Int) throws {
        let path = temporaryPath("phases.safetensors")
        defer { remove(path) }
        let whole = try run(start()).0
        let interrupted = try run(start(), steps: interruption).0
        try interrupted.writeCheckpoint(to: path)
        let restored = try TrainingState(checkpoint: path)
        expectEqual(restored, interrupted)
        let resumed = try run(restored, threads: 2).0
        expectEqual(resumed, whole)
        #expect(resumed.trainedModel.parameters == whole.trainedModel.parameters)
    }

    @Test func everyTechniqueCanBeSwitchedOff() throws {
        func change(_ body: (inout VariationalSettings) -> Void) -> [TrainingSettings] {
            var phases = twoPhases()
            body(&phases[1].variational)
            return phases
        }
        let reference = try run(start()).0
        let variants = [
            change { $0.trustRegion = .none }, change { $0.adaptsBounds = false }, change { $0.resamplingShare = 0 }, change { $0.forwardShare = 0 },
            change { $0.removalThreshold = 0; $0.additions = 0 }, change { $0.entropyGradient = .path }, change { $0.weightStep = 0 },
        ]
        for (index, phases) in variants.enumerated() {
            let state = try run(start(phases)).0
            #expect(state.optimizer.parameters.isFinite, "variant \(index)")
            #expect(state.optimizer.parameters != reference.optimizer.parameters, "variant \(index) changes nothing")
        }
        #expect(try run(start(variants[4])).0.model.components == 6)
    }

    @Test func suppliedValuesActLikeTheScheduleTheyFollow() throws {
        var scheduled = twoPhases()
        scheduled[0].learningRate = .linear(from: 1e-3, to: 5e-3)
        scheduled[1].variational.meanBound = .linear(from: 0.3, to: 0.1)
        var supplied = scheduled
        supplied[0].learningRate = .supplied(value: 0)
        supplied[1].variational.meanBound = .supplied(value: 1)
        var asked = Set<String>()
        let state = try run(start(supplied), supply: { phase, name, progress in
            asked.insert("\(phase) \(name)")
            return (name == "learning_rate" ? Schedule.linear(from: 1e-3, to: 5e-3) : .linear(from: 0.3, to: 0.1)).value(at: progress)
        }).0
        #expect(asked == ["0 learning_rate", "1 mean_bound"])
        expectEqual(state, try run(start(scheduled)).0)
    }

    @Test func missingAndWrongSuppliedValuesAreErrors() throws {
        var phases = twoPhases()
        phases[1].variational.positionWidth = .supplied(value: 0.1)
        let path = temporaryPath("functions.safetensors")
        defer { remove(path) }
        try start(phases).writeCheckpoint(to: path)
        let restored = try TrainingState(checkpoint: path)
        let error = #expect(throws: TrainingError.self) { try run(restored) }
        #expect(error == .functionsMissing(["position_deviation"]))
        #expect(error?.description.contains("position_deviation") == true)
        let invalid = #expect(throws: TrainingError.self) { try run(restored, supply: { _, _, _ in -1 }) }
        #expect(invalid?.description.contains("position_deviation") == true)
    }

    /// A step that ends with an error has taken its time all the same.
    @Test func theTimeOfFailedStepsCounts() throws {
        struct Refusal: Error {}
        var phases = twoPhases()
        phases[0].learningRate = .supplied(value: 0)
        var run = try TrainingRun(start(phases), problem: .poses(of: planarArm(), for: start().model), threads: 1, supply: { _, _, _ in
            let end = ContinuousClock.now + .milliseconds(20)
            while ContinuousClock.now < end {}
            throw Refusal()
        })
        #expect(throws: Refusal.self) { try run.step() }
        #expect(run.state.step == 0 && run.state.seconds >= 0.02 && run.state.processorSeconds > 0)
    }

    /// Checkpoints without the processor's time count it from zero.
    @Test func checkpointsWithoutProcessorTimeGoOn() throws {
        let path = temporaryPath("times.safetensors")
        defer { remove(path) }
        let interrupted = try run(start(), steps: 65).0
        try interrupted.writeCheckpoint(to: path)
        var file = try Safetensors(contentsOf: path)
        file.metadata["training"]!.replace(#/"(processorSeconds|phaseStartProcessorSeconds)":[-+0-9.eE]+,/#, with: "")
        #expect(file.metadata["training"]?.contains("rocessorSeconds") == false)
        let restored = try TrainingState(file, path: path)
        #expect(restored.processorSeconds == 0 && restored.seconds == interrupted.seconds)
        expectEqual(restored, interrupted)
    }

    @Test func continuingCountsItsBudgetFromHere() throws {
        let finished = try run(start()).0
        var more = TrainingSettings(budget: .steps(10), seed: 9)
        more.batch = 144
        let next = try finished.continuing(with: more)
        #expect(next.progress == 0 && !next.isFinished && next.step == 180)
        #expect(try run(next).0.step == 190)
    }
}
