/// Why an operation of linear algebra has no result.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
    /// The operation needs as many rows as columns.
    case notSquare(rows: Int, columns: Int)
    /// The rows of the right-hand side are not those of the matrix.
    case sizes(rows: Int, rightRows: Int)
    /// The matrix is singular, or numerically so: the condition's reciprocal is below 1e-16.
    case singular(reciprocalCondition: Double)
    case notSymmetric
    /// The leading block of that size is not positive definite.
    case notPositiveDefinite(order: Int)
    /// Elements that are infinite or NaN.
    case notFinite
    /// The iteration of singular values or eigenvalues did not converge.
    case noConvergence
    /// More rows or columns than LAPACK's work arrays are made for.
    case tooLarge(limit: Int)

    public var description: String {
        switch self {
        case .notSquare(let rows, let columns): "needs a square matrix, got \(rows) × \(columns)"
        case .sizes(let rows, let right): "the matrix has \(rows) rows, the right-hand side \(right): they must be the same"
        case .singular(let condition):
            condition == 0 ? "the matrix is singular" : "the matrix is singular in double precision (1 / condition = \(Self.short(condition)))"
        case .notSymmetric: "needs a symmetric matrix"
        case .notPositiveDefinite(let order): "the matrix is not positive definite: its leading \(order) × \(order) block is not"
        case .notFinite: "needs finite numbers, but some are infinite or nan"
        case .noConvergence: "the iteration did not converge"
        case .tooLarge(let limit): "at most \(limit) rows and columns are allowed"
        }
    }

    /// Two digits of a number above 0 and below 1, without the locale.
    private static func short(_ value: Double) -> String {
        var scaled = value, power = 0
        while scaled < 1 { scaled *= 10; power -= 1 }
        return "\((scaled * 10).rounded() / 10)e\(power)"
    }
}
