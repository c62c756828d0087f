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
        Column(name: "elbo", summary: "the evidence lower bound against the target of the step, in nats; nan without the component objective", heading: "elbo", isAveraged: true) { $0.measures.elbo },
        Column(name: "entropy", summary: "the mixture's entropy in scaled joint coordinates, in nats", heading: "entropy", isAveraged: true) { $0.measures.entropy },
        Column(name: "position_error", summary: "the mean position error of samples, in m", heading: "mm", scale: 1e3, isAveraged: true) { $0.measures.distance },
        Column(name: "rotation_error", summary: "the mean orientation error of samples, in rad", heading: "deg", scale: 180 / .pi, isAveraged: true) { $0.measures.angle },
        Column(name: "components_in_use", summary: "exp of the entropy of the weights at a pose, on average", heading: "in use", isAveraged: true) { $0.measures.componentsInUse },
        Column(name: "components", summary: "the number of components", heading: "of", isWhole: true) { $0.measures.components.map(Double.init) },
        Column(name: "mean_bound", summary: "the trust region of the means, averaged over components, in nats", heading: "bounds", isAveraged: true) { $0.measures.meanBound },
        Column(name: "covariance_bound", summary: "the trust region of the covariances, averaged over components, in nats", heading: "nat", isAveraged: true) { $0.measures.covarianceBound },
        Column(name: "learning_rate", summary: "the learning rate", heading: "rate") { $0.learningRate },
        Column(name: "gradient_norm", summary: "the norm of the gradient before clipping", heading: "gradient") { $0.gradientNorm },
        Column(name: "samples_per_second", summary: "training pairs a second", heading: "samples/s") { $0.samplesPerSecond },
    ]

    private(set) var rows: [[Double]] = []
    private(set) var warnings: [String] = []
    /// The share of the budget between two rows; reports that come faster are taken into the last one.
    private let resolution = 1.0 / 200
    private var lastFraction = -1.0
    private var reportsInRow = 0.0
    private static let greatestWarningCount = 1000

    mutating func append(_ progress: TrainingProgress) {
        if let warning = progress.warning, warnings.count < Self.greatestWarningCount { warnings.append(warning) }
        let row = Self.columns.map { $0.value(progress) ?? .nan }
        let isDue = rows.isEmpty || progress.fraction < lastFraction || progress.fraction >= lastFraction + resolution
            || row[3] != rows[rows.count - 1][3]
        if isDue {
            rows.append(row)
            lastFraction = progress.fraction
            reportsInRow = 1
            return
        }
        reportsInRow += 1
        for (index, column) in Self.columns.enumerated() {
            let former = rows[rows.count - 1][index]
            let isMean = column.isAveraged && former.isFinite && row[index].isFinite
            rows[rows.count - 1][index] = isMean ? former + (row[index] - former) / reportsInRow : row[index]
        }
    }

    /// The values of a column; nil where there is none of that name.
    func column(_ name: String) -> [Double]? {
        Self.columns.firstIndex { $0.name == name }.map { index in rows.map { $0[index] } }
    }
}
