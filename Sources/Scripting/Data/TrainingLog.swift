import AmortizedInference

/// What a training reported, one row an interval.
struct TrainingLog {
    /// The columns' names, in the order in which they are printed.
    static let columns = ["step", "samples", "seconds", "loss", "learning_rate", "gradient_norm", "samples_per_second"]

    private(set) var rows: [[Double]] = []
    /// The share of the budget between two rows; rows that come faster replace the last one.
    private let resolution = 1.0 / 200
    private var lastFraction = -1.0

    mutating func append(_ progress: TrainingProgress, batch: Int) {
        let row = [
            Double(progress.step), Double(progress.step * batch), progress.elapsed, progress.loss, progress.learningRate,
            progress.gradientNorm, progress.samplesPerSecond,
        ]
        let isDue = progress.fraction < lastFraction || progress.fraction >= lastFraction + resolution || rows.isEmpty
        if isDue {
            rows.append(row)
            lastFraction = progress.fraction
        } else {
            rows[rows.count - 1] = row
        }
    }

    /// The values of a column; nil where there is none of that name.
    func column(_ name: String) -> [Double]? {
        Self.columns.firstIndex(of: name).map { index in rows.map { $0[index] } }
    }
}
