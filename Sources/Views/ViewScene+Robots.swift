import Geometry
import Kinematics
import RobotFiles

extension ViewScene {
    /// A chain in its nominal configuration, the middle of its ranges.
    ///
    /// - Parameter description: what the chain was found in, for the shapes of its links and of what hangs on them; without shapes the
    ///   chain is drawn as rods from joint to joint.
    public init(_ chain: Chain, description: RobotDescription? = nil, title: String? = nil, appearance: ViewAppearance = ViewAppearance()) {
        var frames: [String: (joint: Int, offset: Pose)] = [chain.base: (-1, .identity)]
        var joints: [Joint] = [], pending = Pose.identity
        for segment in chain.segments {
            pending = pending * segment.origin
            if let variable = segment.variable {
                joints.append(Joint(
                    parent: joints.count - 1, kind: segment.kind, origin: pending, axis: segment.axis, variable: variable, multiplier: segment.multiplier,
                    offset: segment.offset))
                pending = .identity
            }
            frames[segment.child] = (joints.count - 1, pending)
        }
        self.init(
            title: title ?? chain.name, variables: chain.variables, joints: joints, frames: frames, description: description, appearance: appearance,
            tips: [Tip(name: chain.tip, joint: joints.count - 1, offset: pending.rows)], nominal: chain.variables.map { ($0.lower + $0.upper) / 2 })
    }

    /// A whole body in its nominal configuration.
    public init(_ body: Body, description: RobotDescription? = nil, title: String? = nil, appearance: ViewAppearance = ViewAppearance()) {
        let joints = body.joints.map { joint in
            Joint(
                parent: joint.parent ?? -1, kind: joint.kind, origin: joint.origin, axis: joint.axis, variable: joint.variable, multiplier: joint.multiplier,
                offset: joint.offset)
        }
        var frames: [String: (joint: Int, offset: Pose)] = [:]
        if let description {
            // The root is carried by the last of a floating base's joints, or stands where its first joint says.
            let carrier = body.isFloating ? body.joints.lastIndex { $0.variable >= body.degreesOfFreedom - 6 } ?? -1 : -1
            frames[description.links[description.root].name] = (carrier, body.isFloating ? .identity : body.root(of: description))
            for (index, joint) in body.joints.enumerated() {
                guard let own = description.joints.first(where: { $0.name == joint.name }) else { continue }
                frames[description.links[own.child].name] = (index, .identity)
            }
        }
        self.init(
            title: title ?? body.name, variables: body.variables, joints: joints, frames: frames, description: description, appearance: appearance,
            tips: body.tips.map { Tip(name: $0.name, joint: $0.joint ?? -1, offset: $0.offset.rows) }, nominal: body.nominal)
    }

    private init(
        title: String, variables: [JointVariable], joints: [Joint], frames: [String: (joint: Int, offset: Pose)], description: RobotDescription?,
        appearance: ViewAppearance, tips: [Tip], nominal: [Double]
    ) {
        self.title = title
        self.variables = variables.map { variable in
            let isAngle = variable.kind != .prismatic
            // A slider needs ends, and rails may have none worth the name.
            let bound = isAngle ? 2 * Double.pi : 10.0
            let lower = max(variable.lower, -bound), upper = min(variable.upper, bound)
            return Variable(
                name: variable.name, unit: isAngle ? "rad" : "m", lower: lower < upper ? lower : variable.lower, upper: lower < upper ? upper : variable.upper)
        }
        self.joints = joints
        self.tips = tips
        self.nominal = nominal
        shapes = []
        if let description { addShapes(of: description, frames: frames, appearance) }
        if shapes.isEmpty { shapes = Self.rods(joints, tips: tips, reach: Self.reach(joints, tips: tips)) }
    }

    // MARK: Rods

    /// A drum at every joint and a rod to each that it carries.
    private static func rods(_ joints: [Joint], tips: [Tip], reach: Double) -> [ViewShape] {
        let thin = 0.012 * reach, wide = 0.028 * reach
        var shapes: [ViewShape] = [.cylinder(radius: 2 * wide, length: thin)]
        func rod(on joint: Int, to end: SIMD3<Double>) {
            guard (end * end).sum() > 0 else { return }
            var shape = ViewShape.capsule(from: .zero, to: end, radius: thin, in: .identity)
            shape.joint = joint
            shapes.append(shape)
        }
        for (index, joint) in joints.enumerated() {
            rod(on: joint.parent, to: [joint.origin[3], joint.origin[7], joint.origin[11]])
            let frame = Pose(position: .zero, rotation: Rotation(takingZTo: SIMD3(joint.axis)))
            var drum = joint.kind == "p" ? ViewShape.box([1.4 * wide, 1.4 * wide, 2.4 * wide], at: frame) : .cylinder(radius: wide, length: 2 * wide, at: frame)
            drum.joint = index
            shapes.append(drum)
        }
        for tip in tips { rod(on: tip.joint, to: [tip.offset[3], tip.offset[7], tip.offset[11]]) }
        return shapes
    }

    /// The length of the longest way from the base to a tip or a joint; 1 where there are none.
    private static func reach(_ joints: [Joint], tips: [Tip]) -> Double {
        func length(_ rows: [Double]) -> Double { (rows[3] * rows[3] + rows[7] * rows[7] + rows[11] * rows[11]).squareRoot() }
        var ways: [Double] = []
        for joint in joints { ways.append((joint.parent < 0 ? 0 : ways[joint.parent]) + length(joint.origin)) }
        let ends = tips.map { ($0.joint < 0 ? 0 : ways[$0.joint]) + length($0.offset) }
        let longest = (ways + ends).max() ?? 0
        return longest > 0 ? longest : 1
    }
}

extension ViewScene.Joint {
    fileprivate init(
        parent: Int, kind: JointKind, origin: Pose, axis: SIMD3<Double>, variable: Int, multiplier: Double, offset: Double
    ) {
        self.init(
            parent: parent, kind: kind == .prismatic ? "p" : "r", origin: origin.rows, axis: [axis.x, axis.y, axis.z], v: variable, m: multiplier, o: offset)
    }
}

extension Body {
    /// Where the root link of a body that does not float stands: between the body's frame and a joint's lies what the description says.
    fileprivate func root(of description: RobotDescription) -> Pose {
        for joint in joints where joint.parent == nil {
            guard let own = description.joints.first(where: { $0.name == joint.name }), own.parent == description.root else { continue }
            return joint.origin * own.origin.inverse
        }
        return .identity
    }
}
