import Files
import Networks
import Numerics

/// Contexts that are numbers: each is shifted and scaled to zero mean and unit variance.
public struct NumberEncoding: ContextEncoder, Equatable {
    public let shape: ContextShape
    /// Subtracted from every number, and what then multiplies it: in double precision, so that what is left of numbers far from zero counts.
    public let offset: [Double]
    public let scale: [Double]

    /// - Precondition: as many offsets and scales as numbers.
    public init(shape: ContextShape, offset: [Double], scale: [Double]) {
        precondition(offset.count == shape.count && scale.count == shape.count, "an encoding of \(shape.count) numbers needs as many offsets and scales")
        self.shape = shape
        self.offset = offset
        self.scale = scale
    }

    /// Numbers that are uniform in ranges.
    public init(names: [String], lower: [Double], upper: [Double]) {
        self.init(
            shape: .named(names), offset: zip(lower, upper).map { ($0 + $1) / 2 },
            scale: zip(lower, upper).map { Self.scale(deviation: ($1 - $0) / Double(12).squareRoot(), around: ($0 + $1) / 2) })
    }

    /// Numbers that come as the rows of a data set.
    public init(shape: ContextShape, measuring rows: Matrix) {
        // Points, and the pixels of a channel, are scaled alike wherever they stand.
        let period = switch shape {
        case .named, .row: rows.columns
        case .image(_, _, let channels): channels
        case .points(_, let dimension): dimension
        }
        var offset: [Double] = [], scale: [Double] = []
        let count = Double(max(rows.rows * (rows.columns / max(period, 1)), 1))
        for first in 0..<period {
            let columns = Swift.stride(from: first, to: rows.columns, by: period)
            var sum = 0.0, squares = 0.0
            for row in 0..<rows.rows { for column in columns { sum += rows[row, column] } }
            let mean = sum / count
            for row in 0..<rows.rows { for column in columns { squares += (rows[row, column] - mean) * (rows[row, column] - mean) } }
            offset.append(mean)
            scale.append(Self.scale(deviation: (squares / count).squareRoot(), around: mean))
        }
        self.init(
            shape: shape, offset: (0..<rows.columns).map { offset[$0 % period] }, scale: (0..<rows.columns).map { scale[$0 % period] })
    }

    /// The scales that are possible; their inverses are numbers of single precision, too.
    package static let scales = 1e-30...1e30

    /// A number that moves by rounding alone must not be blown up.
    private static func scale(deviation: Double, around mean: Double) -> Double {
        deviation > 2e-15 * abs(mean) && scales.contains(1 / deviation) ? 1 / deviation : 1
    }

    public var inputCount: Int { shape.count }

    public var front: ContextFront? {
        switch shape {
        case .named, .row: nil
        case .image(let height, let width, let channels): .image(height: height, width: width, channels: channels)
        case .points(let count, let dimension): .points(count: count, dimension: dimension)
        }
    }

    /// The inputs for a context.
    ///
    /// - Precondition: `context.count == inputCount`, but for sets of points, which may have any number.
    public func encode(_ context: some RandomAccessCollection<Double>) -> [Float] {
        var inputs: [Float] = []
        inputs.reserveCapacity(inputCount)
        for (index, number) in context.enumerated() {
            let place = index % offset.count
            inputs.append(Float((number - offset[place]) * scale[place]))
        }
        return inputs
    }

    /// The number of a context that an input stands for.
    @inlinable
    public func decode(_ input: Double, place: Int) -> Double { offset[place] + input / scale[place] }

    public func write(to file: inout Safetensors) {
        file.doubles["encoding.offset"] = DoubleTensor(shape: [inputCount], values: offset)
        file.doubles["encoding.scale"] = DoubleTensor(shape: [inputCount], values: scale)
        file.metadata["contexts"] = Safetensors.json(shape)
    }
}
