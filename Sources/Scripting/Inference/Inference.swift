import Files
import LuaBridge
import Mixtures
import Numerics
import VariationalInference

/// A variational inference as scripts hold it: where it stands, its target, and the run that can go on.
struct Inference {
    let target: Target
    var state: InferenceState
    var log = InferenceLog()
    /// The run that was interrupted; nil where the last one spent its budget.
    var pending: InferenceRun?
    /// The file that it was read from, or that a run has written last.
    var ownFile: FileIdentity?
    /// How the mixture and its bound have grown.
    private var growth = InferenceGrowth()
    /// Where the target's mass lies that the last run has not come to; nil where it has, and while a run goes on.
    private var mass: MassSearch.Finding?
    /// Where the target leaps among the last run's samples, if its updates went by slopes; nil where it does not, and while a run goes on.
    private var leap: LeapSearch.Finding?
    /// What is said of components that have left the target by the last iteration.
    private var loss: String?
    private var complaint: String?
    /// What is said of a mixture that runs away, or has not come to mass that lies far from its start; nil where neither is so.
    var departure: String? {
        let place = mass.map {
            "the log-density is greater than at the mixture's samples by \(NumberText.significant($0.gain)) nats near \(NumberText.list($0.place))"
        }
        if let growth = growth.complaint { return growth + (place.map { ": \($0)" } ?? "") }
        return place.map { "the density's mass lies far from the start, and the iterations have not come to it: \($0); begin there with mean and deviation" }
    }
    /// What is said where a run has ended; nil where nothing is.
    var conclusion: String? {
        departure ?? leap.map {
            "the density leaps by \(NumberText.significant($0.height)) nats near \(NumberText.list($0.place)), which its slopes do not show, and the iterations go by slopes: "
                + "the ELBO may end nats below log Z; \(valuesAdvice)where the density is to be zero, -math.huge says so"
        }
    }
    /// What is advised in place of slopes, if anything is.
    private var valuesAdvice: String {
        guard let needed = state.settings.samplesForValues(dimension: state.dimension) else { return "" }
        return "estimate = \"more\" fits values instead" + (state.settings.selection.count < needed ? ", with samples = \(needed) or more" : "") + ", and "
    }
    /// What goes wrong, or went wrong lately; nil where nothing did.
    var warning: String? {
        get { conclusion ?? loss ?? complaint }
        set { complaint = newValue }
    }

    init(_ target: Target, settings: InferenceSettings) throws {
        self.target = target
        state = try InferenceState(target.density, settings: settings)
    }

    /// One iteration of a run; nil where its budget is spent.
    mutating func step(_ run: inout InferenceRun, cancellation: Cancellation) throws -> InferenceInfo? {
        guard let info = try run.step(&state, target.density, cancellation: cancellation) else { return nil }
        log.append(info)
        if let place = info.zeroExample {
            warning = "the density of \"\(target.density.name)\" was zero at \(info.zeros) of \(info.samples) samples of iteration \(info.iteration), "
                + "such as \(NumberText.list(place)); log.elbo is the bound of the mixture cut to where it is not"
        }
        (mass, leap, loss) = (nil, nil, nil)
        growth.note(info, state)
        try growth.review(state, target.density, isLast: false)
        if abs(info.bound) > Self.lostBound {
            loss = "the ELBO of iteration \(info.iteration) is \(NumberText.short(info.bound)): components have left the target; smaller steps, more samples or "
                + "update = \"trustregion\" keep them"
        }
        return info
    }

    /// Judges where a run has ended whether the mixture has left its start without end, has not come to the target's mass, or has not followed its leaps.
    mutating func conclude() throws {
        try growth.review(state, target.density, isLast: true)
        mass = try state.distantMass(of: target.density)
        leap = try state.usesSlopes ? unlessFailing { try state.leap(of: target.density) } ?? nil : nil
    }

    /// A bound that no target has which its components are near.
    private static let lostBound = 1e20
}

extension NumberText {
    /// A bound in nats: three digits behind the point, and an exponent where it would make a line of digits.
    static func nats(_ bound: Double) -> String { abs(bound) < 1e9 ? fixed(bound, 3) : short(bound) }
}

/// What an inference reported, one row per iteration; every second row goes where there are too many.
struct InferenceLog {
    static let columns = [
        "iteration", "evaluations", "elbo", "components", "zero_share", "entropy", "step_size", "weight_step_size", "divergence", "seconds",
    ]
    static let rowLimit = 4000

    private(set) var rows: [[Double]] = []
    /// The components' identifiers and weights after each row's iteration.
    private(set) var weights: [[(identifier: Int, weight: Double)]] = []
    /// Iterations from row to row.
    private(set) var stride = 1

    init(rows: [[Double]] = [], weights: [[(identifier: Int, weight: Double)]] = [], stride: Int = 1) {
        self.rows = rows
        self.weights = weights
        self.stride = stride
    }

    mutating func append(_ info: InferenceInfo) {
        guard info.iteration % stride == 0 || rows.isEmpty else { return }
        rows.append(Self.row(info))
        weights.append(zip(info.identifiers, info.weights).map { ($0, $1) })
        guard rows.count >= Self.rowLimit else { return }
        stride *= 2
        rows = rows.indices.filter { $0 % 2 == 1 }.map { rows[$0] }
        weights = weights.indices.filter { $0 % 2 == 1 }.map { weights[$0] }
    }

    static func row(_ info: InferenceInfo) -> [Double] {
        [
            Double(info.iteration), Double(info.evaluations), info.bound, Double(info.weights.count), info.zeroShare, info.entropy, info.stepSize,
            info.weightStepSize, info.greatestDivergence, info.seconds,
        ]
    }

    /// The values of a column.
    func column(_ name: String) -> [Double] {
        Self.columns.firstIndex(of: name).map { index in rows.map { $0[index] } } ?? []
    }

    /// Rows of weights, one column a component in the order of creation; 0 before it was added and after it was removed.
    var weightTable: Matrix {
        let columns = (weights.flatMap { $0.map(\.identifier) }.max() ?? -1) + 1
        var result = Matrix(rows: rows.count, columns: columns)
        for (row, entries) in weights.enumerated() { for entry in entries { result[row, entry.identifier] = entry.weight } }
        return result
    }
}

/// The iterations that a `for` loop asks for, one after the other.
final class InferenceIterations {
    let box: Box<Inference>
    private var run: InferenceRun
    /// Whether all iterations are done.
    private(set) var isFinished = false

    init(_ box: Box<Inference>, run: InferenceRun) {
        self.box = box
        self.run = run
    }

    /// The next report; nil at the end.
    func next(cancellation: Cancellation) throws -> InferenceInfo? {
        let info = try box.update("inference") { try $0.step(&run, cancellation: cancellation) }
        isFinished = info == nil
        return info
    }
}
