import Kinematics
import Numerics

/// The exact conditional distribution of uniform joints given the pose of the tip, sampled on the solution set.
///
/// With x uniform in the joint limits and c = FK(x), the co-area formula gives p(x|c) on the set of solutions the density
/// 1/√det(J·Jᵀ) with respect to its own volume. How the set is sampled depends on its dimension r:
///
/// - r = 0: all solutions that a multi-start search finds, weighted by 1/√det(J·Jᵀ) (1/√det(Jᵀ·J) below six joints).
/// - r = 1: the set is a union of arcs. Multi-start solutions are the seeds from which all of them are traced to the limits; points
///   are drawn by mass along them.
/// - r > 1: r − 1 joints are drawn uniformly (evenly, by a shifted lattice), the first ones if the others can then still move the tip in all
///   directions (``TaskRows/held``), which leaves the case before for the rest of the chain. By Fubini's
///   theorem p(u, s|c) ∝ p(u)/√det(J'·J'ᵀ), with J' the Jacobian of the rest and s the arc length of its curve, so every such slice enters with the mass
///   of its arcs.
///
/// Nothing but the finite number of seeds and slices, and the step along the arcs, is approximate.
///
/// A value owns its workspace: use one per thread.
public final class ExactConditional {
    /// How hard the solution set is searched for.
    public struct Effort: Sendable {
        /// Searches that end on the set, from which arcs are traced or, for r = 0, solutions are collected.
        public var seeds = 256
        /// The same for each slice.
        public var sliceSeeds = 24
        /// Slices that meet the set, and the most that are tried.
        public var slices = 240
        public var greatestSlices = 4000

        /// The usual settings.
        public init() {}
    }

    fileprivate enum Support {
        case points([[Double]])
        case slices([Slice])
    }

    /// A part of the solution set with the first joints held.
    fileprivate struct Slice {
        var curve: SolutionCurve
        /// Values by the variables' indices.
        var held: [Int: Double]
        var arcs: [Arc]
        /// Arc, node and the mass up to the end of the stretch that begins there.
        var stretches: [(arc: Int, node: Int)]
        var cumulative: [Double]

        var mass: Double { cumulative.last ?? 0 }
    }

    public let chain: Chain
    public let target: Pose
    /// The dimension of the solution set.
    public let redundancy: Int
    private var support: Support
    /// Cumulative masses of the points or the slices.
    private var cumulative: [Double] = []

    /// Explores the solution set of a pose.
    ///
    /// - Parameters:
    ///   - followsRotation: false where only the position is asked for.
    ///   - stream: draws the starts and the slices; it advances.
    public init(
        _ chain: Chain, target: Pose, followsRotation: Bool = true, effort: Effort = Effort(), using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) {
        self.chain = chain
        self.target = target
        let task = TaskRows(chain, followsRotation: followsRotation)
        redundancy = task.redundancy
        support = .points([])
        let search = Search(target: target, followsRotation: followsRotation, rows: task.rows, cancellation: cancellation)
        if redundancy <= 0 {
            var solutions = search.solutions(of: chain, count: 64, restarts: 8 * effort.seeds, distance: 0.01, using: &stream)
            // Nearly singular solutions are found by few starts, and have the greatest weights.
            if solutions.contains(where: { $0.manipulability < Self.leastEasyManipulability }) {
                solutions = search.solutions(of: chain, count: 64, restarts: 32 * effort.seeds, distance: 0.01, using: &stream)
            }
            // Some poses are hard to find at all.
            if solutions.isEmpty { solutions = search.solutions(of: chain, count: 1, restarts: 256 * effort.seeds, distance: 0.01, using: &stream) }
            support = .points(solutions.map(\.configuration))
            accumulate(solutions.map { 1 / max($0.manipulability, 1e-12) })
        } else {
            let slices = redundancy == 1
                ? [search.slice(of: chain, held: [:], seeds: effort.seeds, using: &stream)].compactMap(\.self)
                : search.slices(of: chain, holding: task.held, effort: effort, using: &stream)
            support = .slices(slices)
            accumulate(slices.map(\.mass))
        }
    }

    /// Below this, in m³·rad³ for six joints, a solution tells of others that are hard to find.
    private static let leastEasyManipulability = 1e-3

    private func accumulate(_ masses: [Double]) {
        var total = 0.0
        cumulative = masses.map { total += $0; return total }
    }

    /// Whether no solution was found.
    public var isEmpty: Bool { !((cumulative.last ?? 0) > 0) }

    /// How many arcs were traced, in all slices, and their length together, in rad (or m); nil where the solutions are isolated.
    public var arcs: (count: Int, length: Double)? {
        guard case .slices(let slices) = support else { return nil }
        return slices.reduce((0, 0)) { sum, slice in
            (sum.0 + slice.arcs.count, sum.1 + slice.arcs.reduce(0) { $0 + $1.length })
        }
    }

    /// Independent draws; none where there is no solution.
    ///
    /// - Returns: a count × D matrix, rad or m; fewer rows after a cancellation.
    public func sample(_ count: Int, using stream: inout RandomStream, cancellation: Cancellation = .never) -> Matrix {
        var elements: [Double] = []
        elements.reserveCapacity(count * chain.degreesOfFreedom)
        guard !isEmpty else { return Matrix(rows: 0, columns: chain.degreesOfFreedom) }
        for _ in 0..<count where !cancellation.isRequested { elements += draw(using: &stream) }
        return Matrix(rows: elements.count / chain.degreesOfFreedom, columns: chain.degreesOfFreedom, elements: elements)
    }

