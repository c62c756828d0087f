import ConditionalModels
import Foundation
import Kinematics
import ModelFiles
import ModelTraining
import Numerics
import RobotModels
import Testing

/// Contexts of a problem without the points that answer them.
private struct ContextsAlone: PairSource {
    let source: any PairSource
    var dimension: Int { source.dimension }
    var inputCount: Int { source.inputCount }
    var hasPoints: Bool { false }

    func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>,
              contexts: UnsafeMutablePointer<Float>, stride: Int) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension * stride) { points in
            source.draw(count, using: &stream, configurations: points.baseAddress!, contexts: contexts, stride: stride)
        }
    }
}

@Suite struct ObjectiveTests {
    private let chain = planarArm()

    private func start(_ objective: VariationalSettings.Objective, share: Double, steps: Int) throws -> TrainingState {
        var settings = TrainingSettings(budget: .steps(steps), seed: 3)
        settings.batch = 272
        settings.warmupSteps = 5
        settings.variational.objective = objective
        settings.variational.forwardShare = .constant(share)
        settings.variational.positionWidth = .constant(0.1)
        settings.variational.limitWidth = .constant(0.1)
        settings.variational.temperature = .linear(from: 0.2, to: 1)
        settings.variational.adaptsWidths = false
        return try TrainingState(smallModel(chain), settings: settings)
    }

    private func problem(_ model: ConditionalMixture, hasPoints: Bool) throws -> TrainingProblem {
        var problem = try TrainingProblem.poses(of: chain, for: model)
        if !hasPoints { problem.source = ContextsAlone(source: problem.source) }
        return problem
    }

    @Test(arguments: [VariationalSettings.Objective.path, .reverse, .component], [true, false])
    func bitsDependNeitherOnThreadsNorOnInterruptions(_ objective: VariationalSettings.Objective, _ hasPoints: Bool) throws {
        let share = hasPoints ? 0.4 : 0, path = temporaryPath("objective.safetensors")
        defer { remove(path) }
        func run(_ state: TrainingState, to step: Int, threads: Int) throws -> TrainingState {
            var run = try TrainingRun(state, problem: problem(state.model, hasPoints: hasPoints), threads: threads)
            while run.state.step < step { try run.step() }
            return run.state
        }
        let one = try run(start(objective, share: share, steps: 8), to: 8, threads: 1)
        let two = try run(start(objective, share: share, steps: 8), to: 8, threads: 2)
        #expect(one.optimizer.parameters == two.optimizer.parameters && one.optimizer.average == two.optimizer.average)
        let half = try run(start(objective, share: share, steps: 8), to: 4, threads: 1)
        try half.writeCheckpoint(to: path)
        let resumed = try run(TrainingState(checkpoint: path), to: 8, threads: 1)
        #expect(resumed.optimizer == one.optimizer && one.optimizer.parameters != half.optimizer.parameters)
    }

    @Test(arguments: [VariationalSettings.Objective.path, .reverse, .component], [true, false])
    func cancelledStepsAreNone(_ objective: VariationalSettings.Objective, _ hasPoints: Bool) throws {
        var before = try start(objective, share: hasPoints ? 0.4 : 0, steps: 8)
        let workspace = try before.makeWorkspace(problem(before.model, hasPoints: hasPoints))
        for _ in 0..<2 {
            let polls = SharedCounter()
            var whole = before
            _ = try whole.step(workspace, threads: 1, cancellation: Cancellation { polls.next() < 0 })
            for count in stride(from: 0, to: polls.count, by: 3) {
                let own = SharedCounter()
                var state = before
                #expect(try state.step(workspace, threads: 1, cancellation: Cancellation { own.next() >= count }) == nil, "\(count) of \(polls.count) polls")
                #expect(state == before)
                _ = try state.step(workspace, threads: 2)
                #expect(state == whole)
            }
            before = whole
        }
    }

    /// A training whose widths follow the samples' errors.
    private func adapting(steps: Int) throws -> TrainingState {
        var settings = try start(.path, share: 0, steps: steps).settings
        settings.batch = 64
        settings.learningRate = 5e-3
        settings.variational.temperature = 1
        settings.variational.positionWidth = .constant(0.02)
        settings.variational.adaptsWidths = true
        return try TrainingState(smallModel(chain), settings: settings)
    }

