import Mixtures
import ModelTraining
import Numerics
import Testing

/// A problem in double precision with three components in two or seven dimensions, and a smooth target that is not Gaussian.
private struct Problem {
    let n: Int
    let k = 3
    let samples: Int
    var objective: ComponentObjective
    let former: [Double]
    let noise: [Double]
    let biases: [Double]
    var bound = 0.05

    init(_ n: Int, shape: PrecisionProjection.Shape, region: VariationalSettings.TrustRegion, seed: UInt64, samples: Int = 2) {
        self.n = n
        self.samples = samples
        let projection = PrecisionProjection(dimension: n, shape: shape, deviations: 0.05...1)
        objective = ComponentObjective(components: k, projection: projection, samples: samples)
        objective.trustRegion = region
        var stream = RandomStream(seed: seed)
        let count = k * (1 + n + projection.rawCount)
        former = (0..<count).map { _ in 0.5 * stream.normal() }
        noise = (0..<k * samples * n).map { _ in stream.normal() }
        biases = (0..<count).map { _ in 0.3 * stream.normal() }
    }

    var outputCount: Int { former.count }

    func evaluate(_ outputs: [Double]) -> (summary: ComponentObjective.Summary<Double>, gradient: [Double], rewards: [Double], weights: [Double]) {
        var gradient = former, rewards = [Double](repeating: 0, count: k), weights = rewards
        var scratch = [Double](repeating: 0, count: objective.scratchCount)
        let bounds = [Double](repeating: bound, count: k)
        let summary = rewards.withUnsafeMutableBufferPointer { rewards in
            weights.withUnsafeMutableBufferPointer { weights in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    noise.withUnsafeBufferPointer { noise in
                        bounds.withUnsafeBufferPointer { bounds in
                            objective.evaluate(
                                outputs: outputs, biases: biases, former: &gradient, formerBiases: biases, stride: 1, weight: 1,
                                places: .init(
                                    noise: noise.baseAddress!, meanBounds: bounds.baseAddress!, covarianceBounds: bounds.baseAddress!,
                                    rewards: rewards.baseAddress!, weights: weights.baseAddress!, pool: nil, scratch: scratch.baseAddress!),
                                target: logTarget)
                        }
                    }
                }
            }
        }
        return (summary, gradient, rewards, weights)
    }

    /// E_q[log p̃ − log q] of the mixture with the components of `outputs` and the snapshot's weights, on a grid in two dimensions.
    func ownBound(_ outputs: [Double]) -> Double {
        let projection = objective.projection, density = GaussianDensity(dimension: n), row = n + projection.rawCount
        let weights = softmax((0..<k).map { former[$0] + biases[$0] })
        var means: [[Double]] = [], factors: [[Double]] = []
        for component in 0..<k {
            let first = k + component * row
            let numbers = (first..<first + row).map { outputs[$0] + biases[$0] }
            means.append(Array(numbers[..<n]))
            var factor = [Double](repeating: 0, count: projection.rawCount)
            projection.project(Array(numbers[n...]), into: &factor)
            factors.append(factor)
        }
        var sum = 0.0, whitened = [0.0, 0.0], gradient = [0.0, 0.0]
        let step = 0.02
        for x in stride(from: -7.0, to: 7, by: step) {
            for y in stride(from: -7.0, to: 7, by: step) {
                let q = (0..<k).reduce(0) { total, component in
                    total + weights[component]
                        * Elementary.exp(density.logarithm([x - means[component][0], y - means[component][1]], factor: factors[component], whitened: &whitened))
                }
                if q > 1e-12 { sum += step * step * q * (logTarget([x, y], &gradient, 1) - Elementary.log(q)) }
            }
        }
        return sum
    }

    private func softmax(_ logits: [Double]) -> [Double] {
        let powers = logits.map { Elementary.exp($0) }
        return powers.map { $0 / powers.reduce(0, +) }
    }

    private func logTarget(_ x: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>, _ weight: Double) -> Double {
        var value = 0.0
        for i in 0..<n {
            value += 2 * Elementary.sin(2 * x[i] + Double(i)) - x[i] * x[i]
            gradient[i] = 4 * Elementary.cos(2 * x[i] + Double(i)) - 2 * x[i]
        }
        return value
    }
}

