import Numerics

/// Poses, Jacobians, centre of mass and their adjoint of a body, for the configurations that one register holds.
///
/// The constant part is built once: every joint's frame is turned so that its axis is z. All storage is allocated once; a value
/// belongs to one thread.
final class BodyKinematics<S: BodyArithmetic> {
    /// A joint about, or along, its own z axis.
    struct Joint {
        var parent: Int
        /// The frame in the parent's, at joint value zero.
        var origin: Pose
        var turns: Bool
        var variable: Int
        var multiplier: Double
        var offset: Double
        var slides: Bool
        /// The share of the body's mass that moves with this joint and not with those after it, and its centre in the moved frame.
        var share: Double
        var centre: SIMD3<Double>
        /// The share of all that the joint carries.
        var carried: Double
    }

    let joints: [Joint]
    let tips: [(joint: Int, offset: Pose)]
    let variables: Int
    /// The first mass moment of what does not move, as a share of the whole mass times metres.
    private let fixedMoment: SIMD3<Double>
    let hasMass: Bool
    private let registers = Registers()
    /// After ``evaluate(_:)``: the frame that each joint moves; its z axis is the joint's.
    let frames: UnsafeMutablePointer<BodyFrame<S>>
    private let angles: UnsafeMutablePointer<S>
    /// First mass moments, or forces and moments, of what a joint carries.
    private let moments: UnsafeMutablePointer<Triple<S>>
    private let forces: UnsafeMutablePointer<Triple<S>>

    init(_ body: Body) {
        variables = body.degreesOfFreedom
        let total = body.totalMass
        hasMass = total > 0
        let scale = total > 0 ? 1 / total : 0
        fixedMoment = scale * body.fixedMass * body.fixedCentre
        let alignments = body.joints.map { Rotation(takingZTo: $0.axis) }
        func aligned(_ pose: Pose, behind parent: Int?) -> Pose {
            parent.map { Pose(position: .zero, rotation: alignments[$0].inverse) * pose } ?? pose
        }
        var joints = body.joints.enumerated().map { index, joint in
            let origin = aligned(joint.origin * Pose(position: .zero, rotation: alignments[index]), behind: joint.parent)
            return Joint(
                parent: joint.parent ?? -1, origin: origin, turns: origin.rotation != .identity, variable: joint.variable,
                multiplier: joint.multiplier, offset: joint.offset, slides: joint.kind == .prismatic, share: scale * joint.mass,
                centre: alignments[index].inverse * joint.centreOfMass, carried: 0)
        }
        for index in joints.indices.reversed() {
            joints[index].carried += joints[index].share
            if joints[index].parent >= 0 { joints[joints[index].parent].carried += joints[index].carried }
        }
        self.joints = joints
        tips = body.tips.map { ($0.joint ?? -1, aligned($0.offset, behind: $0.joint)) }
        frames = registers.take(joints.count, repeating: BodyFrame(.identity))
        angles = registers.take(3 * joints.count, repeating: S(0.0))
        moments = registers.take(2 * joints.count, repeating: .zero)
        forces = moments + joints.count
    }

    /// Moves the joints to a configuration, one register per variable.
    @inline(__always)
    func evaluate(_ q: UnsafePointer<S>) {
        let count = joints.count
        joints.withUnsafeBufferPointer { joints in
            for i in 0..<count { angles[i] = S(joints[i].offset).fma(S(joints[i].multiplier), q[joints[i].variable]) }
            let sines = angles + count, cosines = angles + 2 * count
            S.sinesAndCosines(angles, count: count, sines: sines, cosines: cosines)
            for i in 0..<count {
                let joint = joints[i]
                var frame: BodyFrame<S>
                if joint.parent < 0 {
                    frame = BodyFrame(joint.origin)
                } else {
                    let parent = frames[joint.parent]
                    if joint.turns { frame = parent.frame(joint.origin) } else {
                        frame = parent
                        frame.p = parent.point(joint.origin.position)
                    }
                }
                if joint.slides {
                    frame.p = frame.p.fma(angles[i], frame.z)
                } else {
                    let (x, y) = (frame.x, frame.y)
                    frame.x = (cosines[i] * x).fma(sines[i], y)
                    frame.y = (cosines[i] * y).fma(-sines[i], x)
                }
                frames[i] = frame
            }
        }
    }

