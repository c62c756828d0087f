import Numerics

/// Least squares on a pose error in double precision, within the joint limits: the last steps of a search.
///
/// Storage is allocated once.
struct PoseCorrector {
    let variables: [Chain.Variable]
    var evaluator: ChainEvaluator
    /// 6 × D by rows, at the last evaluation, with the weights of its rows.
    var jacobian: [Double]
    /// The present configuration, rad or m.
    var q: [Double]
    /// The best configuration so far.
    private var best: [Double]
    /// Whether the orientation matters.
    var followsRotation = true
    /// What the position's and the rotation's errors are multiplied by in steps.
    var weights = (position: 1.0, rotation: 1.0)

    init(_ chain: Chain) {
        variables = chain.variables
        evaluator = ChainEvaluator(chain)
        jacobian = Array(repeating: 0, count: 6 * chain.degreesOfFreedom)
        q = Array(repeating: 0, count: chain.degreesOfFreedom)
        best = q
    }

    /// Takes Newton's steps towards the target until both errors are below a hundredth of the tolerances, or do not fall any more.
    ///
    /// - Parameter start: the configuration to start from; clipped to the limits.
    /// - Returns: the best configuration met, whatever its errors are.
    mutating func correct(
        _ start: UnsafePointer<Double>, towards target: Pose, positionTolerance: Double, rotationTolerance: Double
    ) -> Solution {
        begin(at: start, followsRotation: rotationTolerance.isFinite)
        var error = evaluate(target)
        var bestError = error
        keepBest()
        // Near a singular configuration the error is halved rather than squared.
        for _ in 0..<24 {
            if error.position <= 0.01 * positionTolerance, error.rotation <= 0.01 * rotationTolerance { break }
            step(error, damping: 1e-14 + 1e-6 * error.square)
            let previous = error
            error = evaluate(target)
            if error.square < bestError.square {
                keepBest()
                bestError = error
            }
            if error.square >= previous.square { break }
        }
        if bestError.square < error.square {
            for i in q.indices { q[i] = best[i] }
            error = evaluate(target)
        }
        return solution(error)
    }

    /// Element by element, so that no storage is shared and made anew.
    private mutating func keepBest() {
        for i in q.indices { best[i] = q[i] }
    }

    /// A configuration as it is, with its errors and measures.
    mutating func measure(_ configuration: UnsafePointer<Double>, from target: Pose, followsRotation: Bool) -> Solution {
        begin(at: configuration, followsRotation: followsRotation)
        let error = evaluate(target)
        return solution(error)
    }

    /// Takes a configuration over, clipped to the limits; joints without limits are wrapped.
    mutating func begin(at start: UnsafePointer<Double>, followsRotation: Bool) {
        self.followsRotation = followsRotation
        for (i, variable) in variables.enumerated() {
            q[i] = variable.kind == .continuous ? start[i].wrapped : min(max(start[i], variable.lower), variable.upper)
        }
    }

    /// The present configuration with its errors and measures.
    func solution(_ error: PoseDifference) -> Solution {
        Solution(
            configuration: q, positionError: error.position, rotationError: error.rotation, component: nil,
            limitMargin: q.withUnsafeBufferPointer { limitMargin(of: $0, variables) }, manipulability: manipulability())
    }

    /// The error of the tip in the base frame: what steps see of it, weighted, and its sizes in m and rad, which are not.
    struct PoseDifference {
        var linear: SIMD3<Double>
        var angular: SIMD3<Double>
        var position: Double
        var rotation: Double
        /// What the steps reduce.
        var square: Double
    }

    /// Measures the error at the present configuration, and its Jacobian.
    mutating func evaluate(_ target: Pose) -> PoseDifference {
        q.withUnsafeBufferPointer { evaluator.evaluate($0) }
        jacobian.withUnsafeMutableBufferPointer { evaluator.jacobian(into: $0) }
        let tip = evaluator.tip
        let linear = target.position - tip.position
        let angular = (target.rotation * tip.rotation.inverse).rotationVector
        let positionSquare = (linear * linear).sum(), rotationSquare = (angular * angular).sum()
        var error = PoseDifference(
            linear: linear, angular: angular, position: positionSquare.squareRoot(), rotation: rotationSquare.squareRoot(),
            square: positionSquare + (followsRotation ? rotationSquare : 0))
        if weights != (1, 1) { weigh(&error) }
        return error
    }

