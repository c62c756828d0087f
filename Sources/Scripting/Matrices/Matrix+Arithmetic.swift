import Numerics

/// A matrix operation that the operands' sizes do not allow.
struct MatrixError: Error, CustomStringConvertible {
    let description: String
}

extension Matrix {
    var sizeText: String { "\(rows) × \(columns)" }

    /// A matrix of the same size; `check` is called now and then, and what it throws ends the work.
    private func filled(_ check: () throws -> Void, _ element: (Int) -> Double) rethrows -> Matrix {
        let block = 1 << 16
        let made = try [Double](unsafeUninitializedCapacity: elements.count) { result, count in
            for start in stride(from: 0, to: elements.count, by: block) {
                try check()
                for index in start..<min(start + block, elements.count) { result.initializeElement(at: index, to: element(index)) }
            }
            count = elements.count
        }
        return Matrix(rows: rows, columns: columns, elements: made)
    }

    func mapped(_ check: () throws -> Void, _ transform: (Double) -> Double) rethrows -> Matrix {
        try filled(check) { transform(elements[$0]) }
    }

    /// Element by element; the sizes must be the same.
    func combined(with other: Matrix, _ name: String, _ check: () throws -> Void, _ operation: (Double, Double) -> Double) throws -> Matrix {
        guard rows == other.rows, columns == other.columns else {
            throw MatrixError(description: "cannot \(name) a \(sizeText) and a \(other.sizeText) matrix: the sizes must be the same")
        }
        return try filled(check) { operation(elements[$0], other.elements[$0]) }
    }

    /// The matrix product; stops where asked to.
    func product(_ other: Matrix, cancellation: Cancellation) throws -> Matrix {
        guard columns == other.rows else {
            throw MatrixError(description: "cannot multiply a \(sizeText) by a \(other.sizeText) matrix: \(columns.counted("column")) meet \(other.rows.counted("row"))")
        }
        let (size, overflow) = rows.multipliedReportingOverflow(by: other.columns)
        guard !overflow, size <= Limits.elements else {
            throw MatrixError(description: "the product would be \(rows) × \(other.columns), at most \(Limits.elements) elements are allowed")
        }
        var result = Matrix(rows: rows, columns: other.columns)
        result.elements.withUnsafeMutableBufferPointer { result in
            elements.withUnsafeBufferPointer { left in
                other.elements.withUnsafeBufferPointer { right in
                    for row in 0..<rows {
                        for inner in 0..<columns {
                            if inner & 1023 == 0, cancellation.isRequested { return }
                            let factor = left[row * columns + inner]
                            for column in 0..<other.columns {
                                result[row * other.columns + column] += factor * right[inner * other.columns + column]
                            }
                        }
                    }
                }
            }
        }
        return result
    }
}
