/// A dense matrix of double-precision numbers, stored by rows.
///
/// The invariant: `elements.count == rows * columns`.
public struct Matrix: Equatable, Sendable {
    public let rows: Int
    public let columns: Int
    /// The elements, row after row.
    public var elements: [Double]

    /// Wraps elements stored by rows.
    ///
    /// - Precondition: `elements.count == rows * columns`.
    public init(rows: Int, columns: Int, elements: [Double]) {
        precondition(elements.count == rows * columns, "\(elements.count) elements do not make a \(rows) × \(columns) matrix")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// A matrix whose elements are all `value`.
    public init(rows: Int, columns: Int, repeating value: Double = 0) {
        self.init(rows: rows, columns: columns, elements: Array(repeating: value, count: rows * columns))
    }

    /// The identity of a size.
    public static func identity(_ size: Int) -> Matrix {
        var result = Matrix(rows: size, columns: size)
        for i in 0..<size { result[i, i] = 1 }
        return result
    }

    /// The element in a row and a column, counted from zero.
    @inlinable
    public subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// A row's elements.
    public func row(_ index: Int) -> ArraySlice<Double> { elements[index * columns..<(index + 1) * columns] }

    /// The matrix with rows and columns exchanged, `columns × rows`.
    public var transposed: Matrix { transposed {} }

    /// The same, in blocks that stay in the cache.
    ///
    /// - Parameter check: called before every 64 rows; what it throws ends the work.
    public func transposed(_ check: () throws -> Void) rethrows -> Matrix {
        let block = 64
        // Not filled before: that of a large matrix takes as long as the work itself.
        let elements = try [Double](unsafeUninitializedCapacity: rows * columns) { result, count in
            for top in stride(from: 0, to: rows, by: block) {
                try check()
                for left in stride(from: 0, to: columns, by: block) {
                    for i in top..<min(top + block, rows) {
                        for j in left..<min(left + block, columns) { result.initializeElement(at: j * rows + i, to: self[i, j]) }
                    }
                }
            }
            count = rows * columns
        }
        return Matrix(rows: columns, columns: rows, elements: elements)
    }
}
