import ConditionalInference
import ConditionalSuite
import Mixtures
import Numerics
import Testing

@Suite("Refinement at a context")
struct MixtureRefinementTests {
    /// A Gaussian with correlated coordinates, log Z = log 2π + log 0.5.
    private struct Tilted: SuiteFormula {
        let dimension = 2, contextCount = 1, constantCount = 0
        func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
        func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
            // (x − 1)² + (2·y − x)²
            let a = x[0] - S(1.0), b = S(2.0) * x[1] - x[0]
            gradient[0] = b - a
            gradient[1] = S(-2.0) * b
            return S(-0.5) * (a * a + b * b)
        }
    }

    private let tilted = LaneDensityAtContext(Tilted(), context: [0], name: "tilted")

    @Test("One component becomes the Gaussian that it aims at")
    func gaussian() throws {
        let start = GaussianMixture(weights: [1], components: [Gaussian(mean: [-1, 1], deviations: [0.5, 2])])
        var stream = RandomStream(seed: 1)
        let result = try MixtureRefinement().refine(start, tilted, steps: 12, using: &stream)
        let exact = Elementary.log(2 * .pi * 0.5)
        #expect(abs(result.bounds.last! - exact) < 1e-4, "\(result.bounds), not \(exact)")
        #expect(abs(result.mixture.components[0].mean[0] - 1) < 1e-3 && abs(result.mixture.components[0].mean[1] - 0.5) < 1e-3)
    }

    @Test("Components and weights of a mixture go to its modes")
    func mixture() throws {
        let context = [0.2, -0.3]
        var stream = RandomStream(seed: 3)
        let components = (0..<4).map { j in
            let angle = Double(j) * .pi / 2 + .pi / 4 * context[0], radius = 2.5 + context[1]
            return Gaussian(mean: [radius * Elementary.cos(angle) + 0.15, radius * Elementary.sin(angle) - 0.1], deviations: [0.4, 0.4])
        }
        let start = GaussianMixture(weights: [0.25, 0.25, 0.25, 0.25], components: components)
        let result = try MixtureRefinement().refine(
            start, LaneDensityAtContext(MovingMixture(), context: context.map { Float($0) }, name: "moving"), steps: 20, using: &stream)
        #expect(result.bounds[0] < -0.3)
        #expect(abs(result.bounds.last!) < 5e-3, "the density is normalised: \(result.bounds)")
        #expect(result.accepted >= 3)
    }

    @Test("A thousand steps do not fit their noise: on a ring that four components cannot match, they are as good as fifty, by samples of their own")
    func fresh() throws {
        struct Ring: SuiteFormula {
            let dimension = 2, contextCount = 1, constantCount = 0
            func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
            func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
                // −(|x| − 2)² / 0.02
                let radius = (x[0] * x[0] + x[1] * x[1]).squareRoot(), difference = radius - S(2.0)
                gradient[0] = S(-100.0) * difference * x[0] / radius
                gradient[1] = S(-100.0) * difference * x[1] / radius
                return S(-50.0) * difference * difference
            }
        }
        let ring = LaneDensityAtContext(Ring(), context: [0], name: "ring")
        func bound(_ mixture: GaussianMixture) throws -> Double {
            var stream = RandomStream(seed: 9)
            let residuals = try (0..<100_000).map { _ in
                let x = mixture.sample(using: &stream).x
                return try ring.evaluate(x).logDensity - mixture.logDensity(x)
            }
            return residuals.reduce(0, +) / Double(residuals.count)
        }
        for seed in 1...3 as ClosedRange<UInt64> {
            var stream = RandomStream(seed: seed)
            let start = GaussianMixture(
                weights: [0.25, 0.25, 0.25, 0.25],
                components: [[2, 0], [0, 2], [-2, 0], [0, -2]].map { Gaussian(mean: $0.map { $0 + 0.2 * stream.normal() }, deviations: [0.3, 0.3]) })
            func refined(_ steps: Int) throws -> GaussianMixture {
                var stream = RandomStream(seed: seed)
                return try MixtureRefinement().refine(start, ring, steps: steps, using: &stream).mixture
            }
            let some = try bound(refined(50)), many = try bound(refined(1000))
            #expect(many > some - 0.01, "\(some) after 50, \(many) after 1000 steps")
            #expect(many > 0.4)
        }
    }

    @Test("One that is cancelled has the mixture of its last whole step")
    func cancelled() throws {
        /// Requested from a poll on.
        func afterPolls(_ count: Int) -> Cancellation {
            let polls = SharedCounter()
            return Cancellation { polls.next() >= count }
        }
        let start = GaussianMixture(weights: [1], components: [Gaussian(mean: [-1, 1], deviations: [0.5, 2])])
        func refined(_ steps: Int, _ cancellation: Cancellation = .never) throws -> MixtureRefinement.Result {
            var stream = RandomStream(seed: 1)
            return try MixtureRefinement().refine(start, tilted, steps: steps, using: &stream, cancellation: cancellation)
        }
        let none = try refined(12, Cancellation { true })
        #expect(none.mixture == start && none.accepted == 0 && none.bounds.isEmpty)
        let whole = try (0...12).map { try refined($0).mixture }
        for count in stride(from: 1, to: 60, by: 3) {
            let result = try refined(12, afterPolls(count))
            #expect(whole.contains(result.mixture), "\(count) polls")
        }
        #expect(try refined(12, afterPolls(10_000)).mixture == whole[12])
    }

    @Test("A density that vanishes on one side: samples leave it, and nothing is undefined")
    func vanishing() throws {
        struct Half: SuiteFormula {
            let dimension = 1, contextCount = 1, constantCount = 0
            func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
            func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
                gradient[0] = -x[0]
                return (S(-0.5) * x[0] * x[0]).selected(whereNegative: -x[0], else: S(-.infinity))
            }
        }
        let start = GaussianMixture(weights: [1], components: [Gaussian(mean: [0.5], deviations: [1])])
        for seed in 1...4 as ClosedRange<UInt64> {
            var stream = RandomStream(seed: seed)
            let result = try MixtureRefinement().refine(start, LaneDensityAtContext(Half(), context: [0], name: "half"), steps: 50, using: &stream)
            #expect(result.bounds.allSatisfy { $0.isFinite })
            // 31 % at the start.
            let outside = (0..<20_000).count { _ in result.mixture.sample(using: &stream).x[0] <= 0 }
            #expect(outside < 200, "\(outside) of 20000 samples where the density is zero; \(result.mixture)")
        }
    }

    @Test("A density that leaps by some nats, which its slopes do not show: components go where it is higher, and stay away from where it is lower")
    func leaping() throws {
        /// A standard Gaussian, times e^leap beyond 1.7.
        struct Leaping: SuiteFormula {
            let leap: Float
            let dimension = 1, contextCount = 1, constantCount = 0
            func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
            func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
                gradient[0] = -x[0]
                return S(-0.5) * x[0] * x[0] + S(Double(leap)).selected(whereNegative: S(1.7) - x[0], else: S(0.0))
            }
        }
        let beyond = 0.0445655
        for leap in [-20, 5, 15] as [Float] {
            let density = LaneDensityAtContext(Leaping(leap: leap), context: [0], name: "leaping")
            let exact = Elementary.log((2 * Double.pi).squareRoot() * (1 - beyond + beyond * Elementary.exp(Double(leap))))
            for seed in 1...3 as ClosedRange<UInt64> {
                var stream = RandomStream(seed: seed)
                let start = GaussianMixture(
                    weights: [0.25, 0.25, 0.25, 0.25], components: (0..<4).map { _ in Gaussian(mean: [stream.normal()], deviations: [0.5]) })
                let mixture = try MixtureRefinement().refine(start, density, steps: 100, using: &stream).mixture
                let residuals = try (0..<50_000).map { _ in
                    let x = mixture.sample(using: &stream).x
                    return try density.evaluate(x).logDensity - mixture.logDensity(x)
                }
                let bound = residuals.reduce(0, +) / Double(residuals.count)
                #expect(bound > exact - 1, "leap \(leap), seed \(seed): \(bound), not \(exact); \(mixture)")
            }
        }
    }

    @Test("A steep wall costs what it costs: components do not go behind it for a little entropy")
    func steepWall() throws {
        /// exp(−x/100) for x > 0, which falls by 1000 nats for each unit below.
        struct Wall: TargetDensity {
            let name = "wall", dimension = 1
            func evaluate(
                _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>, gradients: UnsafeMutablePointer<Double>?
            ) {
                for index in 0..<count {
                    let z = -10 * points[index], decay = Elementary.exp(-abs(z))
                    logDensities[index] = -0.01 * points[index] - 100 * (max(z, 0) + Elementary.log(1 + decay))
                    gradients?[index] = -0.01 + 1000 * (z > 0 ? 1 : decay) / (1 + decay)
                }
            }
        }
        for seed in 1...3 as ClosedRange<UInt64> {
            var stream = RandomStream(seed: seed)
            let start = GaussianMixture(
                weights: Array(repeating: 1 / 6, count: 6), components: (0..<6).map { _ in Gaussian(mean: [stream.normal()], deviations: [0.7]) })
            let mixture = try MixtureRefinement().refine(start, Wall(), steps: 50, using: &stream).mixture
            let residuals = try (0..<20_000).map { _ in
                let x = mixture.sample(using: &stream).x
                return try Wall().evaluate(x).logDensity - mixture.logDensity(x)
            }
            let bound = residuals.reduce(0, +) / Double(residuals.count)
            // log Z is 4.6, and the start's bound some −500.
            #expect(bound > -5, "seed \(seed): \(bound); \(mixture)")
        }
    }
}
