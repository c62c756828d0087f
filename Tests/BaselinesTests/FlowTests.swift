import Baselines
import ConditionalInference
import ConditionalModels
import Foundation
import ModelTraining
import Networks
import Numerics
import Testing

/// The integral of a density over a rectangle by the midpoint rule, n × n places.
private func integral(_ generator: any Generator, _ context: EncodedContext, _ lower: [Double], _ upper: [Double], _ n: Int) throws -> Double {
    let steps = (0..<2).map { (upper[$0] - lower[$0]) / Double(n) }
    var places: [Double] = []
    for i in 0..<n {
        for j in 0..<n {
            places.append(lower[0] + (Double(i) + 0.5) * steps[0])
            places.append(lower[1] + (Double(j) + 0.5) * steps[1])
        }
    }
    let logs = try #require(generator.logDensities(of: Matrix(rows: n * n, columns: 2, elements: places), at: context))
    return logs.reduce(0) { $0 + exp($1) } * steps[0] * steps[1]
}

@Suite struct FlowTests {
    private func disturbed(_ coupling: FlowConfiguration.Coupling, width: Int = 0) throws -> ConditionalFlow {
        var flow = try flow(2, inputs: 1, FlowConfiguration(blocks: 3, hidden: [32], coupling: coupling, width: width, noise: 0.01, seed: 5), space: space(2, middle: 0.5, halfRange: 2))
        flow.parameters = flow.parameters.disturbed(0.05, seed: 6)
        return flow
    }

    @Test(arguments: FlowConfiguration.Coupling.allCases) func densitiesIntegrateToOne(_ coupling: FlowConfiguration.Coupling) throws {
        let generator = try disturbed(coupling).makeGenerator(), context = EncodedContext(inputs: [0.7])
        let found = try integral(generator, context, [-20, -20], [20, 20], 400)
        #expect(abs(found - 1) < 2e-2)
        #expect(generator.takeFault() == nil)
    }

    @Test(arguments: FlowConfiguration.Coupling.allCases) func samplesFollowTheDensity(_ coupling: FlowConfiguration.Coupling) throws {
        let generator = try disturbed(coupling).makeGenerator(), context = EncodedContext(inputs: [-0.4])
        var stream = RandomStream(seed: 1)
        let count = 20000, rows = generator.sample(at: context, count: count, using: &stream).map { Double($0) }
        let middle = (0..<2).map { i -> Double in (0..<count).reduce(0.0) { $0 + rows[2 * $1 + i] } / Double(count) }
        // The share of samples in a box around their mean is the density's integral over it.
        let inside = (0..<count).count { abs(rows[2 * $0] - middle[0]) < 1 && abs(rows[2 * $0 + 1] - middle[1]) < 1 }
        let mass = try integral(generator, context, middle.map { $0 - 1 }, middle.map { $0 + 1 }, 200)
        #expect(mass > 0.05)
        #expect(abs(Double(inside) / Double(count) - mass) < 0.02)
    }

    @Test func anglesWithoutLimitsAreSummedOverWindings() throws {
        let space = SampleSpace(names: ["a", "b"], lower: [-.pi, -1], upper: [.pi, 1], periodic: [true, false])
        var model = try flow(2, inputs: 1, FlowConfiguration(blocks: 2, hidden: [16], noise: 0, seed: 1), space: space)
        model.parameters = model.parameters.disturbed(0.05, seed: 3)
        let generator = model.makeGenerator(), context = EncodedContext(inputs: [0.2])
        let found = try integral(generator, context, [-.pi, -12], [.pi, 12], 300)
        #expect(abs(found - 1) < 2e-2)
        let turns = [0, 1e3, 1e6, 1e9].map { 0.5 + 2 * .pi * $0 }
        let logs = try #require(generator.logDensities(of: Matrix(rows: 4, columns: 2, elements: turns.flatMap { [$0, 0.1] }), at: context))
        #expect(logs.allSatisfy { abs($0 - logs[0]) < 1e-3 }, "\(logs)")
        var stream = RandomStream(seed: 1)
        let samples = generator.sample(at: context, count: 100, using: &stream)
        #expect((0..<100).allSatisfy { abs(samples[2 * $0]) <= Float.pi + 1e-5 })
    }

