import Glibc

/// Differences between two settings, seed by seed: what both have in common drops out.
public struct PairedComparison: Sendable, Equatable {
    /// The differences, second minus first.
    public let summary: Summary
    /// Two-sided, of Student's test that the mean difference is zero; NaN for fewer than two pairs.
    public let studentProbability: Double
    /// Two-sided, of Wilcoxon's signed-rank test, exact up to 30 pairs without ties; NaN without a difference that is not zero.
    public let signedRankProbability: Double

    /// - Parameter differences: finite numbers; nil where there are none.
    public init?(differences: [Double]) {
        guard let summary = Summary(differences) else { return nil }
        self.summary = summary
        studentProbability = summary.count < 2
            ? .nan : PairedComparison.student(summary.mean / summary.standardError, degreesOfFreedom: Double(summary.count - 1))
        signedRankProbability = PairedComparison.signedRank(differences)
    }

    // MARK: Student's t

    /// P(|T| ≥ |t|) = I_x(ν/2, 1/2) with x = ν / (ν + t²).
    static func student(_ t: Double, degreesOfFreedom: Double) -> Double {
        if t.isNaN { return 1 }  // all differences are zero
        if t.isInfinite { return 0 }
        return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
    }

    /// The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22) in Lentz's evaluation.
    static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
        var c = 1.0, d = 1 / guarded(1 - (a + b) * x / (a + 1)), fraction = d
        for step in 1...300 {
            let m = Double(step)
            for coefficient in [m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))] {
                d = 1 / guarded(1 + coefficient * d)
                c = guarded(1 + coefficient / c)
                fraction *= c * d
            }
            if abs(c * d - 1) < 1e-15 { break }
        }
        return front * fraction
    }

    private static func guarded(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }

    // MARK: Wilcoxon's signed ranks

    static func signedRank(_ differences: [Double]) -> Double {
        let sizes = differences.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
        guard !sizes.isEmpty else { return .nan }
        // Equal sizes share the mean of their ranks; ranks are counted in halves, so that all are whole.
        var halves: [Int] = [], start = 0
        while start < sizes.count {
            var end = start
            while end + 1 < sizes.count, abs(sizes[end + 1]) == abs(sizes[start]) { end += 1 }
            halves += Array(repeating: start + end + 2, count: end - start + 1)
            start = end + 1
        }
        let positive = zip(sizes, halves).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
        let total = halves.reduce(0, +), lower = min(positive, total - positive)
        if sizes.count <= 30 { return exactSignedRank(halves, lower) }
        let variance = halves.reduce(0.0) { $0 + Double($1) * Double($1) } / 4
        // Half a rank, one in halves, corrects for continuity.
        let z = (Double(total) / 2 - Double(lower) - 1) / variance.squareRoot()
        return min(1, erfc(max(0, z) / 2.0.squareRoot()))
    }

    /// Twice the share of all sign patterns whose sum of positive ranks is no greater than what was found.
    private static func exactSignedRank(_ halves: [Int], _ lower: Int) -> Double {
        var ways = [Double](repeating: 0, count: lower + 1)
        ways[0] = 1
        for rank in halves where rank <= lower {
            for sum in stride(from: lower, through: rank, by: -1) { ways[sum] += ways[sum - rank] }
        }
        return min(1, 2 * ways.reduce(0, +) / pow(2, Double(halves.count)))
    }
}
