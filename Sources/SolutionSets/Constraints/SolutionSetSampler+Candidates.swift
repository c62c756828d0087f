import Kinematics
import Mixtures
import Numerics

// Candidates of a chart, sixteen at a time: drawn along it, brought to the pose across it, and weighted by the densities of all charts.

extension SolutionSetSampler {
    /// Squared errors, m² and rad², from which on a candidate is not on the set: 8 µm and 24 µrad.
    private static let greatestPositionSquare: Float = 6e-11
    private static let greatestRotationSquare: Float = 6e-10
    /// The least √det(J·Jᵀ) of a candidate; those nearer to a singularity are left out.
    private static let leastVolume: Float = 1e-6
    /// The least density of all charts together at a candidate that one of them drew.
    private static let leastDensity: Float = 1e-20

    /// Draws sixteen candidates of a chart into ``x``; returns their weights, zero for those that left the limits or the chart.
    func candidates(
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
}
