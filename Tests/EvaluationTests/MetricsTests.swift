import Evaluation
import Foundation
import Kinematics
import Numerics
import Testing

@Suite struct MetricsTests {
    /// One point against one at a distance d: 2·(k(0) − k(d)), by the formula as printed.
    @Test func discrepancyOfTwoPoints() {
        let c = 1.1827009364464547, a = 0.2
        func kernel(_ square: Double) -> Double { pow(c, a) * pow((c + square) / a, -a) }
        let x = Matrix(rows: 1, columns: 2, elements: [0, 0]), y = Matrix(rows: 1, columns: 2, elements: [3, 4])
        #expect(abs(Discrepancy.between(x, y) - 2 * (kernel(0) - kernel(25))) < 1e-14)
        #expect(abs(Discrepancy.between(x, x)) < 1e-15)
        #expect(Discrepancy.between(x, Matrix(rows: 0, columns: 2)).isNaN)
        for kernel in [Discrepancy.Kernel.multiquadric, .gaussian(bandwidth: 1)] {
            #expect(Discrepancy.between(x, y, kernel: kernel, cancellation: Cancellation { true }).isNaN)
        }
    }

    /// The reference {0, 1, 3} has the squared differences 0, 0, 0, 1, 4, 9, of which the upper median is 1.
    @Test func theGaussianKernelIsScaledByTheReference() {
        let x = Matrix(rows: 1, columns: 1, elements: [0]), y = Matrix(rows: 3, columns: 1, elements: [0, 1, 3])
        let (near, middle, far) = (exp(-0.5), exp(-2.0), exp(-4.5))
        let expected = 1 + (3 + 2 * (near + middle + far)) / 9 - 2 * (1 + near + far) / 3
        #expect(abs(Discrepancy.between(x, y, kernel: .gaussian(bandwidth: 2)) - expected) < 1e-14)
        #expect(abs(Discrepancy.between(y, y, kernel: .gaussian(bandwidth: 2))) < 1e-15)
    }

    /// Sets of n draws of one distribution differ by the two diagonals: 2·(k(0) − E k)/n in the mean.
    @Test func discrepancyOfEqualDistributions() {
        var stream = RandomStream(seed: 1)
        func draws() -> Matrix { Matrix(rows: 50, columns: 3, elements: (0..<150).map { _ in stream.normal() }) }
        let far = Matrix(rows: 50, columns: 3, elements: (0..<150).map { _ in stream.normal() + 2 })
        let floor = (0..<50).reduce(0) { sum, _ in sum + Discrepancy.between(draws(), draws()) } / 50
        #expect(floor > 0.002 && floor < 0.01)
        #expect(Discrepancy.between(draws(), far) > 10 * floor)
    }

    @Test func coverageCountsWithinRadiiAndWraps() throws {
        let chain = Chain(
            name: "turntable", base: "b", tip: "l", segments: [
                Chain.Segment(name: "j", kind: .continuous, child: "l", origin: .identity, axis: [0, 0, 1], variable: 0)
            ], variables: [Chain.Variable(name: "j", kind: .continuous, lower: -.pi, upper: .pi)])
        let reference = Matrix(rows: 4, columns: 1, elements: [0, 1, 2, 3.1])
        let answers = Matrix(rows: 2, columns: 1, elements: [0.2, -3.1])
        #expect(Coverage.share(of: reference, by: answers, within: [0.1, 0.3, 0.9], on: chain) == [0.25, 0.5, 0.75])
        #expect(Coverage.share(of: reference, by: Matrix(rows: 0, columns: 1), within: [1], on: chain) == [0])
    }

    @Test func summariesOfKnownErrors() {
        let errors = (0..<100).map { pose in (0..<10).map { Double(pose * 10 + $0) } }
        let summary = ErrorSummary(errors)
        #expect(summary.mean.value == 499.5 && summary.median.value == 499.5)
        #expect(abs(summary.percentile95.value - 949.05) < 1e-9)
        #expect(summary.quantiles.first == 0 && summary.quantiles.last == 999 && summary.quantiles.count == ErrorSummary.shares.count)
        // The means of the poses are 4.5, 14.5, …: their standard error is that of 0, 10, … 990.
        #expect(abs(summary.mean.standardError - 10 * (100.0 * 101 / 12).squareRoot() / 10) < 1e-9)
        let estimate = Estimate(meanOf: [1, 2, 3, .nan])
        #expect(estimate.value == 2 && abs(estimate.standardError - (1.0 / 3).squareRoot()) < 1e-12)
    }
}
