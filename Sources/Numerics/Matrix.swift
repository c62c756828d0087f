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

    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
        return result
    }
}
