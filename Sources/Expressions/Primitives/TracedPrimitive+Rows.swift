import Numerics

// A primitive asked by itself, at the rows of a matrix.

extension TracedPrimitive {
    /// The outputs at every row, in double precision.
    ///
    /// - Precondition: rows of ``inputCount`` numbers.
    public func values(atRows points: Matrix) -> Matrix { evaluated(points, adjoints: nil) }

    /// Every row's adjoints of the outputs times the Jacobian at the row, in double precision.
    ///
    /// - Precondition: rows of ``inputCount`` and of ``outputCount`` numbers, as many of both.
    public func pulledBack(_ adjoints: Matrix, atRows points: Matrix) -> Matrix {
        precondition(adjoints.columns == outputCount && adjoints.rows == points.rows, "adjoints of other outputs")
        return evaluated(points, adjoints: adjoints)
    }

    private func evaluated(_ points: Matrix, adjoints: Matrix?) -> Matrix {
        precondition(points.columns == inputCount, "rows of \(points.columns) numbers for \(inputCount) inputs")
        let inputs = AlignedRows<Double>(inputCount), outputs = AlignedRows<Double>(outputCount), state = AlignedRows<Double>(stateCount)
        let given = AlignedRows<Double>(adjoints == nil ? 0 : outputCount), pulled = AlignedRows<Double>(adjoints == nil ? 0 : inputCount)
        var result = Matrix(rows: points.rows, columns: adjoints == nil ? outputCount : inputCount)
        for start in stride(from: 0, to: points.rows, by: Double.blockWidth) {
            let count = min(Double.blockWidth, points.rows - start)
            inputs.load(points, from: start, count: count)
            evaluate(inputs.pointer, into: outputs.pointer, state: state.pointer)
            if let adjoints {
                given.load(adjoints, from: start, count: count)
                pullBack(given.pointer, inputs: inputs.pointer, into: pulled.pointer, state: state.pointer)
            }
            (adjoints == nil ? outputs : pulled).store(to: &result, from: start, count: count)
        }
        return result
    }
}

extension AlignedRows where Scalar == Double {
    /// Points from the rows of a matrix, one a lane; lanes beyond them keep what they had.
    fileprivate func load(_ points: Matrix, from start: Int, count: Int) {
        for lane in 0..<count { for row in 0..<rows { pointer[row * Double.blockWidth + lane] = points[start + lane, row] } }
    }

    fileprivate func store(to points: inout Matrix, from start: Int, count: Int) {
        for lane in 0..<count { for row in 0..<rows { points[start + lane, row] = pointer[row * Double.blockWidth + lane] } }
    }
}