@Suite struct ComponentObjectiveTests {
    @Test(arguments: [2, 7], VariationalSettings.TrustRegion.allCases)
    func gradientAgreesWithFiniteDifferences(dimension: Int, region: VariationalSettings.TrustRegion) {
        for shape in PrecisionProjection.Shape.allCases {
            var problem = Problem(dimension, shape: shape, region: region, seed: UInt64(dimension))
            // The search for the trust region's edge is finished to the last digit, or differences would see its steps.
            problem.objective.refineTrustRegion(steps: 100)
            var stream = RandomStream(seed: 7)
            let outputs = problem.former.map { $0 + 0.2 * stream.normal() }
            // With the weights' targets fixed by a step of zero, nothing but the loss depends on the outputs.
            problem.objective.weightStep = 0
            let gradient = problem.evaluate(outputs).gradient
            for index in outputs.indices {
                var up = outputs, down = outputs
                up[index] += 1e-5
                down[index] -= 1e-5
                let difference = (problem.evaluate(up).summary.loss - problem.evaluate(down).summary.loss) / 2e-5
                #expect(abs(gradient[index] - difference) < 2e-5 * max(1, abs(difference)), "\(shape) \(index): \(gradient[index]), \(difference)")
            }
        }
    }

    @Test func weightsMoveTowardsTheBetterComponent() {
        var problem = Problem(2, shape: .full, region: .none, seed: 4)
        problem.objective.weightStep = 1
        let result = problem.evaluate(problem.former)
        // A logit whose gradient is negative rises. The sum of changes is zero.
        let logits = Array(result.gradient.prefix(3))
        #expect(abs(logits.reduce(0, +)) < 1e-12)
        #expect(abs(result.weights.reduce(0, +) - 1) < 1e-12)
        #expect(logits.contains { $0 < 0 } && logits.contains { $0 > 0 })
    }

    /// The bound is the mixture's own where it is the snapshot, and not above its own where it has moved on.
    @Test func boundIsAtMostTheMixturesOwn() {
        let problem = Problem(2, shape: .full, region: .none, seed: 6, samples: 20_000)
        let there = problem.evaluate(problem.former).summary.elbo, own = problem.ownBound(problem.former)
        #expect(abs(there - own) < 0.03, "\(there), \(own)")
        var stream = RandomStream(seed: 8)
        for size in [0.2, 0.5] {
            let moved = problem.former.map { $0 + size * stream.normal() }
            let bound = problem.evaluate(moved).summary.elbo, exact = problem.ownBound(moved)
            #expect(bound < exact + 0.03 && bound > exact - 2, "\(size): \(bound), \(exact)")
        }
    }

    @Test func boundIsTheEvidenceWhereTheTargetIsTheMixture() {
        // One component whose target is itself: log p̃ − log q is zero at every sample.
        let n = 3
        let projection = PrecisionProjection(dimension: n, deviations: 0.05...1)
        let objective = ComponentObjective(components: 1, projection: projection, samples: 4)
        var stream = RandomStream(seed: 9)
        let outputs = (0..<1 + n + projection.rawCount).map { _ in 0.4 * stream.normal() }
        let biases = [Double](repeating: 0, count: outputs.count)
        var factor = [Double](repeating: 0, count: projection.rawCount)
        projection.project(Array(outputs[(1 + n)...]), into: &factor)
        let density = GaussianDensity(dimension: n)
        var gradient = outputs, rewards = [0.0], weights = [0.0], scratch = [Double](repeating: 0, count: objective.scratchCount)
        let noise = (0..<objective.noiseCount).map { _ in stream.normal() }
        let bound = [1.0]
        var whitened = [Double](repeating: 0, count: n), factorGradient = factor
        let summary = noise.withUnsafeBufferPointer { noise in
            bound.withUnsafeBufferPointer { bound in
                rewards.withUnsafeMutableBufferPointer { rewards in
                    weights.withUnsafeMutableBufferPointer { weights in
                        scratch.withUnsafeMutableBufferPointer { scratch in
                            objective.evaluate(
                                outputs: outputs, biases: biases, former: &gradient, formerBiases: biases, stride: 1, weight: 1,
                                places: .init(
                                    noise: noise.baseAddress!, meanBounds: bound.baseAddress!, covarianceBounds: bound.baseAddress!,
                                    rewards: rewards.baseAddress!, weights: weights.baseAddress!, pool: nil, scratch: scratch.baseAddress!)
                            ) { x, slope, _ in
                                let difference = (0..<n).map { x[$0] - outputs[1 + $0] }
                                let value = density.logarithm(difference, factor: factor, whitened: &whitened)
                                density.backpropagate(
                                    scale: -1, difference, factor: factor, whitened: whitened, mean: slope, factor: &factorGradient)
                                return value
                            }
                        }
                    }
                }
            }
        }
        #expect(abs(summary.elbo) < 1e-12)
        #expect(abs(summary.componentsInUse - 1) < 1e-12)
        // A weight that stands alone has nowhere to go.
        #expect(abs(gradient[0]) < 1e-12)
    }

