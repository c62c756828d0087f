import Kinematics
import Numerics

/// Keeps the better ones of a model's samples, by sampling importance resampling.
public struct PoseResampler {
    let chain: Chain
    let lanes: LaneChain
    let followsRotation: Bool

    /// Metres that weigh as much as one radian.
    private static let lengthScale: Float = 0.3
    /// The effective size that weights are tempered to, as a multiple of the samples asked for.
    private static let effectiveMultiple = 1.5

    /// Samples given the limits and, softly, the pose.
    ///
    /// Samples outside the limits get no weight, the others exp(−e²/2τ²) with e their pose error and τ as small as the effective sample
    /// size allows. No sample is moved: what comes back was drawn by the network, but samples nearer to the pose are likelier.
    ///
    /// - Returns: a `count × D` matrix; without rows where all samples lie outside the limits.
    func resample(_ candidates: Matrix, towards pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        let n = candidates.columns, drawn = candidates.rows
        let errors = squaredErrors(candidates, pose)
        guard let nearest = errors.min(), nearest.isFinite else { return Matrix(rows: 0, columns: n) }
        let cumulative = temper(errors, nearest: nearest, size: min(Self.effectiveMultiple * Double(count), 0.9 * Double(errors.count { $0.isFinite })))
        var result = Matrix(rows: count, columns: n)
        // The order of the samples tells nothing of the candidates'.
        var order = Array(0..<count)
        order.shuffle(using: &stream)
        let step = cumulative.last! / Double(max(count, 1)), start = stream.uniform() * step
        var candidate = 0
        for index in 0..<count {
            while candidate < drawn - 1, cumulative[candidate] <= start + Double(index) * step { candidate += 1 }
            for i in 0..<n { result[order[index], i] = candidates[candidate, i] }
        }
        return result
    }

    /// Squared pose errors in rad², infinite outside the limits.
    private func squaredErrors(_ candidates: Matrix, _ pose: Pose) -> [Double] {
        let n = candidates.columns, goal = lanes.frame(of: pose)
        var errors = [Double](repeating: .infinity, count: candidates.rows)
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: n) { q in
            for first in stride(from: 0, to: candidates.rows, by: laneCount) {
                for i in 0..<n {
                    for lane in 0..<laneCount { q[i][lane] = Float(candidates[min(first + lane, candidates.rows - 1), i]) }
                }
                let difference = lanes.forward(UnsafePointer(q.baseAddress!)).difference(to: goal)
                let position = difference.positionSquare * (1 / (Self.lengthScale * Self.lengthScale))
                let square = followsRotation ? position + difference.rotationSquare : position
                for lane in 0..<min(laneCount, candidates.rows - first) where chain.contains(Array(candidates.row(first + lane))) {
                    errors[first + lane] = Double(square[lane])
                }
            }
        }
        return errors
    }

    /// Cumulative weights exp(−(e² − least)/2τ²), with the least τ that keeps an effective size.
    private func temper(_ errors: [Double], nearest: Double, size: Double) -> [Double] {
        func effectiveSize(_ precision: Double) -> Double {
            var sum = 0.0, squares = 0.0
            for error in errors where error.isFinite {
                let weight = Elementary.exp(-0.5 * precision * (error - nearest))
                sum += weight
                squares += weight * weight
            }
            return sum * sum / squares
        }
        // log(1/τ²) by bisection, from far wider to far finer than any sensible error.
        var low = -5.0, high = 25.0
        for _ in 0..<12 {
            let middle = 0.5 * (low + high)
            if effectiveSize(Elementary.exp(middle)) >= size { low = middle } else { high = middle }
        }
        let precision = Elementary.exp(low)
        var sum = 0.0
        return errors.map { error in
            if error.isFinite { sum += Elementary.exp(-0.5 * precision * (error - nearest)) }
            return sum
        }
    }
}
