import Foundation
import Mixtures
import Numerics
import Testing
import VariationalInference

/// Whatever the options and the target: after every iteration all components are Gaussians in double precision.
@Suite struct SoundnessTests {
    private static let targets: [@Sendable ([Double]) -> Double] = [
        { -$0.reduce(0) { $0 + $1 * $1 } },
        { -1e12 * $0.reduce(0) { $0 + $1 * $1 } },
        { -1e-12 * $0.reduce(0) { $0 + $1 * $1 } },
        { $0.reduce(0) { $0 + $1 * $1 } },
        { 1e3 * $0[0] },
        { _ in 0 },
        { _ in 1e300 },
        { -1e300 * abs($0[0]) },
        { $0[0] > 0.5 ? -.infinity : -$0.reduce(0) { $0 + $1 * $1 } },
        { max($0.max()!, -$0.min()!) > 0.3 ? -.infinity : 0 },
        { -log(1 + $0.reduce(0) { $0 + $1 * $1 }) },
        { x in x.indices.reduce(0) { $0 - pow(10, Double($1 % 9)) * x[$1] * x[$1] } },
        { sin(1e6 * $0[0]) * 1e4 },
        { -pow($0.reduce(0) { $0 + $1 * $1 }, 4) },
    ]

    private static func settings(_ stream: inout RandomStream) -> InferenceSettings {
        func pick<Element>(_ values: [Element]) -> Element { values[min(values.count - 1, Int(stream.uniform() * Double(values.count)))] }
        var settings = InferenceSettings()
        settings.seed = UInt64(stream.uniform() * 1e9)
        settings.threads = 1
        settings.components = pick([1, 2, 9, 33])
        settings.estimate = pick(GradientEstimate.allCases)
        settings.update = pick(ComponentUpdate.allCases)
        settings.weightUpdate = pick(WeightUpdate.allCases)
        let steps = [1e-12, 1e-3, 0.1, 1, 100, 1e6]
        let initial = pick(steps)
        settings.stepSize = pick([.components, .fixed(initial), .decaying(initial: initial, exponent: pick([0, 0.5, 10])), .adapted(initial: initial, range: 1e-9...1e6)])
        settings.weightStepSize = pick([.weights, .fixed(pick(steps)), .decaying(initial: pick(steps), exponent: 1)])
        settings.weightSweeps = pick([1, 1, 7])
        settings.drawsPairs = pick([false, true])
        settings.acceleratesScale = pick([false, true])
        settings.databaseCapacity = pick([nil, 1, 50])
        settings.zeroPenalty = pick([0, 50, 1e6])
        let count = pick([1, 2, 32, 60]), reuse = pick([0, 0, 0.5, 3])
        settings.selection = pick([.perComponent(count: count, reuse: reuse), .mixture(count: count, reuse: reuse)])
        var knobs = AddAndDelete()
        knobs.addInterval = pick([1, 2, 30])
        knobs.additions = pick([1, 20])
        knobs.deleteInterval = pick([1, 2, 100])
        knobs.greatestCount = 60
        knobs.candidates = pick([1, 50])
        knobs.priorCandidates = pick([0, 33])
        knobs.shape = pick(AddAndDelete.NewShape.allCases)
        knobs.initialWeight = pick([1e-29, 0.5])
        knobs.thresholds = pick([AddAndDelete.publishedThresholds, [.infinity], [1e-9]])
        settings.adaptation = pick([.fixed, .addAndDelete(knobs), .addAndDelete(knobs)])
        return settings
    }

    @Test(arguments: 0..<60)
    func componentsStayGaussians(_ index: Int) throws {
        var stream = RandomStream(seed: 99).split(index)
        for _ in 0..<4 {
            let number = min(Self.targets.count - 1, Int(stream.uniform() * Double(Self.targets.count)))
            let dimension = [1, 2, 5, 17][min(3, Int(stream.uniform() * 4))]
            let target = FunctionTarget(name: "target \(number)", dimension: dimension, value: Self.targets[number])
            var settings = Self.settings(&stream)
            let deviation = [1e-9, 1, 1e9][min(2, Int(stream.uniform() * 3))]
            settings.start = InitialMixture(dimension: dimension, deviation: stream.uniform() < 0.6 ? 1 : deviation)
            var state = try InferenceState(target, settings: settings)
            for iteration in 0..<12 {
                // What the target is to blame for is an error, and the state is as before.
                let info: InferenceInfo
                do { info = try state.step(target) } catch is TargetError { break } catch is InferenceError { break }
                #expect(info.bound.isFinite && info.entropy.isFinite && info.stepSize.isFinite && info.weightStepSize.isFinite && info.greatestDivergence.isFinite && info.weightDivergence.isFinite)
                let weights = state.components.map { exp($0.logWeight) }
                #expect(weights.allSatisfy(\.isFinite) && abs(weights.reduce(0, +) - 1) < 1e-9, "\(number) \(iteration) \(settings)")
                for record in state.components {
                    let covariance = record.gaussian.covariance
                    var packed: [Double] = []
                    for i in 0..<dimension {
                        for j in 0...i { packed.append(covariance[i, j] / sqrt(covariance[i, i] * covariance[j, j])) }
                    }
                    #expect(record.gaussian.mean.allSatisfy(\.isFinite) && covariance.elements.allSatisfy(\.isFinite)
                        && PackedTriangle.choleskyFactorise(dimension, &packed), "\(number) \(iteration) \(settings)")
                }
            }
        }
    }
}
