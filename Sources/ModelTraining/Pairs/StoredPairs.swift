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
        let found = UnsafeMutablePointer<[Float]>.allocate(capacity: parts)
        found.initialize(repeating: [], count: parts)
        defer { found.deinitialize(count: parts); found.deallocate() }
        let store = PartStore(found)
        parallelFor(parts, threads: threads) { index in
            var stream = root.split(index)
            store.parts[index] = draw(Self.partSize, &stream)
        }
        self.dimension = dimension
        self.inputCount = inputCount
        rows = (0..<parts).flatMap { found[$0] }
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

/// Places that threads write to, each its own.
private struct PartStore: @unchecked Sendable {
    let parts: UnsafeMutablePointer<[Float]>

    init(_ parts: UnsafeMutablePointer<[Float]>) { self.parts = parts }
}
