import CLAPACK
import Numerics

/// A square matrix as a product of triangular factors with exchanged rows, P·A = L·U.
public struct LUFactorization: Sendable {
    private let factors: [Double]
    private let pivots: [Int32]
    private let size: Int
    /// The reciprocal of the condition in the 1-norm, an estimate; 0 for a matrix without inverse.
    public let reciprocalCondition: Double

    /// - Throws: `notSquare`, `notFinite`, `tooLarge`.
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        guard matrix.rows == matrix.columns else { throw .notSquare(rows: matrix.rows, columns: matrix.columns) }
        var a = try ColumnMatrix(matrix)
        size = matrix.rows
        let norm = a.oneNorm
        var n = Int32(size), stride = a.stride, info: Int32 = 0
        var pivots = [Int32](repeating: 0, count: max(1, size))
        dgetrf_(&n, &n, &a.elements, &stride, &pivots, &info)
        var reciprocal = size == 0 ? 1.0 : 0.0
        if info == 0, size > 0 {
            var work = [Double](repeating: 0, count: 4 * size), whole = [Int32](repeating: 0, count: size), norm = norm
            dgecon_("1", &n, a.elements, &stride, &norm, &reciprocal, &work, &whole, &info, 1)
        }
        reciprocalCondition = reciprocal
        factors = a.elements
        self.pivots = pivots
    }

    /// The determinant; beyond 1e308 infinite.
    public var determinant: Double { (0..<size).reduce(sign) { $0 * factors[$1 * size + $1] } }

    /// The sign of the determinant, 0 for a singular matrix, and the logarithm of its absolute value.
    public var logDeterminant: (sign: Double, logarithm: Double) {
        var sign = sign, sum = 0.0
        for i in 0..<size {
            let pivot = factors[i * size + i]
            if pivot < 0 { sign = -sign }
            if pivot == 0 { return (0, -.infinity) }
            sum += Elementary.log(abs(pivot))
        }
        return (sign, sum)
    }

    private var sign: Double { (0..<size).reduce(1.0) { pivots[$1] == Int32($1 + 1) ? $0 : -$0 } }

    /// The X of A·X = B.
    ///
    /// - Throws: `sizes`, `notFinite`, `tooLarge`; `singular` where X has no correct digit.
    public func solve(_ right: Matrix) throws(LinearAlgebraError) -> Matrix {
        guard right.rows == size else { throw .sizes(rows: size, rightRows: right.rows) }
        guard reciprocalCondition >= 1e-16 else { throw .singular(reciprocalCondition: reciprocalCondition) }
        var b = try ColumnMatrix(right)
        var n = Int32(size), columns = Int32(right.columns), stride = b.stride, info: Int32 = 0
        dgetrs_("N", &n, &columns, factors, &stride, pivots, &b.elements, &stride, &info, 1)
        return b.matrix()
    }
}

extension Matrix {
    /// The inverse.
    ///
    /// - Throws: `notSquare`, `notFinite`, `tooLarge`, `singular`.
    public func inverse() throws(LinearAlgebraError) -> Matrix { try LUFactorization(self).solve(.identity(rows)) }
}
