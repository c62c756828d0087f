import ConditionalModels
import Kinematics
import Mixtures
import Numerics

/// Takes a mixture that a network predicted as the prior, the pose as the evidence, and returns the posterior mixture.
///
/// Every component is moved by iterated Gauss–Newton steps to the minimum m of
///
///     ½·e(m)ᵀ·Λ·e(m) + ½·(m − μ)ᵀ·L·(m − μ),    L' = L + Jᵀ·Λ·J at the minimum,
///
/// with e the pose error, J its Jacobian, Λ = diag(1/s_position², 1/s_rotation²) and L the component's precision. The weights become
/// log w − objective + ½·log|L| − ½·log|L'| − limit penalty: Laplace's approximation of the evidence. Λ is let in
/// over the steps, so that the first of them need not be exact.
///
/// A value owns its workspace: use one per thread.
final class EvidenceUpdate {
    struct Options: Sendable {
        /// How many Gauss–Newton steps are taken.
        var steps: Int
        /// The evidence's standard deviations at the last step, m and rad.
        var positionDeviation: Float = 0.005
        var rotationDeviation: Float = 0.0087
        /// The deviations' factor at the first of several steps.
        var firstFactor: Float = 16
        /// The standard deviation of the soft joint limits in the weights, rad.
        var limitDeviation: Float = 0.05
    }

    /// Pivots of the precision's factor are kept positive.
    private static let leastPivot = Lanes(repeating: 1e-6)

    private let chain: LaneChain
    private let dimension: Int
    private let registers = Registers()
    private let jacobian: UnsafeMutablePointer<Lanes>
    private let mean: UnsafeMutablePointer<Lanes>
    private let hessian: UnsafeMutablePointer<Lanes>
    private let gradient: UnsafeMutablePointer<Lanes>
    private let pull: UnsafeMutablePointer<Lanes>

    init(_ chain: LaneChain) {
        self.chain = chain
        dimension = chain.degreesOfFreedom
        jacobian = registers.take(6 * dimension, repeating: .zero)
        mean = registers.take(dimension, repeating: .zero)
        hessian = registers.take(triangleCount(dimension), repeating: .zero)
        gradient = registers.take(dimension, repeating: .zero)
        pull = registers.take(dimension, repeating: .zero)
    }

    /// Replaces a mixture by its posterior.
    ///
    /// - Parameter reweights: whether the weights become the evidence's; otherwise the prior's stay.
    func update(_ mixture: inout LaneMixture, target: Pose, options: Options, reweights: Bool = true) {
        guard options.steps > 0 else { return }
        let frame = chain.frame(of: target)
        let triangle = triangleCount(dimension)
        var weights = mixture.logWeights
        for block in 0..<mixture.blocks {
            let gain = mixture.means.withUnsafeMutableBufferPointer { means in
                mixture.factors.withUnsafeMutableBufferPointer { factors in
                    update(
                        mean: means.baseAddress! + block * dimension, factor: factors.baseAddress! + block * triangle, target: frame,
                        options: options)
                }
            }
            for lane in 0..<min(laneCount, mixture.count - block * laneCount) { weights[block * laneCount + lane] += gain[lane] }
        }
        guard reweights else { return }
        let normaliser = Float(logSumExp(weights.map { Double($0) }))
        mixture.logWeights = weights.map { $0.isFinite ? $0 - normaliser : -.greatestFiniteMagnitude }
    }

    /// Updates sixteen components and returns the change of their log-weights.
    private func update(
        mean prior: UnsafeMutablePointer<Lanes>, factor: UnsafeMutablePointer<Lanes>, target: LaneFrame, options: Options
    ) -> Lanes {
        let n = dimension
        for i in 0..<n { mean[i] = prior[i] }
        for step in 0..<options.steps {
            let remaining = options.steps > 1 ? Float(options.steps - 1 - step) / Float(options.steps - 1) : 0
            let factorNow = Float(Elementary.exp(Double(remaining) * Elementary.log(Double(options.firstFactor))))
            _ = linearise(target: target, prior: prior, factor: factor, widening: factorNow, options: options)
            PackedTriangle.factorise(n, hessian, least: Self.leastPivot)
            PackedTriangle.solve(n, hessian, gradient)
            PackedTriangle.solveTransposed(n, hessian, gradient)
            for i in 0..<n {
                let change = gradient[i].limited(from: Lanes(repeating: -1.5), to: Lanes(repeating: 1.5))
                mean[i] = mean[i] + change
            }
        }
        // The objective, L' and the weight at the minimum.
        let objective = linearise(target: target, prior: prior, factor: factor, widening: 1, options: options)
        PackedTriangle.factorise(n, hessian, least: Self.leastPivot)
        var priorLogDeterminant = Lanes.zero, logDeterminant = Lanes.zero, penalty = Lanes.zero
        for i in 0..<n {
            let diagonal = triangleIndex(i, i)
            priorLogDeterminant += factor[diagonal].logarithm
            logDeterminant += hessian[diagonal].logarithm
            if !chain.isUnlimited(i) {
                let excess = (mean[i] - Lanes(repeating: chain.upper[i])).maximum(Lanes(repeating: chain.lower[i]) - mean[i]).maximum(.zero)
                penalty = penalty.fma(excess, excess)
            }
            prior[i] = mean[i]
        }
        for i in 0..<triangleCount(n) { factor[i] = hessian[i] }
        let limit = 0.5 / (options.limitDeviation * options.limitDeviation)
        return priorLogDeterminant - logDeterminant - objective - penalty * limit
    }

    /// Fills the Hessian L + Jᵀ·Λ·J and the gradient Jᵀ·Λ·e − L·(m − μ); returns the objective.
    private func linearise(
        target: LaneFrame, prior: UnsafePointer<Lanes>, factor: UnsafePointer<Lanes>, widening: Float, options: Options
    ) -> Lanes {
        let n = dimension
        let difference = chain.forward(mean, jacobian: jacobian).difference(to: target)
        let position = 1 / (options.positionDeviation * widening), rotation = 1 / (options.rotationDeviation * widening)
        let e = difference.components
        let w0 = e.0 * position, w1 = e.1 * position, w2 = e.2 * position
        let w3 = e.3 * rotation, w4 = e.4 * rotation, w5 = e.5 * rotation
        var objective = (difference.positionSquare * (position * position)).fma(difference.rotationSquare, Lanes(repeating: rotation * rotation))
        // A·(Aᵀ·(m − μ)).
        for j in 0..<n {
            var z = Lanes.zero
            for i in j..<n { z = z.fma(factor[triangleIndex(i, j)], mean[i] - prior[i]) }
            pull[j] = z
            objective = objective.fma(z, z)
        }
        for i in 0..<n {
            let a = jacobian + 6 * i
            a[0] *= position; a[1] *= position; a[2] *= position
            a[3] *= rotation; a[4] *= rotation; a[5] *= rotation
            var g = (a[0] * w0).fma(a[1], w1).fma(a[2], w2).fma(a[3], w3).fma(a[4], w4).fma(a[5], w5)
            for k in 0...i { g = g.fnma(factor[triangleIndex(i, k)], pull[k]) }
            gradient[i] = g
            for j in 0...i {
                let b = jacobian + 6 * j
                var sum = (a[0] * b[0]).fma(a[1], b[1]).fma(a[2], b[2]).fma(a[3], b[3]).fma(a[4], b[4]).fma(a[5], b[5])
                for k in 0...j { sum = sum.fma(factor[triangleIndex(i, k)], factor[triangleIndex(j, k)]) }
                hessian[triangleIndex(i, j)] = sum
            }
        }
        return objective * 0.5
    }
}
