import CLAPACK
import Numerics

/// A matrix as U·diag(s)·Vᵀ with orthonormal columns of U and V and singular values in descending order.
public struct SingularValues: Sendable {
    /// rows × k, with k the lesser of rows and columns; rows × rows where all were asked for.
    public let u: Matrix
    /// The k singular values.
    public let values: [Double]
    /// columns × k; columns × columns where all were asked for.
    public let v: Matrix

    /// - Parameter isComplete: whether U and V are to be square.
    /// - Throws: `notFinite`, `tooLarge`, `noConvergence`.
    public init(_ matrix: Matrix, isComplete: Bool = false) throws(LinearAlgebraError) {
        var a = try ColumnMatrix(matrix)
        let least = min(a.rows, a.columns)
        var values = [Double](repeating: 0, count: max(1, least))
        var left = ColumnMatrix(rows: a.rows, columns: isComplete ? a.rows : least)
        var right = ColumnMatrix(rows: isComplete ? a.columns : least, columns: a.columns)
        var info: Int32 = 0
        if least > 0 {
            var m = Int32(a.rows), n = Int32(a.columns), stride = a.stride, leftStride = left.stride, rightStride = right.stride
            var whole = [Int32](repeating: 0, count: 8 * least)
            withWork { work, count in
                var count = count
                dgesdd_(isComplete ? "A" : "S", &m, &n, &a.elements, &stride, &values, &left.elements, &leftStride, &right.elements, &rightStride,
                        work, &count, &whole, &info, 1)
            }
        } else if isComplete {
            left = try ColumnMatrix(.identity(a.rows))
            right = try ColumnMatrix(.identity(a.columns))
        }
        guard info == 0 else { throw .noConvergence }
        u = left.matrix()
        self.values = Array(values.prefix(least))
        v = right.matrix().transposed
    }

    /// How many singular values are above a bound.
    ///
    /// - Parameter tolerance: the bound; by default the greatest value times the greater of rows and columns times 2.2e-16.
    public func rank(tolerance: Double? = nil) -> Int {
        let bound = tolerance ?? (values.first ?? 0) * (Double(max(u.rows, v.rows)) * .ulpOfOne)
        return values.prefix { $0 > bound }.count
    }

    /// The greatest singular value over the least; infinite for a singular matrix, 1 for an empty one.
    public var condition: Double {
        guard let first = values.first, let last = values.last else { return 1 }
        return last == 0 ? .infinity : first / last
    }
}

extension Matrix {
    /// An orthonormal basis of the null space, as columns.
    ///
    /// - Parameter tolerance: singular values up to it count as zero, see ``SingularValues/rank(tolerance:)``.
    /// - Returns: columns × (columns − rank).
    /// - Throws: `notFinite`, `tooLarge`, `noConvergence`.
    public func nullSpace(tolerance: Double? = nil) throws(LinearAlgebraError) -> Matrix {
        let decomposition = try SingularValues(self, isComplete: true)
        let rank = decomposition.rank(tolerance: tolerance)
        var basis = Matrix(rows: columns, columns: columns - rank)
        for row in 0..<columns { for column in rank..<columns { basis[row, column - rank] = decomposition.v[row, column] } }
        return basis
    }

    /// The Moore–Penrose pseudoinverse, columns × rows.
    ///
    /// - Parameter tolerance: singular values up to it count as zero, see ``SingularValues/rank(tolerance:)``.
    /// - Throws: `notFinite`, `tooLarge`, `noConvergence`.
    public func pseudoinverse(tolerance: Double? = nil) throws(LinearAlgebraError) -> Matrix {
        let decomposition = try SingularValues(self)
        var result = Matrix(rows: columns, columns: rows)
        for k in 0..<decomposition.rank(tolerance: tolerance) {
            let factor = 1 / decomposition.values[k]
            for row in 0..<columns {
                let left = decomposition.v[row, k] * factor
                for column in 0..<rows { result[row, column] += left * decomposition.u[column, k] }
            }
        }
        return result
    }
}

/// The least-squares solution of A·X ≈ B; of several, the one with the least norm.
public struct LeastSquares: Sendable {
    /// columns of A × columns of B.
    public let solution: Matrix
    /// For each column of B the norm of A·x − b.
    public let residuals: [Double]
    /// The numerical rank of A: singular values below rounding errors count as zero.
    public let rank: Int

    /// - Throws: `sizes`, `notFinite`, `tooLarge`, `noConvergence`.
    public init(_ matrix: Matrix, _ right: Matrix) throws(LinearAlgebraError) {
        guard right.rows == matrix.rows else { throw .sizes(rows: matrix.rows, rightRows: right.rows) }
        var a = try ColumnMatrix(matrix)
        let given = try ColumnMatrix(right)
        var b = ColumnMatrix(rows: max(a.rows, a.columns), columns: right.columns)
        for column in 0..<right.columns { for row in 0..<right.rows { b.elements[column * b.rows + row] = given.elements[column * given.rows + row] } }
        var rank: Int32 = 0, info: Int32 = 0
        if min(a.rows, a.columns) > 0, right.columns > 0 {
            var m = Int32(a.rows), n = Int32(a.columns), columns = Int32(right.columns), stride = a.stride, rightStride = b.stride, bound = -1.0
            var values = [Double](repeating: 0, count: min(a.rows, a.columns))
            // Room for the recursion's halves, 3·least·levels + 11·least, with at most 32 levels.
            var whole = [Int32](repeating: 0, count: 110 * values.count)
            withWork { work, count in
                var count = count
                dgelsd_(&m, &n, &columns, &a.elements, &stride, &b.elements, &rightStride, &values, &bound, &rank, work, &count, &whole, &info)
            }
        }
        guard info == 0 else { throw .noConvergence }
        let solution = b.matrix(rows: matrix.columns)
        self.solution = solution
        self.rank = Int(rank)
        residuals = (0..<right.columns).map { column in
            var sum = 0.0
            for row in 0..<matrix.rows {
                var difference = -right[row, column]
                for k in 0..<matrix.columns { difference += matrix[row, k] * solution[k, column] }
                sum += difference * difference
            }
            return sum.squareRoot()
        }
    }
}
