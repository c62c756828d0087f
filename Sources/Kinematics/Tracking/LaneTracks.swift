import Numerics

/// Configurations that follow a path of targets, sixteen tracks a group: what ``LaneTracker`` chooses from.
///
/// A track begins at a solution of some target and is carried forwards and backwards, each target's configuration being the one that the damped steps of
/// a ``SearchProblem`` reach from its neighbour's: nearly the least motion that follows the tip. Where a track is *attracted*, it is moved within what
/// the target leaves free towards a configuration.
final class LaneTracks<Problem: SearchProblem> {
    /// Where configurations of a group tend to; one register a variable.
    typealias Attractor = [Lanes]

    /// The number of targets.
    let count: Int
    let variables: Int
    private let problem: Problem
    /// Has the problem ask for a target.
    private let ask: (Int) -> Void
    private let checker: (any ConfigurationChecker)?
    private let isWrapped: [Bool]
    @inline(__always) func wraps(_ variable: Int) -> Bool { isWrapped[variable] }
    /// How near single precision is to come.
    private let arrival: SearchOptions
    private let registers = Registers()
    /// A group's configurations: a register a variable, target by target.
    private(set) var groups: [UnsafeMutablePointer<Lanes>] = []
    /// A group's costs: 0 where a configuration reaches its target and keeps clear, infinite where not; a register a target.
    private(set) var costs: [[Lanes]] = []

    /// Steps until a target is reached, at most, and how far an attracted configuration is moved from target to target, rad or m.
    private static var greatestIterations: Int { 8 }
    private static var pull: Float { 0.03 }

    /// - Parameters:
    ///   - problem: of scale 1.
    ///   - ask: has the problem ask for a target, by its index.
    init(_ problem: Problem, count: Int, _ options: TrackOptions, ask: @escaping (Int) -> Void) {
        self.problem = problem
        self.count = count
        self.ask = ask
        variables = problem.space.variables.count
        checker = options.preferences.screen?.makeChecker()
        isWrapped = problem.space.variables.map { $0.kind == .continuous }
        arrival = SearchOptions(positionTolerance: min(options.positionTolerance, 1e-3), rotationTolerance: min(options.rotationTolerance, 1e-2))
    }

    /// Carries up to sixteen solutions of a target along the whole path.
    ///
    /// - Parameters:
    ///   - seeds: 1 to 16 solutions.
    ///   - attractor: what tracks are moved towards; nil: nothing.
    ///   - limit: where it stops the tracks, they end.
    func add(_ seeds: ArraySlice<[Double]>, at anchor: Int, attractor: Attractor? = nil, limit: SearchLimit) {
        let group = registers.take(count * variables, repeating: Lanes.zero)
        groups.append(group)
        var cost = [Lanes](repeating: Lanes(repeating: .infinity), count: count)
        let first = group + anchor * variables
        var alive = Lanes.zero .< 0
        for lane in 0..<laneCount {
            let seed = seeds[seeds.startIndex + min(lane, seeds.count - 1)]
            for i in 0..<variables { first[i][lane] = Float(seed[i]) }
            alive[lane] = lane < seeds.count
        }
        cost[anchor] = measured(first, alive)
        carry(group, &cost, alive, from: anchor, by: 1, attractor, limit)
        carry(group, &cost, alive, from: anchor, by: -1, attractor, limit)
        costs.append(cost)
    }

    private func carry(
        _ group: UnsafeMutablePointer<Lanes>, _ cost: inout [Lanes], _ alive: LaneMask, from anchor: Int, by step: Int, _ attractor: Attractor?,
        _ limit: SearchLimit
    ) {
        var alive = alive
        for i in 0..<variables { problem.q[i] = group[anchor * variables + i] }
        var index = anchor + step
        while (0..<count).contains(index), any(alive) {
            if index & 63 == 0, limit.stop != nil { return }
            if let attractor { pull(towards: attractor) }
            ask(index)
            let reached = reach(alive)
            alive = alive .& reached
            let q = group + index * variables
            for i in 0..<variables { q[i] = problem.q[i] }
            cost[index] = measured(q, alive)
            index += step
        }
    }

    private func pull(towards attractor: Attractor) {
        let most = Lanes(repeating: Self.pull)
        for i in 0..<variables {
            let way = attractor[i] - problem.q[i]
            problem.q[i] += (isWrapped[i] ? way.wrapped : way).limited(from: -most, to: most)
        }
    }

    /// Steps until all lanes that are alive have reached the target, or give up.
    private func reach(_ alive: LaneMask) -> LaneMask {
        var reached = Lanes.zero .< 0
        let problem = problem, tolerance = problem.arrival(arrival)
        for _ in 0..<Self.greatestIterations {
            problem.iterate {
                reached = (problem.positionSquare .<= tolerance.position) .& (problem.rotationSquare .<= tolerance.rotation)
                return alive .& .!reached
            }
            if !any(alive .& .!reached) { break }
        }
        return reached
    }

    /// 0 where a configuration is alive and keeps clear, infinite where not.
    private func measured(_ q: UnsafePointer<Lanes>, _ alive: LaneMask) -> Lanes {
        var isGood = alive
        if let checker { isGood = isGood .& (checker.clearances(q) .> 0) }
        return Lanes(repeating: .infinity).replacing(with: Lanes.zero, where: isGood)
    }

    /// The configuration of a track at a target.
    func configuration(_ node: Int, at target: Int) -> [Double] {
        let q = groups[node / laneCount] + target * variables
        return (0..<variables).map { Double(q[$0][node % laneCount]) }
    }

    /// The first target without a configuration.
    var gap: Int? { (0..<count).first { target in costs.allSatisfy { all($0[target] .> 0) } } }

    /// How many configurations there are for a target, the mean.
    var density: Double {
        let sum = costs.reduce(0) { $0 + $1.reduce(0) { sum, cost in sum + (0..<laneCount).count { cost[$0] == 0 } } }
        return Double(sum) / Double(max(count, 1))
    }
}
