import Numerics
import Testing

@Suite struct SampleStatisticsTests {
    @Test func isLinearBetweenNeighbours() {
        #expect([1, 2, 4].quantile(0.5) == 2 && [1, 2, 4].quantile(0.25) == 1.5 && [1.0, 2, 4, 8].quantile(0.5) == 3)
        #expect([7.0].quantile(0) == 7 && [7.0].quantile(1) == 7 && [Double]().quantile(0.5).isNaN)
    }

    @Test func infiniteNumbersHavePlacesToo() {
        #expect([1, .infinity].quantile(0) == 1 && [1, .infinity].quantile(0.5) == .infinity)
        #expect([-Double.infinity, -.infinity, 0].quantile(0.25) == -.infinity)
        #expect([.infinity, .infinity].quantile(0.3) == Double.infinity)
        #expect([-Double.infinity, 5].quantile(0.5) == -.infinity && [-Double.infinity, 5].quantile(1) == 5)
    }

    @Test func aHighMedianIsOneOfTheNumbers() {
        #expect([1.0, 2, 4].highMedian == 2 && [1.0, 2, 4, 8].highMedian == 4 && [7.0].highMedian == 7 && [Double]().highMedian.isNaN)
    }

    @Test func aVarianceHasOneNumberLessInTheDenominator() {
        #expect([1.0, 2, 6].variance(around: 3) == 7 && [4.0, 4].variance(around: 4) == 0 && [4.0].variance(around: 4).isNaN)
    }
}
