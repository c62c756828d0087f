import Mixtures
import Numerics
import Testing
import VariationalInference

/// Leaps of densities between samples, and what is none, however steep.
@Suite struct LeapSearchTests {
    private struct Density: TargetDensity {
        let name = "test", dimension = 1
        let value: @Sendable (Double) -> Double
        var slope: (@Sendable (Double) -> Double)?
        var hasGradient: Bool { slope != nil }

        func evaluate(
            _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>, gradients: UnsafeMutablePointer<Double>?
        ) {
            for index in 0..<count {
                logDensities[index] = value(points[index])
                if let gradients, let slope { gradients[index] = slope(points[index]) }
            }
        }
    }

    /// What is found between samples of Gaussians, by slopes that are given or by differences.
    private func found(
        means: [Double] = [0], deviation: Double = 1, _ value: @escaping @Sendable (Double) -> Double, slope: (@Sendable (Double) -> Double)? = nil
    ) throws -> LeapSearch.Finding? {
        var stream = RandomStream(seed: 1)
        let search = LeapSearch(Density(value: value, slope: slope))
        let mixture = GaussianMixture(
            weights: means.map { _ in 1 / Double(means.count) }, components: means.map { Gaussian(mean: [$0], deviations: [deviation]) })
        return try search.find(mixture.samples(search.sampleCount, using: &stream))
    }

    @Test func leapsAreFound() throws {
        let value: @Sendable (Double) -> Double = { -$0 * $0 / 2 + ($0 > 1.7 ? 5 : 0) }
        for found in [try found(value), try found(value, slope: { -$0 }), try found(deviation: 100, value, slope: { -$0 })] {
            let leap = try #require(found)
            #expect(abs(leap.place[0] - 1.7) < 1e-6 && abs(leap.height - 5) < 0.01, "\(leap)")
        }
        let wall = try #require(try found { $0 > 0 ? -$0 * $0 / 2 : -1000 })
        #expect(abs(wall.place[0]) < 1e-6 && abs(wall.height - 1000) < 1, "\(wall)")
        #expect(try found { -abs($0.rounded(.down)) } != nil)
        #expect(try found(deviation: 0.01) { -0.5e4 * $0 * $0 + ($0 > 0.01 ? 5 : 0) } != nil)
    }

    @Test func whatIsSteepIsNoLeap() throws {
        for deviation in [0.01, 1, 100] {
            #expect(try found(deviation: deviation) { -0.5e12 * $0 * $0 } == nil)
            #expect(try found(deviation: deviation) { -1000 * abs($0) } == nil)
            #expect(try found(deviation: deviation) { -10 * abs($0).squareRoot() } == nil)
            #expect(try found(deviation: deviation) { -0.5 * Elementary.log(abs($0)) - $0 * $0 } == nil)
            #expect(try found(deviation: deviation) { -1e6 * min($0, 0) * min($0, 0) - $0 } == nil)
            #expect(try found(deviation: deviation, { 20 / (1 + Elementary.exp(-1e3 * $0)) - $0 * $0 }, slope: { x in
                let share = 1 / (1 + Elementary.exp(-1e3 * x))
                return 2e4 * share * (1 - share) - 2 * x
            }) == nil)
            // A constant that rounds values by some nats.
            #expect(try found(deviation: deviation) { 1e16 - $0 * $0 / 2 } == nil)
        }
    }

    /// Where the density is zero is told by its value, and a leap that is far less dense than the samples moves none.
    @Test func whatIsZeroOrThinIsNoLeap() throws {
        #expect(try found { $0 > 0 ? -$0 * $0 / 2 : -.infinity } == nil)
        let modes: @Sendable (Double) -> Double = { abs($0) < 1 ? -1000 : -50 * (abs($0) - 3) * (abs($0) - 3) }
        #expect(try found(means: [-3, 3], deviation: 0.1, modes) == nil)
        #expect(try found(means: [-1, 3], deviation: 0.1, modes) != nil)
        #expect(try found { _ in .nan } == nil)
    }
}
