import Foundation
import Mixtures
import Numerics
import Testing

@Suite struct ValidationTests {
    @Test func covariancesGoThereAndBack() throws {
        // Scales that are fourteen decades apart.
        let covariance = Matrix(rows: 3, columns: 3, elements: [1e-14, 0.5e-7, 0, 0.5e-7, 1, -3e6, 0, -3e6, 1e14])
        let gaussian = try Gaussian(mean: [1, 2, 3], covariance: covariance)
        let again = gaussian.covariance
        for i in 0..<3 { for j in 0..<3 { #expect(abs(again[i, j] - covariance[i, j]) <= 1e-12 * (covariance[i, i] * covariance[j, j]).squareRoot()) } }
        // A marginal keeps its part.
        let mixture = GaussianMixture(weights: [1], components: [gaussian])
        let part = try mixture.marginal(over: [2, 0]).components[0]
        #expect(part.mean == [3, 1] && abs(part.covariance[0, 0] - 1e14) < 1 && abs(part.covariance[0, 1]) < 1e-9)
    }

    private static let refused: [(elements: [Double], complaint: String)] = [
        ([1, 0.5, 0.2, 1], "must be symmetric"), ([1, 2, 2, 1], "must be positive definite"), ([1, 1, 1, 1], "must be positive definite"),
        ([1, 0, 0, 0], "must have variances above 0, got 0.0 for variable 2"), ([1, 0, 0, -1], "must have variances above 0"),
        ([1, .nan, .nan, 1], "must have finite numbers"), ([1, 1 - 1e-15, 1 - 1e-15, 1], "must be"), ([1], "must be 2 x 2"),
    ]

    @Test(arguments: 0..<8)
    func covariancesThatAreNoneAreRefused(_ index: Int) {
        let (elements, complaint) = Self.refused[index]
        let n = Int(Double(elements.count).squareRoot())
        let error = #expect(throws: MixtureError.self) { try Gaussian(mean: [0, 0], covariance: Matrix(rows: n, columns: n, elements: elements)) }
        #expect(error?.description.hasPrefix(complaint) == true, "\(error?.description ?? "")")
    }

    @Test func weightsMustSumToOne() throws {
        let parts = [Gaussian(mean: [0], deviations: [1]), Gaussian(mean: [1], deviations: [1])]
        let mixture = try GaussianMixture(validating: [0.333, 0.6665], components: parts)
        #expect(abs(mixture.weights.reduce(0, +) - 1) < 1e-15)
        for weights in [[0.5, 0.6], [-0.1, 1.1], [.nan, 1], [1], [0, 0], [.infinity, 0]] {
            #expect(throws: MixtureError.self) { try GaussianMixture(validating: weights, components: parts) }
        }
    }

    private static let unsound: [(mean: [Double], factor: [Double])] = [
        ([0], [1e-80]), ([0], [1e80]), ([.nan], [1]), ([0], [.infinity]), ([1e9], [1e9]), ([0, 0], [1, 1e9, 1]),
    ]

    @Test(arguments: 0..<6)
    func numbersBeyondDoublePrecisionAreNotSound(_ index: Int) {
        #expect(!Gaussian.isSound(mean: Self.unsound[index].mean, precisionFactor: Self.unsound[index].factor))
    }

    @Test func wideAndNarrowVariablesAreSound() {
        #expect(Gaussian.isSound(mean: [0, 5], precisionFactor: [1e-9, 0, 1e9]))
    }
}
