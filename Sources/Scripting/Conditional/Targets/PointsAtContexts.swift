import ConditionalModels
import LuaBridge
import Numerics

/// Points that a script gives to `logpdf`: one as a list of numbers, or several as rows.
struct PointsAtContexts {
    let points: Matrix
    private let isOne: Bool

    init(_ slot: Slot, dimension: Int) throws {
        isOne = slot.isVector
        points = isOne
            ? Matrix(rows: 1, columns: dimension, elements: try slot.vector(count: dimension, expected: "a list of \(dimension.counted("number"))"))
            : try slot.matrix(columns: dimension)
    }

    /// The configurations of a robot.
    init(_ slot: Slot, of robot: Robot, in unit: AngleUnit) throws {
        isOne = slot.isVector
        if isOne {
            let q = try slot.configuration(of: robot, in: unit)
            points = Matrix(rows: 1, columns: q.count, elements: q)
        } else {
            points = try slot.configurations(of: robot, in: unit)
        }
    }

    /// Log-densities of all points at the only context, or of each at its own.
    ///
    /// - Parameters:
    ///   - slot: where the contexts stand, for errors.
    ///   - prepare: makes, for a context, what evaluates the rows of a matrix there.
    /// - Throws: an error that names the numbers of both where there are not as many contexts as points.
    func logDensities(
        at contexts: [[Double]], _ slot: Slot, in state: LuaState, _ prepare: ([Double]) throws -> (Matrix) throws -> [Double]
    ) throws -> Value {
        if contexts.count == 1 { return try logDensities(in: state, prepare(contexts[0])) }
        return try logDensities(at: contexts, slot, in: state) { rows, contexts in
            try contexts.enumerated().flatMap { row, context in
                try prepare(context)(Matrix(rows: 1, columns: rows.columns, elements: Array(rows.row(row))))
            }
        }
    }

    /// Log-densities of points each at its own context, of which there are as many; evaluated in blocks.
    func logDensities(
        at contexts: [[Double]], _ slot: Slot, in state: LuaState, together evaluate: (Matrix, ArraySlice<[Double]>) throws -> [Double]
    ) throws -> Value {
        guard contexts.count == points.rows else {
            throw slot.invalid("must be one context or as many as places, got \(contexts.count) for \(points.rows)")
        }
        return try inBlocks(of: 256, state) { rows, first in try evaluate(rows, contexts[first..<first + rows.rows]) }
    }

    /// Log-densities of all points, evaluated in blocks.
    func logDensities(in state: LuaState, _ evaluate: (Matrix) throws -> [Double]) throws -> Value {
        try inBlocks(of: 4096, state) { rows, _ in try evaluate(rows) }
    }

    /// A number for one point, a list for several, evaluated in blocks of rows: between them interruptions are heeded.
    ///
    /// - Parameter evaluate: is told the index of the block's first row.
    private func inBlocks(of size: Int, _ state: LuaState, _ evaluate: (Matrix, _ first: Int) throws -> [Double]) throws -> Value {
        let n = points.columns
        var logs: [Double] = []
        logs.reserveCapacity(points.rows)
        for start in stride(from: 0, to: points.rows, by: size) {
            try state.stopIfInterrupted()
            let rows = min(size, points.rows - start)
            logs += try evaluate(Matrix(rows: rows, columns: n, elements: Array(points.elements[start * n..<(start + rows) * n])), start)
        }
        return isOne && logs.count == 1 ? .number(logs[0]) : .numbers(logs)
    }
}

extension LuaState {
    /// So many samples at the only context, or at each of several.
    ///
    /// - Parameters:
    ///   - slot: where the count stands, for errors.
    ///   - draw: so many samples at a context, as rows.
    /// - Returns: a matrix; for several contexts a list of matrices.
    func samples(
        at given: ContextShape.Given, count: Int, columns: Int, _ slot: Slot, _ draw: ([Double], _ count: Int) throws -> Matrix
    ) throws -> Value {
        guard given.contexts.count * count * columns <= Limits.elements else { throw slot.invalid("makes more than \(Limits.elements) numbers") }
        let matrices = try given.contexts.map { context in try rows(count, columns: columns) { try draw(context, $0) } }
        if case .several = given { return .list(matrices.map { .matrix($0) }) }
        return .matrix(matrices[0])
    }
}
