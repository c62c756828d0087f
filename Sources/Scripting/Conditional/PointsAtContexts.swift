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
    ///   - densities: of the rows of a matrix at a context.
    /// - Throws: an error that names the numbers of both where there are not as many contexts as points.
    func logDensities(
        at contexts: [[Double]], areShared: Bool, _ slot: Slot, in state: LuaState, _ densities: (Matrix, [Double]) throws -> [Double]
    ) throws -> Value {
        if areShared { return value(of: try densities(points, contexts[0])) }
        guard contexts.count == points.rows else {
            throw slot.invalid("must be one context or as many as places, got \(contexts.count) for \(points.rows)")
        }
        return value(of: try contexts.enumerated().flatMap { row, context in
            if row % 256 == 0 { try state.stopIfInterrupted() }
            return try densities(Matrix(rows: 1, columns: points.columns, elements: Array(points.row(row))), context)
        })
    }

    /// A number for one point, a list for several.
    func value(of logs: [Double]) -> Value { isOne && logs.count == 1 ? .number(logs[0]) : .numbers(logs) }
}
