/// Successive halving (Jamieson and Talwalkar, 2016): all points get a small budget, the best of them a greater one, and so on.
public struct Halving: Sendable, Equatable {
    public enum Goal: String, Sendable, CaseIterable {
        case lowest, highest
    }

    /// The axis that the budget is, such as "steps".
    public var budget: String
    /// The budgets, rising.
    public var rungs: [Double]
    /// The share of the points of a rung that get to the next.
    public var kept: Double
    /// The measure by which points are ranked, as the mean over their seeds.
    public var measure: String
    public var goal: Goal

    public init(budget: String, rungs: [Double], kept: Double, measure: String, goal: Goal) {
        self.budget = budget
        self.rungs = rungs
        self.kept = kept
        self.measure = measure
        self.goal = goal
    }

    /// The points of a rung that get to the next, in their order; at least one, if any has a result.
    ///
    /// - Parameter runs: of the rung, with their results, nil for those that failed. A point of which a run failed comes last.
    /// - Returns: the positions of points, as `points` numbers them.
    public func survivors(_ runs: [(point: Int, result: RunResult?)]) -> [Int] {
        var values: [Int: [Double]] = [:]
        for run in runs { values[run.point, default: []].append(run.result?.measure(measure) ?? .nan) }
        let points = values.keys.sorted()
        let scores = points.map { point -> (point: Int, score: Double) in
            let mean = values[point]!.reduce(0, +) / Double(values[point]!.count)
            return (point, mean.isFinite ? (goal == .lowest ? mean : -mean) : .infinity)
        }
        let count = max(1, Int((Double(points.count) * kept).rounded(.up)))
        return scores.filter { $0.score.isFinite }.sorted { ($0.score, $0.point) < ($1.score, $1.point) }.prefix(count).map(\.point).sorted()
    }
}
