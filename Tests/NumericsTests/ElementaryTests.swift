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
}
