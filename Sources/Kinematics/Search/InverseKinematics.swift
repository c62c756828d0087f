import Numerics

/// Finds configurations of a chain whose tip reaches a pose, without any model: many searches from many starts at once.
///
/// Sixteen searches run side by side in single precision (``LaneSolver``); one that arrives, or stops making progress,
/// gives its lane to the next start at once. What arrives is finished by Newton steps in double precision, checked,
/// compared with what was found before, and ranked.
///
/// A value of this class owns its workspace: use one per thread.
public final class InverseKinematics {
    public let chain: Chain
    public let laneChain: LaneChain
    private let solver: LaneSolver
    private var corrector: PoseCorrector
    /// Starts after which patience grows, since the pose seems to be a hard one, and how far.
    private let easyStarts = 128
    private let greatestPatience = 40

    public init(_ chain: Chain) {
        self.chain = chain
        laneChain = LaneChain(chain)
        solver = LaneSolver(laneChain)
        corrector = PoseCorrector(chain)
    }

    /// Finds configurations from uniform starts.
    ///
    /// The same stream gives the same solutions.
    ///
    /// - Parameters:
    ///   - target: the pose of the tip in the base frame.
    ///   - stream: where the starts are drawn from; it advances.
    public func solve(
        _ target: Pose, options: Options = Options(), using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> Solutions {
        var starts = UniformStarts(laneChain, stream: stream)
        defer { stream = starts.stream }
        return solve(target, options: options, from: &starts, cancellation: cancellation)
    }

    /// Finds configurations from the starts of a source, until there are enough, or no more starts.
    public func solve(
        _ target: Pose, options: Options, from starts: inout some StartSource, cancellation: Cancellation = .never
    ) -> Solutions {
        let clock = ContinuousClock()
        let begin = clock.now
        var search = Search(chain: chain, target: target, options: options)
        run(&search, from: &starts, cancellation: cancellation)
        var result = search.result()
        if result.solutions.isEmpty, options.findsClosest { result.closest = closest(search) }
        let (seconds, attoseconds) = (clock.now - begin).components
        result.elapsed = Double(seconds) + Double(attoseconds) * 1e-18
        return result
    }

    /// What a search has found so far.
    private struct Search {
        let target: Pose
        let options: Options
        let robot: String
        var collector: SolutionCollector
        var solutions: [Solution] = []
        var starts = 0
        var converged = 0
        var isExhausted = false
        var wasCancelled = false
        /// How many solutions are looked for: more than asked for only where they are a continuum, of which those far from one another are kept.
        let sought: Int
        /// The starts that it took to find as many solutions as asked for.
        var startsToEnough: Int?
        /// The best configurations given up on, the nearest first, with their squared errors' sums.
        var nearest: [(error: Float, configuration: [Double])] = []

        init(chain: Chain, target: Pose, options: Options) {
            self.target = target
            self.options = options
            robot = chain.name
            collector = SolutionCollector(chain, minimumDistance: options.minimumDistance)
            sought = chain.degreesOfFreedom > (options.rotationTolerance.isFinite ? 6 : 3) ? options.sought : options.count
            solutions.reserveCapacity(min(options.count, 4096))
        }

        var isFinished: Bool {
            guard solutions.count >= options.count, !wasCancelled else { return wasCancelled }
            guard let startsToEnough else { return true }
            // The second half may take as long as the first, no longer.
            return solutions.count >= sought || starts > 2 * startsToEnough + laneCount
        }

        mutating func keep(_ solution: Solution) {
            solutions.append(solution)
            if solutions.count == options.count { startsToEnough = starts }
        }

        func result() -> Solutions {
            var reason: String?
            if wasCancelled, solutions.count < options.count {
                reason = "interrupted after \(starts) starts"
            } else if solutions.isEmpty {
                let rotation = options.rotationTolerance.isFinite ? " and \(options.rotationTolerance) rad" : ", in any orientation"
                reason = "none of \(starts) starts reached the pose within \(options.positionTolerance) m" + rotation
            } else if solutions.count < options.count {
                reason = "\(converged) of \(starts) starts reached the pose, but only \(solutions.count) solutions differ by \(options.minimumDistance) or more"
            }
            var order = solutions.indices.sorted { (solutions[$0].score, $1) > (solutions[$1].score, $0) }
            if solutions.count > options.count {
                let chosen = Set(collector.spread(options.count, from: order[0]))
                order.removeAll { !chosen.contains($0) }
            }
            let ranked = order.map { solutions[$0] }
            return Solutions(
                robot: robot, target: target, requested: options.count, solutions: ranked, starts: starts, converged: converged,
                elapsed: 0, reason: reason, closest: nil)
        }
    }

    private func run(_ search: inout Search, from starts: inout some StartSource, cancellation: Cancellation) {
        let limit = search.options.restartLimit
        var age = Lanes.zero
        var labels = SIMD16<Int32>(repeating: -1)
        var idle = Lanes.zero
        /// Gives a lane its next start, or puts it to rest.
        func refill(_ lane: Int) {
            age[lane] = 0
            if search.starts < limit, let label = starts.next(into: solver.q, lane: lane) {
                search.starts += 1
                labels[lane] = Int32(truncatingIfNeeded: label)
            } else {
                idle[lane] = 1
            }
        }
        solver.target = LaneFrame(search.target)
        solver.followsRotation = search.options.rotationTolerance.isFinite
        for lane in 0..<laneCount { refill(lane) }
        // Single precision goes as far as it is good for; Newton's steps do the rest in double precision.
        let positionGoal = Lanes(repeating: Float(min(max(search.options.positionTolerance, 2e-5), 1e6)))
        let rotationGoal = Lanes(repeating: Float(min(max(search.options.rotationTolerance, 1e-4), 1e6)))
        let (positionSquare, rotationSquare) = (positionGoal * positionGoal, rotationGoal * rotationGoal)
        var iterations = 0
        while !search.isFinished, any(idle .< 0.5) {
            solver.iterate {
                let running = idle .< 0.5
                let arrived = (solver.positionError .< positionSquare) .& (solver.rotationError .< rotationSquare) .& running
                let patience = Lanes(repeating: Float(patience(starts.patience, after: search.starts)))
                let given = (age .>= patience) .& running
                age += 1
                let leaving = arrived .| given
                guard any(leaving) else { return running }
                for lane in 0..<laneCount where leaving[lane] && !search.isFinished {
                    if arrived[lane] { accept(lane, label: labels[lane], &search) } else { note(lane, &search) }
                    refill(lane)
                }
                return running .& .!leaving
            }
            iterations += 1
            if iterations & 63 == 0, cancellation.isRequested { search.wasCancelled = true }
        }
    }

    private func patience(_ first: Int, after starts: Int) -> Int {
        starts <= easyStarts ? first : max(first, min(greatestPatience, first + starts / 32))
    }

    /// Finishes the configuration of a lane that arrived, and keeps it if it is exact and new.
    private func accept(_ lane: Int, label: Int32, _ search: inout Search) {
        var solution = withLane(lane) {
            corrector.correct(
                $0, towards: search.target, positionTolerance: search.options.positionTolerance,
                rotationTolerance: search.options.rotationTolerance)
        }
        guard solution.positionError <= search.options.positionTolerance, solution.rotationError <= search.options.rotationTolerance else { return }
        search.converged += 1
        guard solution.configuration.withUnsafeBufferPointer({ search.collector.insert($0.baseAddress!) }) else { return }
        solution.component = label < 0 ? nil : Int(label)
        search.keep(solution)
    }

    /// How many configurations that were given up are kept in mind.
    private static let nearestCount = 16

    /// Remembers a configuration that was given up, if it is among the nearest so far.
    private func note(_ lane: Int, _ search: inout Search) {
        guard search.solutions.isEmpty else { return }
        let error = solver.positionError[lane] + solver.rotationError[lane]
        let isFull = search.nearest.count == Self.nearestCount
        guard error.isFinite, !isFull || error < search.nearest[Self.nearestCount - 1].error else { return }
        if isFull { search.nearest.removeLast() }
        let place = search.nearest.firstIndex { $0.error > error } ?? search.nearest.endIndex
        let configuration = withLane(lane) { Array(UnsafeBufferPointer(start: $0, count: chain.degreesOfFreedom)) }
        search.nearest.insert((error, configuration), at: place)
    }

    /// The closest approach: the best of the nearest configurations, each brought as near as it can be.
    private func closest(_ search: Search) -> Solution? {
        search.nearest.map { candidate in
            corrector.approach(
                search.target, from: candidate.configuration, followsRotation: search.options.rotationTolerance.isFinite)
        }.min { $0.squaredError < $1.squaredError }
    }

    private func withLane<Result>(_ lane: Int, _ body: (UnsafePointer<Double>) -> Result) -> Result {
        let n = chain.degreesOfFreedom
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(n, 1)) { memory in
            for i in 0..<n { memory[i] = Double(solver.q[i][lane]) }
            return body(memory.baseAddress!)
        }
    }
}
