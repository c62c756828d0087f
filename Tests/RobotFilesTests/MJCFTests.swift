import Geometry
import Kinematics
import Numerics
import RobotFiles
import TestSupport
import Testing

/// Robots in MuJoCo's own format.
@Suite struct MJCFTests {
    private func robot(_ inner: String, compiler: String = "<compiler angle=\"radian\"/>") throws -> RobotDescription {
        try RobotDescription(urdfText: "<mujoco model=\"m\">\(compiler)\(inner)</mujoco>", source: "text")
    }

    private static let arm = """
        <default><joint axis="0 1 0" range="-2 2"/><default class="wrist"><joint axis="1 0 0"/><geom type="capsule" size="0.03 0.1"/></default></default>
        <worldbody>
          <geom type="plane" size="1 1 1"/>
          <body name="upper" pos="0 0 0.3">
            <inertial mass="2" pos="0 0 0.1"/>
            <joint name="shoulder" pos="0 0 0.05"/>
            <geom type="box" size="0.05 0.06 0.1" pos="0 0 0.1"/>
            <body name="lower" pos="0 0 0.4" quat="0.5 0.5 0.5 0.5" childclass="wrist">
              <joint name="first"/>
              <joint name="second" pos="0.1 0 0" axis="0 0 1" class="main"/>
              <joint name="slide" type="slide" range="-0.1 0.2" axis="0 0 1"/>
              <geom/>
              <site name="tool" pos="0 0 0.2" euler="0.1 0.2 0.3"/>
            </body>
          </body>
        </worldbody>
        <contact><exclude body1="world" body2="upper"/></contact>
        <keyframe><key name="home" qpos="0.1 0.2 0.3 0.05"/></keyframe>
        """

    /// MuJoCo's own rule: the joints of a body one after the other, each about an anchor that the ones before have moved.
    private func toolByHand(_ q: [Double]) -> Pose {
        func move(_ frame: Pose, at place: SIMD3<Double>, _ axis: SIMD3<Double>, _ angle: Double) -> Pose {
            let anchor = frame * place
            var moved = frame
            moved.rotation = frame.rotation * Rotation(axis: axis, angle: angle)
            moved.position = anchor - moved.rotation * place
            return moved
        }
        var frame = move(Pose(position: [0, 0, 0.3], rotation: .identity), at: [0, 0, 0.05], [0, 1, 0], q[0])
        frame = frame * Pose(position: [0, 0, 0.4], rotation: try! Rotation(quaternion: Quaternion(w: 0.5, x: 0.5, y: 0.5, z: 0.5)))
        frame = move(frame, at: .zero, [1, 0, 0], q[1])
        frame = move(frame, at: [0.1, 0, 0], [0, 0, 1], q[2])
        frame.position += q[3] * frame.rotation.z
        let turn = Rotation(axis: [1, 0, 0], angle: 0.1) * Rotation(axis: [0, 1, 0], angle: 0.2) * Rotation(axis: [0, 0, 1], angle: 0.3)
        return frame * Pose(position: [0, 0, 0.2], rotation: turn)
    }

    @Test func `joints, anchors, classes and sites are where MuJoCo has them`() throws {
        let robot = try robot(Self.arm)
        #expect(robot.name == "m" && robot.variables.map(\.name) == ["shoulder", "first", "second", "slide"])
        #expect(robot.variables.map(\.kind) == [.revolute, .revolute, .revolute, .prismatic])
        #expect(robot.variables[3].upper == 0.2 && robot.variables[0].lower == -2)
        let chain = try robot.chain(tip: "tool")
        var stream = RandomStream(seed: 1)
        for _ in 0..<50 {
            let q = chain.randomConfiguration(using: &stream)
            let error = chain.forwardKinematics(q).error(to: toolByHand(q))
            #expect(error.position < 1e-12 && error.rotation < 1e-7)
        }
        #expect(robot.totalMass == 2)
        #expect(robot.nominalConfigurations.first?.configuration == [0.1, 0.2, 0.3, 0.05])
        #expect(robot.collisionRules.ignoredForCapsules == [.init(first: "world", second: "upper")])
        #expect(robot.warnings.contains { $0.contains("plane") })
    }

