import ConditionalInference
import ConditionalSuite
import Mixtures
import Numerics
import Testing

/// A density of the suite, or one that vanishes beyond a line, in double precision.
private struct Scene {
    let formula: any SuiteFormula
    let context: [Double]
    var vanishesBelow = -Double.infinity

    func evaluate(_ x: [Double]) -> (value: Double, gradient: [Double]) {
        guard x[0] >= vanishesBelow else { return (-.infinity, x.map { _ in .nan }) }
        return formula.evaluate(x, context: context)
    }
}

@Suite("Path objective")
struct PathObjectiveTests {
    private static func outputs(_ objective: PathObjective, _ stream: inout RandomStream) -> [Double] {
        let n = objective.dimension, raws = objective.projection.rawCount, raw = objective.projection.rawNumber(forDeviation: 0.4)
        var result = (0..<objective.components).map { _ in stream.normal() }
        for _ in 0..<objective.components {
            for _ in 0..<n { result.append(stream.normal()) }
            for i in 0..<raws { result.append((objective.projection.shape == .diagonal || isDiagonal(i) ? raw : 0) + 0.3 * stream.normal()) }
        }
        return result
    }

    private static func isDiagonal(_ index: Int) -> Bool { (0..<64).contains { triangleIndex($0, $0) == index } }

    private static func improve(_ objective: PathObjective, _ outputs: [Double], noise: [Double], uniform: Double, scene: Scene) -> PathObjective.Evaluation {
        objective.evaluate(outputs: outputs, noise: noise, uniform: uniform) { scene.evaluate($0) }
    }

    /// The mixture that outputs stand for, and its components' factors.
    private static func mixture(_ objective: PathObjective, _ outputs: [Double]) -> (logWeights: [Double], components: [Gaussian]) {
        let k = objective.components, n = objective.dimension, raws = objective.projection.rawCount
        let total = outputs[..<k].reduce(0) { $0 + Elementary.exp($1) }
        let components = (0..<k).map { o in
            let row = k + o * (n + raws)
            let raw = Array(outputs[row + n..<row + n + raws])
            var packed = [Double](repeating: 0, count: raws)
            raw.withUnsafeBufferPointer { raw in packed.withUnsafeMutableBufferPointer { objective.projection.project(raw.baseAddress!, into: $0.baseAddress!) } }
            var factor = packed
            if objective.projection.shape == .diagonal {
                factor = [Double](repeating: 0, count: triangleCount(n))
                for i in 0..<n { factor[triangleIndex(i, i)] = packed[i] }
            }
            return Gaussian(mean: Array(outputs[row..<row + n]), precisionFactor: factor)
        }
        return (outputs[..<k].map { $0 - Elementary.log(total) }, components)
    }

    private static func logDensity(_ x: [Double], _ mixture: (logWeights: [Double], components: [Gaussian])) -> Double {
        let terms = zip(mixture.logWeights, mixture.components).map { $0 + $1.logDensity(x) }, top = terms.max()!
        return top + Elementary.log(terms.reduce(0) { $0 + Elementary.exp($1 - top) })
    }

