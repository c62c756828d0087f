import Numerics

extension RobotDescription {
    /// A body with what was assumed in building it, one sentence each.
    public struct FoundBody: Sendable {
        public var body: Body
        public var notes: [String]
    }

    /// The whole tree with its tips.
    ///
    /// Joints that cannot be used stay at zero where they move no tip.
    /// - Parameters:
    ///   - floating: the range of a floating base; nil for a root that stays where it is.
    ///   - pose: where the root stands in the frame that poses are given in; of a floating base, where it stands while its six variables are zero.
    ///   - holdsFingers: whether fingers that move no tip stay at zero as well; they do where the description names no tips.
    /// - Throws: ``ChainError`` where a tip cannot be used, or nothing moves.
    public func foundBody(floating: FloatingBase?, at pose: Pose = .identity, holdingFingers holdsFingers: Bool = false) throws(ChainError) -> FoundBody {
        var builder = BodyBuilder(self, holdsFingers: holdsFingers || tips.isEmpty)
        try builder.check()
        if let floating { builder.addFloatingBase(floating, at: pose) } else { builder.offset[builder.start] = pose }
        for index in order { builder.add(index) }
        let body = builder.body(floating: floating, at: pose)
        guard body.variables.count > (floating == nil ? 0 : 6) else {
            throw .noMovingJoint(robot: name, base: links[root].name, tip: tips.first?.link ?? links[root].name)
        }
        return FoundBody(body: body, notes: builder.notes)
    }

    /// The body of ``foundBody(floating:at:)``.
    ///
    /// - Throws: ``ChainError``.
    public func body(floating: FloatingBase?) throws(ChainError) -> Body { try foundBody(floating: floating).body }
}

/// Folds a tree into its moving joints.
private struct BodyBuilder {
    let robot: RobotDescription
    /// The link that is the body's root.
    let start: Int
    var joints: [Body.Joint] = []
    /// For every link: the joint that moves it, and its frame in the frame that the joint moves.
    var joint: [Int?]
    var offset: [Pose]
    /// Whether a link belongs to the body.
    private var isPart: [Bool]
    var fixedMass = 0.0
    var fixedMoment = SIMD3<Double>.zero
    var moments: [SIMD3<Double>] = []
    let tips: [RobotDescription.Tip]
    var notes: [String] = []
    /// The body's variables, and the place of every variable of the description among them.
    private var variables: [Chain.Variable] = []
    private var sources: [Int] = []
    private var position: [Int: Int] = [:]

    private let holdsFingers: Bool

    init(_ robot: RobotDescription, holdsFingers: Bool) {
        self.robot = robot
        self.holdsFingers = holdsFingers
        let ends = DefaultTip(robot)
        start = ends.start
        tips = robot.tips.isEmpty
            ? ends.ends(below: start).map { .init(name: robot.links[$0].name, link: robot.links[$0].name) } : robot.tips
        joint = Array(repeating: nil, count: robot.links.count)
        offset = Array(repeating: .identity, count: robot.links.count)
        isPart = Array(repeating: false, count: robot.links.count)
        isPart[start] = true
        for index in robot.order where !robot.joints[index].floats { if isPart[robot.joints[index].parent] { isPart[robot.joints[index].child] = true } }
    }

    /// Judges what the body needs, and numbers its variables.
    mutating func check() throws(ChainError) {
        var needed: Set<Int> = []
        for tip in tips {
            guard var link = robot.linkIndex(tip.link) else {
                throw .unknownLink(robot: robot.name, link: tip.link, hint: NearestNames.hint(robot.links.map(\.name), for: tip.link, plural: "links"))
            }
            guard isPart[link] else {
                throw .noMovingJoint(robot: robot.name, base: robot.links[start].name, tip: tip.link)
            }
            while link != start, let above = robot.links[link].parentJoint {
                needed.insert(above)
                link = robot.joints[above].parent
            }
        }
        let parts = robot.joints.indices.filter { isPart[robot.joints[$0].parent] && isPart[robot.joints[$0].child] }
        var drivers: Set<Int> = []
        for index in parts {
            let joint = robot.joints[index]
            let isNeeded = needed.contains(index)
            if let fault = joint.fault {
                if isNeeded { throw .unusable(fault) }
                notes.append("joint \"\(joint.name)\" moves no tip and is held: \(fault.problem)")
                continue
            }
            guard let variable = joint.variable else { continue }
            if isNeeded || !holdsFingers || !FrameNames.isFinger(joint: joint.name, link: robot.links[joint.child].name) { drivers.insert(variable) }
        }
        for index in parts { if let fault = robot.links[robot.joints[index].child].massFault { throw .unusable(fault) } }
        for index in robot.variables.indices where drivers.contains(index) {
            if let own = robot.joints.first(where: { !$0.mimics && $0.variable == index }) {
                if let fault = own.fault { throw .unusable(fault) }
                notes += own.assumptions
            }
            do {
                let narrowed = try robot.narrowed(index, by: needed)
                position[index] = variables.count
                sources.append(index)
                variables.append(narrowed.variable)
                notes += narrowed.notes
            } catch { throw .unusable(error) }
        }
        let held = robot.variables.count - variables.count
        if held > 0 { notes.append("\(held) of \(robot.variables.count.counted("joint")) \(held == 1 ? "moves no tip, as a finger does, and is" : "move no tip, as fingers do, and are") held at zero") }
    }

