import Kinematics
import Numerics

/// Training pairs of a whole body: configurations that a search found, and where the tip then is.
///
/// A store of pairs is drawn once; steps draw from it.
public final class BodyPairSource: PairSource {
    public let dimension: Int
    public var inputCount: Int { 3 }
    /// The pairs in the store.
    public let count: Int
    // One row of scaled coordinates, then three inputs, for every pair.
    private let rows: [Float]

    /// Draws the store, in parts that threads share; the same seed gives the same pairs with any number of threads.
    ///
    /// - Throws: ``TrainingError`` where the task is never met, or `cancellation` was requested.
    public init(
        _ model: ConditionalMixture, count: Int, seed: UInt64, threads: Int = availableCores, cancellation: Cancellation = .never
    ) throws(TrainingError) {
        guard let context = model.robot.whole else { throw .invalidSettings("the model is not one of a whole body") }
        let part = 4096, parts = max(1, (count + part - 1) / part)
        let root = RandomStream(seed: seed)
        let width = model.dimension + 3
        let middle = model.robot.middle.map { Float($0) }, inverse = model.robot.halfRange.map { Float(1 / $0) }
        let encoding = model.encoding
        let found = UnsafeMutablePointer<[Float]>.allocate(capacity: parts)
        found.initialize(repeating: [], count: parts)
        defer { found.deinitialize(count: parts); found.deallocate() }
        let store = PartStore(found)
        parallelFor(parts, threads: threads) { index in
            var stream = root.split(index)
            var rows: [Float] = []
            rows.reserveCapacity(part * width)
            let generator = BodyPairGenerator(context.body, task: context.task, tip: context.tip, lower: context.lower, upper: context.upper)
            generator.draw(part, using: &stream, cancellation: cancellation) { configuration, place in
                for i in middle.indices { rows.append(min(max((configuration[i] - middle[i]) * inverse[i], -1), 1)) }
                for i in 0..<3 { rows.append((place[i] - encoding.offset[i]) * encoding.scale[i]) }
            }
            store.parts[index] = rows
        }
        dimension = model.dimension
        rows = (0..<parts).flatMap { found[$0] }
        self.count = rows.count / width
        guard self.count >= 16 else {
            throw .invalidSettings("hardly any place in the box can be reached while the rest of the task is met, or the drawing was interrupted")
        }
    }

    public func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>,
                     contexts: UnsafeMutablePointer<Float>, stride: Int) {
        let width = dimension + 3
        for column in 0..<count {
            let row = Int(stream.next(upperBound: UInt64(self.count))) * width
            for i in 0..<dimension { configurations[i * stride + column] = rows[row + i] }
            for i in 0..<3 { contexts[i * stride + column] = rows[row + dimension + i] }
        }
    }
}

/// Places that threads write to, each its own.
private struct PartStore: @unchecked Sendable {
    let parts: UnsafeMutablePointer<[Float]>

    init(_ parts: UnsafeMutablePointer<[Float]>) { self.parts = parts }
}
