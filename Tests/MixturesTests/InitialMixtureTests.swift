import Foundation
import Mixtures
import Numerics
import Testing

@Suite struct InitialMixtureTests {
    @Test(arguments: [1, 2, 7, 100])
    func meansFillEveryStratumOnce(_ count: Int) {
        var stream = RandomStream(seed: 3)
        let start = InitialMixture(mean: [1, -2, 0], deviations: [2, 0.1, 1], componentDeviations: [1, 1, 1])
        let means = start.means(count, using: &stream)
        #expect(means.count == count)
        for variable in 0..<3 {
            let strata = means.map { mean in
                let z = (mean[variable] - start.mean[variable]) / start.deviations[variable]
                return Int(0.5 * erfc(-z / 2.0.squareRoot()) * Double(count))
            }
            #expect(Set(strata) == Set(0..<count))
        }
    }

    @Test func variablesAreShuffledApart() {
        var stream = RandomStream(seed: 4)
        let means = InitialMixture(dimension: 2).means(1000, using: &stream)
        let correlation = means.reduce(0) { $0 + $1[0] * $1[1] } / 1000
        #expect(abs(correlation) < 0.1)
    }
}
