import ConditionalModels
import Numerics

/// Contexts that are uniform in ranges, without points that answer them.
public struct UniformContexts: PairSource {
    public let dimension: Int
    public let inputCount: Int
    // What the network reads of the ends of the ranges.
    private let lower: [Float]
    private let span: [Float]

    /// - Parameter dimension: the number of coordinates of the model.
    public init(dimension: Int, lower: [Double], upper: [Double], encoding: NumberEncoding) {
        self.dimension = dimension
        inputCount = encoding.inputCount
        self.lower = encoding.encode(lower)
        span = zip(lower, upper).enumerated().map { Float(($1.1 - $1.0) * encoding.scale[$0]) }
    }

    public var hasPoints: Bool { false }

    public func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>,
                     contexts: UnsafeMutablePointer<Float>, stride: Int) {
        var random = LaneRandom(using: &stream)
        for column in Swift.stride(from: 0, to: count, by: laneCount) {
            for row in lower.indices {
                Lanes(repeating: lower[row]).fma(random.uniform(), Lanes(repeating: span[row])).store(to: contexts + row * stride + column)
            }
        }
    }
}

/// Contexts, or pairs, that were made beforehand; steps draw from them.
public final class StoredContexts: PairSource {
    public let dimension: Int
    public let inputCount: Int
    public let hasPoints: Bool
    public let count: Int
    // One row of coordinates where there are points, then of inputs.
    private let rows: [Float]

    /// - Parameters:
    ///   - dimension: the number of coordinates of the model.
    ///   - contexts: one per row, encoded on the way.
    ///   - points: values of the model's variables that answer the contexts, scaled on the way; nil for none.
    /// - Precondition: at least one context; as many points as contexts.
    public init(dimension: Int, contexts: Matrix, encoding: NumberEncoding, points: (values: Matrix, space: SampleSpace)? = nil) {
        precondition(contexts.rows > 0 && contexts.columns == encoding.inputCount, "contexts that do not fit the encoding")
        precondition(points.map { $0.values.rows == contexts.rows && $0.values.columns == dimension } ?? true, "points that do not fit the contexts")
        self.dimension = dimension
        inputCount = encoding.inputCount
        hasPoints = points != nil
        count = contexts.rows
        var rows: [Float] = []
        rows.reserveCapacity(contexts.rows * (inputCount + (points == nil ? 0 : dimension)))
        for row in 0..<contexts.rows {
            if let points {
                for (i, value) in points.values.row(row).enumerated() {
                    rows.append(Float((value - points.space.middle[i]) / points.space.halfRange[i]))
                }
            }
            rows += encoding.encode(contexts.row(row))
        }
        self.rows = rows
    }

    public func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>,
                     contexts: UnsafeMutablePointer<Float>, stride: Int) {
        let points = hasPoints ? dimension : 0, width = points + inputCount
        rows.withUnsafeBufferPointer { rows in
            for column in 0..<count {
                let row = Int(stream.next(upperBound: UInt64(self.count))) * width
                for i in 0..<points { configurations[i * stride + column] = rows[row + i] }
                for i in 0..<inputCount { contexts[i * stride + column] = rows[row + points + i] }
            }
        }
    }
}
