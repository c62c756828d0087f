import CLAPACK
import Numerics

/// The eigenvalues of a square matrix with their vectors.
///
/// Those of a symmetric matrix are real, in ascending order, with orthonormal vectors; others come in LAPACK's order, complex ones as
/// neighbours with opposite imaginary parts.
public struct Eigenvalues: Sendable {
    /// The real and the imaginary parts of the eigenvalues.
    public let real: [Double]
    public let imaginary: [Double]
    /// The vectors as columns. Of a complex pair the first column is the real part and the second the imaginary part of the vector
    /// whose value has the positive imaginary part.
    public let vectors: Matrix

    /// Whether no eigenvalue is complex.
    public var isReal: Bool { imaginary.allSatisfy { $0 == 0 } }

    /// - Throws: `notSquare`, `notFinite`, `tooLarge`, `noConvergence`.
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        guard matrix.rows == matrix.columns else { throw .notSquare(rows: matrix.rows, columns: matrix.columns) }
        var a = try ColumnMatrix(matrix)
        let size = a.rows
        var n = Int32(size), stride = a.stride, info: Int32 = 0
        var real = [Double](repeating: 0, count: size), imaginary = real
        guard size > 0 else {
            (self.real, self.imaginary, vectors) = ([], [], matrix)
            return
        }
        if matrix.isSymmetric {
            var whole = [Int32](repeating: 0, count: 3 + 5 * size), wholeCount = Int32(3 + 5 * size)
            withWork { work, count in
                var count = count
                dsyevd_("V", "L", &n, &a.elements, &stride, &real, work, &count, &whole, &wholeCount, &info, 1, 1)
            }
            vectors = a.matrix()
        } else {
            var right = ColumnMatrix(rows: size, columns: size), unused = 0.0, one: Int32 = 1
            withWork { work, count in
                var count = count
                dgeev_("N", "V", &n, &a.elements, &stride, &real, &imaginary, &unused, &one, &right.elements, &stride, work, &count, &info, 1, 1)
            }
            vectors = right.matrix()
        }
        guard info == 0 else { throw .noConvergence }
        (self.real, self.imaginary) = (real, imaginary)
    }
}

extension Matrix {
    /// Whether it equals its transpose within rounding, 1e-12 of the greatest element.
    public var isSymmetric: Bool {
        guard rows == columns else { return false }
        let bound = 1e-12 * (elements.lazy.map(abs).max() ?? 0)
        for row in 0..<rows { for column in 0..<row where abs(self[row, column] - self[column, row]) > bound { return false } }
        return true
    }

    /// The lower triangular L of L·Lᵀ.
    ///
    /// - Throws: `notSquare`, `notSymmetric`, `notFinite`, `tooLarge`, `notPositiveDefinite`.
    public func cholesky() throws(LinearAlgebraError) -> Matrix {
        guard rows == columns else { throw .notSquare(rows: rows, columns: columns) }
        var a = try ColumnMatrix(self)
        guard isSymmetric else { throw .notSymmetric }
        var n = Int32(rows), stride = a.stride, info: Int32 = 0
        if rows > 0 { dpotrf_("L", &n, &a.elements, &stride, &info, 1) }
        guard info == 0 else { throw .notPositiveDefinite(order: Int(info)) }
        var result = a.matrix()
        for row in 0..<rows { for column in row + 1..<max(row + 1, columns) { result[row, column] = 0 } }
        return result
    }

    /// The factors of Q·R: Q, rows × k, with orthonormal columns, and R, k × columns, upper triangular; k is the lesser of rows and columns.
    ///
    /// - Throws: `notFinite`, `tooLarge`.
    public func qr() throws(LinearAlgebraError) -> (q: Matrix, r: Matrix) {
        var a = try ColumnMatrix(self)
        let least = min(rows, columns)
        var m = Int32(rows), n = Int32(columns), k = Int32(least), stride = a.stride, info: Int32 = 0
        var tau = [Double](repeating: 0, count: max(1, least))
        if least > 0 { withWork { work, count in var count = count; dgeqrf_(&m, &n, &a.elements, &stride, &tau, work, &count, &info) } }
        var r = a.matrix(rows: least)
        for row in 0..<least { for column in 0..<min(row, columns) { r[row, column] = 0 } }
        if least > 0 { withWork { work, count in var count = count; dorgqr_(&m, &k, &k, &a.elements, &stride, tau, work, &count, &info) } }
        return (a.matrix(columns: least), r)
    }
}
