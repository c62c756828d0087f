import Figures
import Kinematics
import Testing

@Suite struct PosesTests {
    static let target = Pose(position: [0.45, 0.1, 0.4], rotation: Rotation(roll: .pi, pitch: 0, yaw: 0))

    /// Solutions for the Panda, grouped by the signs of shoulder, elbow and wrist.
    static let panda: Figure = {
        let found = Robots.solutions(Robots.panda, target, count: 60, seed: 7)
        let components = found.map { q in 1 + (q[1] < 0 ? 1 : 0) + (q[2].magnitude > 1.57 ? 2 : 0) + (q[4] < 0 ? 4 : 0) }
        return try! Figure.poses(robot: Robots.panda, configurations: found, components: components, target: target)
    }()

    static let planar: Figure = {
        let elbow = 2 * Double.pi / 3
        let target = Pose(position: [1, 1, 0], rotation: .identity)
        return try! Figure.poses(
            robot: Robots.planar(links: 3),
            configurations: [[.pi / 2, -.pi / 2, 0], [0, .pi / 2, -.pi / 2], [elbow, -elbow, 0.3], [0.2, 0.4, 0.6]],
            components: [2, 1, 2, 3], target: target)
    }()

    @Test func pandaIsDrawnTheSame() throws {
        try expectGolden(Self.panda.svg(), "panda.svg")
        try expectGolden(Self.panda.text(), "panda.txt")
        try expectGolden(Self.panda.text(style: TerminalStyle(width: 100, unicode: true, color: true)), "panda-color.txt")
        try expectGolden(Self.panda.text(style: TerminalStyle(width: 64, unicode: false)), "panda-ascii.txt")
    }

    @Test func planarIsDrawnTheSame() throws {
        try expectGolden(Self.planar.svg(), "planar.svg")
        try expectGolden(Self.planar.text(), "planar.txt")
    }
}
