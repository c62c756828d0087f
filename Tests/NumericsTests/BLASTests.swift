import Foundation
import Numerics
import Testing

@Suite struct BLASTests {
    @Test func productsInEveryForm() {
        var stream = RandomStream(seed: 1)
        let (m, n, k) = (37, 53, 29)
        let a = (0..<m * k).map { _ in Float(stream.normal()) }, b = (0..<k * n).map { _ in Float(stream.normal()) }
        func transposed(_ x: [Float], rows: Int, columns: Int) -> [Float] {
            (0..<columns).flatMap { j in (0..<rows).map { i in x[i * columns + j] } }
        }
        let expected = (0..<m * n).map { place in (0..<k).reduce(0.0) { $0 + Double(a[place / n * k + $1]) * Double(b[$1 * n + place % n]) } }
        BLAS.prepare()
        for (aForm, bForm) in [(BLAS.Form.plain, BLAS.Form.plain), (.transposed, .plain), (.plain, .transposed), (.transposed, .transposed)] {
            let left = aForm == .plain ? a : transposed(a, rows: m, columns: k), right = bForm == .plain ? b : transposed(b, rows: k, columns: n)
            var c = [Float](repeating: 1, count: m * n)
            BLAS.multiply(left, aForm, stride: aForm == .plain ? k : m, by: right, bForm, stride: bForm == .plain ? n : k, into: &c, stride: n,
                          rows: m, columns: n, inner: k, beta: 1)
            for (value, wanted) in zip(c, expected) { #expect(abs(Double(value) - wanted - 1) < 1e-4) }
        }
    }

    @Test func subnormalNumbersCountAsZerosInProductsOnly() {
        let tiny = Float.leastNormalMagnitude / 4
        let a = [Float](repeating: tiny, count: 64), b = [Float](repeating: 2, count: 64)
        var c = [Float](repeating: 1, count: 64)
        BLAS.multiply(a, stride: 8, by: b, stride: 8, into: &c, stride: 8, rows: 8, columns: 8, inner: 8)
        #expect(c.allSatisfy { $0 == 0 })
        #expect(a[0] * b[0] == Float.leastNormalMagnitude / 2)
    }

    /// A processor newer than the library must not be served as if it were twenty years old.
    @Test func kernelsAreThoseOfThisProcessor() throws {
        guard let description = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8), description.contains(" avx2 "),
              ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] == nil else { return }
        #expect(!["Prescott", "Core2", "Nehalem", "Sandybridge", "Generic", "Unknown"].contains(BLAS.kernel))
    }
}
