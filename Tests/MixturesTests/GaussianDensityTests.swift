import Mixtures
import Numerics
import Testing

@Suite struct GaussianDensityTests {
    private func logarithm(_ density: GaussianDensity, _ difference: [Double], _ factor: [Double]) -> (Double, [Double]) {
        var whitened = difference
        let value = density.logarithm(difference, factor: factor, whitened: &whitened)
        return (value, whitened)
    }

    @Test func standardNormalIsExact() {
        let (value, _) = logarithm(GaussianDensity(dimension: 2), [1, 2], [1, 0, 1])
        #expect(abs(value - (-2.5 - Elementary.log(2 * .pi))) < 1e-14)
    }

    @Test(arguments: [1, 3, 7, 10], [PrecisionProjection.Shape.full, .diagonal])
    func gradientsAgreeWithFiniteDifferences(dimension: Int, shape: PrecisionProjection.Shape) {
        let density = GaussianDensity(dimension: dimension, shape: shape)
        let count = shape == .full ? triangleCount(dimension) : dimension
        var stream = RandomStream(seed: 3)
        let difference = (0..<dimension).map { _ in stream.normal() }
        let factor = (0..<count).map { _ in 1 + 0.3 * stream.normal() }
        let (_, whitened) = logarithm(density, difference, factor)
        var mean = difference, factorGradient = factor
        density.backpropagate(scale: 1.7, difference, factor: factor, whitened: whitened, mean: &mean, factor: &factorGradient)
        let h = 1e-6
        for index in 0..<dimension {
            var above = difference, below = difference
            above[index] += h
            below[index] -= h
            let numeric = -1.7 * (logarithm(density, above, factor).0 - logarithm(density, below, factor).0) / (2 * h)
            #expect(abs(numeric - mean[index]) < 1e-6 * (1 + abs(numeric)))
        }
        for index in 0..<count {
            var above = factor, below = factor
            above[index] += h
            below[index] -= h
            let numeric = 1.7 * (logarithm(density, difference, above).0 - logarithm(density, difference, below).0) / (2 * h)
            #expect(abs(numeric - factorGradient[index]) < 1e-6 * (1 + abs(numeric)))
        }
    }
}
