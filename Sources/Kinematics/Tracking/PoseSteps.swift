import Numerics

/// A fixed number of Levenberg–Marquardt steps towards a pose, for batches of configurations.
///
/// The steps are those of ``InverseKinematics``, but nothing is clipped to the joint limits, given up, or drawn anew: every
/// configuration that goes in comes out, so that what the steps do to samples can be measured. Sixteen configurations
/// go in parallel in single precision; errors end at about 1e-6 m and rad.
///
/// A value owns its workspace: use one per thread.
public final class PoseSteps {
    private let solver: LaneSolver
    private let variables: Int

    /// - Parameter isAccelerated: whether every step also follows the task's curvature (geodesic acceleration).
    public init(_ chain: Chain, isAccelerated: Bool = false) {
        var tuning = LaneSolver.Tuning()
        tuning.isAccelerated = isAccelerated
        // A single step that goes astray is not made good by a next one.
        if isAccelerated { tuning.damping = 0.2 }
        tuning.keepsLimits = false
        solver = LaneSolver(LaneChain(near: chain), tuning: tuning)
        variables = chain.degreesOfFreedom
    }

    /// Takes steps from every row.
    ///
    /// - Parameters:
    ///   - rows: configurations in rad or m, n × D; replaced by where the steps lead.
    ///   - followsRotation: whether the orientation matters.
    /// - Precondition: `rows.columns` is the number of variables.
    /// - Complexity: O(steps · n · D), no allocation.
    public func take(_ steps: Int, from rows: inout Matrix, towards target: Pose, followsRotation: Bool = true) {
        precondition(rows.columns == variables, "configurations of \(rows.columns) numbers for \(variables) variables")
        guard steps > 0 else { return }
        solver.target = solver.chain.frame(of: target)
        solver.followsRotation = followsRotation
        let everywhere = Lanes.zero .< Lanes(repeating: 1)
        let count = rows.rows
        rows.elements.withUnsafeMutableBufferPointer { elements in
            for first in stride(from: 0, to: count, by: laneCount) {
                for lane in 0..<laneCount {
                    // Lanes beyond the last row repeat it.
                    let row = min(first + lane, count - 1) * variables
                    for i in 0..<variables { solver.q[i][lane] = Float(elements[row + i]) }
                }
                for _ in 0..<steps { solver.iterate { everywhere } }
                for lane in 0..<min(laneCount, count - first) {
                    let row = (first + lane) * variables
                    for i in 0..<variables { elements[row + i] = Double(solver.q[i][lane]) }
                }
            }
        }
    }
}
