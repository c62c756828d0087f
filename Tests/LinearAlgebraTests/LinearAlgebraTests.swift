import LinearAlgebra
import Numerics
import Testing

@Suite struct LinearAlgebraTests {
    private static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var stream = RandomStream(seed: seed)
        return Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in stream.normal() })
    }

    private static func product(_ a: Matrix, _ b: Matrix) -> Matrix {
        var result = Matrix(rows: a.rows, columns: b.columns)
        for i in 0..<a.rows { for j in 0..<b.columns { for k in 0..<a.columns { result[i, j] += a[i, k] * b[k, j] } } }
        return result
    }

    private static func distance(_ a: Matrix, _ b: Matrix) -> Double {
        guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
        return zip(a.elements, b.elements).map { abs($0 - $1) }.max() ?? 0
    }

    @Test(arguments: [1, 2, 5, 40]) func inverseTimesMatrixIsIdentity(size: Int) throws {
        let a = Self.random(size, size, seed: UInt64(size))
        #expect(Self.distance(Self.product(a, try a.inverse()), .identity(size)) < 1e-9)
    }

    @Test func determinantOfAKnownMatrixAndOfAProduct() throws {
        let a = Matrix(rows: 2, columns: 2, elements: [0, 2, 3, 4])
        #expect(try LUFactorization(a).determinant == -6)
        let (sign, logarithm) = try LUFactorization(a).logDeterminant
        #expect(sign == -1 && abs(logarithm - Elementary.log(6)) < 1e-15)
        let b = Self.random(6, 6, seed: 3), c = Self.random(6, 6, seed: 4)
        let whole = try LUFactorization(Self.product(b, c)).determinant
        #expect(abs(whole - (try LUFactorization(b).determinant * LUFactorization(c).determinant)) < 1e-9 * abs(whole))
    }

    @Test func singularMatricesAreNamed() {
        let exactly = Matrix(rows: 2, columns: 2, elements: [1, 2, 2, 4])
        #expect(throws: LinearAlgebraError.singular(reciprocalCondition: 0)) { try exactly.inverse() }
        let nearly = Matrix(rows: 3, columns: 3, elements: [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect { try nearly.inverse() } throws: { if case .singular? = $0 as? LinearAlgebraError { true } else { false } }
        #expect(throws: LinearAlgebraError.notSquare(rows: 2, columns: 3)) { try Self.random(2, 3, seed: 1).inverse() }
        #expect(throws: LinearAlgebraError.notFinite) { try Matrix(rows: 1, columns: 1, elements: [.nan]).inverse() }
    }

    @Test(arguments: [(3, 3), (7, 4), (4, 7), (1, 5), (0, 3)]) func singularValuesRebuildTheMatrix(rows: Int, columns: Int) throws {
        let a = Self.random(rows, columns, seed: 9)
        let s = try SingularValues(a)
        var scaled = s.u
        for i in 0..<scaled.rows { for j in 0..<scaled.columns { scaled[i, j] *= s.values[j] } }
        #expect(Self.distance(Self.product(scaled, s.v.transposed), a) < 1e-12)
        #expect(s.values == s.values.sorted(by: >))
        #expect(s.rank() == min(rows, columns))
    }

    @Test(arguments: [1e-300, 1, 5e307]) func theRankDoesNotDependOnTheUnit(scale: Double) throws {
        let a = Matrix(rows: 3, columns: 2, elements: [1, 1, 1, -1, 2, 0].map { scale * $0 })
        #expect(try SingularValues(a).rank() == 2)
        #expect(try a.nullSpace().columns == 0)
    }

    @Test func nullSpaceIsOrthonormalAndTakenToZero() throws {
        let a = Self.random(6, 9, seed: 2)
        let basis = try a.nullSpace()
        #expect(basis.rows == 9 && basis.columns == 3)
        #expect(Self.distance(Self.product(a, basis), Matrix(rows: 6, columns: 3)) < 1e-12)
        #expect(Self.distance(Self.product(basis.transposed, basis), .identity(3)) < 1e-12)
    }

    @Test func pseudoinverseMeetsPenrosesEquations() throws {
        var a = Self.random(5, 4, seed: 8)
        for row in 0..<5 { a[row, 3] = a[row, 0] - 2 * a[row, 1] }
        let p = try a.pseudoinverse()
        #expect(Self.distance(Self.product(Self.product(a, p), a), a) < 1e-12)
        #expect(Self.distance(Self.product(Self.product(p, a), p), p) < 1e-12)
        let left = Self.product(a, p)
        #expect(Self.distance(left, left.transposed) < 1e-12)
    }

    @Test func leastSquaresLeaveAResidualAcrossTheColumns() throws {
        let a = Self.random(12, 3, seed: 5), b = Self.random(12, 2, seed: 6)
        let fit = try LeastSquares(a, b)
        var rest = Self.product(a, fit.solution)
        for i in rest.elements.indices { rest.elements[i] -= b.elements[i] }
        #expect(Self.distance(Self.product(a.transposed, rest), Matrix(rows: 3, columns: 2)) < 1e-12)
        #expect(fit.rank == 3 && fit.residuals.allSatisfy { $0 > 0 })
        let wide = try LeastSquares(a.transposed, Self.random(3, 1, seed: 7))
        #expect(wide.residuals[0] < 1e-12)
        let shortest = Self.product(try a.transposed.pseudoinverse(), Self.random(3, 1, seed: 7))
        #expect(Self.distance(wide.solution, shortest) < 1e-12)
    }

    @Test func symmetricEigenvaluesAreRealAndRise() throws {
        let half = Self.random(6, 6, seed: 11)
        var a = half
        for i in 0..<6 { for j in 0..<6 { a[i, j] = half[i, j] + half[j, i] } }
        let e = try Eigenvalues(a)
        #expect(e.isReal && e.real == e.real.sorted())
        var scaled = e.vectors
        for i in 0..<6 { for j in 0..<6 { scaled[i, j] *= e.real[j] } }
        #expect(Self.distance(Self.product(a, e.vectors), scaled) < 1e-12)
    }

    @Test func eigenvaluesOfAQuarterTurnAreImaginary() throws {
        let e = try Eigenvalues(Matrix(rows: 2, columns: 2, elements: [0, -1, 1, 0]))
        #expect(e.real.allSatisfy { abs($0) < 1e-15 })
        #expect(abs(e.imaginary[0] - 1) < 1e-15 && abs(e.imaginary[1] + 1) < 1e-15)
        // A·(x + iy) = i·(x + iy): A·x = −y.
        let x = [e.vectors[0, 0], e.vectors[1, 0]], y = [e.vectors[0, 1], e.vectors[1, 1]]
        #expect(abs(-x[1] + y[0]) < 1e-15 && abs(x[0] + y[1]) < 1e-15)
    }

    @Test func choleskyRebuildsAndNamesWhereItFails() throws {
        let half = Self.random(5, 5, seed: 12)
        let a = Self.product(half, half.transposed)
        let l = try a.cholesky()
        #expect(Self.distance(Self.product(l, l.transposed), a) < 1e-12)
        #expect(l[0, 4] == 0)
        let indefinite = Matrix(rows: 2, columns: 2, elements: [1, 2, 2, 1])
        #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2)) { try indefinite.cholesky() }
        #expect(throws: LinearAlgebraError.notSymmetric) { try Matrix(rows: 2, columns: 2, elements: [1, 2, 0, 1]).cholesky() }
    }

    @Test(arguments: [(5, 3), (3, 5), (4, 4)]) func qrRebuilds(rows: Int, columns: Int) throws {
        let a = Self.random(rows, columns, seed: 13)
        let (q, r) = try a.qr()
        #expect(Self.distance(Self.product(q, r), a) < 1e-12)
        #expect(Self.distance(Self.product(q.transposed, q), .identity(min(rows, columns))) < 1e-12)
        #expect(r.rows < 2 || r[1, 0] == 0)
    }
}
