import Numerics

/// Training pairs that were drawn beforehand; steps draw from the store.
public final class StoredPairs: PairSource {
    public let dimension: Int
    public let inputCount: Int
    /// The pairs in the store.
    public let count: Int
    // One row of coordinates, then of inputs, for every pair.
    private let rows: [Float]

    private static let partSize = 4096

    /// Draws a store in parts that threads share; the same seed gives the same pairs with any number of threads.
    ///
    /// - Parameters:
    ///   - count: how many pairs are wanted; whole parts are drawn.
    ///   - draw: draws the rows of so many pairs or fewer, `dimension + inputCount` numbers each; called on several threads.
    package init(
        dimension: Int, inputCount: Int, count: Int, seed: UInt64, threads: Int,
        draw: @Sendable (_ count: Int, _ stream: inout RandomStream) -> [Float]
    ) {
        let parts = max(1, (count + Self.partSize - 1) / Self.partSize)
        let root = RandomStream(seed: seed)
        let drawn = parallelMap(parts, threads: threads) { index in
            var stream = root.split(index)
            return draw(Self.partSize, &stream)
        }
        self.dimension = dimension
        self.inputCount = inputCount
        rows = drawn.flatMap { $0 }
        self.count = rows.count / (dimension + inputCount)
    }

    public func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>,
                     contexts: UnsafeMutablePointer<Float>, stride: Int) {
        let width = dimension + inputCount
        for column in 0..<count {
            let row = Int(stream.next(upperBound: UInt64(self.count))) * width
            for i in 0..<dimension { configurations[i * stride + column] = rows[row + i] }
            for i in 0..<inputCount { contexts[i * stride + column] = rows[row + dimension + i] }
        }
    }
}