    @Test func paddedFlowsSayThatTheyHaveNoDensity() throws {
        let model = try disturbed(.affine, width: 5), generator = model.makeGenerator(), context = EncodedContext(inputs: [0])
        #expect(!model.hasDensity)
        #expect(generator.logDensities(of: Matrix(rows: 1, columns: 2), at: context) == nil)
        var stream = RandomStream(seed: 1)
        #expect(generator.sample(at: context, count: 33, using: &stream).count == 66)
    }

    @Test func samplesDependOnTheSeedAndNotOnHowManyAreDrawnTogether() throws {
        let generator = try disturbed(.spline).makeGenerator(), context = EncodedContext(inputs: [0.1])
        var a = RandomStream(seed: 4), b = RandomStream(seed: 4)
        #expect(generator.sample(at: context, count: 300, using: &a) == generator.sample(at: context, count: 300, using: &b))
    }

    /// One sample, and the density at one place, take products with vectors.
    @Test(arguments: FlowConfiguration.Coupling.allCases) func oneAloneIsAsTheFirstOfMany(_ coupling: FlowConfiguration.Coupling) throws {
        let generator = try disturbed(coupling).makeGenerator(), context = EncodedContext(inputs: [0.1])
        var a = RandomStream(seed: 4), b = RandomStream(seed: 4)
        let many = generator.sample(at: context, count: 300, using: &a), one = generator.sample(at: context, count: 1, using: &b)
        #expect(one.count == 2 && zip(one, many).allSatisfy { abs($0 - $1) < 1e-5 })
        let places = Matrix(rows: 300, columns: 2, elements: many.map(Double.init))
        let logs = try #require(generator.logDensities(of: places, at: context))
        for row in 0..<20 {
            let alone = try #require(generator.logDensities(of: Matrix(rows: 1, columns: 2, elements: Array(places.row(row))), at: context))
            #expect(abs(alone[0] - logs[row]) < 1e-4)
        }
    }

    @Test(arguments: FlowConfiguration.Coupling.allCases) func farAwayTheDensityIsZeroAndNothingIsDamaged(_ coupling: FlowConfiguration.Coupling) throws {
        let generator = try disturbed(coupling).makeGenerator(), context = EncodedContext(inputs: [0.7])
        let distances = [1e12, 1e25, 1e38, 1e300]
        let places = Matrix(rows: distances.count, columns: 2, elements: distances.flatMap { [$0, -$0] })
        let logs = try #require(generator.logDensities(of: places, at: context))
        #expect(generator.takeFault() == nil)
        #expect(logs.allSatisfy { $0 < -1000 } && logs.last == -.infinity, "\(logs)")
    }

    @Test func damagedParametersAreNoticed() throws {
        var model = try disturbed(.affine)
        model.parameters[model.couplings[0].network.layers[0].biases] = .infinity
        let generator = model.makeGenerator()
        var stream = RandomStream(seed: 1)
        let rows = generator.sample(at: EncodedContext(inputs: [0]), count: 10, using: &stream)
        #expect(rows.allSatisfy { $0.isFinite })
        #expect(generator.takeFault() != nil)
        #expect(generator.takeFault() == nil)
    }

    @Test func sizesAreJudged() throws {
        func fails(_ change: (inout FlowConfiguration) -> Void) -> Bool {
            var configuration = FlowConfiguration()
            change(&configuration)
            return (try? configuration.validate(dimension: 7, inputs: 9)) == nil
        }
        #expect(!fails { _ in })
        #expect(fails { $0.blocks = 0 })
        #expect(fails { $0.hidden = [17] })
        #expect(fails { $0.hidden = [] })
        #expect(fails { $0.hidden = [4096, 4096, 4096] })
        #expect(fails { $0.width = 6 })
        #expect(fails { $0.bins = 1 })
        #expect(fails { $0.clamp = .nan })
        #expect(fails { $0.noise = -1 })
        #expect((try? FlowConfiguration().validate(dimension: 1, inputs: 1)) == nil)
    }

    @Test func thePublishedSizeHasFiftyMillionParameters() throws {
        let model = try flow(7, inputs: 9, FlowConfiguration(blocks: 12, hidden: [1024, 1024, 1024], width: 15))
        #expect((50_000_000..<52_000_000).contains(model.parameterCount))
        var stream = RandomStream(seed: 1)
        #expect(model.makeGenerator().sample(at: EncodedContext(inputs: Array(repeating: 0, count: 9)), count: 3, using: &stream).allSatisfy { $0.isFinite })
    }
}

