import Mixtures
import Numerics

// What every sample says: h = β·log p̃ − log q and its slope dh/dx.
extension PathObjective {
    /// Components whose responsibility is below this at all contexts add nothing to the slope.
    @usableFromInline static let negligibleShare = 1e-7
    /// Log-densities beyond ± this count as infinite.
    @usableFromInline static let greatestLogDensity = 1e25
    /// The greatest magnitude of a coordinate of the density's gradient.
    @usableFromInline static let greatestSlope = 1e15

    /// Replaces the density's gradients by those of h, its values by log p̃ − log q, and writes h.
    @inline(__always)
    func takeResiduals<S: LaneArithmetic>(_ memory: PathMemory<S>, _ summary: inout Summary<S>) {
        // Where the dimension is a literal, the compiler unrolls the loops.
        switch dimension {
        case 1: takeResiduals(1, memory, &summary)
        case 2: takeResiduals(2, memory, &summary)
        case 3: takeResiduals(3, memory, &summary)
        case 4: takeResiduals(4, memory, &summary)
        case 6: takeResiduals(6, memory, &summary)
        case 7: takeResiduals(7, memory, &summary)
        case let n: takeResiduals(n, memory, &summary)
        }
    }

    @inline(__always)
    private func takeResiduals<S: LaneArithmetic>(_ n: Int, _ memory: PathMemory<S>, _ summary: inout Summary<S>) {
        let rest = S(annealsFromPrior ? 1 - temperature : 0)
        for pair in 0..<drawn * pairs {
            let x = UnsafePointer(memory.places + 2 * pair * n), gradient = memory.gradients + 2 * pair * n
            for sample in 2 * pair...2 * pair + 1 {
                accept(n, sample, memory, &summary)
                let place = memory.places + sample * n, g = memory.gradients + sample * n
                var square = S(0.0)
                for i in 0..<n {
                    square = square.fma(place[i], place[i])
                    g[i] = (S(temperature) * g[i]).fnma(rest, place[i])
                }
                memory.residuals[sample] = (S(temperature) * memory.values[sample]).fnma(rest * S(0.5), square)
            }
            let (plus, minus) = leaveMixture(n, x, gradient, memory)
            memory.residuals[2 * pair] = memory.residuals[2 * pair] - plus
            memory.residuals[2 * pair + 1] = memory.residuals[2 * pair + 1] - minus
            memory.values[2 * pair] = memory.values[2 * pair] - plus
            memory.values[2 * pair + 1] = memory.values[2 * pair + 1] - minus
        }
    }

    /// Makes the density's answer at a sample finite: where it vanishes or is undefined it is very low and has no slope.
    @inline(__always)
    private func accept<S: LaneArithmetic>(_ n: Int, _ sample: Int, _ memory: PathMemory<S>, _ summary: inout Summary<S>) {
        let value = memory.values[sample], g = memory.gradients + sample * n
        let bound = S.Number(Self.greatestLogDensity), slope = S.Number(Self.greatestSlope)
        var isFinite = value.isWithin(bound)
        // A slope that is not a number makes the sum one.
        var sum = S(0.0)
        for i in 0..<n { sum = sum.fma(g[i], S(0.0)) }
        isFinite = isFinite * sum.isWithin(1)
        let vanishes = S(1.0).selected(whereNegative: value + S(Self.greatestLogDensity), else: S(0.0))
        summary.vanished = summary.vanished + vanishes
        summary.undefined = summary.undefined + (S(1.0) - isFinite - vanishes).atLeast(S(0.0))
        for i in 0..<n { g[i] = g[i].limited(to: slope) * isFinite }
        memory.values[sample] = (value.limited(to: bound) * isFinite).fnma(S(1.0) - isFinite, S(Self.greatestLogDensity))
    }

    /// A difference of angles in [−1, 1].
    @inline(__always)
    private static func wrapped<S: LaneArithmetic>(_ difference: S) -> S {
        // Added and subtracted, 1.5·2^23 (2^52 in double precision) rounds to whole turns.
        let large = S(MemoryLayout<S.Number>.size == 4 ? 12_582_912.0 : 6_755_399_441_055_744.0)
        return difference.fnma(S(2.0), (S(0.5) * difference + large) - large)
    }

    /// log q at both samples of a pair; adds the gradient of −log q, Σ r_o·A_o·A_oᵀ·(x − m_o), to theirs.
    @inline(__always)
    private func leaveMixture<S: LaneArithmetic>(
        _ n: Int, _ x: UnsafePointer<S>, _ gradient: UnsafeMutablePointer<S>, _ memory: PathMemory<S>
    ) -> (S, S) {
        let k = components, t = triangleCount(n), logarithms = memory.logarithms
        var largest = S(-1e30), other = S(-1e30)
        for o in 0..<k {
            let mean = memory.means + o * n, factor = memory.factors + o * t, z = memory.whitened + 2 * n * o
            var square = S(0.0), otherSquare = S(0.0)
            for i in 0..<n {
                memory.slopes[i] = x[i] - mean[i]
                memory.slopes[n + i] = x[n + i] - mean[i]
            }
            for i in periodic {
                memory.slopes[i] = Self.wrapped(memory.slopes[i])
                memory.slopes[n + i] = Self.wrapped(memory.slopes[n + i])
            }
            for c in 0..<n {
                var a = factor[triangleIndex(c, c)]
                var sum = a * memory.slopes[c], otherSum = a * memory.slopes[n + c]
                for i in c + 1..<max(n, c + 1) {
                    a = factor[triangleIndex(i, c)]
                    sum = sum.fma(a, memory.slopes[i])
                    otherSum = otherSum.fma(a, memory.slopes[n + i])
                }
                z[c] = sum
                z[n + c] = otherSum
                square = square.fma(sum, sum)
                otherSquare = otherSquare.fma(otherSum, otherSum)
            }
            let p = memory.offsets[o].fnma(S(0.5), square), q = memory.offsets[o].fnma(S(0.5), otherSquare)
            logarithms[2 * o] = p
            logarithms[2 * o + 1] = q
            largest = largest.atLeast(p)
            other = other.atLeast(q)
        }
        var total = S(0.0), otherTotal = S(0.0)
        for o in 0..<k {
            let p = (logarithms[2 * o] - largest).exponential, q = (logarithms[2 * o + 1] - other).exponential
            logarithms[2 * o] = p
            logarithms[2 * o + 1] = q
            total = total + p
            otherTotal = otherTotal + q
        }
        let inverse = S(1.0) / total, otherInverse = S(1.0) / otherTotal
        for o in 0..<k {
            let r = logarithms[2 * o] * inverse, s = logarithms[2 * o + 1] * otherInverse
            guard (S(Self.negligibleShare) - r.atLeast(s)).hasNegative else { continue }
            let factor = memory.factors + o * t, z = memory.whitened + 2 * n * o
            for i in 0..<n {
                var a = factor[triangleIndex(i, 0)]
                var sum = a * z[0], otherSum = a * z[n]
                for c in 1..<max(i + 1, 1) {
                    a = factor[triangleIndex(i, c)]
                    sum = sum.fma(a, z[c])
                    otherSum = otherSum.fma(a, z[n + c])
                }
                gradient[i] = gradient[i].fma(r, sum)
                gradient[n + i] = gradient[n + i].fma(s, otherSum)
            }
        }
        return (largest + total.logarithm, other + otherTotal.logarithm)
    }
}
