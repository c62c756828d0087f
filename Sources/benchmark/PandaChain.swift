import Kinematics

/// The seven joints of a Franka Emika Panda, flange to hand included, with the limits of its data sheet.
func pandaChain() -> Chain {
    let quarter = Double.pi / 2
    let origins: [(SIMD3<Double>, roll: Double)] = [
        ([0, 0, 0.333], 0), ([0, 0, 0], -quarter), ([0, -0.316, 0], quarter), ([0.0825, 0, 0], quarter),
        ([-0.0825, 0.384, 0], -quarter), ([0, 0, 0], quarter), ([0.088, 0, 0], quarter),
    ]
    let limits = [(-2.8973, 2.8973), (-1.7628, 1.7628), (-2.8973, 2.8973), (-3.0718, -0.0698), (-2.8973, 2.8973),
                  (-0.0175, 3.7525), (-2.8973, 2.8973)]
    func pose(_ position: SIMD3<Double>, roll: Double = 0, yaw: Double = 0) -> Pose {
        Pose(position: position, rotation: Rotation(roll: roll, pitch: 0, yaw: yaw))
    }
    var segments: [Chain.Segment] = []
    for (index, origin) in origins.enumerated() {
        segments.append(Chain.Segment(
            name: "panda_joint\(index + 1)", kind: .revolute, child: "panda_link\(index + 1)",
            origin: pose(origin.0, roll: origin.roll), axis: [0, 0, 1], variable: index))
    }
    segments.append(Chain.Segment(name: "panda_joint8", kind: .fixed, child: "panda_link8", origin: pose([0, 0, 0.107]),
                                  axis: [0, 0, 1], variable: nil))
    segments.append(Chain.Segment(name: "panda_hand_joint", kind: .fixed, child: "panda_hand",
                                  origin: pose(.zero, yaw: -quarter / 2), axis: [0, 0, 1], variable: nil))
    return Chain(name: "panda", base: "panda_link0", tip: "panda_hand", segments: segments,
                 variables: limits.enumerated().map {
                     Chain.Variable(name: "panda_joint\($0 + 1)", kind: .revolute, lower: $1.0, upper: $1.1)
                 })
}
