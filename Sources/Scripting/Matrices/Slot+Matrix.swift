import LuaBridge
import Numerics

extension Slot {
    /// A list of finite numbers, or of `math.huge` where that will do: a table, or a row of a matrix.
    func vector(count: Int? = nil, orInfinity: Bool = false, expected: @autoclosure () -> String? = nil) throws -> [Double] {
        guard let row = boxIfPresent(MatrixRow.self) else { return try numbers(count: count, orInfinity: orInfinity, expected: expected()) }
        let numbers = try row.read().numbers
        if let count, numbers.count != count {
            throw invalid("must be \(expected() ?? "a list of \(count.counted("number"))"), got a row of \(numbers.count)")
        }
        func isAllowed(_ number: Double) -> Bool { number.isFinite || (orInfinity && number == .infinity) }
        guard numbers.allSatisfy(isAllowed) else { throw invalid("must be finite numbers, but has \(plainText(numbers.first { !isAllowed($0) } ?? 0))") }
        return numbers
    }

    /// How many numbers a vector has: a list, or a row of a matrix.
    func vectorLength() throws -> Int { try boxIfPresent(MatrixRow.self)?.read().numbers.count ?? length() }

    /// A matrix: an object, a list of rows, or a single row.
    ///
    /// - Parameter columns: The columns that it must have.
    func matrix(columns: Int? = nil) throws -> Matrix {
        let result: Matrix
        if let box = boxIfPresent(Matrix.self) {
            result = try box.read()
        } else if let row = boxIfPresent(MatrixRow.self) {
            let numbers = try row.read().numbers
            result = Matrix(rows: 1, columns: numbers.count, elements: numbers)
        } else {
            result = try matrixOfRows()
        }
        if let columns, result.columns != columns {
            throw invalid("must have rows of \(columns.counted("number")), got \(result.rows) × \(result.columns)")
        }
        return result
    }

    private func matrixOfRows() throws -> Matrix {
        guard kind == .table else { throw mismatch("a Matrix or a list of rows, { {1, 2}, {3, 4} }") }
        let rows = try length()
        guard rows > 0 else { throw invalid("must have at least one row") }
        let columns = try withElement(1) { first in
            if let row = first.boxIfPresent(MatrixRow.self) { return try row.read().matrix.columns }
            guard first.kind == .table else { throw first.mismatch("a row, a list of numbers") }
            return try first.length()
        }
        guard columns > 0 else { throw invalid("has an empty first row") }
        let (size, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow, size <= Limits.elements else { throw invalid("must have at most \(Limits.elements) elements, got \(rows) × \(columns)") }
        var elements: [Double] = []
        elements.reserveCapacity(size)
        for row in 1...rows {
            try withElement(row) { slot in
                func expected() -> String { "a list of \(columns.counted("number")) as row 1 is" }
                if slot.boxIfPresent(MatrixRow.self) != nil {
                    elements += try slot.vector(count: columns, expected: expected())
                } else {
                    try slot.appendNumbers(to: &elements, count: columns, expected: expected())
                }
            }
        }
        return Matrix(rows: rows, columns: columns, elements: elements)
    }

    /// Whether the value is one vector rather than several: a list whose first element is a number, or a row.
    var isVector: Bool {
        if boxIfPresent(MatrixRow.self) != nil { return true }
        guard kind == .table, let length = try? length(), length > 0 else { return boxIfPresent(Matrix.self) == nil }
        return (try? withElement(1) { $0.kind != .table && $0.boxIfPresent(MatrixRow.self) == nil }) ?? true
    }
}

extension Value {
    /// A matrix as an object.
    static func matrix(_ matrix: Matrix) -> Value { .object(holding: matrix, size: matrix.elements.count * 8) }
}
