import Kinematics
import Mixtures
import Numerics

/// Samples that follow the exact conditional distribution of configurations at a pose, by sampling importance resampling.
///
/// Of configurations uniform within the limits, those that reach a pose have the density 1/√det(J·Jᵀ) with respect to the volume of the
/// solution set (the co-area formula). Candidates are drawn from charts (``SolutionChart``), as many from each as its share says, brought
/// to the pose by chord steps across the set, and weighted by
///
///     w = 1/(√det(J·Jᵀ) · Σ_o α_o·g_o(x)),        α_o the fraction of all candidates that chart o drew
///
/// (the balance heuristic of Veach and Guibas, 1995). Weights are truncated (Ionides, 2008) and samples chosen from the candidates by
/// systematic resampling. The charts are the components of a mixture, and some around solutions that uniform starts lead to,
/// so that a mode which the network missed is found all the same.
package final class SolutionSetSampler {
    /// What a call found besides its samples.
    package struct Outcome {
        /// `count × D` joint values.
        package var rows: [Float]
        /// (Σw)²/Σw², the effective sample size of the candidates.
        package var effectiveSize: Double
        package var candidates: Int
    }

    let chain: LaneChain
    let dimension: Int
    let constraints: PoseConstraints
    let followsRotation: Bool
    let tangents: Int
    let isUnlimited: [Bool]
    let hasUnlimited: Bool
    /// The squared distance, in deviations, beyond which a chart's density counts as zero: less than 3e-6 of its samples lie there.
    let reach: Lanes
    private let memory = Registers()
    private let registers: UnsafeMutablePointer<Lanes>
    /// Sixteen candidates, the Jacobian and the Cholesky factor of J·Jᵀ there, the tangents, and what else is computed on the way.
    let x: UnsafeMutablePointer<Lanes>
    let jacobian: UnsafeMutablePointer<Lanes>
    let normal: UnsafeMutablePointer<Lanes>
    let frame: UnsafeMutablePointer<Lanes>
    let scratch: UnsafeMutablePointer<Lanes>

    /// - Parameter followsRotation: whether the orientation counts.
    /// - Precondition: the chain has more joints than there are constraints.
    package init(_ chain: LaneChain, constraints: PoseConstraints, followsRotation: Bool) {
        self.chain = chain
        self.constraints = constraints
        self.followsRotation = followsRotation
        dimension = chain.degreesOfFreedom
        tangents = dimension - constraints.count
        let isUnlimited = (0..<dimension).map { chain.isUnlimited($0) }
        self.isUnlimited = isUnlimited
        hasUnlimited = isUnlimited.contains(true)
        reach = Lanes(repeating: 22 + 2.5 * Float(tangents))
        precondition(tangents > 0, "the solution set of a pose has no dimension")
        let count = dimension + 6 * dimension + triangleCount(6) + tangents * dimension + 2 * dimension + 8 + tangents * tangents
        registers = memory.take(count, repeating: .zero)
        x = registers
        jacobian = x + dimension
        normal = jacobian + 6 * dimension
        frame = normal + triangleCount(6)
        scratch = frame + tangents * dimension
    }

    /// - Parameters:
    ///   - charts: where candidates come from; their shares need not sum to one.
    ///   - pool: how many candidates are drawn, at least; the charts' parts are rounded up to whole registers.
    ///   - addition: makes a chart around a solution; used where a first, small pool shows that the charts miss something.
    package func sample(
        _ charts: [SolutionChart], target: Pose, count: Int, pool: Int, using stream: inout RandomStream,
        addition: (_ anchor: [Double], _ share: Double) -> SolutionChart?
    ) -> Outcome {
        var random = LaneRandom(using: &stream)
        let goal = chain.frame(of: target)
        let pilot = drawPool(charts, goal: goal, count: Self.pilotCount, using: &random)
        let final = drawPool(extend(charts, after: pilot, by: addition), goal: goal, count: pool, using: &random)
        return resample(final, count: count, using: &stream)
    }

    /// Candidates of the first pool.
    private static let pilotCount = 768
    /// A candidate of the first pool asks for a chart of its own where its weight is so many times the average; charts that are added lie
    /// so far from each other, rad, and are so many at most.
    private static let excess = 3.0
    private static let separation: Float = 0.35
    private static let mostAdditions = 16

    /// Weighted candidates.
    private struct Pool {
        var rows: [Float]
        var weights: [Float]
    }

    private func drawPool(_ charts: [SolutionChart], goal: LaneFrame, count: Int, using random: inout LaneRandom) -> Pool {
        let total = charts.reduce(0) { $0 + $1.share }
        let groups = charts.map { max(1, Int((Double(count) * $0.share / total / Double(laneCount)).rounded())) }
        let drawn = groups.reduce(0, +) * laneCount
        let fractions = groups.map { Lanes(repeating: Float($0 * laneCount) / Float(drawn)) }
        var rows = [Float](repeating: 0, count: drawn * dimension), weights = [Float](repeating: 0, count: drawn)
        let table = ChartTable(charts, layout: ChartLayout(dimension: dimension, tangents: tangents, constraints: constraints.count))
        var next = 0
        for (chart, groupCount) in zip(table.rows, groups) {
            for _ in 0..<groupCount {
                let weight = candidates(of: chart, goal: goal, charts: table.rows, fractions: fractions, using: &random)
                for lane in 0..<laneCount {
                    weights[next] = weight[lane]
                    for i in 0..<dimension { rows[next * dimension + i] = x[i][lane] }
                    next += 1
                }
            }
        }
        return Pool(rows: rows, weights: weights)
    }

    /// Adds charts around candidates whose weights are far above the average: there the charts propose too little.
    private func extend(
        _ charts: [SolutionChart], after pool: Pool, by addition: ([Double], Double) -> SolutionChart?
    ) -> [SolutionChart] {
        let total = pool.weights.reduce(0.0) { $0 + Double($1) }
        guard total > 0, total.isFinite else { return charts }
        let threshold = Float(Self.excess * total / Double(pool.weights.count))
        let heavy = pool.weights.indices.filter { pool.weights[$0] > threshold }.sorted { (pool.weights[$0], $1) > (pool.weights[$1], $0) }
        var chosen: [(index: Int, weight: Double)] = []
        for index in heavy {
            if let place = chosen.firstIndex(where: { squaredDistance(pool.rows, $0.index, index) < Self.separation * Self.separation }) {
                chosen[place].weight += Double(pool.weights[index])
            } else if chosen.count < Self.mostAdditions {
                chosen.append((index, Double(pool.weights[index])))
            }
        }
        let shares = charts.reduce(0) { $0 + $1.share }
        return charts + chosen.compactMap { index, weight in
            addition((0..<dimension).map { Double(pool.rows[index * dimension + $0]) }, shares * weight / total)
        }
    }

    private func squaredDistance(_ rows: [Float], _ a: Int, _ b: Int) -> Float {
        var sum: Float = 0
        for i in 0..<dimension {
            let difference = rows[a * dimension + i] - rows[b * dimension + i]
            sum += difference * difference
        }
        return sum
    }

    /// Chooses samples in proportion to truncated weights.
    private func resample(_ pool: Pool, count: Int, using stream: inout RandomStream) -> Outcome {
        let (rows, weights) = (pool.rows, pool.weights)
        let total = weights.reduce(0.0) { $0 + Double($1) }
        let useful = weights.count { $0 > 0 }
        guard total > 0, total.isFinite else { return Outcome(rows: [], effectiveSize: 0, candidates: weights.count) }
        let cap = total / Double(useful).squareRoot()
        var sum = 0.0, squares = 0.0
        let cumulative = weights.map { weight -> Double in
            let value = min(Double(weight), cap)
            sum += value
            squares += value * value
            return sum
        }
        var result = [Float](repeating: 0, count: count * dimension)
        // The order of the samples tells nothing of their charts.
        var order = Array(0..<count)
        order.shuffle(using: &stream)
        let step = sum / Double(max(count, 1)), start = stream.uniform() * step
        var candidate = 0
        for index in 0..<count {
            while candidate < cumulative.count - 1, cumulative[candidate] <= start + Double(index) * step { candidate += 1 }
            for i in 0..<dimension { result[order[index] * dimension + i] = rows[candidate * dimension + i] }
        }
        return Outcome(rows: result, effectiveSize: sum * sum / squares, candidates: weights.count)
    }
}
