/// Configurations one after the other in one array.
struct ConfigurationList {
    let dimension: Int
    private(set) var values: [Double] = []

    init(dimension: Int) { self.dimension = dimension }

    init(_ rows: [[Double]]) {
        dimension = rows.first?.count ?? 0
        values = rows.flatMap(\.self)
    }

    var count: Int { dimension > 0 ? values.count / dimension : 0 }

    /// - Precondition: `q` has ``dimension`` numbers.
    mutating func append(_ q: [Double]) { values.append(contentsOf: q) }

    /// Appends the configuration at a share of the way from one of the list to another.
    mutating func append(from first: Int, to last: Int, share: Double) {
        for i in 0..<dimension {
            let a = values[first * dimension + i]
            values.append(a + share * (values[last * dimension + i] - a))
        }
    }

    func distance(_ first: Int, _ last: Int) -> Double {
        var square = 0.0
        for i in 0..<dimension {
            let d = values[last * dimension + i] - values[first * dimension + i]
            square += d * d
        }
        return square.squareRoot()
    }

    /// Appends all but the first of a list.
    mutating func append(afterFirst other: ConfigurationList) { values.append(contentsOf: other.values[dimension...]) }

    /// Appends points on the line from the last configuration to another one, no farther apart than a spacing; the other one is the last of them.
    mutating func appendLine(to end: [Double], spacing: Double) {
        let first = values.count - dimension
        var square = 0.0
        for i in 0..<dimension { square += (end[i] - values[first + i]) * (end[i] - values[first + i]) }
        let steps = max(1, Int((square.squareRoot() / spacing).rounded(.up)))
        for step in 1..<max(steps, 1) {
            let share = Double(step) / Double(steps)
            for i in 0..<dimension { values.append(values[first + i] + share * (end[i] - values[first + i])) }
        }
        append(end)
    }

    subscript(index: Int) -> [Double] { Array(values[index * dimension..<(index + 1) * dimension]) }

    var rows: [[Double]] { (0..<count).map { self[$0] } }

    /// The sum of the distances from each to the next.
    var length: Double {
        values.withUnsafeBufferPointer { values in
            var sum = 0.0
            for first in stride(from: dimension, to: values.count, by: max(dimension, 1)) {
                var square = 0.0
                for i in first..<first + dimension { square += (values[i] - values[i - dimension]) * (values[i] - values[i - dimension]) }
                sum += square.squareRoot()
            }
            return sum
        }
    }
}