@Suite struct FlowTrainingTests {
    private func settings(_ steps: Int, _ optimizer: Optimizer = .adam) -> TrainingSettings {
        var settings = TrainingSettings(budget: .steps(steps), seed: 3)
        settings.batch = 256
        settings.optimizer = optimizer
        settings.learningRate = 2e-3
        settings.warmupSteps = 20
        return settings
    }

    @Test(arguments: FlowConfiguration.Coupling.allCases) func likelihoodReachesTheEntropy(_ coupling: FlowConfiguration.Coupling) throws {
        let model = try flow(2, inputs: 1, FlowConfiguration(blocks: 4, hidden: [64, 64], coupling: coupling, noise: 1e-3, seed: 1))
        let state = try train(model, on: TrainingProblem(source: TwoModes()), settings(1500))
        let generator = state.trainedModel.makeGenerator()
        var stream = RandomStream(seed: 77), gap = 0.0
        for _ in 0..<40 {
            var x = [Float](repeating: 0, count: 32), c = [Float](repeating: 0, count: 16)
            TwoModes().draw(16, using: &stream, configurations: &x, contexts: &c, stride: 16)
            for i in 0..<16 {
                let place = [Double(x[i]), Double(x[16 + i])]
                let own = generator.logDensities(of: Matrix(rows: 1, columns: 2, elements: place), at: EncodedContext(inputs: [c[i]]))
                gap += (TwoModes.logDensity(place[0], place[1], Double(c[i])) - (try #require(own)[0])) / 640
            }
        }
        #expect(gap < 0.2, "\(gap) nats")
        #expect(gap > -0.02)
    }

    @Test func reverseDivergenceReachesTheNormaliser() throws {
        let model = try flow(3, inputs: 2, FlowConfiguration(blocks: 3, hidden: [32], noise: 0, seed: 1))
        var settings = settings(1200)
        settings.variational.forwardShare = .constant(0)
        var run = try ModelTrainingRun(ModelTrainingState(model, phases: [settings]), problem: TrainingProblem(source: NormalContexts(), densities: ShiftedNormal()), threads: 2)
        while !run.state.course.isFinished { try run.step() }
        let elbo = try #require(run.report().measures.elbo)
        #expect(abs(run.reading.measures.elbo! - ShiftedNormal.logNormaliser) < 0.15)
        #expect(elbo < ShiftedNormal.logNormaliser)
    }

    /// A model whose scales are a twentieth of the density's: samples must leave the interval that splines take to itself.
    @Test(arguments: FlowConfiguration.Coupling.allCases) func reverseDivergenceReachesFarBeyondTheScales(_ coupling: FlowConfiguration.Coupling) throws {
        let model = try flow(2, inputs: 1, FlowConfiguration(blocks: 3, hidden: [32], coupling: coupling, noise: 0, seed: 1))
        var settings = settings(800)
        settings.variational.forwardShare = .constant(0)
        let state = try train(model, on: TrainingProblem(source: WideNormal(), densities: WideNormal()), settings)
        let generator = state.trainedModel.makeGenerator(), count = 4000
        var stream = RandomStream(seed: 4)
        let rows = generator.sample(at: EncodedContext(inputs: [0.5]), count: count, using: &stream).map { Double($0) }
        for i in 0..<2 {
            let deviation = ((0..<count).reduce(0.0) { $0 + rows[2 * $1 + i] * rows[2 * $1 + i] } / Double(count)).squareRoot()
            #expect(abs(deviation / WideNormal.deviation - 1) < 0.1, "variable \(i + 1): \(deviation)")
        }
    }

    /// A normal density of deviation 20 whatever the context.
    private struct WideNormal: PairSource, DensityFamily, ConditionalDensity {
        static let deviation = 20.0
        let dimension = 2, inputCount = 1, contextCount = 1, scratchCount = 0
        var hasPoints: Bool { false }

        func density(_ widths: TargetWidths) -> any ConditionalDensity { self }

        func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>, contexts: UnsafeMutablePointer<Float>, stride: Int) {
            for column in 0..<count { contexts[column] = Float(stream.normal()) }
        }

        func evaluate(
            _ places: UnsafePointer<Lanes>, count: Int, contexts: UnsafePointer<Float>, stride: Int, values: UnsafeMutablePointer<Lanes>,
            gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
        ) {
            let precision = Float(1 / (Self.deviation * Self.deviation))
            for place in 0..<count {
                values[place] = .zero
                for i in 0..<2 {
                    let x = places[place * 2 + i]
                    values[place] -= x * x * (0.5 * precision)
                    gradients[place * 2 + i] = x * -precision
                }
            }
        }
    }

    /// Normal pairs, which go with a density for both losses.
    private struct Pairs: PairSource {
        let dimension = 3, inputCount = 2
        func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>, contexts: UnsafeMutablePointer<Float>, stride: Int) {
            for column in 0..<count {
                for i in 0..<2 { contexts[i * stride + column] = Float(stream.normal()) }
                for i in 0..<3 { configurations[i * stride + column] = Float(stream.normal()) }
            }
        }
    }

