import Foundation
import Mixtures
import Numerics
import Testing

@Suite struct ConditioningTests {
    private func gaussian(_ stream: inout RandomStream, _ n: Int) -> Gaussian {
        var factor: [Double] = []
        for i in 0..<n { for j in 0...i { factor.append(i == j ? 0.5 + stream.uniform() : 0.7 * stream.normal()) } }
        return Gaussian(mean: (0..<n).map { _ in stream.normal() }, precisionFactor: factor)
    }

    /// p(a, b) = p(a|b)·p(b), whatever a is.
    @Test func theJointDensityIsTheProduct() {
        var stream = RandomStream(seed: 1)
        let gaussian = gaussian(&stream, 5)
        let known = [1: 0.3, 4: -0.8]
        let (conditional, logDensity) = gaussian.conditioned(on: known)
        for _ in 0..<5 {
            let a = (0..<3).map { _ in stream.normal() }
            let joint = gaussian.logDensity([a[0], 0.3, a[1], a[2], -0.8])
            #expect(abs(joint - conditional.logDensity(a) - logDensity) < 1e-10)
        }
        // p(b) itself, against the covariance's block.
        let s = gaussian.covariance
        let (dx, dy) = (0.3 - gaussian.mean[1], -0.8 - gaussian.mean[4])
        let determinant = s[1, 1] * s[4, 4] - s[1, 4] * s[1, 4]
        let square = (s[4, 4] * dx * dx - 2 * s[1, 4] * dx * dy + s[1, 1] * dy * dy) / determinant
        #expect(abs(logDensity + 0.5 * square + 0.5 * log(determinant) + log(2 * .pi)) < 1e-10)
    }

    @Test func mixturesKeepTheRatioOfDensities() {
        var stream = RandomStream(seed: 2)
        let mixture = GaussianMixture(weights: [0.2, 0.5, 0.3], components: (0..<3).map { _ in gaussian(&stream, 4) })
        let conditional = mixture.conditioned(on: [0: 0.4])
        let a = [0.1, -0.5, 0.9], b = [1.1, 0.2, -0.3]
        let expected = mixture.logDensity([0.4] + a) - mixture.logDensity([0.4] + b)
        #expect(abs(conditional.logDensity(a) - conditional.logDensity(b) - expected) < 1e-9)
        #expect(abs(conditional.weights.reduce(0, +) - 1) < 1e-12)
    }
}