    /// The surrogate whose gradient the objective is: residuals of the mixture as it was, along samples and weights that move.
    private static func surrogate(_ objective: PathObjective, _ outputs: [Double], former: [Double], noise: [Double], scene: Scene) -> Double {
        let k = objective.components, n = objective.dimension, frozen = mixture(objective, former), moving = mixture(objective, outputs)
        let weights = frozen.logWeights.map(Elementary.exp), floor = objective.shareFloor / Double(k)
        let total = weights.reduce(0) { $0 + max($1, floor) }
        func residual(_ x: [Double]) -> Double {
            var value = objective.temperature * scene.evaluate(x).value - logDensity(x, frozen)
            if objective.annealsFromPrior { value -= 0.5 * (1 - objective.temperature) * x.reduce(0) { $0 + $1 * $1 } }
            return value
        }
        func reward(_ o: Int, _ mixture: (logWeights: [Double], components: [Gaussian])) -> Double {
            var sum = 0.0
            for pair in o * objective.pairs..<(o + 1) * objective.pairs {
                var deviation = Array(noise[pair * n..<(pair + 1) * n])
                mixture.components[o].precisionFactor.withUnsafeBufferPointer { factor in
                    deviation.withUnsafeMutableBufferPointer { PackedTriangle.solveTransposed(n, factor.baseAddress!, $0.baseAddress!) }
                }
                for sign in [1.0, -1.0] { sum += residual((0..<n).map { mixture.components[o].mean[$0] + sign * deviation[$0] }) }
            }
            return sum / Double(2 * objective.pairs)
        }
        let rewards = (0..<k).map { reward($0, frozen) - (1 - objective.temperature) * frozen.logWeights[$0] }
        let mean = zip(weights, rewards).reduce(0) { $0 + $1.0 * $1.1 }
        let advantages = rewards.map { min(max($0 - mean, -objective.advantageLimit), objective.advantageLimit) }
        let (raised, lowered): ([Double], [Double]) = switch objective.weightRule {
        case .target: (advantages, advantages.map { _ in 0 })
        case .gradient: (advantages.map { _ in 0 }, advantages)
        case .combined: (advantages.map { max($0, 0) }, advantages.map { min($0, 0) })
        }
        let steps = (0..<k).map { frozen.logWeights[$0] + raised[$0] }
        let normaliser = Elementary.log(steps.reduce(0) { $0 + Elementary.exp($1) }), fall = zip(weights, lowered).reduce(0) { $0 + $1.0 * $1.1 }
        return (0..<k).reduce(0) { sum, o in
            sum - max(weights[o], floor) / total * reward(o, moving) - Elementary.exp(steps[o] - normaliser) * moving.logWeights[o]
                - weights[o] * (lowered[o] - fall) * moving.logWeights[o]
        }
    }

    @Test("The gradient is that of the surrogate with the mixture held fixed", arguments: [false, true], PathObjective.WeightRule.allCases)
    func gradient(annealsFromPrior: Bool, rule: PathObjective.WeightRule) {
        let pairs = rule == .gradient ? 2 : 1
        var stream = RandomStream(seed: 4)
        let scenes = [Scene(formula: MovingMixture(), context: [0.3, -0.4]), Scene(formula: EllipseGrasp(), context: [0.1, 0.2, -0.3, 0.4, 0.5])]
        for scene in scenes {
            for (shape, isBounded) in [(PrecisionProjection.Shape.full, true), (.full, false), (.diagonal, true)] {
                let projection = PrecisionProjection(dimension: scene.formula.dimension, shape: shape, deviations: 1e-3...10, isBounded: isBounded)
                var objective = PathObjective(components: 3, projection: projection, pairs: pairs)
                objective.temperature = 0.6
                objective.annealsFromPrior = annealsFromPrior
                objective.slopeLimit = 1e6
                objective.rewardRange = 1e6
                objective.weightRule = rule
                let outputs = Self.outputs(objective, &stream), noise = (0..<objective.noiseCount).map { _ in stream.normal() }
                let found = Self.improve(objective, outputs, noise: noise, uniform: 0.5, scene: scene).gradient
                for i in outputs.indices {
                    var above = outputs, below = outputs
                    above[i] += 1e-5
                    below[i] -= 1e-5
                    let slope = (Self.surrogate(objective, above, former: outputs, noise: noise, scene: scene)
                        - Self.surrogate(objective, below, former: outputs, noise: noise, scene: scene)) / 2e-5
                    #expect(abs(slope - found[i]) < 1e-5 * (1 + abs(slope)), "\(shape) output \(i): \(found[i]), not \(slope)")
                }
            }
        }
    }

