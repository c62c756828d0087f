/// Where a long computation stands, for the person who waits.
public struct ProgressReport: Sendable {
    /// What is being done: "training".
    public var activity: String
    /// The share that is done, from 0 to 1.
    public var fraction: Double
    /// What is counted, and how far the count is; `total` is nil where time or something else ends it.
    public var unit: String
    public var done: Int
    public var total: Int?
    /// What is done in a second, in its own unit: `rate` 12000, `rateUnit` "samples".
    public var rate: Double?
    public var rateUnit: String
    /// The time that is left, in seconds.
    public var remaining: Double?
    /// Figures worth watching, as they are to be read: ("loss", "-3.21"), ("error", "5.2 mm").
    public var figures: [(name: String, value: String)]

    public init(
        _ activity: String, fraction: Double, done: Int, total: Int? = nil, unit: String,
        rate: Double? = nil, rateUnit: String? = nil, remaining: Double? = nil, figures: [(name: String, value: String)] = []
    ) {
        self.activity = activity
        self.fraction = fraction
        self.done = done
        self.total = total
        self.unit = unit
        self.rate = rate
        self.rateUnit = rateUnit ?? unit
        self.remaining = remaining
        self.figures = figures
    }
}

/// Whoever shows the progress of long computations.
public protocol ProgressObserver: AnyObject {
    /// Called as often as the computation likes; the observer decides what is worth showing.
    func show(_ report: ProgressReport)
    /// The computation has ended, for whatever reason.
    func end()
}