    /// A tip's frame.
    @inline(__always)
    func tip(_ index: Int) -> BodyFrame<S> {
        let tip = tips[index]
        return tip.joint < 0 ? BodyFrame(tip.offset) : frames[tip.joint].frame(tip.offset)
    }

    /// The velocities of a tip per unit change of the variables: calls `body` with each joint that moves it.
    @inline(__always)
    func forEachVelocity(ofTip index: Int, at point: Triple<S>, _ body: (_ variable: Int, _ linear: Triple<S>, _ angular: Triple<S>?) -> Void) {
        var current = tips[index].joint
        while current >= 0 {
            let joint = joints[current], frame = frames[current]
            let axis = joint.multiplier == 1 ? frame.z : S(joint.multiplier) * frame.z
            if joint.slides { body(joint.variable, axis, nil) } else { body(joint.variable, axis.cross(point - frame.p), axis) }
            current = joint.parent
        }
    }

    /// The centre of mass; keeps what ``forEachCentreVelocity(_:)`` needs.
    @inline(__always)
    func centreOfMass() -> Triple<S> {
        var sum = Triple<S>(fixedMoment)
        for i in joints.indices {
            moments[i] = joints[i].share == 0 ? .zero : S(joints[i].share) * frames[i].point(joints[i].centre)
        }
        for i in joints.indices.reversed() {
            let parent = joints[i].parent
            if parent >= 0 { moments[parent] = moments[parent] + moments[i] } else { sum = sum + moments[i] }
        }
        return sum
    }

    /// The centre of mass alone; leaves the adjoint's storage as it is.
    @inline(__always)
    func massCentre() -> Triple<S> {
        var sum = Triple<S>(fixedMoment)
        for i in joints.indices where joints[i].share > 0 { sum = sum.fma(S(joints[i].share), frames[i].point(joints[i].centre)) }
        return sum
    }

    /// The velocities of the centre of mass per unit change of the variables, after ``centreOfMass()``: a joint moves what it carries
    /// as one rigid body.
    @inline(__always)
    func forEachCentreVelocity(_ body: (_ variable: Int, _ linear: Triple<S>) -> Void) {
        for i in joints.indices where joints[i].carried > 0 {
            let joint = joints[i], frame = frames[i]
            let axis = joint.multiplier == 1 ? frame.z : S(joint.multiplier) * frame.z
            let carried = S(joint.carried)
            body(joint.variable, joint.slides ? carried * axis : axis.cross(moments[i].fma(-carried, frame.p)))
        }
    }

    // MARK: Adjoint

    /// Forgets the forces applied so far.
    @inline(__always)
    func clearForces() {
        for i in joints.indices { forces[i] = .zero; moments[i] = .zero }
    }

    /// Applies a force and a torque to a tip: derivatives of a scalar with respect to the tip's position and rotation.
    @inline(__always)
    func apply(force: Triple<S>, torque: Triple<S>, toTip index: Int, at point: Triple<S>) {
        let joint = tips[index].joint
        guard joint >= 0 else { return }
        forces[joint] = forces[joint] + force
        moments[joint] = moments[joint] + torque + point.cross(force)
    }

    /// Applies a force to the centre of mass.
    @inline(__always)
    func applyToCentreOfMass(_ force: Triple<S>) {
        for i in joints.indices where joints[i].share > 0 {
            let part = S(joints[i].share) * force
            forces[i] = forces[i] + part
            moments[i] = moments[i] + frames[i].point(joints[i].centre).cross(part)
        }
    }

    /// Adds the derivatives with respect to the variables of what was applied; forces and moments about the origin add up along the tree.
    @inline(__always)
    func addGradient(to gradient: UnsafeMutablePointer<S>) {
        for i in joints.indices.reversed() {
            let joint = joints[i], frame = frames[i]
            let slope = joint.slides ? frame.z.dot(forces[i]) : frame.z.dot(moments[i] - frame.p.cross(forces[i]))
            gradient[joint.variable] = gradient[joint.variable].fma(S(joint.multiplier), slope)
            if joint.parent >= 0 {
                forces[joint.parent] = forces[joint.parent] + forces[i]
                moments[joint.parent] = moments[joint.parent] + moments[i]
            }
        }
    }
}