    @Test("A light component's means and covariances count with the floor of its share; weights do not see the floor")
    func shareFloor() {
        let scene = Scene(formula: MovingMixture(), context: [0.3, -0.4])
        var objective = PathObjective(components: 4, projection: PrecisionProjection(dimension: 2, deviations: 1e-3...10))
        (objective.slopeLimit, objective.rewardRange) = (1e6, 1e6)
        var stream = RandomStream(seed: 12)
        var outputs = Self.outputs(objective, &stream)
        outputs.replaceSubrange(..<4, with: [2, 1, -6, -9])
        let noise = (0..<objective.noiseCount).map { _ in stream.normal() }, weights = Self.mixture(objective, outputs).logWeights.map(Elementary.exp)
        var found: [(shares: [Double], gradient: [Double])] = []
        for floor in [1e-6, 0.2, 1] {
            objective.shareFloor = floor
            let total = weights.reduce(0) { $0 + max($1, floor / 4) }
            found.append((weights.map { max($0, floor / 4) / total }, Self.improve(objective, outputs, noise: noise, uniform: 0, scene: scene).gradient))
        }
        #expect(found[1].shares[3] > 100 * found[0].shares[3] && abs(found[2].shares[2] - found[2].shares[3]) < 1e-12)
        for (shares, gradient) in found.dropFirst() {
            for i in 0..<4 { #expect(gradient[i] == found[0].gradient[i]) }
            for o in 0..<4 {
                for i in 4 + 5 * o..<9 + 5 * o {
                    let expected = found[0].gradient[i] / found[0].shares[o] * shares[o]
                    #expect(abs(gradient[i] - expected) < 1e-9 * (1 + abs(expected)), "component \(o): \(gradient[i]), not \(expected)")
                }
            }
        }
    }

    /// One component of four is far better or far worse than the others, and light or heavy.
    @Test("The target raises a light component that is needed, the gradient lowers one that does harm; together they do both")
    func rules() {
        let scene = Scene(formula: MovingMixture(), context: [0.3, -0.4]), weight = 0.02
        var objective = PathObjective(components: 3, projection: PrecisionProjection(dimension: 2, deviations: 1e-3...10))
        let raw = objective.projection.rawNumber(forDeviation: 0.3)
        func pull(_ rule: PathObjective.WeightRule, mean: [Double], others: [Double]) -> Double {
            objective.weightRule = rule
            // The logit's slope of the third component, whose weight is 2 %.
            var outputs = [0, 0, Elementary.log(2 * weight / (1 - weight))]
            for place in [others, others, mean] { outputs += place + [raw, 0, raw] }
            return Self.improve(objective, outputs, noise: [0.5, 0.5, -0.5, 0.3, 0.2, -0.4], uniform: 0, scene: scene).gradient[2]
        }
        // A mode of the density lies at a radius of 2.1 and an angle of 0.24.
        let mode = [2.1 * Elementary.cos(0.2356), 2.1 * Elementary.sin(0.2356)], nowhere = [0.0, 6.0]
        let needed = PathObjective.WeightRule.allCases.map { ($0, pull($0, mean: mode, others: nowhere)) }
        let harmful = PathObjective.WeightRule.allCases.map { ($0, pull($0, mean: nowhere, others: mode)) }
        for (rule, slope) in needed { #expect(rule == .gradient ? slope < 0 && slope > -0.5 : slope < -0.9, "\(rule) raises by \(-slope)") }
        for (rule, slope) in harmful { #expect(rule == .target ? slope > 0 && slope <= weight : slope > 5 * weight, "\(rule) lowers by \(slope)") }
    }

    @Test("Where a coordinate is an angle, components see each other across ±1, and a whole turn changes nothing", arguments: [4, 2])
    func windings(drawn: Int) {
        struct Waves: SuiteFormula {
            let dimension = 2, contextCount = 1, constantCount = 0
            func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
            func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
                let (sine, cosine) = (S(.pi) * x[0]).sineAndCosine
                gradient[0] = -S(3.0 * .pi) * sine
                gradient[1] = -x[1]
                return S(3.0) * cosine - S(0.5) * x[1] * x[1]
            }
        }
        var objective = PathObjective(components: 4, projection: PrecisionProjection(dimension: 2, deviations: 1e-3...10), drawn: drawn)
        objective.periodic = [0]
        var stream = RandomStream(seed: 15)
        let noise = (0..<objective.noiseCount).map { _ in stream.normal() }, scene = Scene(formula: Waves(), context: [0])
        let raw = objective.projection.rawNumber(forDeviation: 0.2)
        func improve(_ first: [Double]) -> PathObjective.Evaluation {
            let places = first.flatMap { [$0, 0.1, raw, 0.3, raw] }
            return Self.improve(objective, [0.1, 0, -0.1, 0.2] + places, noise: noise, uniform: 0.3, scene: scene)
        }
        let one = improve([0.97, -0.98, 0.1, -0.6]), other = improve([0.97, 1.02, -1.9, 3.4])
        for (a, b) in zip(one.gradient, other.gradient) { #expect(abs(a - b) < 1e-9 * (1 + abs(a)), "\(a), \(b)") }
        #expect(abs(one.summary.bound - other.summary.bound) < 1e-9)
        objective.periodic = []
        #expect(abs(improve([0.97, -0.98, 0.1, -0.6]).summary.bound - one.summary.bound) > 0.05, "without it, both hold the place at ±1 alone")
    }

    @Test("Errors are measured from the density's values, with the components' weights", arguments: [3, 2])
    func errors(drawn: Int) {
        struct Square: SuiteFormula {
            var dimension: Int { 2 }
            var contextCount: Int { 2 }
            var constantCount: Int { 0 }
            func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
            func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ constants: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
                gradient[0] = -x[0]
                gradient[1] = -x[1]
                return S(1.5) - S(0.5) * (x[0] * x[0] + x[1] * x[1])
            }
        }
        let projection = PrecisionProjection(dimension: 2, deviations: 1e-3...10)
        var objective = PathObjective(components: 3, projection: projection, pairs: 2, drawn: drawn)
        var stream = RandomStream(seed: 6)
        let outputs = Self.outputs(objective, &stream), noise = (0..<objective.noiseCount).map { _ in stream.normal() }
        let scene = Scene(formula: Square(), context: [0, 0])
        #expect(Self.improve(objective, outputs, noise: noise, uniform: 0.4, scene: scene).summary.logErrors == 0)
        objective.errors = ErrorScale(peak: 1.5, count: 2)
        let found = Self.improve(objective, outputs, noise: noise, uniform: 0.4, scene: scene)
        let weights = Self.mixture(objective, outputs).logWeights.map(Elementary.exp), floor = objective.shareFloor / 3
        var sum = 0.0, total = 0.0
        for slot in 0..<drawn {
            let o = drawn < 3 ? found.choices[slot] : slot, weight = drawn < 3 ? weights[o] / max(weights[o], floor) : weights[o]
            total += weight
            for sample in 4 * slot..<4 * (slot + 1) {
                let x = found.places[2 * sample..<2 * sample + 2]
                sum += weight * 0.5 * Elementary.log(x.reduce(0) { $0 + $1 * $1 } / 2) / 4
            }
        }
        #expect(abs(found.summary.logErrors - sum / total) < 1e-10)
    }

    @Test("Where the mixture is the density, every gradient vanishes, sample by sample")
    func vanishing() {
        // One component of the suite's mixture has a Gaussian of its own as density.
        struct Gauss: SuiteFormula {
            let dimension = 2, contextCount = 1, constantCount = 0
            func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
            func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
                gradient[0] = -(x[0] - S(1.0))
                gradient[1] = -(x[1] * S(4.0))
                return S(-0.5) * ((x[0] - S(1.0)) * (x[0] - S(1.0)) + S(4.0) * x[1] * x[1])
            }
        }
        let projection = PrecisionProjection(dimension: 2, deviations: 1e-3...10, isBounded: false)
        let objective = PathObjective(components: 2, projection: projection)
        var outputs = [0.3, -0.2]
        for _ in 0..<2 { outputs += [1, 0, projection.rawNumber(forDeviation: 1), 0, projection.rawNumber(forDeviation: 0.5)] }
        var stream = RandomStream(seed: 8)
        let noise = (0..<objective.noiseCount).map { _ in stream.normal() }
        let found = Self.improve(objective, outputs, noise: noise, uniform: 0, scene: Scene(formula: Gauss(), context: [0]))
        #expect(found.gradient.allSatisfy { abs($0) < 1e-12 })
        #expect(abs(found.summary.bound - Elementary.log(2 * .pi * 0.5)) < 1e-12, "the bound is log Z without noise")
    }

    @Test("Some of many: the gradient is that of all on average")
    func choice() {
        let scene = Scene(formula: MovingMixture(), context: [0.3, -0.4])
        let projection = PrecisionProjection(dimension: 2, deviations: 1e-3...10)
        var all = PathObjective(components: 6, projection: projection)
        var some = PathObjective(components: 6, projection: projection, drawn: 3)
        // Steps of the weights small enough that the exponential is linear, and no cut.
        (all.weightRule, some.weightRule) = (.target, .target)
        all.weightStep = 1e-4
        some.weightStep = 1e-4
        (some.drawnAdvantageLimit, all.advantageLimit) = (1e6, 1e6)
        var stream = RandomStream(seed: 6)
        let outputs = Self.outputs(all, &stream)
        let rounds = 20_000
        var mean = [Double](repeating: 0, count: outputs.count), other = mean
        for round in 0..<rounds {
            let noise = (0..<all.noiseCount).map { _ in stream.normal() }
            let a = Self.improve(all, outputs, noise: noise, uniform: 0, scene: scene).gradient
            let b = Self.improve(some, outputs, noise: Array(noise.prefix(some.noiseCount)), uniform: (Double(round) + 0.5) / Double(rounds), scene: scene)
            for i in outputs.indices { mean[i] += a[i] / Double(rounds); other[i] += b.gradient[i] / Double(rounds) }
        }
        // Components: the same up to the noise of the draws. Weights: the ratio of two estimates, whose bias is of their own order.
        for i in 6..<outputs.count { #expect(abs(mean[i] - other[i]) < 0.05 * (1 + abs(mean[i])), "output \(i): \(other[i]), not \(mean[i])") }
        let inner = (0..<6).reduce(0) { $0 + mean[$1] * other[$1] }, lengths = (0..<6).reduce((0, 0)) { ($0.0 + mean[$1] * mean[$1], $0.1 + other[$1] * other[$1]) }
        #expect(inner > 0.9 * (lengths.0 * lengths.1).squareRoot())
    }

    @Test("A density that vanishes, is undefined or falls without bound gives finite gradients")
    func extremes() {
        let projection = PrecisionProjection(dimension: 2, deviations: 1e-3...10)
        var stream = RandomStream(seed: 2)
        for threshold in [-1.0, 0, 1, 100] {
            let objective = PathObjective(components: 4, projection: projection)
            let outputs = Self.outputs(objective, &stream), noise = (0..<objective.noiseCount).map { _ in stream.normal() }
            let scene = Scene(formula: Ring(), context: [0, 0, 0, 0], vanishesBelow: threshold)
            let found = Self.improve(objective, outputs, noise: noise, uniform: 0, scene: scene)
            #expect(found.gradient.allSatisfy { $0.isFinite })
            let below = stride(from: 0, to: found.places.count, by: 2).count { found.places[$0] < threshold }
            #expect(Int(found.summary.vanished) == below && found.summary.undefined == 0)
            // With nothing to tell components apart, weights stay.
            if threshold == 100 { #expect(found.gradient.prefix(4).allSatisfy { abs($0) < 1e-9 }) }
        }
    }

    @Test("Slopes count no more than the limit")
    func limits() {
        let projection = PrecisionProjection(dimension: 2, deviations: 1e-3...10)
        let objective = PathObjective(components: 3, projection: projection)
        struct Cliff: SuiteFormula {
            let dimension = 2, contextCount = 1, constantCount = 0
            func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
            func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
                gradient[0] = S(-1e12)
                gradient[1] = S(0.0)
                return S(-1e12) * x[0]
            }
        }
        var stream = RandomStream(seed: 2)
        let outputs = Self.outputs(objective, &stream), noise = (0..<objective.noiseCount).map { _ in stream.normal() }
        let found = Self.improve(objective, outputs, noise: noise, uniform: 0, scene: Scene(formula: Cliff(), context: [0]))
        let (_, components) = Self.mixture(objective, outputs)
        #expect(found.gradient.allSatisfy { $0.isFinite })
        for o in 0..<3 {
            // |A⁻¹·dm| ≤ share·limit.
            let a = components[o].precisionFactor
            let first = found.gradient[3 + 5 * o] / a[0], second = (found.gradient[4 + 5 * o] - a[1] * first) / a[2]
            #expect((first * first + second * second).squareRoot() <= 10.0001)
        }
    }
}
