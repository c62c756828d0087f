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
    ///
    /// - Parameter keepsWholeNumbers: whether scales are powers of two, and offsets multiples of one, of about a thousandth of the deviation: so whole
    ///   numbers, such as labels, come back from the network's inputs as they went in.
    public init(shape: ContextShape, measuring rows: Matrix, keepsWholeNumbers: Bool = true) {
        // Points, and the pixels of a channel, are scaled alike wherever they stand.
        let period = shape.period
        var offset: [Double] = [], scale: [Double] = []
        let count = Double(max(rows.rows * (rows.columns / max(period, 1)), 1))
        for first in 0..<period {
            let columns = Swift.stride(from: first, to: rows.columns, by: period)
            var sum = 0.0, squares = 0.0
            for row in 0..<rows.rows { for column in columns { sum += rows[row, column] } }
            let mean = sum / count
            for row in 0..<rows.rows { for column in columns { squares += (rows[row, column] - mean) * (rows[row, column] - mean) } }
            let exact = Self.scale(deviation: (squares / count).squareRoot(), around: mean)
            guard keepsWholeNumbers else {
                offset.append(mean)
                scale.append(exact)
                continue
            }
            let power = Double(sign: .plus, exponent: exact.exponent + (exact.significand > Double(2).squareRoot() ? 1 : 0), significand: 1)
            let grid = 0x1p-10 / power, steps = mean / grid
            offset.append(abs(steps) < 0x1p52 ? steps.rounded() * grid : mean)
            scale.append(power)
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

    /// The first column, or kind of numbers of images and points, that varies by too little or too much to be scaled, and how far its numbers lie from
    /// their mean; nil where there is none.
    ///
    /// - Parameter rows: what the encoding was made for; as many columns as numbers.
    public func unscaled(_ rows: Matrix) -> (column: Int, reach: Double)? {
        for column in 0..<shape.period where scale[column] == 1 {
            var reach = 0.0
            for row in 0..<rows.rows {
                for place in Swift.stride(from: column, to: rows.columns, by: shape.period) { reach = max(reach, abs(rows[row, place] - offset[column])) }
            }
            // What was scaled by one has a deviation of about one, or moves by rounding alone.
            if reach > 1e-13 * abs(offset[column]), !(1e-3...1e9).contains(reach) { return (column, reach) }
        }
        return nil
    }

    /// Numbers of a data set that networks take for one another, since far smaller differences than the spread are lost in inputs of single precision.
    public struct Indistinct: Sendable {
        public var column: Int
        /// Two such numbers.
        public var first, second: Double
        /// Of the numbers that differ by more than rounding, the share that is lost.
        public var share: Double
    }

    /// The first column, or kind of numbers of images and points, of which a tenth or more is taken for others; nil where there is none.
    ///
    /// - Parameter rows: what the encoding was made for; as many columns as numbers.
    public func indistinct(_ rows: Matrix) -> Indistinct? {
        for column in 0..<shape.period {
            guard let distinct = distinctNumbers(rows, column) else { continue }
            let inputs = distinct.map { Float(($0 - offset[column]) * scale[column]) }, share = 1 - Double(Set(inputs).count) / Double(distinct.count)
            guard share >= 0.1, let same = inputs.indices.dropLast().first(where: { inputs[$0] == inputs[$0 + 1] }) else { continue }
            return Indistinct(column: column, first: distinct[same], second: distinct[same + 1], share: share)
        }
        return nil
    }

    /// The different numbers of a column, or of some thousand of a kind, in rising order; nil where they differ by rounding alone.
    private func distinctNumbers(_ rows: Matrix, _ column: Int) -> [Double]? {
        let period = shape.period, perRow = rows.columns / max(period, 1), step = max(1, rows.rows * perRow / Self.comparedNumbers)
        var numbers: [Double] = []
        for index in Swift.stride(from: 0, to: rows.rows * perRow, by: step) { numbers.append(rows[index / perRow, column + index % perRow * period]) }
        numbers.sort()
        guard let least = numbers.first, let greatest = numbers.last else { return nil }
        let spread = greatest - least
        guard spread.isFinite, spread > 1e-14 * max(abs(least), abs(greatest)) else { return nil }
        // What differs by rounding is the same number.
        var distinct = [least]
        for number in numbers where number - distinct[distinct.count - 1] > Self.rounding * spread { distinct.append(number) }
        return distinct
    }

    /// Labels of a data set that differ by so little beside their spread that a network, whose units are smooth, answers nearly alike for them.
    public struct Crowded: Sendable {
        public var column: Int
        /// Two such labels, the nearest ones.
        public var first, second: Double
        /// How many labels there are, and how many are that near to another.
        public var labels, near: Int
    }

    /// The first column, or kind of numbers of images and points, of few distinct numbers that are repeated, half of which or more are crowded; nil where
    /// there is none. Numbers of which there are many vary continuously.
    ///
    /// - Parameter rows: what the encoding was made for; as many columns as numbers.
    public func crowded(_ rows: Matrix) -> Crowded? {
        let period = shape.period, perRow = rows.columns / max(period, 1), count = rows.rows * perRow, step = max(1, count / Self.searchedNumbers)
        for column in 0..<period {
            var found: Set<Double> = []
            for index in Swift.stride(from: 0, to: count, by: step) where found.count <= Self.mostLabels {
                found.insert(rows[index / perRow, column + index % perRow * period])
            }
            let labels = found.sorted()
            guard (3...Self.mostLabels).contains(labels.count), labels.count <= Self.fewLabels || count >= 4 * labels.count else { continue }
            let gaps = zip(labels, labels.dropFirst()).map { $1 - $0 }
            let isNear = gaps.map { $0 * abs(scale[column]) < Self.leastGap }
            let near = labels.indices.count { $0 > 0 && isNear[$0 - 1] || $0 < gaps.count && isNear[$0] }
            guard 2 * near >= labels.count, let least = gaps.indices.min(by: { gaps[$0] < gaps[$1] }) else { continue }
            return Crowded(column: column, first: labels[least], second: labels[least + 1], labels: labels.count, near: near)
        }
        return nil
    }

    /// Numbers of a data set of which nearly all lie so near to one another, beside their spread, that a network answers nearly alike for them.
    public struct Concentrated: Sendable {
        public var column: Int
        /// Between these all but a fortieth of the different numbers at either end lie.
        public var lower, upper: Double
    }

    /// The first column, or coordinate of points, that is crowded but for single numbers which are far away; nil where there is none. Pixels, of which many
    /// may be nearly dark, and the many numbers of a signal, of which few may tell of it, are not asked.
    ///
    /// - Parameter rows: what the encoding was made for; as many columns as numbers.
    public func concentrated(_ rows: Matrix) -> Concentrated? {
        if case .image = shape { return nil }
        guard shape.period < ContextShape.signalLength else { return nil }
        for column in 0..<shape.period {
            guard let distinct = distinctNumbers(rows, column), distinct.count > Self.fewLabels else { continue }
            let single = max(1, distinct.count / 40), lower = distinct[single], upper = distinct[distinct.count - 1 - single]
            if (upper - lower) * abs(scale[column]) < Self.leastGap { return Concentrated(column: column, lower: lower, upper: upper) }
        }
        return nil
    }

    private static let mostLabels = 100
    private static let searchedNumbers = 100_000
    /// So few numbers are taken for labels though each is there once.
    private static let fewLabels = 16
    /// In deviations: a network of the usual size, trained for 1500 steps, tells labels 0.06 apart, 0.02 by half of what it should, and 0.002 not at all; of
    /// numbers that vary continuously it learns from 0.006, and nothing from 0.002.
    private static let leastGap = 5e-3

    private static let comparedNumbers = 4096
    private static let rounding = 1e-12

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

    /// Of the numbers that a network cannot tell apart, since they have this input, the one with the fewest decimals: what a context was, if it was
    /// given with as many as single precision has.
    public func simplest(_ input: Float, place: Int) -> Double {
        let number = decode(Double(input), place: place), reach = 0.5 * Double(input.ulp) / abs(scale[place])
        guard abs(number) < 0x1p52, reach > 0 else { return number }
        var power = 1.0
        while power <= 1e22, abs(number) * power < 0x1p52 {
            let rounded = (number * power).rounded() / power
            if abs(rounded - number) <= reach { return rounded }
            power *= 10
        }
        return number
    }

    public func write(to file: inout Safetensors) {
        file.doubles["encoding.offset"] = DoubleTensor(shape: [inputCount], values: offset)
        file.doubles["encoding.scale"] = DoubleTensor(shape: [inputCount], values: scale)
        file.metadata["contexts"] = Safetensors.json(shape)
    }
}
