import Numerics

extension RobotDescription {
    /// The range of a floating base: position in m, then roll, pitch and yaw in rad.
    public struct FloatingBase: Sendable, Equatable {
        public var lower: [Double]
        public var upper: [Double]

        /// A metre to every side, half a turn about the vertical, and an eighth about the other axes.
        public static let wide = FloatingBase(
            lower: [-1, -1, -1, -.pi / 4, -.pi / 4, -.pi], upper: [1, 1, 1, .pi / 4, .pi / 4, .pi])
    }

    /// How the robot stands: where some tips are to stay, and how far the centre of mass may leave their middle along x and y, m.
    public struct Stance: Sendable, Equatable {
        public var tips: [(name: String, pose: Pose)] = []
        public var balance: SIMD2<Double>?

        public static func == (a: Stance, b: Stance) -> Bool {
            a.balance == b.balance && a.tips.map(\.name) == b.tips.map(\.name) && a.tips.map(\.pose) == b.tips.map(\.pose)
        }
    }

    /// The whole tree with its tips.
    ///
    /// - Parameters:
    ///   - floating: the range of a floating base; nil for a root that stays where it is.
    /// - Throws: ``ChainError`` where the robot names no tips, or nothing moves.
    public func body(floating: FloatingBase?) throws(ChainError) -> Body {
        guard !variables.isEmpty else {
            throw .noMovingJoint(robot: name, base: links[root].name, tip: tips.first?.link ?? links[root].name)
        }
        var builder = BodyBuilder(self)
        if let floating { builder.addFloatingBase(floating) }
        for index in order { builder.add(index) }
        return builder.body(floating: floating)
    }
}

/// Folds a tree into its moving joints.
private struct BodyBuilder {
    let robot: RobotDescription
    var joints: [Body.Joint] = []
    /// For every link: the joint that moves it, and its frame in the frame that the joint moves.
    var joint: [Int?]
    var offset: [Pose]
    var fixedMass = 0.0
    var fixedMoment = SIMD3<Double>.zero
    var moments: [SIMD3<Double>] = []

    init(_ robot: RobotDescription) {
        self.robot = robot
        joint = Array(repeating: nil, count: robot.links.count)
        offset = Array(repeating: .identity, count: robot.links.count)
    }

    mutating func addFloatingBase(_ range: RobotDescription.FloatingBase) {
        let first = robot.variables.count
        let axes: [SIMD3<Double>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        let motions = Body.baseNames.indices.map { ($0, $0 < 3) }
        // Positions first, then Rz(yaw)·Ry(pitch)·Rx(roll).
        for (index, slides) in motions.prefix(3) + motions.suffix(3).reversed() {
            joints.append(Body.Joint(
                name: Body.baseNames[index], kind: slides ? .prismatic : .revolute, parent: joints.isEmpty ? nil : joints.count - 1,
                origin: .identity, axis: axes[index % 3], variable: first + index))
            moments.append(.zero)
        }
        joint[robot.root] = joints.count - 1
        weigh(robot.root)
    }

    mutating func add(_ index: Int) {
        let description = robot.joints[index]
        let (parent, child) = (description.parent, description.child)
        if parent == robot.root, joint[parent] == nil, !isRootWeighed { weigh(parent); isRootWeighed = true }
        let origin = offset[parent] * description.origin
        if let variable = description.variable {
            joints.append(Body.Joint(
                name: description.name, kind: description.kind, parent: joint[parent], origin: origin, axis: description.axis,
                variable: variable, multiplier: description.multiplier, offset: description.offset))
            moments.append(.zero)
            joint[child] = joints.count - 1
        } else {
            joint[child] = joint[parent]
            offset[child] = origin
        }
        weigh(child)
    }

    private var isRootWeighed = false

    /// Adds a link's mass to the joint that moves it.
    private mutating func weigh(_ link: Int) {
        let mass = robot.links[link].mass
        let moment = mass * (offset[link] * robot.links[link].centreOfMass)
        if let joint = joint[link] {
            joints[joint].mass += mass
            moments[joint] += moment
        } else {
            fixedMass += mass
            fixedMoment += moment
        }
    }

    func body(floating: RobotDescription.FloatingBase?) -> Body {
        var joints = joints
        for i in joints.indices where joints[i].mass > 0 { joints[i].centreOfMass = moments[i] / joints[i].mass }
        var variables = robot.variables
        var nominal = robot.nominalConfigurations.first?.configuration ?? variables.map { ($0.lower + $0.upper) / 2 }
        if let floating {
            variables += Body.baseNames.indices.map {
                Chain.Variable(name: Body.baseNames[$0], kind: $0 < 3 ? .prismatic : .revolute, lower: floating.lower[$0], upper: floating.upper[$0])
            }
            let base = robot.nominalConfigurations.first?.base ?? .identity
            let turn = base.rotation.rollPitchYaw
            nominal += [base.position.x, base.position.y, base.position.z, turn.roll, turn.pitch, turn.yaw]
        }
        nominal = zip(nominal, variables).map { min(max($0, $1.lower), $1.upper) }
        var result = Body(
            name: robot.name, base: floating == nil ? robot.links[robot.root].name : "world", joints: joints, tips: tips(),
            variables: variables, isFloating: floating != nil, nominal: nominal, stance: nil)
        result.fixedMass = fixedMass
        if fixedMass > 0 { result.fixedCentre = fixedMoment / fixedMass }
        result.stance = stance(of: result)
        return result
    }

    /// The named tips; where there are none, the ends of all branches.
    private func tips() -> [Body.Tip] {
        let named = robot.tips.map { ($0.name, robot.linkIndex($0.link)) }
        let ends = robot.links.indices.filter { robot.links[$0].childJoints.isEmpty }.map { (robot.links[$0].name, Optional($0)) }
        return (named.isEmpty ? ends : named).compactMap { name, link in
            link.map { Body.Tip(name: name, link: robot.links[$0].name, joint: joint[$0], offset: offset[$0]) }
        }
    }

    private func stance(of body: Body) -> BodyTask? {
        guard body.isFloating, let stance = robot.stance else { return nil }
        let aims = stance.tips.compactMap { tip in
            body.tipIndex(tip.name).map { BodyTask.Aim(tip: $0, goal: Goal(tip.pose)) }
        }
        var task = BodyTask(aims: aims)
        if let halfWidths = stance.balance, !aims.isEmpty {
            let middle = aims.reduce(SIMD3<Double>.zero) { $0 + $1.goal.pose.position } / Double(aims.count)
            task.balance = BodyTask.Balance(centre: [middle.x, middle.y], halfWidths: halfWidths)
        }
        return task
    }
}

extension Body {
    /// The names of a floating base's variables.
    static let baseNames = ["base_x", "base_y", "base_z", "base_roll", "base_pitch", "base_yaw"]
}