    private func draw(using stream: inout RandomStream) -> [Double] {
        var last: [Double] = []
        // A point drawn near the end of an arc may leave the limits when it is brought onto the curve; another is drawn then.
        for _ in 0..<20 {
            let index = cumulative.place(of: stream.uniform() * cumulative.last!)
            switch support {
            case .points(let points): return points[index]
            case .slices(let slices):
                last = slices[index].draw(using: &stream)
                if chain.contains(last, tolerance: 1e-9) { return last }
            }
        }
        return last
    }
}

extension ExactConditional.Slice {
    fileprivate init(_ curve: SolutionCurve, held: [Int: Double], arcs: [Arc]) {
        self.curve = curve
        self.held = held
        self.arcs = arcs
        stretches = []
        cumulative = []
        var total = 0.0
        for (index, arc) in arcs.enumerated() {
            for (node, mass) in arc.masses.enumerated() {
                total += mass
                stretches.append((index, node))
                cumulative.append(total)
            }
        }
    }

    fileprivate func draw(using stream: inout RandomStream) -> [Double] {
        let (arc, node) = stretches[cumulative.place(of: stream.uniform() * mass)]
        let share = stream.uniform()
        let (a, b) = (arcs[arc].nodes[node], arcs[arc].nodes[node + 1])
        var q = zip(a, b).map { $0 + share * ($1 - $0) }
        _ = curve.correct(&q)
        let free = curve.chain.wrapped(q)
        var next = 0
        return (0..<held.count + free.count).map { variable in
            if let value = held[variable] { return value }
            defer { next += 1 }
            return free[next]
        }
    }
}

extension [Double] {
    /// The first place whose cumulative value lies above a number, by bisection; the last where none does.
    fileprivate func place(of value: Double) -> Int {
        var low = 0, high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Looks for seeds and slices of one pose.
private struct Search {
    let target: Pose
    let followsRotation: Bool
    let rows: [Int]
    let cancellation: Cancellation

    func solutions(of chain: Chain, count: Int, restarts: Int, distance: Double, using stream: inout RandomStream) -> [Solution] {
        let options = SearchOptions(
            count: count, positionTolerance: 1e-6, rotationTolerance: followsRotation ? 1e-6 : .infinity, restarts: restarts,
            minimumDistance: distance, findsClosest: false)
        return InverseKinematics(chain).solve(target, options: options, using: &stream, cancellation: cancellation).solutions
    }

    /// The arcs of a chain whose solutions are curves; nil where it cannot reach the pose.
    func slice(of chain: Chain, held: [Int: Double], seeds: Int, using stream: inout RandomStream) -> ExactConditional.Slice? {
        // A chain that nothing reaches the pose with at first is given up early.
        var found = solutions(of: chain, count: seeds, restarts: 4 * seeds, distance: 1e-3, using: &stream)
        guard !found.isEmpty else { return nil }
        if found.count < seeds {
            found += solutions(of: chain, count: seeds - found.count, restarts: 12 * seeds, distance: 1e-3, using: &stream)
        }
        let curve = SolutionCurve(chain, target: target, rows: rows)
        let slice = ExactConditional.Slice(curve, held: held, arcs: ArcTracer(curve: curve).arcs(through: found.map(\.configuration)))
        return slice.mass > 0 ? slice : nil
    }

    /// Slices with some joints held at uniform values.
    func slices(
        of chain: Chain, holding joints: [Int], effort: ExactConditional.Effort, using stream: inout RandomStream
    ) -> [ExactConditional.Slice] {
        var slices: [ExactConditional.Slice] = []
        var places = EvenPlaces(dimension: joints.count, using: &stream)
        for _ in 0..<effort.greatestSlices where slices.count < effort.slices && !cancellation.isRequested {
            let values = zip(joints, places.next()).map { joint, share in
                (joint, chain.variables[joint].lower + (chain.variables[joint].upper - chain.variables[joint].lower) * share)
            }
            let held = Dictionary(uniqueKeysWithValues: values), rest = chain.holding(held).chain
            if let slice = slice(of: rest, held: held, seeds: effort.sliceSeeds, using: &stream) { slices.append(slice) }
        }
        return slices
    }
}

/// Points that fill the unit cube more evenly than independent ones, each of them uniform: an additive recurrence with the powers of
/// a generalised golden ratio (Roberts, 2018), from a random start (Cranley and Patterson, 1976).
private struct EvenPlaces {
    private var place: [Double]
    private let step: [Double]

    init(dimension: Int, using stream: inout RandomStream) {
        // The root above one of x^(d+1) = x + 1.
        var ratio = 2.0
        for _ in 0..<60 { ratio = Elementary.exp(Elementary.log(1 + ratio) / Double(dimension + 1)) }
        step = (1...max(dimension, 1)).map { Elementary.exp(-Double($0) * Elementary.log(ratio)) }
        place = step.map { _ in stream.uniform() }
    }

    mutating func next() -> [Double] {
        for i in place.indices {
            place[i] += step[i]
            if place[i] >= 1 { place[i] -= 1 }
        }
        return place
    }
}