    @Test func `shapes are in the frames of their links`() throws {
        let robot = try robot(Self.arm)
        let upper = try #require(robot.links.first { $0.name == "upper" })
        guard case .box(let size) = try #require(upper.solids.first).shape else { Issue.record("a box"); return }
        #expect(size == [0.1, 0.12, 0.2])
        // The joint turns 5 cm above the body's origin, where the link's frame is.
        #expect((upper.solids[0].pose.position - SIMD3(0, 0, 0.05)).length < 1e-12)
        let lower = try #require(robot.links.first { $0.name == "lower" })
        #expect(lower.capsules.count == 1 && lower.capsules[0].radius == 0.03)
        #expect(abs((lower.capsules[0].end - lower.capsules[0].start).length - 0.2) < 1e-12)
    }

    @Test func `degrees are the default, limits count where there are some, references are taken off`() throws {
        let robot = try robot("""
            <worldbody><body name="a"><joint name="j" range="-90 45" ref="30"/><body name="b" pos="1 0 0"><joint name="k" axis="0 1 0"/>
            <body name="c" pos="1 0 0"><joint name="l" range="-90 90" limited="false"/><site name="s"/></body></body></body></worldbody>
            """, compiler: "<compiler/>")
        #expect(abs(robot.variables[0].lower + .pi / 2) < 1e-12 && abs(robot.variables[0].upper - .pi / 4) < 1e-12)
        #expect(robot.variables.map(\.kind) == [.revolute, .continuous, .continuous])
        let chain = try robot.chain(tip: "s")
        // At its reference, the first joint has not moved.
        #expect((chain.forwardKinematics([.pi / 6, 0, 0]).position - SIMD3(2, 0, 0)).length < 1e-12)
    }

    @Test func `joints follow others by linear equalities`() throws {
        let robot = try robot("""
            <worldbody><body name="a"><joint name="j" range="-1 1"/><body name="b" pos="1 0 0"><joint name="k" range="-1 1"/><site name="s" pos="1 0 0"/></body></body></worldbody>
            <equality><joint joint1="k" joint2="j" polycoef="0.1 -0.5 0 0 0"/></equality>
            """)
        let chain = try robot.chain(tip: "s")
        #expect(chain.degreesOfFreedom == 1)
        let q = 0.4, total = q + 0.1 - 0.5 * q
        let expected = SIMD3(Elementary.cos(q) + Elementary.cos(total), Elementary.sin(q) + Elementary.sin(total), 0)
        #expect((chain.forwardKinematics([q]).position - expected).length < 1e-12)
    }

    @Test func `a range in radians that looks like degrees is said`() throws {
        let text = "<worldbody><body name=\"a\"><joint name=\"j\" range=\"-90 90\"/><site name=\"tip\" pos=\"1 0 0\"/></body></worldbody>"
        let arm = try robot(text)
        #expect(arm.variables[0].upper == 90)
        #expect(arm.joints.flatMap(\.notes) == ["joint \"j\" has limits of -90.0 to 90.0 rad, beyond three turns: if degrees were meant, they are -1.5708 to 1.5708 rad"])
        #expect(try robot(text, compiler: "").joints.flatMap(\.notes).isEmpty)
    }

    @Test(arguments: [
        ("<worldbody><body name=\"a\"><joint type=\"ball\"/></body></worldbody>", "of type ball is not supported: hinge and slide are read"),
        ("<worldbody><body name=\"a\"><composite type=\"grid\"/></body></worldbody>", "<composite>"),
        ("<include file=\"x.xml\"/><worldbody/>", "<include> is not supported: give one file"), ("<asset/>", "<worldbody>"),
        ("<worldbody/>", "<worldbody> has no <body>"),
        ("<worldbody><body name=\"a\"/><body name=\"a\"/></worldbody>", "second body"),
        ("<worldbody><body name=\"a\" quat=\"0 0 0 0\"/></worldbody>", "quaternion"), ("<worldbody><body name=\"a\" pos=\"0 0\"/></worldbody>", "3 finite numbers"),
        ("<worldbody><body name=\"a\"><joint axis=\"0 0 0\"/></body></worldbody>", "length zero"),
        ("<worldbody><body name=\"a\"><joint range=\"1 -1\"/></body></worldbody>", "above the upper limit"),
        ("<worldbody><body name=\"a\" pos=\"1e300 0 0\"/></worldbody>", "at most"), ("<worldbody><body name=\"a\"><geom size=\"-1\"/></body></worldbody>", "lengths above 0"),
    ]) func `what is not read, or cannot be, is named`(text: String, words: String) {
        let error = #expect(throws: URDFError.self) { try robot(text) }
        #expect("\(error!)".contains(words), "\(error!)")
    }
}
