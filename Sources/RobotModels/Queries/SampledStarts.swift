import ConditionalModels
import Kinematics
import Numerics

extension InverseKinematics {
    /// Exact, distinct, ranked configurations that meet a goal and preferences, searched from what a model draws.
    ///
    /// Samples take no account of held joints, nor of what a goal leaves free: the other joints of samples at poses that meet the goal are starts.
    ///
    /// - Parameters:
    ///   - context: what the model is asked with; a position leaves the orientation free.
    ///   - dimension: the number of joints that are drawn.
    ///   - draw: prepares the drawing at a pose.
    func solve(
        _ goal: Goal, options: SearchOptions, preferences: Preferences, context: ContextKind, dimension: Int, using stream: inout RandomStream,
        cancellation: Cancellation, draw: @escaping (Pose) -> SampledStarts.Draw
    ) -> Solutions {
        var options = options
        if context == .position, goal.isPose { options.rotationTolerance = .infinity }
        guard goal.isPose, preferences.isEmpty else {
            let own = RandomStream(seed: stream.next())
            return solve(goal, options: options, preferences: preferences, cancellation: cancellation) { rest, free in
                GoalStarts(goal, chain: rest, free: free, dimension: dimension, stream: own, draw: draw)
            }
        }
        var starts = SampledStarts(laneChain, for: options, stream: &stream, cancellation: cancellation, draw: draw(goal.pose))
        return solve(goal, options: options, from: &starts, cancellation: cancellation)
    }
}

/// Starts drawn from a model, then, when the model has had its chances, uniformly.
struct SampledStarts: StartSource {
    /// Draws so many configurations, by rows, and a label for each.
    typealias Draw = (_ count: Int, inout RandomStream, inout LaneRandom) -> (rows: [Float], labels: [Int])

    let patience = 20
    private let chain: LaneChain
    private let draw: Draw
    private var random: RandomStream
    private var lanes: LaneRandom
    private var uniform: UniformStarts
    private var rows: [Float] = []
    private var labels: [Int] = []
    private var next = 0
    private var drawn = 0
    private let first: Int
    private let limit: Int
    /// Where hardly a sample lies inside the limits, drawing takes long: where asked to stop, uniform starts
    /// follow at once, and the search polls between them.
    private let cancellation: Cancellation

    /// - Parameters:
    ///   - first: how many samples are drawn at first.
    ///   - limit: how many are drawn in all before uniform starts follow.
    init(_ chain: LaneChain, first: Int, limit: Int, stream: inout RandomStream, cancellation: Cancellation, draw: @escaping Draw) {
        self.chain = chain
        self.draw = draw
        self.first = min(max(first, laneCount), 4096)
        self.limit = limit
        self.cancellation = cancellation
        lanes = LaneRandom(using: &stream)
        random = RandomStream(seed: stream.next())
        uniform = UniformStarts(chain, stream: RandomStream(seed: stream.next()))
    }

    /// Starts for a search: as many at first as solutions are sought, but few at a time where the time is limited, which nobody looks at while they
    /// are drawn.
    init(
        _ chain: LaneChain, for options: SearchOptions, stream: inout RandomStream, cancellation: Cancellation, draw: @escaping Draw
    ) {
        let first = options.seconds == nil ? options.sought : min(options.sought, Self.timedDraw)
        self.init(chain, first: first, limit: Self.limit(options), stream: &stream, cancellation: cancellation, draw: draw)
    }

    /// The samples of a model in parts take some 50 µs each.
    private static let timedDraw = 128

    /// How many samples are drawn in all before uniform starts follow.
    static func limit(_ options: SearchOptions) -> Int { max(256, 16 * options.count) }

    /// Starts from a mixture, labelled by its components, which get their shares in every draw: few starts need not pass over a light one.
    init(
        _ mixture: LaneMixture, chain: LaneChain, first: Int, limit: Int, stream: inout RandomStream, cancellation: Cancellation
    ) {
        let chooser = ComponentChooser(logWeights: mixture.logWeights)
        self.init(chain, first: first, limit: limit, stream: &stream, cancellation: cancellation) { count, random, lanes in
            let choices = chooser.spread(count, using: &random)
            return (mixture.sample(choices, using: &lanes), choices)
        }
    }

    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        let n = chain.degreesOfFreedom
        while true {
            if next == labels.count {
                guard drawn < limit, !cancellation.isRequested else { return uniform.next(into: q, lane: lane) }
                (rows, labels) = draw(first, &random, &lanes)
                drawn += first
                next = 0
            }
            let row = next * n
            next += 1
            guard isInside(row) else { continue }
            for i in 0..<n { q[i][lane] = chain.start(rows[row + i], i) }
            return labels[next - 1]
        }
    }

    /// Whether a sample lies inside the joint limits, or beyond them by no more than a hundredth of a range.
    private func isInside(_ row: Int) -> Bool {
        for i in 0..<chain.degreesOfFreedom {
            let slack = 0.01 * (chain.upper[i] - chain.lower[i]), value = rows[row + i]
            // Written so that a number that is none lies outside.
            if !(value >= chain.lower[i] - slack && value <= chain.upper[i] + slack) { return false }
        }
        return true
    }
}
