import Mixtures
import Numerics
import Testing
import VariationalInference

/// Approximations that have left their start, on densities with and without a finite integral.
@Suite struct GrowthTestTests {
    private func growsOn(mean: [Double], deviations: [Double], _ body: @escaping @Sendable (Double, Double) -> Double) throws -> Bool {
        let test = GrowthTest(FunctionTarget(body), from: InitialMixture(dimension: 2))
        let mixture = GaussianMixture(weights: [1], components: [Gaussian(mean: mean, deviations: deviations)])
        #expect(test.departure(of: mixture).isFar())
        var stream = RandomStream(seed: 1)
        return try test.growsOn(mixture, using: &stream)
    }

    @Test func densitiesWithoutAFiniteIntegralAreTold() throws {
        #expect(try growsOn(mean: [0, 0], deviations: [1e70, 1e70]) { _, _ in 0 })
        #expect(try growsOn(mean: [0, 0], deviations: [0.7, 1e6]) { x, _ in -x * x })
        #expect(try growsOn(mean: [5000, 0], deviations: [30, 0.7]) { x, y in x - y * y })
        #expect(try growsOn(mean: [0, 0], deviations: [1e4, 1e4]) { x, y in -0.9 * Elementary.log(1 + x * x + y * y) })
    }

    /// Samples beyond a wall do not hide that the density has no end on its other side.
    @Test func aWallOnOneSideHidesNothing() throws {
        #expect(try growsOn(mean: [1.3e5, 0], deviations: [7e4, 0.7]) { x, y in (x > 0 ? 0 : -x * x) - y * y })
        #expect(try growsOn(mean: [1e25, 0], deviations: [7e24, 0.7]) { x, y in (x > 0 ? 0 : -x * x) - y * y })
        // With an end, on the other side or far out, it has a finite integral.
        #expect(try !growsOn(mean: [1.3e5, 0], deviations: [7e4, 0.7]) { x, y in (x > 0 ? -x / 1e5 : -x * x) - y * y })
        #expect(try !growsOn(mean: [1e5, 0], deviations: [5e4, 0.7]) { x, y in (x < 0 ? -x * x : x > 2e5 ? -(x - 2e5) * (x - 2e5) : 0) - y * y })
    }

    @Test func convergedApproximationsAreNot() throws {
        #expect(try !growsOn(mean: [0, 0], deviations: [1e4, 1e4]) { x, y in -(x * x + y * y) / 2e8 })
        #expect(try !growsOn(mean: [0, 0], deviations: [0.1, 1e6]) { x, y in -50 * x * x - y * y / 2e12 })
        #expect(try !growsOn(mean: [3000, 0], deviations: [1, 1]) { x, y in -(x - 3000) * (x - 3000) / 2 - y * y / 2 })
        // Heavy tails that have an integral, and samples where the density is zero.
        #expect(try !growsOn(mean: [0, 0], deviations: [300, 300]) { x, y in -1.2 * Elementary.log(1 + x * x + y * y) })
        #expect(try !growsOn(mean: [0, 0], deviations: [500, 500]) { x, y in x < 0 ? -.infinity : -(x * x + y * y) / 5e5 })
    }

    /// Floors, and periods that are no turns, are told by what lies far out, from samples that have not left the start.
    @Test func massWithoutEndIsToldNearTheStart() throws {
        func isTold(periodic: [Int] = [], _ body: @escaping @Sendable (Double, Double) -> Double) throws -> Bool {
            var stream = RandomStream(seed: 1)
            let mixture = GaussianMixture(weights: [1], components: [Gaussian(mean: [0.5, 0], deviations: [1, 1])])
            return try GrowthTest(FunctionTarget(body), from: InitialMixture(dimension: 2), periodic: periodic).hasMassWithoutEnd(mixture, using: &stream)
        }
        #expect(try isTold { x, y in max(-(x * x + y * y) / 2, -30) })
        #expect(try isTold { x, y in 2 * Elementary.cos(3.3 * x) - abs(Elementary.sin(3.3 * y)) })
        // Angles, alone and beside what falls off, and beside what does not.
        #expect(try !isTold { x, y in 2 * Elementary.cos(x) - abs(Elementary.sin(y)) })
        #expect(try !isTold { x, y in 2 * Elementary.cos(x) - y * y })
        #expect(try isTold { x, y in 2 * Elementary.cos(x) - min(y * y, 5) })
        #expect(try isTold { x, _ in 2 * Elementary.cos(x) })
        // A variable that is known to be an angle is one even where the density does not depend on it.
        #expect(try !isTold(periodic: [1]) { x, _ in 2 * Elementary.cos(x) })
        #expect(try isTold(periodic: [0]) { x, y in 2 * Elementary.cos(x) - min(y * y, 5) })
        #expect(try isTold { x, y in x - abs(y) / 2 })
        #expect(try isTold { x, y in x > 0 ? -0.9 * Elementary.log(1 + x * x + y * y) : -.infinity })
        #expect(try !isTold { x, y in -(x * x + y * y) / 2 })
        #expect(try !isTold { x, y in -1.1 * Elementary.log(1 + x * x + y * y) })
        #expect(try !isTold { x, y in -(x * x + y * y) / 2e14 })
        // A floor that stands for zero, mass that lies far away, and no numbers.
        #expect(try !isTold { x, y in max(-(x * x + y * y) / 2, -1000) })
        #expect(try !isTold { x, y in -(x - 1e5) * (x - 1e5) / 2 - y * y / 2 })
        #expect(try !isTold { x, _ in abs(x) < 1e5 ? -abs(x) : .nan })
    }

    /// An approximation that is still narrower than its density is on its way.
    @Test func approximationsOnTheirWayAreTold() throws {
        #expect(try growsOn(mean: [0, 0], deviations: [200, 200]) { x, y in -(x * x + y * y) / 2e8 })
    }

    @Test func theStartIsNoDeparture() {
        let test = GrowthTest(FunctionTarget { _, _ in 0 }, from: InitialMixture(dimension: 2, deviation: 10))
        let near = GaussianMixture(weights: [1], components: [Gaussian(mean: [90, 0], deviations: [100, 3])])
        #expect(!test.departure(of: near).isFar())
        #expect(abs(test.departure(of: near).widening - 10) < 1e-9 && abs(test.departure(of: near).distance - 9) < 1e-9)
    }
}
