import Figures
import Kinematics
import LuaBridge
import Mixtures
import Numerics

/// Reads what figures are drawn from: objects by their properties, and plain tables that have the same fields.
///
/// So a log, an evaluation, a mixture or a schedule is drawn whatever made it, and what a script has computed itself is too.
struct PlotData {
    /// The numbers that one list may have.
    static let limit = 2_000_000
    /// The runs, methods or schedules that one figure may show.
    static let seriesLimit = 64

    let state: LuaState

    // MARK: Fields

    /// Reads a field of a table or a property of an object; nil where there is none.
    func withField<Result>(_ slot: Slot, _ name: String, _ body: (Slot) throws -> Result) throws -> Result? {
        if slot.kind == .table { return try slot.withField(.string(name)) { $0.isNil ? nil : try body($0) } }
        guard let type = slot.objectType, type.properties.contains(where: { $0.name == name }) else { return nil }
        let accessor = try state.load("local object, name = ... return object[name]", name: "=\(name)")
        let value = try state.call(accessor, [slot.value, .string(name)]).first ?? .nil
        return try state.withSlot(value) { $0.isNil ? nil : try body($0) }
    }

    func hasList(_ slot: Slot, _ name: String) -> Bool {
        (try? withField(slot, name) { $0.kind == .table || $0.boxIfPresent(Matrix.self) != nil }) ?? false
    }

    func name(_ slot: Slot) throws -> String? {
        try withField(slot, "name") { $0.kind == .string ? try $0.string() : nil } ?? nil
    }

    /// A list of numbers in a field, gaps as NaN.
    func series(_ slot: Slot, _ name: String) throws -> [Double]? { try withField(slot, name) { try $0.series(limit: PlotData.limit) } }

    /// The columns of a matrix, or of a list of lists of numbers.
    ///
    /// - Parameter isPadded: whether what shorter lists lack is NaN; else there are no columns where the lists differ in length.
    func columns(_ slot: Slot, limit: Int, isPadded: Bool) throws -> [[Double]] {
        func check(_ count: Int) throws {
            guard count <= limit else { throw slot.invalid("must have at most \(limit) columns, got \(count)") }
        }
        guard let matrix = try slot.boxIfPresent(Matrix.self)?.read() else {
            let rows = try rows(slot), count = rows.map(\.count).max() ?? 0
            guard isPadded || rows.allSatisfy({ $0.count == count }) else { return [] }
            try check(count)
            return (0..<count).map { column in rows.map { column < $0.count ? $0[column] : .nan } }
        }
        try check(matrix.columns)
        var columns = [[Double]](repeating: [], count: matrix.columns)
        for index in columns.indices { columns[index].reserveCapacity(matrix.rows) }
        try inBlocks(matrix.rows) { block in
            for column in columns.indices {
                for row in block { columns[column].append(matrix[row, column]) }
            }
        }
        return columns
    }

    /// Ranges of so many numbers; between them interruptions are heeded.
    private func inBlocks(_ count: Int, _ body: (Range<Int>) throws -> Void) throws {
        for start in stride(from: 0, to: count, by: 4096) {
            try state.stopIfInterrupted()
            try body(start..<min(start + 4096, count))
        }
    }

