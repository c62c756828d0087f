import Numerics

/// A row of a matrix, which shares the matrix's storage.
struct MatrixRow {
    let matrix: Matrix
    let row: Int

    var numbers: [Double] { Array(matrix.row(row)) }
}

/// Sizes that scripts may ask for.
enum Limits {
    /// Elements of a matrix: 400 MB.
    static let elements = 50_000_000
    /// Configurations, samples or solutions in one call.
    static let count = 5_000_000
}
