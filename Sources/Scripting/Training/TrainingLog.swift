import Foundation
import ModelTraining

/// What a training reported, one row an interval.
struct TrainingLog {
    /// A quantity that is kept.
    struct Column {
        var name: String
        var summary: String
        /// The heading and the factor under which tables for people show it.
        var heading: String
        var scale = 1.0
        /// Whether an interval's value is the average over its reports; else it is the last one's.
        var isAveraged = false
        /// Whether it counts something.
        var isWhole = false
        var value: (TrainingProgress) -> Double?
    }

    /// The columns, in the order in which they are printed.
    nonisolated(unsafe) static let columns = [
        Column(name: "step", summary: "steps taken", heading: "step", isWhole: true) { Double($0.step) },
        Column(name: "samples", summary: "training pairs seen", heading: "samples", isWhole: true) { Double($0.samples) },
        Column(name: "seconds", summary: "time spent, in s", heading: "seconds") { $0.elapsed },
        Column(name: "phase", summary: "the phase, counted from 1", heading: "phase", isWhole: true) { Double($0.phase + 1) },
        Column(name: "loss", summary: "-log q(q|pose) in scaled joint coordinates, in nats, averaged over about a hundred steps", heading: "loss") { $0.loss },
        Column(name: "elbo", summary: "the evidence lower bound of the model that answers queries against the target of the step, in nats, averaged over the steps of a row; with the component objective estimated at some contexts of each batch; nan without an objective on the density", heading: "elbo", isAveraged: true) { $0.measures.elbo },
        Column(name: "entropy", summary: "the mixture's entropy in scaled joint coordinates, in nats", heading: "entropy", isAveraged: true) { $0.measures.entropy },
        Column(name: "position_error", summary: "the mean position error of samples, in m", heading: "mm", scale: 1e3, isAveraged: true) { $0.measures.distance },
        Column(name: "rotation_error", summary: "the mean orientation error of samples, in rad", heading: "deg", scale: 180 / .pi, isAveraged: true) { $0.measures.angle },
        Column(name: "change", summary: "how far a step moved the mixture, where step_bound bounds that, nats", heading: "change", isAveraged: true) { $0.measures.change },
        Column(name: "widening", summary: "the factor by which adapted deviations of errors exceed those given", heading: "widths", isAveraged: true) { $0.measures.widening },
        Column(name: "components_in_use", summary: "exp of the entropy of the weights at a pose, on average", heading: "in use", isAveraged: true) { $0.measures.componentsInUse },
        Column(name: "components", summary: "the number of components", heading: "of", isWhole: true) { $0.measures.components.map(Double.init) },
        Column(name: "mean_bound", summary: "the trust region of the means, averaged over components, in nats", heading: "bounds", isAveraged: true) { $0.measures.meanBound },
        Column(name: "covariance_bound", summary: "the trust region of the covariances, averaged over components, in nats", heading: "nat", isAveraged: true) { $0.measures.covarianceBound },
        Column(name: "learning_rate", summary: "the learning rate", heading: "rate") { $0.learningRate },
        Column(name: "gradient_norm", summary: "the norm of the gradient before clipping", heading: "gradient") { $0.gradientNorm },
        Column(name: "samples_per_second", summary: "training pairs per second", heading: "samples/s") { $0.samplesPerSecond },
    ]

    private(set) var rows: [[Double]] = []
    private(set) var warnings: [String] = []
    /// What the last step has reached, where that was measured; no part of checkpoints.
    var outcome: TrainingOutcome?
    /// The rows of a budget at most, but for its last step, which has one of its own.
    private static let resolution = 200.0
    /// What the last row is made of: where its budget stood, and sums and counts of what is averaged.
    private var fraction = -1.0
    private var sums = [Double](repeating: 0, count: columns.count)
    private var counts = [Int](repeating: 0, count: columns.count)
    private static let greatestWarningCount = 1000

    /// Takes up a step.
    ///
    /// Which steps share a row depends on the budget alone, and what a row holds on its steps, so that a training that was
    /// interrupted and went on has the same log as one that was not, but for its times.
    mutating func append(_ step: TrainingProgress) {
        outcome = nil
        let values = Self.columns.map { $0.value(step) ?? .nan }
        if isRowDue(values, step.fraction) {
            rows.append(values)
            sums = [Double](repeating: 0, count: values.count)
            counts = [Int](repeating: 0, count: values.count)
        }
        fraction = step.fraction
        let last = rows.count - 1
        for (index, column) in Self.columns.enumerated() where values[index].isFinite || !column.isAveraged {
            sums[index] += values[index]
            counts[index] += 1
            if column.isAveraged {
                rows[last][index] = sums[index] / Double(counts[index])
            } else if column.name != "components" || values[index].isFinite {
                rows[last][index] = values[index]
            }
        }
    }

    private func isRowDue(_ values: [Double], _ next: Double) -> Bool {
        guard let last = rows.last else { return true }
        return next < fraction || (next * Self.resolution).rounded(.down) != (fraction * Self.resolution).rounded(.down) || last[3] != values[3]
    }

    /// Notes what went wrong.
    mutating func note(_ warning: String) {
        if warnings.count < Self.greatestWarningCount { warnings.append(warning) }
    }

    /// The values of a column; nil where there is none of that name.
    func column(_ name: String) -> [Double]? {
        Self.columns.firstIndex { $0.name == name }.map { index in rows.map { $0[index] } }
    }
}

// A checkpoint carries the log of its training.
extension TrainingLog: Codable {
    private static let key = "log"

    private enum CodingKeys: CodingKey {
        case columns, rows, warnings, fraction, sums, counts
    }

    /// The log as a checkpoint's metadata hold it.
    var metadata: [String: String] {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let bytes = try? encoder.encode(self) else { return [:] }
        return [Self.key: String(decoding: bytes, as: UTF8.self)]
    }

    /// The log that a checkpoint holds; empty where it holds none.
    ///
    /// - Parameter warn: told where there is one that cannot be read: the training is worth more than its log.
    init(metadata: [String: String], path: String, warn: (String) -> Void) {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        self.init()
        guard let text = metadata[Self.key] else { return }
        do { self = try decoder.decode(TrainingLog.self, from: Data(text.utf8)) } catch {
            warn("\(path): its log is damaged, or of another version, and was left out; the training is whole")
        }
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        rows = try fields.decode([[Double]].self, forKey: .rows)
        warnings = try fields.decode([String].self, forKey: .warnings)
        fraction = try fields.decode(Double.self, forKey: .fraction)
        sums = try fields.decode([Double].self, forKey: .sums)
        counts = try fields.decode([Int].self, forKey: .counts)
        let names = try fields.decode([String].self, forKey: .columns)
        let whole = Self.columns.indices.filter { Self.columns[$0].isWhole && Self.columns[$0].name != "components" }
        let isSound = names == Self.columns.map(\.name) && sums.count == names.count && counts.count == names.count
            && counts.allSatisfy { (0..<1 << 53).contains($0) } && warnings.count <= Self.greatestWarningCount
            && rows.allSatisfy { row in row.count == names.count && whole.allSatisfy { (0..<0x1p53).contains(row[$0]) } }
        guard isSound else { throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "not a log of this version")) }
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(Self.columns.map(\.name), forKey: .columns)
        try fields.encode(rows, forKey: .rows)
        try fields.encode(warnings, forKey: .warnings)
        try fields.encode(fraction, forKey: .fraction)
        try fields.encode(sums, forKey: .sums)
        try fields.encode(counts, forKey: .counts)
    }
}