    /// Draws: what takes long, as pictures of pixels and figures of many numbers do, is left to itself where it is interrupted.
    func drawn<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
        try Abandonable.run(cancellation: state.cancellation, body)
    }

    /// A list of lists of numbers, or a matrix, row by row.
    func rows(_ slot: Slot) throws -> [[Double]] {
        if let matrix = try slot.boxIfPresent(Matrix.self)?.read() {
            var rows: [[Double]] = []
            rows.reserveCapacity(matrix.rows)
            try inBlocks(matrix.rows) { for row in $0 { rows.append(Array(matrix.row(row))) } }
            return rows
        }
        guard slot.kind == .table else { throw slot.mismatch("a Matrix or a list of lists of numbers") }
        let count = try slot.length()
        guard count <= PlotData.limit else { throw slot.invalid("must have at most \(PlotData.limit) rows") }
        var total = 0
        return try (0..<count).map { index in
            if index & 4095 == 0 { try state.stopIfInterrupted() }
            return try slot.withElement(index + 1) { row in
                let numbers = try row.boxIfPresent(MatrixRow.self)?.read().numbers ?? row.series(limit: PlotData.limit)
                total += numbers.count
                guard total <= 5 * PlotData.limit else { throw slot.invalid("must have at most \(5 * PlotData.limit) numbers") }
                return numbers
            }
        }
    }

    /// The elements of a list, each read by a closure.
    func elements<Result>(_ slot: Slot, limit: Int = PlotData.seriesLimit, _ body: (Slot) throws -> Result) throws -> [Result] {
        let count = try slot.length()
        guard count <= limit else { throw slot.invalid("must have at most \(limit) elements, got \(count)") }
        return try (0..<count).map { try slot.withElement($0 + 1, body) }
    }

    /// The values of a table under names, in the order of the names.
    func named<Result>(_ slot: Slot, _ body: (String, Slot) throws -> Result) throws -> [Result] {
        let names = try slot.names().sorted(by: Self.precedes)
        guard names.count <= PlotData.seriesLimit else { throw slot.invalid("must have at most \(PlotData.seriesLimit) names") }
        return try names.map { name in
            try state.stopIfInterrupted()
            return try slot.withField(.string(name)) { try body(name, $0) }
        }
    }

    /// Whether a name stands before another: numbers within them by their size, "run 2" before "run 10".
    static func precedes(_ a: String, _ b: String) -> Bool {
        func parts(_ name: String) -> [(text: Substring, number: Int?)] {
            name[...].chunks { $0.isASCII && $0.isNumber }.map { ($0, $0.first.map { $0.isASCII && $0.isNumber } == true && $0.count < 18 ? Int($0) : nil) }
        }
        for (one, other) in zip(parts(a), parts(b)) where one.text != other.text {
            if let left = one.number, let right = other.number, left != right { return left < right }
            return one.text < other.text
        }
        return a < b
    }

    // MARK: Functions

    /// Calls a function, or an object that can be called.
    func call(_ function: Value, _ arguments: [Value]) throws -> Value {
        let caller = try state.load("local f = ... return f(select(2, ...))", name: "=call")
        return try state.call(caller, [function] + arguments).first ?? .nil
    }

    /// A number that a function returned; nil for anything else.
    static func number(_ value: Value) -> Double? {
        switch value {
        case .number(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }

    // MARK: Mixtures

    /// The components of a mixture: weights, means and covariances.
    func gaussians(_ slot: Slot) throws -> [GaussianShape] {
        guard let weights = try series(slot, "weights"), let means = try withField(slot, "means", rows),
            let covariances = try withField(slot, "covariances", { list in
                try elements(list, limit: 100_000) { try $0.matrix() }
            })
        else { throw slot.mismatch("a Mixture, or a table with weights, means and covariances") }
        guard !weights.isEmpty, means.count == weights.count, covariances.count == weights.count else {
            throw slot.invalid("has \(weights.count.counted("weight")), \(means.count.counted("mean")) and \(covariances.count.counted("covariance")): expected one each a component")
        }
        let dimension = means[0].count
        for index in weights.indices {
            let isSquare = covariances[index].rows == dimension && covariances[index].columns == dimension
            guard means[index].count == dimension, isSquare else {
                throw slot.invalid("has component \(index + 1) of another size than the first, \(dimension)")
            }
        }
        return weights.indices.map {
            GaussianShape(number: $0 + 1, weight: weights[$0], mean: means[$0], covariance: covariances[$0])
        }
    }
}

extension Substring {
    /// The longest runs of characters that are alike by a property.
    fileprivate func chunks(by property: (Character) -> Bool) -> [Substring] {
        var result: [Substring] = [], start = startIndex
        for index in indices.dropFirst() where property(self[index]) != property(self[self.index(before: index)]) {
            result.append(self[start..<index])
            start = index
        }
        return start < endIndex ? result + [self[start...]] : result
    }
}

/// How the quantities of logs and evaluations are shown: as people read them.
struct PlottedQuantity {
    var label: String
    /// What the value in SI units is multiplied by.
    var factor: Double

    /// Which values of it are better; nil where neither is, or that is not known.
    var better: ComparedMetric.Direction?

    init(_ name: String) {
        if PlottedQuantity.lowerIsBetter.contains(name) { better = .lower }
        if PlottedQuantity.higherIsBetter.contains(name) { better = .higher }
        (label, factor) = PlottedQuantity.known[name] ?? (name.split(separator: "_").joined(separator: " "), 1)
    }

    /// Seconds, or parts of them in which the median of some times is no small fraction.
    mutating func chooseTimeUnit(for times: [Double]) {
        let sorted = times.filter { $0.isFinite && $0 > 0 }.sorted()
        guard !sorted.isEmpty else { return }
        let median = sorted.highMedian
        (label, factor) = median < 1e-3 ? ("time (µs)", 1e6) : median < 1 ? ("time (ms)", 1e3) : ("time (s)", 1)
    }

    private static let lowerIsBetter: Set = ["loss", "position_error", "rotation_error", "position", "rotation", "seconds", "mmd"]
    private static let higherIsBetter: Set = ["elbo", "inside", "answers", "samples_per_second"]

    private static let known: [String: (String, Double)] = [
        "loss": ("loss (nats)", 1), "elbo": ("ELBO (nats)", 1), "entropy": ("entropy (nats)", 1),
        "position_error": ("position error (mm)", 1000), "rotation_error": ("rotation error (°)", 180 / .pi),
        "position": ("position error (mm)", 1000), "rotation": ("rotation error (°)", 180 / .pi),
        "mean_bound": ("mean bound (nats)", 1), "covariance_bound": ("covariance bound (nats)", 1),
        "seconds": ("time (s)", 1), "samples_per_second": ("samples per second", 1),
        "inside": ("inside the limits (%)", 100), "answers": ("exact answers (%)", 100), "mmd": ("MMD", 1),
    ]
}
