import LuaBridge
import Numerics

extension LuaState {
    /// What long computations poll.
    var cancellation: Cancellation {
        let interrupt = options.interrupt
        return Cancellation { interrupt.isRaised }
    }

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
}
