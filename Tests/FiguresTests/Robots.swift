import Kinematics
import Numerics

/// Robots and solutions that the tests draw.
enum Robots {
    /// An arm in the x-y plane.
    static func planar(links: Int) -> Chain {
        var segments = (0..<links).map { index in
            Chain.Segment(
                name: "joint_\(index + 1)", kind: .revolute, child: "link_\(index + 1)",
                origin: Pose(position: [index == 0 ? 0 : 1, 0, 0], rotation: .identity), axis: [0, 0, 1],
                variable: index)
        }
        segments.append(fixed("tip", [1, 0, 0]))
        return Chain(
            name: "planar_\(links)link", base: "base", tip: "tip", segments: segments,
            variables: (0..<links).map { variable("joint_\($0 + 1)", -.pi, .pi) })
    }

    /// The Panda's geometry and limits.
    static let panda: Chain = {
        let quarter = Double.pi / 2
        let origins: [(position: SIMD3<Double>, roll: Double)] = [
            ([0, 0, 0.333], 0), ([0, 0, 0], -quarter), ([0, -0.316, 0], quarter), ([0.0825, 0, 0], quarter),
            ([-0.0825, 0.384, 0], -quarter), ([0, 0, 0], quarter), ([0.088, 0, 0], quarter),
        ]
        let limits = [
            (-2.8973, 2.8973), (-1.7628, 1.7628), (-2.8973, 2.8973), (-3.0718, -0.0698), (-2.8973, 2.8973),
            (-0.0175, 3.7525), (-2.8973, 2.8973),
        ]
        var segments = origins.enumerated().map { index, origin in
            Chain.Segment(
                name: "panda_joint\(index + 1)", kind: .revolute, child: "panda_link\(index + 1)",
                origin: Pose(position: origin.position, rotation: Rotation(roll: origin.roll, pitch: 0, yaw: 0)),
                axis: [0, 0, 1], variable: index)
        }
        segments.append(fixed("panda_link8", [0, 0, 0.107]))
        var hand = fixed("panda_hand", .zero)
        hand.origin.rotation = Rotation(roll: 0, pitch: 0, yaw: -quarter / 2)
        segments.append(hand)
        return Chain(
            name: "panda", base: "panda_link0", tip: "panda_hand", segments: segments,
            variables: limits.enumerated().map { variable("panda_joint\($0 + 1)", $1.0, $1.1) })
    }()

    static func fixed(_ child: String, _ position: SIMD3<Double>) -> Chain.Segment {
        Chain.Segment(
            name: "to_\(child)", kind: .fixed, child: child, origin: Pose(position: position, rotation: .identity),
            axis: .zero, variable: nil)
    }

    static func variable(_ name: String, _ lower: Double, _ upper: Double) -> Chain.Variable {
        Chain.Variable(name: name, kind: .revolute, lower: lower, upper: upper)
    }

    /// Configurations inside the limits whose tip is within a micrometre and a microradian of the target, found by
    /// damped least squares from random starts.
    static func solutions(_ chain: Chain, _ target: Pose, count: Int, seed: UInt64) -> [[Double]] {
        var stream = RandomStream(seed: seed)
        var found: [[Double]] = []
        for _ in 0..<(40 * count) where found.count < count {
            var q = chain.randomConfiguration(using: &stream)
            for _ in 0..<60 {
                let error = twist(from: chain.forwardKinematics(q), to: target)
                if error.map(\.magnitude).max()! < 1e-6 {
                    if chain.contains(q) { found.append(q) }
                    break
                }
                q = zip(q, step(chain.jacobian(q), error)).map { $0 + $1 }
            }
        }
        return found
    }

    private static func twist(from pose: Pose, to target: Pose) -> [Double] {
        let (a, b) = (pose.rotation, target.rotation)
        let turn = (a.x.cross(b.x) + a.y.cross(b.y) + a.z.cross(b.z)) / 2
        let move = target.position - pose.position
        // Opposite orientations have no turn; a small one starts them moving.
        let flip = a.x.dot(b.x) + a.y.dot(b.y) + a.z.dot(b.z) < 0 ? 0.5 : 0
        return [move.x, move.y, move.z, turn.x + flip, turn.y, turn.z]
    }

    /// `Jᵀ (J Jᵀ + λ²)⁻¹ e`, by Gaussian elimination.
    private static func step(_ jacobian: Matrix, _ error: [Double]) -> [Double] {
        var rows = (0..<6).map { i in
            (0..<6).map { j in
                (0..<jacobian.columns).reduce(i == j ? 1e-4 : 0) { $0 + jacobian[i, $1] * jacobian[j, $1] }
            } + [error[i]]
        }
        for pivot in 0..<6 {
            for row in (pivot + 1)..<6 {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                for column in pivot..<7 { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        var solution = [Double](repeating: 0, count: 6)
        for row in stride(from: 5, through: 0, by: -1) {
            let known = ((row + 1)..<6).reduce(0) { $0 + rows[row][$1] * solution[$1] }
            solution[row] = (rows[row][6] - known) / rows[row][row]
        }
        return (0..<jacobian.columns).map { column in
            (0..<6).reduce(0) { $0 + jacobian[$1, column] * solution[$1] }
        }
    }
}
