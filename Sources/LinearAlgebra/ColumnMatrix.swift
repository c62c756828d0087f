import CLAPACK
import Numerics

/// A matrix stored by columns, as LAPACK reads and writes it.
struct ColumnMatrix {
    let rows: Int
    let columns: Int
    var elements: [Double]

    /// At most as many rows and columns: work arrays then stay below a gigabyte, and counts inside 32 bits.
    static let sizeLimit = 4000

    init(rows: Int, columns: Int, repeating value: Double = 0) {
        self.rows = rows
        self.columns = columns
        elements = Array(repeating: value, count: rows * columns)
    }

    /// - Throws: `notFinite`, which LAPACK cannot handle; `tooLarge`.
    init(_ matrix: Matrix) throws(LinearAlgebraError) {
        guard matrix.rows <= Self.sizeLimit, matrix.columns <= Self.sizeLimit else { throw .tooLarge(limit: Self.sizeLimit) }
        guard matrix.elements.allSatisfy(\.isFinite) else { throw .notFinite }
        self.init(rows: matrix.rows, columns: matrix.columns)
        for row in 0..<rows { for column in 0..<columns { elements[column * rows + row] = matrix[row, column] } }
        BLAS.prepare()
    }

    /// The first rows and columns as a matrix by rows.
    func matrix(rows wantedRows: Int? = nil, columns wantedColumns: Int? = nil) -> Matrix {
        var result = Matrix(rows: wantedRows ?? rows, columns: wantedColumns ?? columns)
        for row in 0..<result.rows { for column in 0..<result.columns { result[row, column] = elements[column * rows + row] } }
        return result
    }

    /// The distance between columns, which LAPACK requires to be above zero.
    var stride: Int32 { Int32(max(1, rows)) }

    /// The greatest sum of a column's absolute values.
    var oneNorm: Double {
        var greatest = 0.0
        for column in 0..<columns {
            greatest = max(greatest, elements[column * rows..<(column + 1) * rows].reduce(0) { $0 + abs($1) })
        }
        return greatest
    }
}

/// Runs a routine of LAPACK twice: first to query the size of its work space, then with it.
func withWork(_ routine: (_ work: UnsafeMutablePointer<Double>, _ count: Int32) -> Void) {
    var wanted = 1.0
    routine(&wanted, -1)
    let count = max(1, Int(wanted))
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { routine($0.baseAddress!, Int32(count)) }
}
