import Mixtures
import Numerics

/// Where a formula is compared with the function that it was traced from: places and contexts where branches that symbols do not take are likely.
///
/// A comparison of a symbol by == is false without a word, and so is the lookup of a table by a symbol; a function that does either may differ from its
/// formula at single numbers only. Those probed are whole numbers, the numbers that the function itself contains, the ends of ranges, values that few
/// rows of data have, and ties between variables.
struct TracingProbes {
    private(set) var places: [(x: [Double], context: [Double])] = []
    private let start: InitialMixture
    private let rows: Matrix
    private let limit: Int
    private var stream = RandomStream(seed: 0x7ac3)
    /// A column of data with so few distinct numbers, or fewer, may hold classes.
    private static let classes = 256

    /// As many places as cost a fraction of a second, by the formula's size.
    static func limit(nodes: Int) -> Int { max(32, min(600, 4_000_000 / max(nodes, 1))) }

    /// - Parameters:
    ///   - contexts: rows to choose from; one empty row where there are no contexts.
    ///   - bounds: of each number of the context, where it has a range.
    ///   - constants: the numbers that the function contains.
    ///   - limit: the most places.
    init(start: InitialMixture, contexts: Matrix?, bounds: [ClosedRange<Double>] = [], constants: [Double], limit: Int) {
        self.start = start
        self.limit = limit
        rows = contexts ?? Matrix(rows: 1, columns: 0, elements: [])
        let special = Array(Set(constants.prefix(40) + [-1, 0, 1, 2])).sorted()
        addClasses()
        for (index, range) in bounds.enumerated() {
            let within = special.filter(range.contains) + Self.wholeNumbers(in: range)
            for value in Set(within + [range.lowerBound, range.upperBound, (range.lowerBound + range.upperBound) / 2]).sorted() {
                add { $1[index] = value }
            }
        }
        addTies(within: bounds.indices, bounds)
        let dimension = start.mean.count
        add { x, _ in for i in x.indices { x[i] = 0 } }
        for i in 0..<dimension { for value in special { add { x, _ in x[i] = value } } }
    }

    private mutating func add(_ change: (inout [Double], inout [Double]) -> Void) {
        guard places.count < limit else { return }
        var x = zip(start.mean, start.deviations).map { $0 + $1 * stream.normal() }
        var context = Array(rows.row(Int(stream.next(upperBound: UInt64(rows.rows)))))
        change(&x, &context)
        places.append((x, context))
    }

    /// A row for each value of a column that has few.
    private mutating func addClasses() {
        var chosen: Set<Int> = []
        for column in 0..<min(rows.columns, 64) where chosen.count < Self.classes {
            var first: [Double: Int] = [:]
            for row in 0..<rows.rows {
                let value = rows[row, column]
                if first[value] == nil { first[value] = row }
                if first.count > Self.classes { break }
            }
            if first.count <= Self.classes { chosen.formUnion(first.values) }
        }
        for row in chosen.sorted().prefix(Self.classes) { add { [rows] in $1 = Array(rows.row(row)) } }
    }

    /// Two variables alike, two numbers of the context alike, a variable like a number of the context; some of many.
    private mutating func addTies(within contexts: Range<Int>, _ bounds: [ClosedRange<Double>]) {
        let dimension = start.mean.count
        for i in 0..<min(dimension, 12) {
            for j in 0..<min(i, 8) { add { x, _ in x[i] = x[j] } }
            for j in contexts.prefix(8) { add { $0[i] = $1[j] } }
        }
        for i in contexts.prefix(12) { for j in contexts.prefix(8) where j < i && bounds[i].overlaps(bounds[j]) {
            let shared = (max(bounds[i].lowerBound, bounds[j].lowerBound) + min(bounds[i].upperBound, bounds[j].upperBound)) / 2
            add { ($1[i], $1[j]) = (shared, shared) }
        } }
    }

    /// The first whole numbers of a range, from the one nearest to zero.
    private static func wholeNumbers(in range: ClosedRange<Double>) -> [Double] {
        let lower = range.lowerBound.rounded(.up), upper = range.upperBound.rounded(.down)
        guard lower <= upper, abs(lower) < 1e9, abs(upper) < 1e9 else { return [] }
        let first = min(max(lower, -8), upper)
        return (0..<17).map { first + Double($0) }.filter { $0 <= upper }
    }
}
