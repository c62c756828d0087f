import Foundation
import Mixtures
import Numerics
import Testing
import VariationalInference

@Suite struct UpdateTests {
    private static func random(_ n: Int, _ seed: UInt64) -> (NaturalGradient, Gaussian) {
        var stream = RandomStream(seed: seed)
        var factor = Array(repeating: 0.0, count: triangleCount(n))
        for i in 0..<n { for j in 0...i { factor[triangleIndex(i, j)] = i == j ? 0.5 + stream.uniform() : 0.3 * stream.normal() } }
        return (NaturalGradient(
            gradient: (0..<n).map { _ in 3 * stream.normal() }, curvature: (0..<triangleCount(n)).map { _ in 2 * stream.normal() }),
            Gaussian(mean: (0..<n).map { _ in stream.normal() }, precisionFactor: factor))
    }

    @Test(arguments: [1, 2, 5, 20], [1e-3, 0.1, 1.0])
    func trustRegionsAreKeptAndUsed(_ n: Int, _ bound: Double) throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            let (natural, gaussian) = Self.random(n, seed)
            let result = try #require(ComponentUpdate.trustRegion.apply(natural, to: gaussian, stepSize: bound))
            let measured = divergence(result.gaussian, gaussian)
            #expect(abs(measured - result.divergence) < 1e-8)
            #expect(measured <= bound * (1 + 1e-6))
            #expect(measured > 0.85 * bound || abs(measured - fullStep(natural)) < 1e-6)
        }
    }

    // KL of the step with η = 1, where that is within the bound.
    private func fullStep(_ natural: NaturalGradient) -> Double {
        let standard = Gaussian(mean: natural.gradient.map { _ in 0 }, deviations: natural.gradient.map { _ in 1 })
        return ComponentUpdate.direct.apply(natural, to: standard, stepSize: 1)?.divergence ?? .infinity
    }

    @Test func improvedBayesianUpdatesFollowTheirFormula() throws {
        let (natural, gaussian) = Self.random(3, 5)
        let b = 0.7
        let result = try #require(ComponentUpdate.improvedBayesian.apply(natural, to: gaussian, stepSize: b)).gaussian
        // R = A·M·Aᵀ and g = A·g_y in x.
        let r = turned(natural.curvature, gaussian), s = gaussian.covariance, l = gaussian.precision
        var g = [0.0, 0, 0]
        for i in 0..<3 { for j in 0...i { g[i] += gaussian.precisionFactor[triangleIndex(i, j)] * natural.gradient[j] } }
        for i in 0..<3 {
            #expect(abs(result.mean[i] - gaussian.mean[i] - b * (0..<3).reduce(0) { $0 + s[i, $1] * g[$1] }) < 1e-10)
            for j in 0..<3 {
                var square = 0.0
                for k in 0..<3 { for m in 0..<3 { square += r[i, k] * s[k, m] * r[m, j] } }
                #expect(abs(result.precision[i, j] - (l[i, j] + b * r[i, j] + 0.5 * b * b * square)) < 1e-10)
            }
        }
    }

    private func turned(_ m: [Double], _ gaussian: Gaussian) -> Matrix {
        let n = gaussian.dimension, a = gaussian.precisionFactor
        var result = Matrix(rows: n, columns: n)
        for i in 0..<n {
            for j in 0..<n {
                for k in 0...i {
                    for l in 0...j {
                        let element = m[k >= l ? triangleIndex(k, l) : triangleIndex(l, k)]
                        result[i, j] += a[triangleIndex(i, k)] * element * a[triangleIndex(j, l)]
                    }
                }
            }
        }
        return result
    }

    @Test func directUpdatesThatAreNotPositiveDefiniteAreLeftOut() {
        let natural = NaturalGradient(gradient: [0], curvature: [-5])
        let gaussian = Gaussian(mean: [0], deviations: [1])
        #expect(ComponentUpdate.direct.apply(natural, to: gaussian, stepSize: 0.5) == nil)
        #expect(ComponentUpdate.improvedBayesian.apply(natural, to: gaussian, stepSize: 0.5) != nil)
        #expect(ComponentUpdate.trustRegion.apply(natural, to: gaussian, stepSize: 0.5) != nil)
    }

    /// 1e-6 wide across the diagonal: 1e8 away from zero, places have 8 digits only behind the point.
    @Test func componentsNarrowerThanRoundingAreLeftOut() {
        let natural = NaturalGradient(gradient: [0, 0], curvature: [0.5e12, 0.5e12, 0.5e12])
        func moved(_ mean: Double) -> Gaussian? {
            ComponentUpdate.direct.apply(natural, to: Gaussian(mean: [mean, 0], deviations: [1, 1]), stepSize: 1)?.gaussian
        }
        #expect(moved(0) != nil)
        #expect(moved(1e8) == nil)
    }

    @Test func weightsKeepTheirBound() {
        let old = [0.5, 0.3, 0.2].map { log($0) }
        for bound in [1e-4, 0.01, 0.5] {
            let step = WeightUpdate.trustRegion.apply([3, -1, 0.5], to: old, stepSize: bound)
            let divergence = zip(step.logWeights, old).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
            #expect(divergence <= bound && divergence > 0.85 * bound)
            #expect(abs(step.logWeights.reduce(0) { $0 + exp($1) } - 1) < 1e-12)
        }
        // A wide bound gives the best weights, proportional to w·exp(h).
        let best = WeightUpdate.trustRegion.apply([1, 0, -1], to: old, stepSize: 100).logWeights
        #expect(abs((best[0] - best[2]) - (old[0] - old[2] + 2)) < 1e-12)
        let direct = WeightUpdate.direct.apply([1, 0, -1], to: old, stepSize: 0.5).logWeights
        #expect(abs((direct[0] - direct[2]) - (old[0] - old[2] + 1)) < 1e-12)
    }

    /// With expectations from quadrature and responsibilities that are tight, no step lowers the bound.
    @Test func theBoundNeverFalls() throws {
        let target = GaussianMixture(
            weights: [1, 2, 1], components: [(-2.0, 0.5), (0.5, 0.3), (3, 0.8)].map { Gaussian(mean: [$0.0], deviations: [$0.1]) })
        var components = [-3.0, 0, 2].map { Gaussian(mean: [$0], deviations: [1.5]) }, logWeights = Array(repeating: -log(3.0), count: 3)
        let grid = (0...4000).map { -12 + 24 * Double($0) / 4000 }, step = 24.0 / 4000
        func h(_ x: Double, _ q: GaussianMixture) -> Double { target.logDensity([x]) - q.logDensity([x]) }
        var last = -Double.infinity
        for _ in 0..<60 {
            let q = GaussianMixture(weights: logWeights.map(exp), components: components)
            let values = grid.map { h($0, q) }
            let bound = zip(grid, values).reduce(0) { $0 + step * exp(q.logDensity([$1.0])) * $1.1 }
            #expect(bound >= last - 1e-9)
            last = bound
            var rewards: [Double] = []
            components = try components.map { component in
                // E[∇_y h] = E[y·h] and E[∇²_y h] = E[(y² − 1)·h] under N(0, 1).
                var reward = 0.0, gradient = 0.0, hessian = 0.0
                for (x, value) in zip(grid, values) {
                    let weight = step * exp(component.logDensity([x])), y = component.precisionFactor[0] * (x - component.mean[0])
                    reward += weight * value
                    gradient += weight * y * value
                    hessian += weight * (y * y - 1) * value
                }
                rewards.append(reward)
                let natural = NaturalGradient(gradient: [gradient], curvature: [-hessian])
                return try #require(ComponentUpdate.trustRegion.apply(natural, to: component, stepSize: 0.01)).gaussian
            }
            logWeights = WeightUpdate.trustRegion.apply(rewards, to: logWeights, stepSize: 0.01).logWeights
        }
        #expect(last > -0.02)
    }
}