    @Test func widthsFollowTheErrorsDownToThoseAskedFor() throws {
        let state = try adapting(steps: 600)
        var run = try TrainingRun(state, problem: problem(state.model, hasPoints: false), threads: 1)
        var widenings: [Double] = []
        while !run.state.isFinished {
            try run.step()
            widenings.append(try #require(run.report().measures.widening))
        }
        // The first step finds errors of about a metre, dozens of widths.
        #expect(widenings[0] == 1 && widenings[1] > 10)
        #expect(widenings[599] < 0.4 * widenings[1] && widenings.allSatisfy { $0 >= 1 && $0.isFinite })
        // They fall towards the end, or stand: errors are no more widths than they were.
        #expect(widenings[599] < 1.02 * widenings[500])
        // Without the rule nothing is widened or measured.
        let plain = try start(.path, share: 0, steps: 2)
        var other = try TrainingRun(plain, problem: problem(plain.model, hasPoints: false), threads: 1)
        try other.step()
        #expect(other.report().measures.widening == nil && other.state.variational?.record.widening == nil)
    }

    @Test func adaptedWidthsGoOnWithTheSameBits() throws {
        let path = temporaryPath("widths.safetensors")
        defer { remove(path) }
        func run(_ state: TrainingState, to step: Int, threads: Int) throws -> TrainingState {
            var run = try TrainingRun(state, problem: problem(state.model, hasPoints: false), threads: threads)
            while run.state.step < step { try run.step() }
            return run.state
        }
        let one = try run(adapting(steps: 12), to: 12, threads: 1), two = try run(adapting(steps: 12), to: 12, threads: 2)
        let half = try run(adapting(steps: 12), to: 5, threads: 1)
        try half.writeCheckpoint(to: path)
        let resumed = try run(TrainingState(checkpoint: path), to: 12, threads: 1)
        for other in [two, resumed] {
            #expect(other.optimizer.parameters == one.optimizer.parameters && other.variational?.record.widening == one.variational?.record.widening)
        }
    }

    @Test func withoutPointsOnlyTheDensityTrains() throws {
        let state = try start(.path, share: 0.5, steps: 2)
        #expect(throws: TrainingError.self) { try TrainingRun(state, problem: problem(state.model, hasPoints: false)) }
        let plain = try start(.path, share: 0, steps: 2)
        var alone = try problem(plain.model, hasPoints: true)
        alone.densities = nil
        #expect(throws: TrainingError.self) { try TrainingRun(plain, problem: alone) }
    }

    /// The bound that is logged is the model's own: of fresh samples, as a density over the joints in their own units; be there a trust region,
    /// whose components are not those of the model.
    @Test(arguments: [VariationalSettings.Objective.path, .reverse, .component])
    func theLoggedBoundIsTheModelsOwn(_ objective: VariationalSettings.Objective) throws {
        var state = try start(objective, share: 0, steps: objective == .component ? 1500 : 400)
        state = try TrainingState(state.model, settings: {
            var settings = state.settings
            settings.batch = 64
            settings.learningRate = 5e-3
            settings.variational.temperature = 1
            settings.variational.trustRegion = .projection
            settings.variational.covarianceBound = 0.02
            settings.variational.meanBound = 0.02
            return settings
        }())
        var run = try TrainingRun(state, problem: problem(state.model, hasPoints: false), threads: 1)
        var bounds: [Double] = []
        while !run.state.isFinished {
            try run.step()
            bounds.append(run.report().measures.elbo ?? .nan)
        }
        // The component objective estimates it at sixteen contexts a step.
        let logged = bounds.suffix(100).reduce(0, +) / 100
        #expect(logged > bounds[0] + 1)
        var model = run.state.trainedModel
        model.parameters = run.state.optimizer.parameters
        let query = try PoseQuery(model, chain: chain)
        var stream = RandomStream(seed: 9), sum = 0.0
        let contexts = 1000, samples = 20
        for _ in 0..<contexts {
            let pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream)), mixture = query.predict(pose)
            for _ in 0..<samples {
                let q = mixture.sample(using: &stream).x
                let distance = (chain.forwardKinematics(q).position - pose.position).length
                var value = -0.5 * distance * distance / 0.01 - 3 * (Elementary.log(0.1) + 0.5 * Elementary.log(2 * .pi))
                for (i, variable) in chain.variables.enumerated() {
                    // The first joint is counted from the target's own angle, and is where it was a turn before.
                    let middle = (variable.lower + variable.upper) / 2
                    let angle = i == 0 ? (q[i] - middle).remainder(dividingBy: 2 * .pi) + middle : q[i]
                    let excess = max(angle - variable.upper, variable.lower - angle, 0)
                    value -= 0.5 * excess * excess / 0.01
                }
                sum += value - mixture.logDensity(q)
            }
        }
        let own = sum / Double(contexts * samples)
        #expect(abs(logged - own) < 0.3, "logged \(logged), measured \(own)")
    }
}
