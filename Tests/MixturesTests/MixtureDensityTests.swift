import Foundation
import Mixtures
import Numerics
import Testing

/// A mixture whose components lie apart, some far, with factors that have no zeros.
func randomMixture(dimension n: Int, components: Int, seed: UInt64) -> GaussianMixture {
    var stream = RandomStream(seed: seed)
    let gaussians = (0..<components).map { index in
        var factor = Array(repeating: 0.0, count: triangleCount(n))
        for i in 0..<n { for j in 0...i { factor[triangleIndex(i, j)] = i == j ? 0.5 + 2 * stream.uniform() : 0.5 * stream.normal() } }
        return Gaussian(mean: (0..<n).map { _ in stream.normal() * (index % 3 == 2 ? 30 : 1) }, precisionFactor: factor)
    }
    return GaussianMixture(weights: (0..<components).map { _ in 0.01 + stream.uniform() }, components: gaussians)
}

@Suite struct MixtureDensityTests {
    @Test(arguments: [1, 2, 5, 12])
    func batchesAreThatOfSinglePlaces(_ n: Int) {
        let mixture = randomMixture(dimension: n, components: 7, seed: UInt64(n))
        var stream = RandomStream(seed: 5)
        let places = mixture.samples(75, using: &stream).elements + (0..<n).map { _ in 1e4 }
        var values = Array(repeating: 0.0, count: 76), gradients = Array(repeating: 0.0, count: 76 * n)
        MixtureDensity(mixture).evaluate(places, count: 76, into: &values, gradients: &gradients)
        for index in 0..<76 {
            let x = Array(places[index * n..<(index + 1) * n])
            let expected = mixture.logDensity(x)
            #expect(abs(values[index] - expected) < 1e-12 * max(1, abs(expected)))
            guard index < 75 else { continue }
            for i in 0..<n {
                var above = x, below = x
                above[i] += 1e-5
                below[i] -= 1e-5
                let slope = (mixture.logDensity(above) - mixture.logDensity(below)) / 2e-5
                #expect(abs(gradients[index * n + i] - slope) < 1e-5 * max(1, abs(slope)))
            }
        }
    }

    @Test func theBoundOfTheTargetItselfIsExact() throws {
        let mixture = randomMixture(dimension: 3, components: 4, seed: 3)
        var stream = RandomStream(seed: 1)
        let found = try mixture.evidence(of: Doubled(mixture: mixture), samples: 500, using: &stream)
        #expect(abs(found.bound.value - log(2)) < 1e-10 && found.bound.standardError < 1e-10 && found.zeros == 0)
        #expect(abs(found.logEvidence - log(2)) < 1e-10 && abs(found.effectiveSamples - 500) < 1e-6)
    }

    /// Twice a mixture's density: log Z = log 2.
    private struct Doubled: TargetDensity {
        let mixture: GaussianMixture
        var name: String { "doubled" }
        var dimension: Int { mixture.dimension }

        func evaluate(
            _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>, gradients: UnsafeMutablePointer<Double>?
        ) {
            MixtureDensity(mixture).evaluate(points, count: count, into: logDensities, gradients: gradients)
            for index in 0..<count { logDensities[index] += log(2) }
        }
    }

    @Test func matricesAreThatOfPackedTriangles() {
        let n = 20
        var stream = RandomStream(seed: 9)
        let factor = randomMixture(dimension: n, components: 1, seed: 4).components[0].precisionFactor
        var square = Array(repeating: 0.0, count: triangleCount(n))
        PackedTriangle.square(n, factor, into: &square)
        #expect(PackedTriangle.choleskyFactorise(n, &square))
        for index in square.indices { #expect(abs(square[index] - factor[index]) < 1e-11) }
        let b = (0..<n).map { _ in stream.normal() }
        var x = b, y = b
        PackedTriangle.solveVector(n, factor, &x)
        PackedTriangle.solve(n, factor, &y)
        #expect(zip(x, y).allSatisfy { abs($0 - $1) < 1e-9 * max(1, abs($1)) })
        PackedTriangle.solveVectorTransposed(n, factor, &x)
        PackedTriangle.solveTransposed(n, factor, &y)
        #expect(zip(x, y).allSatisfy { abs($0 - $1) < 1e-8 * max(1, abs($1)) })
        PackedTriangle.multiplyVectorTransposed(n, factor, &x)
        var z = b
        PackedTriangle.solveVector(n, factor, &z)
        #expect(zip(x, z).allSatisfy { abs($0 - $1) < 1e-7 * max(1, abs($1)) })
    }
}
