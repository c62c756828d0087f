import Mixtures
import Numerics
import Testing

/// A factor with a positive diagonal.
private func randomFactor(_ n: Int, spread: Double, _ stream: inout RandomStream) -> [Double] {
    var factor = (0..<triangleCount(n)).map { _ in spread * stream.normal() }
    for i in 0..<n { factor[triangleIndex(i, i)] = Elementary.exp(spread * stream.normal()) }
    return factor
}

/// KL(L ‖ L') of precisions A·Aᵀ and A'·A'ᵀ with dense algebra, by Gauss–Jordan elimination.
private func divergence(_ factor: [Double], _ old: [Double], _ n: Int) -> Double {
    func dense(_ a: [Double]) -> [[Double]] {
        (0..<n).map { i in (0..<n).map { j in (0...min(i, j)).reduce(0) { $0 + a[triangleIndex(i, $1)] * a[triangleIndex(j, $1)] } } }
    }
    var left = dense(factor), right = dense(old)
    // right := L⁻¹·L'.
    for pivot in 0..<n {
        let scale = 1 / left[pivot][pivot]
        left[pivot] = left[pivot].map { $0 * scale }
        right[pivot] = right[pivot].map { $0 * scale }
        for row in 0..<n where row != pivot {
            let share = left[row][pivot]
            for column in 0..<n {
                left[row][column] -= share * left[pivot][column]
                right[row][column] -= share * right[pivot][column]
            }
        }
    }
    let trace = (0..<n).reduce(0) { $0 + right[$1][$1] }
    let logarithms = (0..<n).reduce(0) { $0 + Elementary.log(factor[triangleIndex($1, $1)] / old[triangleIndex($1, $1)]) }
    return 0.5 * (trace - Double(n)) + logarithms
}

private struct Projection {
    var factor: [Double]
    var share: Double
    var divergence: Double

    init(_ region: TrustRegion, _ proposed: [Double], old: [Double], bound: Double) {
        var scratch = [Double](repeating: 0, count: region.scratchCount)
        factor = proposed
        (share, divergence) = region.projectCovariance(proposed, old: old, bound: bound, scratch: &scratch, into: &factor)
    }
}

@Suite struct TrustRegionTests {
    @Test(arguments: [1, 2, 5, 7, 9], [0.3, 0.8])
    func covariancesKeepTheirBound(dimension n: Int, spread: Double) {
        var stream = RandomStream(seed: UInt64(n))
        let region = TrustRegion(dimension: n)
        for bound in [1e-3, 0.05, 1.0] {
            let old = randomFactor(n, spread: spread, &stream), proposed = randomFactor(n, spread: spread, &stream)
            let result = Projection(region, proposed, old: old, bound: bound)
            let reference = divergence(proposed, old, n)
            #expect(abs(result.divergence - reference) < 1e-9 * max(1, reference))
            if reference <= bound {
                #expect(result.share == 1 && result.factor == proposed)
            } else {
                let kept = divergence(result.factor, old, n)
                #expect(kept <= bound * (1 + 1e-9) && kept > 0.5 * bound, "KL \(kept) of \(bound)")
            }
        }
    }

    @Test(arguments: [1, 2, 5, 7])
    func covarianceGradientAgreesWithFiniteDifferences(dimension n: Int) {
        var stream = RandomStream(seed: 3 + UInt64(n))
        let region = TrustRegion(dimension: n, searchSteps: 80)
        for bound in [0.02, 0.3] {
            let old = randomFactor(n, spread: 0.4, &stream), proposed = randomFactor(n, spread: 0.4, &stream)
            let weights = (0..<triangleCount(n)).map { _ in stream.normal() }
            func value(_ factor: [Double]) -> Double {
                zip(Projection(region, factor, old: old, bound: bound).factor, weights).reduce(0) { $0 + $1.0 * $1.1 }
            }
            let result = Projection(region, proposed, old: old, bound: bound)
            var gradient = weights, scratch = [Double](repeating: 0, count: region.scratchCount)
            region.backpropagateCovariance(
                &gradient, factor: proposed, old: old, projected: result.factor, share: result.share, scratch: &scratch)
            for index in gradient.indices {
                let step = 1e-5
                var up = proposed, down = proposed
                up[index] += step
                down[index] -= step
                let difference = (value(up) - value(down)) / (2 * step)
                #expect(abs(gradient[index] - difference) < 1e-5 * max(1, abs(difference)), "\(index): \(gradient[index]), \(difference)")
            }
        }
    }

    @Test(arguments: [1, 3, 7])
    func divergenceGradientAgreesWithFiniteDifferences(dimension n: Int) {
        var stream = RandomStream(seed: 11 + UInt64(n))
        let region = TrustRegion(dimension: n)
        let old = randomFactor(n, spread: 0.4, &stream), proposed = randomFactor(n, spread: 0.4, &stream)
        var gradient = proposed, scratch = [Double](repeating: 0, count: region.scratchCount)
        region.divergenceGradient(proposed, old: old, scratch: &scratch, into: &gradient)
        for index in gradient.indices {
            var up = proposed, down = proposed
            up[index] += 1e-6
            down[index] -= 1e-6
            let difference = (divergence(up, old, n) - divergence(down, old, n)) / 2e-6
            #expect(abs(gradient[index] - difference) < 1e-6 * max(1, abs(difference)))
        }
    }

    @Test(arguments: [1e-3, 0.1, 100.0])
    func meansKeepTheirBoundWithTheRightGradient(bound: Double) {
        let n = 5
        var stream = RandomStream(seed: 5)
        let region = TrustRegion(dimension: n)
        let old = randomFactor(n, spread: 0.5, &stream), proposed = (0..<n).map { _ in stream.normal() }
        let weights = (0..<n).map { _ in stream.normal() }
        func project(_ difference: [Double]) -> (moved: [Double], scaled: [Double], distance: Double) {
            var moved = difference, scaled = difference
            let distance = region.projectMean(&moved, old: old, bound: bound, scaled: &scaled)
            return (moved, scaled, distance)
        }
        let result = project(proposed)
        let kept = project(result.moved).distance
        #expect(abs(kept - min(bound, result.distance)) < 1e-12 * max(1, result.distance))
        var gradient = weights
        region.backpropagateMean(&gradient, difference: result.moved, scaled: result.scaled, distance: result.distance, bound: bound)
        for index in 0..<n {
            func value(_ shift: Double) -> Double {
                var moved = proposed
                moved[index] += shift
                return zip(project(moved).moved, weights).reduce(0) { $0 + $1.0 * $1.1 }
            }
            #expect(abs(gradient[index] - (value(1e-6) - value(-1e-6)) / 2e-6) < 1e-6)
        }
    }
}
