import Kinematics
import Numerics

/// The solution set of a pose near a point, for a chain with one variable more than the task has rows: a curve.
///
/// Its tangent spans the null space of the task's Jacobian J, m × (m + 1); the density of uniform joints along it is
/// 1/√det(J·Jᵀ) an arc length (the co-area formula; Federer, 1959). Both come from one Gram–Schmidt of the rows of J.
///
/// A value owns its workspace: use one per thread.
final class SolutionCurve {
    let chain: Chain
    let target: Pose
    private let rows: [Int]
    private let n: Int
    private let m: Int
    private var evaluator: ChainEvaluator
    private let registers = Registers()
    private let jacobian: UnsafeMutableBufferPointer<Double>
    /// m orthonormal rows, and the triangle that takes them to the rows of J.
    private let basis: UnsafeMutablePointer<Double>
    private let triangle: UnsafeMutablePointer<Double>
    private let error: UnsafeMutablePointer<Double>
    private let step: UnsafeMutablePointer<Double>
    private let nullVector: UnsafeMutablePointer<Double>
    /// √det(J·Jᵀ) at the point linearised last.
    private(set) var volume = 0.0

    /// - Precondition: `chain.degreesOfFreedom == rows.count + 1`.
    init(_ chain: Chain, target: Pose, rows: [Int]) {
        precondition(chain.degreesOfFreedom == rows.count + 1, "the solution set is no curve")
        self.chain = chain
        self.target = target
        self.rows = rows
        n = chain.degreesOfFreedom
        m = rows.count
        evaluator = ChainEvaluator(chain)
        jacobian = UnsafeMutableBufferPointer(start: registers.take(6 * n, repeating: 0), count: 6 * n)
        basis = registers.take(m * n, repeating: 0)
        triangle = registers.take(m * m, repeating: 0)
        error = registers.take(m, repeating: 0)
        step = registers.take(n, repeating: 0)
        nullVector = registers.take(n, repeating: 0)
    }

    /// The unit tangent at the point linearised last; its sign is arbitrary.
    var tangent: [Double] { Array(UnsafeBufferPointer(start: nullVector, count: n)) }

    /// Brings a point onto the curve by Newton steps of least length; the tangent and the volume there come with it.
    ///
    /// - Parameter tolerance: of the error's norm, m and rad.
    /// - Returns: false where the steps do not converge.
    func correct(_ q: inout [Double], tolerance: Double = 1e-9) -> Bool {
        for _ in 0..<8 {
            guard linearise(q) else { return false }
            var square = 0.0
            for k in 0..<m { square += error[k] * error[k] }
            if square < tolerance * tolerance { return true }
            if square > 1 { return false }
            solve()
            for i in 0..<n { q[i] += step[i] }
        }
        return false
    }

    /// Evaluates the error, the tangent and the volume at a point; false where J has lost rank.
    private func linearise(_ q: [Double]) -> Bool {
        q.withUnsafeBufferPointer { evaluator.evaluate($0) }
        evaluator.jacobian(into: jacobian)
        let tip = evaluator.tip
        let linear = target.position - tip.position
        let angular = (target.rotation * tip.rotation.inverse).rotationVector
        for (k, row) in rows.enumerated() { error[k] = row < 3 ? linear[row] : angular[row - 3] }
        volume = 1
        for k in 0..<m {
            for i in 0..<n { basis[k * n + i] = jacobian[rows[k] * n + i] }
            for l in 0..<k { triangle[k * m + l] = 0 }
            // Twice, so that what is left is orthogonal to rounding.
            for _ in 0..<2 {
                for l in 0..<k {
                    var along = 0.0
                    for i in 0..<n { along += basis[k * n + i] * basis[l * n + i] }
                    triangle[k * m + l] += along
                    for i in 0..<n { basis[k * n + i] -= along * basis[l * n + i] }
                }
            }
            var square = 0.0
            for i in 0..<n { square += basis[k * n + i] * basis[k * n + i] }
            let length = square.squareRoot()
            guard length > 1e-9 else { return false }
            triangle[k * m + k] = length
            volume *= length
            for i in 0..<n { basis[k * n + i] /= length }
        }
        findTangent()
        return true
    }

    /// The unit vector orthogonal to the basis: the axis that lies least in its span, made orthogonal.
    private func findTangent() {
        var axis = 0, least = Double.infinity
        for i in 0..<n {
            var inside = 0.0
            for k in 0..<m { inside += basis[k * n + i] * basis[k * n + i] }
            if inside < least { (axis, least) = (i, inside) }
        }
        for i in 0..<n { nullVector[i] = i == axis ? 1 : 0 }
        for _ in 0..<2 {
            for k in 0..<m {
                var along = 0.0
                for i in 0..<n { along += nullVector[i] * basis[k * n + i] }
                for i in 0..<n { nullVector[i] -= along * basis[k * n + i] }
            }
            var square = 0.0
            for i in 0..<n { square += nullVector[i] * nullVector[i] }
            let length = square.squareRoot()
            for i in 0..<n { nullVector[i] /= length }
        }
    }

    /// The shortest step with J·Δq = e: forward substitution, then the basis.
    private func solve() {
        for i in 0..<n { step[i] = 0 }
        for k in 0..<m {
            var value = error[k]
            for l in 0..<k { value -= triangle[k * m + l] * error[l] }
            value /= triangle[k * m + k]
            error[k] = value
            for i in 0..<n { step[i] += value * basis[k * n + i] }
        }
    }
}
