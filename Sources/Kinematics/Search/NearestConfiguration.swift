import Numerics

/// Finds the configuration that reaches a pose and lies nearest to a given one: least squares on the solution set.
///
/// Every iteration takes the Gauss–Newton step of min ½·(q − r)ᵀ·W·(q − r) subject to the pose, with J and e at q and d = r − q:
///
///     Δq = d − W⁻¹·Jᵀ·(J·W⁻¹·Jᵀ + λ·I)⁻¹·(J·d − e)
///
/// Joints that rest at a limit and would leave it stay; steps are cut to what a linearisation is good for. What comes out is a local
/// minimum: the nearest configuration of the branch that the start lies on.
///
/// A value owns its workspace: use one per thread.
public final class NearestConfiguration {
    public let chain: Chain
    public let metric: ConfigurationMetric
    private var corrector: PoseCorrector
    private var evaluator: ChainEvaluator
    private let jacobian: UnsafeMutableBufferPointer<Double>
    private let inverseWeights: [Double]
    private let longestStep = 0.4
    private let iterations = 40

    public init(_ chain: Chain, metric: ConfigurationMetric) {
        self.chain = chain
        self.metric = metric
        corrector = PoseCorrector(chain)
        evaluator = ChainEvaluator(chain)
        jacobian = .allocate(capacity: 6 * chain.degreesOfFreedom)
        jacobian.initialize(repeating: 0)
        inverseWeights = metric.weights.map { 1 / $0 }
    }

    deinit { jacobian.deallocate() }

    /// The configuration on the start's branch that is nearest to a reference; nil where the steps do not lead to the pose.
    ///
    /// - Complexity: up to 40 evaluations of the kinematics; microseconds each.
    public func find(
        _ target: Pose, near reference: [Double], from start: [Double], positionTolerance: Double, rotationTolerance: Double
    ) -> Solution? {
        let n = chain.degreesOfFreedom
        let followsRotation = rotationTolerance.isFinite
        var q = clipped(start)
        var change = [Double](repeating: 0, count: n)
        for _ in 0..<iterations {
            q.withUnsafeBufferPointer { evaluator.evaluate($0) }
            evaluator.jacobian(into: jacobian)
            let tip = evaluator.tip
            let linear = target.position - tip.position
            let angular = followsRotation ? (target.rotation * tip.rotation.inverse).rotationVector : .zero
            step(q, towards: reference, error: [linear.x, linear.y, linear.z, angular.x, angular.y, angular.z], rows: followsRotation ? 6 : 3, into: &change)
            let longest = change.reduce(0) { max($0, abs($1)) }
            let share = min(1, longestStep / max(longest, 1e-300))
            for i in 0..<n { q[i] += share * change[i] }
            q = clipped(q)
            if longest < 1e-7 { break }
        }
        let solution = q.withUnsafeBufferPointer {
            corrector.correct($0.baseAddress!, towards: target, positionTolerance: positionTolerance, rotationTolerance: rotationTolerance)
        }
        guard solution.positionError <= positionTolerance, solution.rotationError <= rotationTolerance else { return nil }
        return solution
    }

    private func clipped(_ q: [Double]) -> [Double] {
        zip(q, chain.variables).map { value, variable in
            variable.kind == .continuous
                ? value - 2 * .pi * (value / (2 * .pi)).rounded() : min(max(value, variable.lower), variable.upper)
        }
    }

    /// The step described above; joints are taken out until none that rests at a limit would leave it.
    private func step(_ q: [Double], towards reference: [Double], error: [Double], rows: Int, into change: inout [Double]) {
        let n = chain.degreesOfFreedom
        var isFree = [Bool](repeating: true, count: n)
        for _ in 0..<n {
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 42) { memory in
                let normal = UnsafeMutableBufferPointer(rebasing: memory[0..<36]), right = UnsafeMutableBufferPointer(rebasing: memory[36..<42])
                for a in 0..<6 {
                    right[a] = a < rows ? -error[a] : 0
                    for b in 0...a { normal[a * 6 + b] = 0 }
                    normal[a * 6 + a] = a < rows ? 1e-9 : 1
                }
                for i in 0..<n where isFree[i] {
                    let d = metric.difference(i, from: q[i], to: reference[i])
                    for a in 0..<rows {
                        right[a] += jacobian[a * n + i] * d
                        for b in 0...a { normal[a * 6 + b] += jacobian[a * n + i] * inverseWeights[i] * jacobian[b * n + i] }
                    }
                }
                let isSolved = choleskySolve(normal, right)
                for i in 0..<n {
                    guard isFree[i] else { change[i] = 0; continue }
                    change[i] = metric.difference(i, from: q[i], to: reference[i])
                    if isSolved { for a in 0..<rows { change[i] -= inverseWeights[i] * jacobian[a * n + i] * right[a] } }
                }
            }
            var isSettled = true
            for (i, variable) in chain.variables.enumerated() where isFree[i] && variable.kind != .continuous {
                if (q[i] <= variable.lower && change[i] < 0) || (q[i] >= variable.upper && change[i] > 0) {
                    isFree[i] = false
                    isSettled = false
                }
            }
            if isSettled { return }
        }
    }
}
