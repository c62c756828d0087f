import Foundation
import Numerics
import Testing

@Suite struct ElementaryTests {
    @Test(arguments: [(0.5, 0.0), (0.975, 1.959963984540054), (0.025, -1.959963984540054), (0.8413447460685429, 1.0), (1e-10, -6.361340902404056)])
    func quantilesAreThoseOfTables(_ probability: Double, _ expected: Double) {
        #expect(abs(Elementary.normalQuantile(probability) - expected) < 1e-11)
    }

    @Test func quantilesInvertTheDistribution() {
        for step in 1..<200 {
            let probability = Double(step) / 200
            let x = Elementary.normalQuantile(probability)
            #expect(abs(0.5 * erfc(-x * 0.5.squareRoot()) - probability) < 1e-14)
        }
    }

    @Test(arguments: [
        ([], 0.0), ([3, -4], 5), ([1e200, 1e200], 1e200 * 2.0.squareRoot()), ([3e-200, 4e-200], 5e-200), ([.leastNonzeroMagnitude], .leastNonzeroMagnitude),
        ([1e308, 1e308], 1e308 * 2.0.squareRoot()), ([1, .infinity], .infinity), ([-.infinity, 1e300], .infinity),
    ]) func rootsOfSquaresNeitherOverflowNorVanish(_ values: [Double], _ expected: Double) {
        let found = Elementary.rootOfSquares(values)
        #expect(found == expected || abs(found - expected) < 1e-15 * expected)
        #expect(Elementary.rootOfSquares(values + [.nan]).isNaN)
    }
}
