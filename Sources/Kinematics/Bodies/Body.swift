import Numerics

/// A kinematic tree with several tips, standing on a fixed or a floating base, with its masses.
///
/// What does not move against a joint is folded into it, so that a body is its moving joints. A floating base is six joints more
/// at the root: three that slide along the axes of the frame in which the base stands while they are zero (the world, or where it was mounted), then
/// three that turn by yaw, pitch and roll. A configuration has the tree's own variables first, in the order of the description, then `base_x`,
/// `base_y`, `base_z` (m) and `base_roll`, `base_pitch`, `base_yaw` (rad).
public struct Body: Sendable, Equatable, Codable {
    /// A moving joint with the rigid body that it carries.
    public struct Joint: Sendable, Equatable, Codable {
        public var name: String
        public var kind: JointKind
        /// The index of the joint that carries this one; nil where that is the world.
        public var parent: Int?
        /// The joint's frame in the frame that the parent moves, at joint value zero.
        public var origin: Pose
        /// The unit axis in the joint's frame.
        public var axis: SIMD3<Double>
        /// The joint's value is `multiplier · q[variable] + offset`.
        public var variable: Int
        public var multiplier = 1.0
        public var offset = 0.0
        /// The mass that moves with the joint and not with joints after it, kg, and its centre in the frame that the joint moves, m.
        public var mass = 0.0
        public var centreOfMass = SIMD3<Double>.zero
    }

    /// A frame of interest.
    public struct Tip: Sendable, Equatable, Codable {
        public var name: String
        /// The link whose frame it is.
        public var link: String
        /// The joint that moves it; nil where it does not move.
        public var joint: Int?
        /// The tip in the frame that the joint moves.
        public var offset: Pose
    }

    public var name: String
    /// The frame that poses are given in: "world" with a floating base, else the tree's root.
    public var base: String
    /// Parents before their children.
    public var joints: [Joint]
    public var tips: [Tip]
    public var variables: [Chain.Variable]
    /// Whether the last six variables move the base.
    public var isFloating: Bool
    /// The mass that does not move, kg, and its centre, m.
    public var fixedMass = 0.0
    public var fixedCentre = SIMD3<Double>.zero
    /// A configuration to start from; the middle of the ranges where the description has none.
    public var nominal: [Double]
    /// How the body stands, where the description says so.
    public var stance: BodyTask?

    /// The number of variables, a floating base's six included.
    public var degreesOfFreedom: Int { variables.count }
    /// The mass of all links, kg.
    public var totalMass: Double { joints.reduce(fixedMass) { $0 + $1.mass } }

    /// The index of the tip with a name, or of the first one on the link with that name; nil where there is none.
    public func tipIndex(_ name: String) -> Int? { tips.firstIndex { $0.name == name } ?? tips.firstIndex { $0.link == name } }

    /// A configuration drawn uniformly within the limits.
    public func randomConfiguration(using stream: inout RandomStream) -> [Double] {
        variables.map { min($0.lower + ($0.upper - $0.lower) * stream.uniform(), $0.upper) }
    }

    /// Whether every entry is finite and within its limits, widened by a tolerance in rad or m; continuous joints have none.
    public func contains(_ q: [Double], tolerance: Double = 0) -> Bool {
        q.count == degreesOfFreedom && zip(variables, q).allSatisfy { variable, value in
            value.isFinite && (variable.kind == .continuous
                || (value >= variable.lower - tolerance && value <= variable.upper + tolerance))
        }
    }

    /// A serial chain as a body with one tip, named as its link, and no mass.
    public init(_ chain: Chain) {
        var joints: [Joint] = []
        var pending = Pose.identity
        for segment in chain.segments {
            pending = pending * segment.origin
            guard let variable = segment.variable else { continue }
            joints.append(Joint(
                name: segment.name, kind: segment.kind, parent: joints.isEmpty ? nil : joints.count - 1, origin: pending,
                axis: segment.axis, variable: variable, multiplier: segment.multiplier, offset: segment.offset))
            pending = .identity
        }
        let tip = Tip(name: chain.tip, link: chain.tip, joint: joints.isEmpty ? nil : joints.count - 1, offset: pending)
        self.init(
            name: chain.name, base: chain.base, joints: joints, tips: [tip], variables: chain.variables, isFloating: false,
            nominal: chain.variables.map { ($0.lower + $0.upper) / 2 }, stance: nil)
    }

    init(
        name: String, base: String, joints: [Joint], tips: [Tip], variables: [Chain.Variable], isFloating: Bool, nominal: [Double],
        stance: BodyTask?
    ) {
        self.name = name
        self.base = base
        self.joints = joints
        self.tips = tips
        self.variables = variables
        self.isFloating = isFloating
        self.nominal = nominal
        self.stance = stance
    }
}

/// The task of a body: goals of its tips, and where its centre of mass is to stay.
public struct BodyTask: Sendable, Equatable, Codable {
    /// A goal of one tip.
    public struct Aim: Sendable, Equatable, Codable {
        /// An index into the body's tips.
        public var tip: Int
        public var goal: Goal

        /// - Parameter tip: an index into the body's tips.
        public init(tip: Int, goal: Goal) {
            self.tip = tip
            self.goal = goal
        }
    }

    /// A rectangle in the base's x-y plane, over which the centre of mass is to stay, m.
    public struct Balance: Sendable, Equatable, Codable {
        public var centre: SIMD2<Double>
        public var halfWidths: SIMD2<Double>

        /// - Parameters:
        ///   - centre: the middle of the rectangle in the base's x-y plane, m.
        ///   - halfWidths: half its extent along x and y, m, not negative.
        public init(centre: SIMD2<Double>, halfWidths: SIMD2<Double>) {
            self.centre = centre
            self.halfWidths = halfWidths
        }
    }

    public var aims: [Aim]
    public var balance: Balance?

    /// The goals of tips, at most one each, and where the centre of mass must be; nil: anywhere.
    public init(aims: [Aim], balance: Balance? = nil) {
        self.aims = aims
        self.balance = balance
    }

    /// The task with a goal more, in place of one for the same tip.
    public func aiming(_ goal: Goal, tip: Int) -> BodyTask {
        var result = self
        result.aims.removeAll { $0.tip == tip }
        result.aims.append(Aim(tip: tip, goal: goal))
        return result
    }
}
