import LuaBridge
import Numerics

/// Points that a script gives to a model's `logpdf`: one as a list of numbers, or several as rows.
struct PointsAtContexts {
    let points: Matrix
    private let isOne: Bool

    init(_ slot: Slot, dimension: Int) throws {
        isOne = slot.isVector
        points = isOne
            ? Matrix(rows: 1, columns: dimension, elements: try slot.vector(count: dimension, expected: "a list of \(dimension.counted("number"))"))
            : try slot.matrix(columns: dimension)
    }

    /// Log-densities of all points at one context, or of each at its own.
    ///
    /// - Parameters:
    ///   - areShared: whether the first context is that of all points.
    ///   - slot: where the contexts stand, for errors.
    ///   - prepare: makes, for a context, what evaluates the rows of a matrix there.
    /// - Throws: an error that names the numbers of both where there are not as many contexts as points.
    func logDensities(
        at contexts: [[Double]], areShared: Bool, _ slot: Slot, in state: LuaState, _ prepare: ([Double]) throws -> (Matrix) throws -> [Double]
    ) throws -> Value {
        if areShared { return try logDensities(in: state, prepare(contexts[0])) }
        guard contexts.count == points.rows else {
            throw slot.invalid("must be one context or as many as places, got \(contexts.count) for \(points.rows)")
        }
        return value(of: try contexts.enumerated().flatMap { row, context in
            if row % 256 == 0 { try state.stopIfInterrupted() }
            return try prepare(context)(Matrix(rows: 1, columns: points.columns, elements: Array(points.row(row))))
        })
    }

    /// Log-densities of all points, evaluated in blocks of rows: between them interruptions are heeded.
    func logDensities(in state: LuaState, _ evaluate: (Matrix) throws -> [Double]) throws -> Value {
        let block = 4096, n = points.columns
        guard points.rows > block else { return value(of: try evaluate(points)) }
        var logs: [Double] = []
        logs.reserveCapacity(points.rows)
        for start in stride(from: 0, to: points.rows, by: block) {
            try state.stopIfInterrupted()
            let rows = min(block, points.rows - start)
            logs += try evaluate(Matrix(rows: rows, columns: n, elements: Array(points.elements[start * n..<(start + rows) * n])))
        }
        return value(of: logs)
    }

    /// A number for one point, a list for several.
    func value(of logs: [Double]) -> Value { isOne && logs.count == 1 ? .number(logs[0]) : .numbers(logs) }
}
