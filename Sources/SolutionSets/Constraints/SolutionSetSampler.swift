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

    private let chain: LaneChain
    private let dimension: Int
    private let constraints: PoseConstraints
    private let followsRotation: Bool
    private let tangents: Int
    private let isUnlimited: [Bool]
    private let hasUnlimited: Bool
    /// The squared distance, in deviations, beyond which a chart's density counts as zero: less than 3e-6 of its samples lie there.
    private let reach: Lanes
    private let memory = Registers()
    private let registers: UnsafeMutablePointer<Lanes>
    private let x: UnsafeMutablePointer<Lanes>
    private let jacobian: UnsafeMutablePointer<Lanes>
    private let normal: UnsafeMutablePointer<Lanes>
    private let frame: UnsafeMutablePointer<Lanes>
    private let scratch: UnsafeMutablePointer<Lanes>

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
        let goal = LaneFrame(target)
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

    /// Squared errors, m² and rad², from which on a candidate is not on the set: 8 µm and 24 µrad.
    private static let greatestPositionSquare: Float = 6e-11
    private static let greatestRotationSquare: Float = 6e-10
    /// The least √det(J·Jᵀ) of a candidate; those nearer to a singularity are left out.
    private static let leastVolume: Float = 1e-6
    /// The least density of all charts together at a candidate that one of them drew.
    private static let leastDensity: Float = 1e-20

    /// Draws sixteen candidates of a chart into ``x``; returns their weights, zero for those that left the limits or the chart.
    private func candidates(
        of chart: ChartTable.Row, goal: LaneFrame, charts: [ChartTable.Row], fractions: [Lanes], using random: inout LaneRandom
    ) -> Lanes {
        draw(chart, using: &random)
        approach(goal, chart)
        let distance = settle(goal)
        var isSound = (distance.position .< Self.greatestPositionSquare) .& (distance.rotation .< Self.greatestRotationSquare)
        var volume = Lanes(repeating: 1)
        for i in 0..<constraints.count { volume *= normal[triangleIndex(i, i)] }
        isSound = isSound .& (volume .> Self.leastVolume)
        for i in 0..<dimension {
            if isUnlimited[i] { x[i] = x[i].wrapped(around: .zero) } else {
                isSound = isSound .& (x[i] .>= chain.lower[i]) .& (x[i] .<= chain.upper[i])
            }
        }
        guard any(isSound) else { return .zero }
        span(chart)
        var density = Lanes.zero
        for (other, fraction) in zip(charts, fractions) { density = density.fma(fraction, self.density(of: other)) }
        // The chart itself may have left the candidate out by its gate.
        isSound = isSound .& (density .> Self.leastDensity)
        return Lanes.zero.replacing(with: 1 / (volume * density), where: isSound)
    }

    /// x = m + N·(t̄ + C·z).
    private func draw(_ chart: ChartTable.Row, using random: inout LaneRandom) {
        let z = scratch, r = tangents
        random.fillNormals(z, count: r)
        for i in 0..<dimension { x[i] = Lanes(repeating: chart.anchor[i]) }
        for k in 0..<r {
            var t = Lanes(repeating: chart.mean[k])
            for l in 0...k { t = t.fma(z[l], Lanes(repeating: chart.spread[triangleIndex(k, l)])) }
            for i in 0..<dimension { x[i] = x[i].fma(t, Lanes(repeating: chart.basis[k * dimension + i])) }
        }
    }

    /// The most chord steps that a candidate is given, and the squared errors, m² and rad², from which Newton's step takes over.
    private static let chordSteps = 12
    private static let chordPositionSquare: Float = 1e-7
    private static let chordRotationSquare: Float = 1e-6

    /// Steps towards the pose along the row space of the Jacobian at the anchor, which leaves the tangent coordinates as they are.
    private func approach(_ goal: LaneFrame, _ chart: ChartTable.Row) {
        for _ in 0..<Self.chordSteps {
            let difference = chain.forward(x).difference(to: goal)
            let rotation = followsRotation ? difference.rotationSquare : .zero
            // A lane that diverges is given up; it does not hold up the others.
            let isFar = ((difference.positionSquare .> Self.chordPositionSquare) .| (rotation .> Self.chordRotationSquare)) .& (difference.positionSquare .< 1) .& (rotation .< 1)
            guard any(isFar) else { return }
            let e = scratch
            load(difference, into: e)
            for i in 0..<dimension {
                let row = i * constraints.count
                var change = e[0] * chart.correction[row]
                for k in 1..<max(constraints.count, 1) { change = change.fma(e[k], Lanes(repeating: chart.correction[row + k])) }
                x[i] += change
            }
        }
    }

    /// The error along the constraints.
    @inline(__always)
    private func load(_ difference: LaneDifference, into e: UnsafeMutablePointer<Lanes>) {
        (e[0], e[1], e[2], e[3], e[4], e[5]) = difference.components
        constraints.project(e)
    }

    /// The longest change of a joint in Newton's step, rad or m.
    private static let longestMove: Float = 0.1

    /// A Newton step to the pose, which leaves the Cholesky factor of J·Jᵀ in ``normal``; returns the squared errors that are left.
    private func settle(_ goal: LaneFrame) -> (position: Lanes, rotation: Lanes) {
        let m = constraints.count
        let difference = chain.forward(x, jacobian: jacobian).difference(to: goal)
        for i in 0..<triangleCount(m) { normal[i] = .zero }
        for joint in 0..<dimension {
            let c = jacobian + 6 * joint
            constraints.project(c)
            for i in 0..<m {
                for j in 0...i { normal[triangleIndex(i, j)] = normal[triangleIndex(i, j)].fma(c[i], c[j]) }
            }
        }
        PackedTriangle.factorise(m, normal, least: Lanes(repeating: 1e-12))
        let y = scratch
        load(difference, into: y)
        PackedTriangle.solve(m, normal, y)
        PackedTriangle.solveTransposed(m, normal, y)
        for joint in 0..<dimension {
            let c = jacobian + 6 * joint
            var change = c[0] * y[0]
            for i in 1..<m { change = change.fma(c[i], y[i]) }
            x[joint] += change.limited(from: Lanes(repeating: -Self.longestMove), to: Lanes(repeating: Self.longestMove))
        }
        let after = chain.forward(x).difference(to: goal)
        return (after.positionSquare, followsRotation ? after.rotationSquare : .zero)
    }

    /// An orthonormal basis of the tangent space at ``x`` into ``frame``: the chart's own, projected.
    private func span(_ chart: ChartTable.Row) {
        let n = dimension, m = constraints.count, y = scratch
        for k in 0..<tangents {
            let v = frame + k * n
            for i in 0..<m { y[i] = .zero }
            for joint in 0..<n {
                v[joint] = Lanes(repeating: chart.basis[k * n + joint])
                for i in 0..<m { y[i] = y[i].fma(jacobian[6 * joint + i], v[joint]) }
            }
            PackedTriangle.solve(m, normal, y)
            PackedTriangle.solveTransposed(m, normal, y)
            for joint in 0..<n {
                for i in 0..<m { v[joint] = v[joint].fnma(jacobian[6 * joint + i], y[i]) }
            }
            for other in 0..<k {
                let w = frame + other * n
                var along = Lanes.zero
                for joint in 0..<n { along = along.fma(v[joint], w[joint]) }
                for joint in 0..<n { v[joint] = v[joint].fnma(along, w[joint]) }
            }
            var square = Lanes.zero
            for joint in 0..<n { square = square.fma(v[joint], v[joint]) }
            let inverse = 1 / square.maximum(Lanes(repeating: 1e-12)).squareRoot()
            for joint in 0..<n { v[joint] *= inverse }
        }
    }

    /// Farther from its anchor than this, rad, a chart has no density worth a look: five of its greatest deviations along the set, and the gate across it.
    private static let reachOfCharts: Float = 4

    /// The density g of a chart at ``x``; zero beyond its gate.
    private func density(of chart: ChartTable.Row) -> Lanes {
        let n = dimension, r = tangents, d = scratch, t = scratch + n
        var square = Lanes.zero
        for i in 0..<n {
            var difference = x[i] - chart.anchor[i]
            if hasUnlimited, isUnlimited[i] { difference = difference.wrapped(around: .zero) }
            d[i] = difference
            square = square.fma(difference, difference)
        }
        guard any(square .< Self.reachOfCharts * Self.reachOfCharts) else { return .zero }
        var along = Lanes.zero
        for k in 0..<r {
            var sum = Lanes.zero
            for i in 0..<n { sum = sum.fma(d[i], Lanes(repeating: chart.basis[k * n + i])) }
            t[k] = sum
            along = along.fma(sum, sum)
        }
        let isInside = (square - along) .< Lanes(repeating: SolutionChart.gate * SolutionChart.gate)
        guard any(isInside) else { return .zero }
        var energy = Lanes.zero
        for k in 0..<r {
            var z = Lanes.zero
            for l in 0...k { z = z.fma(t[l] - chart.mean[l], Lanes(repeating: chart.inverseSpread[triangleIndex(k, l)])) }
            energy = energy.fma(z, z)
        }
        let isNear = isInside .& (energy .< reach)
        guard any(isNear) else { return .zero }
        let value = (Lanes(repeating: chart.logNormaliser) - 0.5 * energy).exponential * turn(chart)
        return Lanes.zero.replacing(with: value, where: isNear)
    }

    /// |det(Nᵀ·N_x)|.
    private func turn(_ chart: ChartTable.Row) -> Lanes {
        let n = dimension, r = tangents, a = scratch + 2 * n + 8
        for k in 0..<r {
            for l in 0..<r {
                var sum = Lanes.zero
                for i in 0..<n { sum = sum.fma(frame[l * n + i], Lanes(repeating: chart.basis[k * n + i])) }
                a[k * r + l] = sum
            }
        }
        // Elimination without exchanges: the matrix is near a rotation wherever the density matters.
        var determinant = Lanes(repeating: 1)
        for k in 0..<r {
            let pivot = a[k * r + k]
            determinant *= pivot
            let magnitude = pivot.maximum(-pivot).maximum(Lanes(repeating: 1e-6))
            let safe = magnitude.replacing(with: -magnitude, where: pivot .< 0)
            for i in k + 1..<max(r, k + 1) {
                let factor = a[i * r + k] / safe
                for j in k..<r { a[i * r + j] = a[i * r + j].fnma(factor, a[k * r + j]) }
            }
        }
        return determinant.maximum(-determinant)
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
