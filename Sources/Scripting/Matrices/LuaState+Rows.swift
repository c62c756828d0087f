import ConditionalModels
import LuaBridge
import Numerics

extension LuaState {
    /// A matrix of many rows, made in blocks of them: between them interruptions are heeded.
    ///
    /// - Parameter make: so many rows of it, or fewer.
    func rows(_ count: Int, columns: Int, block: Int = 4096, _ make: (_ count: Int) throws -> Matrix) throws -> Matrix {
        try stopIfInterrupted()
        guard count > block else { return try make(count) }
        var elements: [Double] = []
        elements.reserveCapacity(count * columns)
        for start in stride(from: 0, to: count, by: block) {
            try stopIfInterrupted()
            elements += try make(min(block, count - start)).elements
        }
        return Matrix(rows: elements.count / columns, columns: columns, elements: elements)
    }

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