    /// The columns of a shard that hold no pair are changed by every pass, and must not grow from step to step.
    @Test func batchesThatDoNotFillAShardAreTrained() throws {
        var settings = settings(400)
        settings.batch = 144
        let model = try flow(3, inputs: 2, FlowConfiguration(blocks: 2, hidden: [32], noise: 0.01, seed: 1))
        let state = try train(model, on: TrainingProblem(source: Pairs()), settings)
        #expect(state.course.failures == 0 && state.course.rateFactor == 1 && state.optimizer.parameters.isFinite)
    }

    @Test(arguments: FlowConfiguration.Coupling.allCases) func cancelledStepsAreNone(_ coupling: FlowConfiguration.Coupling) throws {
        let model = try flow(3, inputs: 2, FlowConfiguration(blocks: 2, hidden: [32], coupling: coupling, noise: 0.01, seed: 1))
        var settings = settings(24)
        settings.batch = 144
        settings.variational.forwardShare = .constant(0.6)
        try expectCancelledStepsAreNone(model, on: TrainingProblem(source: Pairs(), densities: ShiftedNormal()), settings)
    }

    @Test(arguments: [Optimizer.adam, .soap]) func bitsDoNotDependOnThreadsNorOnInterruptions(_ optimizer: Optimizer) throws {
        let model = try flow(3, inputs: 2, FlowConfiguration(blocks: 2, hidden: [32], width: 4, noise: 0.01, seed: 1))
        // Both losses, pairs that do not fill their last shard.
        var settings = settings(24, optimizer)
        settings.batch = 272
        settings.variational.forwardShare = .constant(0.6)
        let problem = TrainingProblem(source: Pairs(), densities: ShiftedNormal())
        func finished(threads: Int, pause: Int?) throws -> ModelTrainingState {
            var run = try ModelTrainingRun(ModelTrainingState(model, phases: [settings]), problem: problem, threads: threads)
            while !run.state.course.isFinished {
                try run.step()
                if run.state.course.step == pause { run = try ModelTrainingRun(run.state, problem: problem, threads: threads) }
            }
            return run.settled()
        }
        let one = try finished(threads: 1, pause: nil)
        #expect(one.optimizer.parameters != model.parameters)
        for other in [try finished(threads: 2, pause: nil), try finished(threads: 3, pause: 11)] {
            #expect(other.optimizer == one.optimizer)
        }
    }

    @Test func undefinedDensitiesEndTheTraining() throws {
        let model = try flow(3, inputs: 2, FlowConfiguration(blocks: 1, hidden: [16], noise: 0))
        var settings = settings(100)
        settings.variational.forwardShare = .constant(0)
        let problem = TrainingProblem(source: NormalContexts(), densities: ShiftedNormal(isUndefined: true))
        #expect(throws: TrainingError.self) { _ = try train(model, on: problem, settings) }
    }

    @Test func whatAProblemLacksIsToldAtOnce() throws {
        let model = try flow(3, inputs: 2, FlowConfiguration(blocks: 1, hidden: [16]))
        let contexts = TrainingProblem(source: NormalContexts(), densities: ShiftedNormal())
        #expect(throws: TrainingError.self) { _ = try train(model, on: contexts, settings(1)) }
        let pairs = try flow(2, inputs: 1, FlowConfiguration(blocks: 1, hidden: [16]))
        var reverse = settings(1)
        reverse.variational.forwardShare = .constant(0.5)
        #expect(throws: TrainingError.self) { _ = try train(pairs, on: TrainingProblem(source: TwoModes()), reverse) }
        var wide = settings(1)
        wide.batch = 65536
        let large = try flow(2, inputs: 1, FlowConfiguration(blocks: 8, hidden: [1024, 1024]))
        #expect(throws: TrainingError.self) { _ = try train(large, on: TrainingProblem(source: TwoModes()), wide) }
    }
}
