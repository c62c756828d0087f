import Baselines
import ConditionalInference
import ConditionalModels
import Foundation
import ModelTraining
import Networks
import Numerics
import Testing

/// Pairs of normal numbers around the context, with the density that they have.
private struct Shifted: PairSource, DensityFamily, ConditionalDensity {
    let dimension = 2
    let inputCount = 2
    let contextCount = 2
    let scratchCount = 0
    /// A lane of every sixteen in which there is no density.
    var undefinedLane: Int?

    func density(_ widths: TargetWidths) -> any ConditionalDensity { self }

    func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>, contexts: UnsafeMutablePointer<Float>, stride: Int) {
        for column in 0..<count {
            for i in 0..<2 {
                contexts[i * stride + column] = Float(stream.normal())
                configurations[i * stride + column] = contexts[i * stride + column] + 0.2 * Float(stream.normal())
            }
        }
    }

    func evaluate(
        _ places: UnsafePointer<Lanes>, count: Int, contexts: UnsafePointer<Float>, stride: Int, values: UnsafeMutablePointer<Lanes>,
        gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        for place in 0..<count {
            values[place] = .zero
            for i in 0..<2 {
                let z = (places[place * 2 + i] - Lanes(loading: contexts + i * stride)) / 0.2
                values[place] -= z * z * 0.5
                gradients[place * 2 + i] = -z / 0.2
            }
            if let undefinedLane { values[place][undefinedLane] = .nan }
        }
    }
}

@Suite struct AdversarialTests {
    private func model(_ configuration: EnsembleConfiguration = EnsembleConfiguration(generators: 3, hidden: [32], latents: 8, discriminator: [16], seed: 1)) throws -> GeneratorEnsemble {
        let space = space(2)
        return try GeneratorEnsemble(subject: DensitySubject(name: "test", space: space), space: space, encoder: encoding(2), configuration: configuration)
    }

    private func settings(_ steps: Int, share: Double) -> TrainingSettings {
        var settings = TrainingSettings(budget: .steps(steps), seed: 2)
        settings.batch = 192
        settings.optimizer = .adam
        settings.learningRate = 2e-3
        settings.warmupSteps = 10
        settings.variational.forwardShare = .constant(share)
        return settings
    }

    @Test func generatorsFollowPairsAndDensity() throws {
        let state = try train(try model(), on: TrainingProblem(source: Shifted(), densities: Shifted()), settings(800, share: 0.9))
        let generator = state.trainedModel.makeGenerator()
        var stream = RandomStream(seed: 5)
        for context in [[0.5, -1.0], [-0.7, 0.3]] {
            let rows = generator.sample(at: EncodedContext(inputs: context.map { Float($0) }), count: 500, using: &stream)
            for i in 0..<2 {
                let mean = (0..<500).reduce(0.0) { $0 + Double(rows[2 * $1 + i]) } / 500
                #expect(abs(mean - context[i]) < 0.15)
            }
        }
        #expect(generator.logDensities(of: Matrix(rows: 1, columns: 2), at: EncodedContext(inputs: [0, 0])) == nil)
    }

    @Test func bitsDoNotDependOnThreads() throws {
        let problem = TrainingProblem(source: Shifted(), densities: Shifted())
        let states = try [1, 2, 3].map { try train(try model(), on: problem, settings(20, share: 0.5), threads: $0) }
        #expect(states[0].optimizer == states[1].optimizer && states[0].optimizer == states[2].optimizer)
        #expect(states[0].optimizer.parameters != (try model()).parameters)
    }

    @Test func cancelledStepsAreNone() throws {
        try expectCancelledStepsAreNone(try model(), on: TrainingProblem(source: Shifted(), densities: Shifted()), settings(20, share: 0.5))
    }

    /// The generators' loss is a function of their parameters for fixed draws; so is the discriminator's of its own.
    @Test func gradientsAgreeWithFiniteDifferences() throws {
        var model = try model(EnsembleConfiguration(generators: 2, hidden: [16], latents: 4, discriminator: [16], seed: 3))
        model.parameters = model.parameters.disturbed(0.05, seed: 4)
        let problem = TrainingProblem(source: Shifted(), densities: Shifted()), settings = settings(1, share: 0.5)
        let workspace = try model.makeWorkspace(settings, at: 0, on: problem), stream = RandomStream(seed: 6)
        func loss(_ parameters: AlignedFloats) -> Double {
            parameters.withPointer { workspace.process(settings, at: 0, stream: stream, $0, threads: 1, cancellation: .never)! }.loss
        }
        _ = loss(model.parameters)
        for (index, place) in model.networks.enumerated().dropLast() {
            let batch = workspace.batches[index]
            for block in 0..<batch.blockCount { _ = batch.accumulateGradient(block: block) }
            let own = (0..<place.network.parameterCount).map { batch.gradient[$0] }
            let greatest = own.map(abs).max()!
            for parameter in own.indices where abs(own[parameter]) > 0.3 * greatest {
                func moved(_ by: Float) -> Double {
                    var parameters = model.parameters
                    parameters[place.start + parameter] += by
                    return loss(parameters)
                }
                let difference = (moved(2e-3) - moved(-2e-3)) / 4e-3
                #expect(abs(Double(own[parameter]) - difference) < 0.03 * Double(greatest), "generator \(index), parameter \(parameter)")
            }
        }
    }

    @Test func pointsWithoutDensityLeaveTheirNeighboursTheirs() throws {
        let model = try model(), settings = settings(1, share: 0.5)
        func loss(_ density: Shifted) throws -> ModelLoss {
            let workspace = try model.makeWorkspace(settings, at: 0, on: TrainingProblem(source: Shifted(), densities: density))
            return model.parameters.withPointer { workspace.process(settings, at: 0, stream: RandomStream(seed: 6), $0, threads: 1, cancellation: .never)! }
        }
        let whole = try loss(Shifted()), holed = try loss(Shifted(undefinedLane: 3))
        #expect(holed.isTargetDefined && holed.measures.zeroShare == 0.0625)
        #expect(holed.loss.isFinite && whole.measures.zeroShare == 0)
    }

    @Test func pairsAreNeeded() throws {
        struct Contexts: PairSource {
            let dimension = 2, inputCount = 2
            var hasPoints: Bool { false }
            func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>, contexts: UnsafeMutablePointer<Float>, stride: Int) {}
        }
        #expect(throws: TrainingError.self) {
            _ = try train(try model(), on: TrainingProblem(source: Contexts(), densities: Shifted()), settings(1, share: 0))
        }
    }

    @Test func sizesAreJudged() {
        for configuration in [
            EnsembleConfiguration(generators: 0), EnsembleConfiguration(latents: 0), EnsembleConfiguration(discriminator: []),
            EnsembleConfiguration(hidden: [20]), EnsembleConfiguration(generators: 64, hidden: [4096, 4096]),
        ] { #expect((try? configuration.validate(dimension: 7, inputs: 9)) == nil) }
    }
}