    mutating func addFloatingBase(_ range: RobotDescription.FloatingBase, at pose: Pose) {
        let first = variables.count
        let axes: [SIMD3<Double>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        let names = RobotDescription.FloatingBase.variableNames
        let motions = names.indices.map { ($0, $0 < 3) }
        // Positions first, then Rz(yaw)·Ry(pitch)·Rx(roll).
        for (index, slides) in motions.prefix(3) + motions.suffix(3).reversed() {
            joints.append(Body.Joint(
                name: names[index], kind: slides ? .prismatic : .revolute, parent: joints.isEmpty ? nil : joints.count - 1,
                origin: joints.isEmpty ? pose : .identity, axis: axes[index % 3], variable: first + index))
            moments.append(.zero)
        }
        joint[start] = joints.count - 1
        weigh(start)
        isRootWeighed = true
    }

    mutating func add(_ index: Int) {
        let description = robot.joints[index]
        let (parent, child) = (description.parent, description.child)
        guard isPart[parent], isPart[child] else { return }
        if parent == start, !isRootWeighed {
            weigh(parent)
            isRootWeighed = true
        }
        let origin = offset[parent] * description.origin
        if let own = description.variable, let variable = position[own] {
            joints.append(Body.Joint(
                name: description.name, kind: description.kind, parent: joint[parent], origin: origin, axis: description.axis,
                variable: variable, multiplier: description.multiplier, offset: description.offset))
            moments.append(.zero)
            joint[child] = joints.count - 1
        } else {
            joint[child] = joint[parent]
            offset[child] = origin * robot.restMotion(of: description)
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

    func body(floating: RobotDescription.FloatingBase?, at pose: Pose) -> Body {
        var joints = joints
        for i in joints.indices where joints[i].mass > 0 { joints[i].centreOfMass = moments[i] / joints[i].mass }
        var variables = variables
        let configuration = robot.nominalConfigurations.first?.configuration
        var nominal = zip(sources, variables).map { configuration?[$0.0] ?? ($0.1.lower + $0.1.upper) / 2 }
        if let floating {
            let names = RobotDescription.FloatingBase.variableNames
            variables += names.indices.map {
                Chain.Variable(name: names[$0], kind: $0 < 3 ? .prismatic : .revolute, lower: floating.lower[$0], upper: floating.upper[$0])
            }
            let base = robot.nominalConfigurations.first?.base ?? .identity
            let turn = base.rotation.rollPitchYaw
            nominal += [base.position.x, base.position.y, base.position.z, turn.roll, turn.pitch, turn.yaw]
        }
        nominal = zip(nominal, variables).map { min(max($0, $1.lower), $1.upper) }
        let frames = tips.compactMap { tip in
            robot.linkIndex(tip.link).map { Body.Tip(name: tip.name, link: tip.link, joint: joint[$0], offset: offset[$0] * tip.offset) }
        }
        var result = Body(
            name: robot.name, base: floating == nil && pose == .identity ? robot.links[start].name : "world", joints: joints, tips: frames,
            variables: variables, isFloating: floating != nil, nominal: nominal, stance: nil)
        result.fixedMass = fixedMass
        if fixedMass > 0 { result.fixedCentre = fixedMoment / fixedMass }
        result.stance = stance(of: result, at: pose)
        return result
    }

    /// - Parameter pose: the frame in which the description has the stance, in that in which poses are given.
    private func stance(of body: Body, at pose: Pose) -> BodyTask? {
        guard body.isFloating, let stance = robot.stance else { return nil }
        let aims = stance.tips.compactMap { tip in
            body.tipIndex(tip.name).map { BodyTask.Aim(tip: $0, goal: Goal(pose * tip.pose)) }
        }
        return BodyTask(aims: aims, halfWidths: stance.balance)
    }
}

extension BodyTask {
    /// Goals that stay, and a centre of mass that is to stay over their middle, within half widths along x and y, m.
    public init(aims: [Aim], halfWidths: SIMD2<Double>?) {
        self.init(aims: aims)
        guard let halfWidths, !aims.isEmpty else { return }
        let middle = aims.reduce(SIMD3<Double>.zero) { $0 + $1.goal.pose.position } / Double(aims.count)
        balance = Balance(centre: [middle.x, middle.y], halfWidths: halfWidths)
    }
}
