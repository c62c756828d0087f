import Mixtures
import Numerics
import Testing
import VariationalInference

/// Mass of densities that lies far from samples, and samples that are where it is.
@Suite struct MassSearchTests {
    /// What is found from samples around a place.
    private func found(
        from mean: [Double], deviations: [Double] = [1, 1], _ body: @escaping @Sendable (Double, Double) -> Double
    ) throws -> MassSearch.Finding? {
        var stream = RandomStream(seed: 1)
        let samples = GaussianMixture(weights: [1], components: [Gaussian(mean: mean, deviations: deviations)]).samples(32, using: &stream)
        return try MassSearch(FunctionTarget(body), origin: [0, 0], scales: [1, 1]).find(samples)
    }

    @Test func massThatLiesFarAwayIsFound() throws {
        // Uphill: the samples are where the approximation began.
        let ahead = try #require(try found(from: [0, 0]) { x, y in -(x - 1e4) * (x - 1e4) / 2 - y * y / 2 })
        #expect(abs(ahead.place[0] - 1e4) < 10 && ahead.gain > 4.9e7 && ahead.gain < 5.1e7 && abs(ahead.distance - 1e4) < 10, "\(ahead)")
        // Onwards: they are on their way.
        let onwards = try #require(try found(from: [6, 5]) { x, y in -(x - 1e3) * (x - 1e3) / 2 - (y - 1e3) * (y - 1e3) / 2 })
        #expect(abs(onwards.place[0] - 1e3) < 2 && abs(onwards.place[1] - 1e3) < 2, "\(onwards)")
        #expect(try found(from: [0, 0]) { x, y in -100 * abs(x + 1e6) - y * y } != nil)
    }

    @Test func samplesThatAreThereFindNothing() throws {
        #expect(try found(from: [0, 0]) { x, y in -(x * x + y * y) / 2 } == nil)
        #expect(try found(from: [3, 0]) { x, y in -50 * x * x - y * y / 2 } == nil)
        #expect(try found(from: [0, 0]) { x, y in -2 * Elementary.log(1 + x * x + y * y) } == nil)
        #expect(try found(from: [0.1, 0]) { x, y in x > 0 ? -x - y * y : -.infinity } == nil)
    }

    /// Samples of an approximation that is poor yet gain by any shift; that is no mass which lies where they are shifted to.
    @Test func poorSamplesNearTheMassFindNothing() throws {
        let funnel: @Sendable (Double, Double) -> Double = { x, y in -x - y * y * Elementary.exp(-2 * x) / 2 - x * x / 2 }
        #expect(try found(from: [-3, 0], deviations: [2, 1], funnel) == nil)
        #expect(try found(from: [-3, 0], deviations: [2, 1]) { x, y in funnel(x - 40, y) } != nil)
    }

    /// Samples whose log-densities are so low that what lies elsewhere vanishes beside them: it is compared as it is.
    @Test func whatLiesElsewhereIsComparedInFullPrecision() throws {
        #expect(try found(from: [-5, 0], deviations: [0.5, 1]) { x, _ in x < -1 ? 1e30 * x : -1000 - x * x / 2 } == nil)
    }

    /// What rises without end has no mass anywhere; neither has what is no number.
    @Test func densitiesWithoutAFiniteIntegralHaveNone() throws {
        #expect(try found(from: [30, 0]) { x, _ in 3 * x } == nil)
        #expect(try found(from: [30, 0]) { x, y in x * x + y * y } == nil)
        #expect(try found(from: [0, 40], deviations: [1, 100]) { x, _ in -x * x } == nil)
        #expect(try found(from: [0, 0]) { _, _ in .nan } == nil)
        #expect(try found(from: [0, 0]) { _, _ in -.infinity } == nil)
    }
}
