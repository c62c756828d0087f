import Foundation
import Mixtures
import Numerics
import Testing

/// A Gaussian of three variables whose factor has no zeros.
private let gaussian = Gaussian(mean: [1, -2, 0.5], precisionFactor: [2, -0.5, 1, 0.3, 0.7, 4])

@Suite struct GaussianTests {
    @Test func covarianceIsThePrecisionsInverse() {
        let p = gaussian.precision, s = gaussian.covariance
        for i in 0..<3 {
            for j in 0..<3 {
                let product = (0..<3).reduce(0.0) { $0 + p[i, $1] * s[$1, j] }
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
            }
        }
    }

    @Test func standardNormalIsExact() {
        let standard = Gaussian(mean: [0, 0], precisionFactor: [1, 0, 1])
        #expect(abs(standard.logDensity([1, 2]) - (-log(2 * Double.pi) - 2.5)) < 1e-14)
        #expect(abs(standard.entropy - (1 + log(2 * Double.pi))) < 1e-14)
    }

    @Test func samplesHaveTheMoments() {
        var stream = RandomStream(seed: 3)
        let n = 40_000
        let samples = (0..<n).map { _ in gaussian.sample(using: &stream) }
        let s = gaussian.covariance
        for i in 0..<3 {
            let mean = samples.reduce(0) { $0 + $1[i] } / Double(n)
            #expect(abs(mean - gaussian.mean[i]) < 4 * (s[i, i] / Double(n)).squareRoot())
            for j in 0...i {
                let product = samples.reduce(0) { $0 + ($1[i] - gaussian.mean[i]) * ($1[j] - gaussian.mean[j]) } / Double(n)
                #expect(abs(product - s[i, j]) < 0.03 * (s[i, i] * s[j, j]).squareRoot())
            }
        }
    }
}

@Suite struct GaussianMixtureTests {
    private let mixture = GaussianMixture(
        weights: [3, 1], components: [Gaussian(mean: [0], precisionFactor: [1]), Gaussian(mean: [50], precisionFactor: [2])])

    @Test func densityIsTheWeightedSum() {
        let expected = log(0.75 * exp(-0.5 * 4) / (2 * Double.pi).squareRoot())
        #expect(abs(mixture.logDensity([2]) - expected) < 1e-12)
        #expect(mixture.logDensity([1e200]) == -.infinity)
    }

    @Test func sumsOfExponentialsKeepWhatIsNoNumber() {
        for values in [[Double.nan, 1], [1, .nan], [.nan, -.infinity], [-.infinity, .nan]] { #expect(logSumExp(values).isNaN, "\(values)") }
        #expect(logSumExp([]) == -.infinity && logSumExp([-.infinity, -.infinity]) == -.infinity && logSumExp([1, -.infinity]) == 1)
    }

    @Test func responsibilitiesSumToOne() {
        for x in [0.0, 17, 30, 50, 1e200] {
            #expect(abs(mixture.responsibilities([x]).reduce(0, +) - 1) < 1e-12)
        }
        #expect(mixture.responsibilities([0])[0] > 1 - 1e-12 && mixture.responsibilities([50])[1] > 1 - 1e-12)
    }

    @Test func entropyOfSeparateComponentsIsExact() {
        var stream = RandomStream(seed: 1)
        let (value, error) = mixture.entropy(samples: 20_000, using: &stream)
        let weights = -(0.75 * log(0.75) + 0.25 * log(0.25))
        let expected = weights + 0.75 * mixture.components[0].entropy + 0.25 * mixture.components[1].entropy
        #expect(abs(value - expected) < 5 * error && error < 0.02)
        #expect(abs(mixture.componentsInUse - exp(weights)) < 1e-12)
    }

    @Test func samplesFollowTheWeights() {
        var stream = RandomStream(seed: 2)
        let far = (0..<20_000).count { _ in mixture.sample(using: &stream).component == 1 }
        #expect(abs(Double(far) / 20_000 - 0.25) < 0.015)
    }
}
