import Numerics

/// Configurations that follow a path of poses, sixteen tracks a group: what ``LaneTracker`` chooses from.
///
/// A track begins at a solution of some pose and is carried forwards and backwards, each pose's configuration being the one that the damped steps of
/// ``LaneSolver`` reach from its neighbour's: nearly the least motion that follows the tip. Where a track is *attracted*, it is moved within what the
/// pose leaves free towards a configuration.
final class LaneTracks {
    /// Where configurations of a group tend to; one register per variable.
    typealias Attractor = [Lanes]

    let poses: [Pose]
    let variables: Int
    private let solver: LaneSolver
    private let checker: (any ConfigurationChecker)?
    private let isWrapped: [Bool]
    @inline(__always) func wraps(_ variable: Int) -> Bool { isWrapped[variable] }
    private let tolerance: (position: Float, rotation: Float)
    private let frames: [LaneFrame]
    private let registers = Registers()
    /// A group's configurations: a register per variable, pose by pose.
    private(set) var groups: [UnsafeMutablePointer<Lanes>] = []
    /// A group's costs: 0 where a configuration reaches its pose and keeps clear, infinite where not; a register per pose.
    private(set) var costs: [[Lanes]] = []

    /// Steps until a pose is reached, at most, and how far an attracted configuration is moved from pose to pose, rad or m.
    private static let greatestIterations = 8
    private static let pull: Float = 0.03

    init(_ chain: Chain, _ poses: [Pose], _ options: TrackOptions) {
        self.poses = poses
        variables = chain.degreesOfFreedom
        solver = LaneSolver(LaneChain(chain))
        solver.followsRotation = options.rotationTolerance.isFinite
        checker = options.preferences.screen?.makeChecker()
        isWrapped = chain.variables.map { $0.kind == .continuous }
        let farthest = poses.reduce(0) { max($0, $1.position.length) }
        let position = Float(max(min(options.positionTolerance, 1e-3), max(2e-5, 1e-6 * farthest)))
        let rotation = Float(max(min(options.rotationTolerance, 1e-2), 1e-4))
        tolerance = (position * position, rotation * rotation)
        frames = poses.map { LaneFrame($0) }
    }

    /// Carries up to sixteen solutions of a pose along the whole path.
    ///
    /// - Parameters:
    ///   - seeds: 1 to 16 solutions.
    ///   - attractor: what tracks are moved towards; nil: nothing.
    func add(_ seeds: ArraySlice<[Double]>, at anchor: Int, attractor: Attractor? = nil) {
        let group = registers.take(poses.count * variables, repeating: Lanes.zero)
        groups.append(group)
        var cost = [Lanes](repeating: Lanes(repeating: .infinity), count: poses.count)
        let first = group + anchor * variables
        var alive = Lanes.zero .< 0
        for lane in 0..<laneCount {
            let seed = seeds[seeds.startIndex + min(lane, seeds.count - 1)]
            for i in 0..<variables { first[i][lane] = Float(seed[i]) }
            alive[lane] = lane < seeds.count
        }
        cost[anchor] = measured(first, alive)
        carry(group, &cost, alive, from: anchor, by: 1, attractor)
        carry(group, &cost, alive, from: anchor, by: -1, attractor)
        costs.append(cost)
    }

    private func carry(
        _ group: UnsafeMutablePointer<Lanes>, _ cost: inout [Lanes], _ alive: LaneMask, from anchor: Int, by step: Int, _ attractor: Attractor?
    ) {
        var alive = alive
        for i in 0..<variables { solver.q[i] = group[anchor * variables + i] }
        var index = anchor + step
        while poses.indices.contains(index), any(alive) {
            if let attractor { pull(towards: attractor) }
            solver.target = frames[index]
            let reached = reach(alive)
            alive = alive .& reached
            let q = group + index * variables
            for i in 0..<variables { q[i] = solver.q[i] }
            cost[index] = measured(q, alive)
            index += step
        }
    }

    private func pull(towards attractor: Attractor) {
        let most = Lanes(repeating: Self.pull)
        for i in 0..<variables {
            let way = attractor[i] - solver.q[i]
            solver.q[i] += (isWrapped[i] ? way.wrapped : way).limited(from: -most, to: most)
        }
    }

    /// Steps until all lanes that are alive have reached the target, or give up.
    private func reach(_ alive: LaneMask) -> LaneMask {
        var reached = Lanes.zero .< 0
        for _ in 0..<Self.greatestIterations {
            solver.iterate {
                reached = (solver.positionError .<= tolerance.position) .& (solver.rotationError .<= tolerance.rotation)
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

    /// The configuration of a track at a pose.
    func configuration(_ node: Int, at pose: Int) -> [Double] {
        let q = groups[node / laneCount] + pose * variables
        return (0..<variables).map { Double(q[$0][node % laneCount]) }
    }

    /// The first pose without a configuration.
    var gap: Int? { poses.indices.first { pose in costs.allSatisfy { all($0[pose] .> 0) } } }

    /// How many configurations there are for a pose, the mean.
    var density: Double {
        let count = costs.reduce(0) { $0 + $1.reduce(0) { sum, cost in sum + (0..<laneCount).count { cost[$0] == 0 } } }
        return Double(count) / Double(max(poses.count, 1))
    }
}