    /// Where the target is the component, the path's gradient has no noise at all, and the exact entropy's has.
    @Test func pathGradientVanishesAtTheOptimum() {
        for entropy in VariationalSettings.EntropyGradient.allCases {
            let result = gradientAtOptimum(entropy, samples: 3, seed: 5)
            let size = result.map { abs($0) }.max()!
            #expect(entropy == .path ? size < 1e-10 : size > 1e-2, "\(entropy): \(size)")
        }
    }

    /// Away from the optimum both estimate the same gradient.
    @Test func pathGradientHasTheExactOnesMean() {
        var sums: [[Double]] = []
        let count = 3000
        for entropy in VariationalSettings.EntropyGradient.allCases {
            var sum: [Double] = []
            for seed in 0..<count {
                let gradient = gradientAtOptimum(entropy, samples: 2, seed: UInt64(seed), shift: 0.3)
                sum = sum.isEmpty ? gradient : zip(sum, gradient).map(+)
            }
            sums.append(sum.map { $0 / Double(count) })
        }
        for (a, b) in zip(sums[0], sums[1]) { #expect(abs(a - b) < 0.12, "\(a) \(b)") }
    }

    /// The gradient of one component whose target is a Gaussian, moved by `shift` from the component itself.
    private func gradientAtOptimum(_ entropy: VariationalSettings.EntropyGradient, samples: Int, seed: UInt64, shift: Double = 0) -> [Double] {
        let n = 3
        let projection = PrecisionProjection(dimension: n, deviations: 0.05...1)
        var objective = ComponentObjective(components: 1, projection: projection, samples: samples)
        objective.entropyGradient = entropy
        objective.trustRegion = .none
        var fixed = RandomStream(seed: 9), stream = RandomStream(seed: seed)
        let outputs = (0..<1 + n + projection.rawCount).map { _ in 0.4 * fixed.normal() }
        let biases = [Double](repeating: 0, count: outputs.count)
        var factor = [Double](repeating: 0, count: projection.rawCount)
        projection.project(Array(outputs[(1 + n)...]), into: &factor)
        let noise = (0..<objective.noiseCount).map { _ in stream.normal() }
        var gradient = outputs, scratch = [Double](repeating: 0, count: objective.scratchCount)
        let bounds = [1.0]
        let rewards = UnsafeMutablePointer<Double>.allocate(capacity: 2)
        defer { rewards.deallocate() }
        noise.withUnsafeBufferPointer { noise in
            bounds.withUnsafeBufferPointer { bounds in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    _ = objective.evaluate(
                        outputs: outputs, biases: biases, former: &gradient, formerBiases: biases, stride: 1, weight: 1,
                        places: .init(
                            noise: noise.baseAddress!, meanBounds: bounds.baseAddress!, covarianceBounds: bounds.baseAddress!,
                            rewards: rewards, weights: rewards + 1, pool: nil, scratch: scratch.baseAddress!)
                    ) { x, slope, _ in
                        var square = 0.0
                        var whitened = [Double](repeating: 0, count: n)
                        for j in 0..<n {
                            for i in j..<n { whitened[j] += factor[triangleIndex(i, j)] * (x[i] - outputs[1 + i] - shift) }
                            square += whitened[j] * whitened[j]
                        }
                        for i in 0..<n {
                            slope[i] = 0
                            for j in 0...i { slope[i] -= factor[triangleIndex(i, j)] * whitened[j] }
                        }
                        return -0.5 * square
                    }
                }
            }
        }
        return Array(gradient[1...])
    }
}