    /// Gives the rows of the error and of its Jacobian their weights.
    private mutating func weigh(_ error: inout PoseDifference) {
        let n = variables.count
        error.linear *= weights.position
        error.angular *= weights.rotation
        for i in 0..<3 * n { jacobian[i] *= weights.position }
        for i in 3 * n..<6 * n { jacobian[i] *= weights.rotation }
        error.square = square(error)
    }

    /// The weighted sum of the squared errors.
    func square(_ error: PoseDifference) -> Double {
        let position = weights.position * error.position, rotation = followsRotation ? weights.rotation * error.rotation : 0
        return position * position + rotation * rotation
    }

    /// `Δq = W·Jᵀ·(J·W·Jᵀ + λ·I)⁻¹·e`, with W as in ``LaneSolver``.
    mutating func step(_ error: PoseDifference, damping: Double) {
        let n = variables.count
        let e = rows(of: error)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 36 + n) { memory in
            let normal = UnsafeMutableBufferPointer(rebasing: memory[0..<36])
            let weight = UnsafeMutableBufferPointer(rebasing: memory[36..<36 + n])
            for i in 0..<n { weight[i] = isBlocked(i, gradient(i, e)) ? 0 : 1 }
            accumulate(normal, weight: weight)
            for row in 0..<6 { normal[row * 6 + row] += damping }
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 6) { y in
                for row in 0..<6 { y[row] = e[row] }
                guard choleskySolve(normal, y) else { return }
                for i in 0..<n {
                    var change = 0.0
                    for row in 0..<6 { change += jacobian[row * n + i] * y[row] }
                    move(i, by: weight[i] * change)
                }
            }
        }
    }

    /// The weighted error, row by row; zero for those that do not matter.
    @inline(__always)
    func rows(of error: PoseDifference) -> SIMD8<Double> {
        let angular = followsRotation ? error.angular : .zero
        return SIMD8(error.linear.x, error.linear.y, error.linear.z, angular.x, angular.y, angular.z, 0, 0)
    }

    /// The gradient `Jᵀ·e` along a variable.
    @inline(__always)
    func gradient(_ i: Int, _ e: SIMD8<Double>) -> Double {
        var sum = 0.0
        for row in 0..<6 { sum += jacobian[row * variables.count + i] * e[row] }
        return sum
    }

    /// Whether a variable rests at a limit that a step along the gradient would leave.
    @inline(__always)
    func isBlocked(_ i: Int, _ gradient: Double) -> Bool {
        variables[i].kind != .continuous && ((q[i] <= variables[i].lower && gradient < 0) || (q[i] >= variables[i].upper && gradient > 0))
    }

    /// Changes a variable within its limits.
    @inline(__always)
    mutating func move(_ i: Int, by change: Double) {
        q[i] += change
        q[i] = variables[i].kind == .continuous ? q[i].wrapped : min(max(q[i], variables[i].lower), variables[i].upper)
    }

    /// The lower triangle of `J·W·Jᵀ`, stored by rows.
    private func accumulate(_ normal: UnsafeMutableBufferPointer<Double>, weight: UnsafeMutableBufferPointer<Double>) {
        let n = variables.count
        for a in 0..<6 {
            for b in 0...a {
                var sum = 0.0
                if followsRotation || a < 3 { for i in 0..<n { sum += weight[i] * jacobian[a * n + i] * jacobian[b * n + i] } }
                normal[a * 6 + b] = sum
            }
        }
    }

    private func manipulability() -> Double {
        let n = variables.count
        let size = min(6, n)
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: 36) { gram in
            for a in 0..<size {
                for b in 0...a {
                    var sum = 0.0
                    if n >= 6 { for i in 0..<n { sum += jacobian[a * n + i] * jacobian[b * n + i] } }
                    else { for row in 0..<6 { sum += jacobian[row * n + a] * jacobian[row * n + b] } }
                    gram[a * size + b] = sum
                }
            }
            var product = 1.0
            for a in 0..<size {
                for b in 0..<a {
                    var sum = gram[a * size + b]
                    for k in 0..<b { sum -= gram[a * size + k] * gram[b * size + k] }
                    gram[a * size + b] = sum / gram[b * size + b]
                }
                var pivot = gram[a * size + a]
                for k in 0..<a { pivot -= gram[a * size + k] * gram[a * size + k] }
                guard pivot > 1e-30 else { return 0 }
                gram[a * size + a] = pivot.squareRoot()
                product *= gram[a * size + a]
            }
            return product
        }
    }
}
