import Foundation
import Numerics
import Testing

@Suite struct DoubleLanesTests {
    private func worstError(
        from lower: Double, to upper: Double, _ function: (DoubleLanes) -> DoubleLanes, _ exact: (Double) -> Double, relative: Bool = false
    ) -> Double {
        var worst = 0.0
        for start in stride(from: 0, to: 8000, by: 8) {
            var x = DoubleLanes.zero
            for lane in 0..<8 { x[lane] = lower + (upper - lower) * Double(start + lane) / 7999 }
            let y = function(x)
            for lane in 0..<8 { worst = max(worst, abs(y[lane] - exact(x[lane])) / (relative ? abs(exact(x[lane])) : 1)) }
        }
        return worst
    }

    @Test func elementaryFunctions() {
        #expect(worstError(from: -700, to: 700, \.exponential, exp, relative: true) < 1e-15)
        #expect(worstError(from: -1, to: 1, \.exponential, exp, relative: true) < 5e-16)
        #expect(worstError(from: 0.4, to: 2.5, \.logarithm, log) < 4e-16)
        #expect(worstError(from: 3, to: 1e9, \.logarithm, log, relative: true) < 4e-16)
        #expect(worstError(from: 1e-300, to: 1e-290, \.logarithm, log, relative: true) < 4e-16)
        #expect(worstError(from: -10, to: 10, { $0.sineAndCosine.sine }, sin) < 4e-16)
        #expect(worstError(from: -1e5, to: 1e5, { $0.sineAndCosine.cosine }, cos) < 4e-16)
    }

    @Test func farExponentsEnd() {
        #expect(DoubleLanes(repeating: -1000).exponential[3] == 0)
        #expect(DoubleLanes(repeating: 1000).exponential[3].isFinite)
    }

    @Test func conditions() {
        var x = DoubleLanes(repeating: 2)
        #expect(!x.isAnywhereAtMost(DoubleLanes(repeating: 1)))
        x[7] = 1
        #expect(x.isAnywhereAtMost(DoubleLanes(repeating: 1)))
        x[7] = .nan
        #expect(!x.isAnywhereAtMost(DoubleLanes(repeating: 1)))
    }

    @Test func sumsOverVectors() {
        for count in [0, 1, 7, 8, 16, 17, 40] {
            let a = (0..<count).map { Double($0 + 1) }, b = (0..<count).map { Double(3 - $0) }
            #expect(DoubleVectors.dot(count, a, b) == zip(a, b).reduce(0) { $0 + $1.0 * $1.1 })
            var y = b
            DoubleVectors.add(count, 2, times: a, to: &y)
            #expect(y == zip(a, b).map { 2 * $0 + $1 })
        }
    }
}

@Suite struct TridiagonalTests {
    /// What is read off the tridiagonal form is what elimination gives for I + s·M.
    @Test(arguments: [1, 2, 3, 6, 20])
    func shiftsAreThoseOfTheMatrix(_ n: Int) {
        var stream = RandomStream(seed: UInt64(n))
        var m = Array(repeating: 0.0, count: n * n)
        for i in 0..<n { for j in 0...i { (m[i * n + j], m[j * n + i]) = { ($0, $0) }(stream.normal()) } }
        let g = (0..<n).map { _ in stream.normal() }
        var copy = m, rotated = g
        let tridiagonal = Tridiagonal(reducing: &copy, rotating: &rotated)
        let s = 0.1
        guard let known = tridiagonal.shifted(by: s, rotated) else {
            Issue.record("the matrix is positive definite")
            return
        }
        // Gauss and Jordan on [I + s·M | I].
        var a = (0..<n).map { i in (0..<n).map { (i == $0 ? 1 : 0) + s * m[i * n + $0] } }
        var inverse = (0..<n).map { i in (0..<n).map { i == $0 ? 1.0 : 0 } }
        var logDeterminant = 0.0
        for k in 0..<n {
            logDeterminant += log(a[k][k])
            let pivot = a[k][k]
            for j in 0..<n { a[k][j] /= pivot; inverse[k][j] /= pivot }
            for i in 0..<n where i != k {
                let factor = a[i][k]
                for j in 0..<n { a[i][j] -= factor * a[k][j]; inverse[i][j] -= factor * inverse[k][j] }
            }
        }
        let solution = (0..<n).map { i in (0..<n).reduce(0) { $0 + inverse[i][$1] * s * g[$1] } }
        #expect(abs(known.logDeterminant - logDeterminant) < 1e-11)
        #expect(abs(known.inverseTrace - (0..<n).reduce(0) { $0 + inverse[$1][$1] }) < 1e-11)
        #expect(abs(known.solutionSquare - solution.reduce(0) { $0 + $1 * $1 }) < 1e-11)
        #expect(tridiagonal.shifted(by: 1000, rotated) == nil || n == 1)
    }
}
