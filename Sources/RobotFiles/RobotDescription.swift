import Geometry

/// A robot's kinematic tree: links joined by joints, with masses and collision shapes.
///
/// The tree's configuration `q` has one entry per *variable*, in the order in which the moving joints stand in the
/// description; a joint that mimics another shares that joint's variable.
public struct RobotDescription: Sendable, Equatable {
    /// A rigid body with its frame.
    public struct Link: Sendable, Equatable {
        public var name: String
        /// The mass in kg; zero where none is given.
        public var mass = 0.0
        /// The centre of mass in the link's frame, m.
        public var centreOfMass = SIMD3<Double>.zero
        public var spheres: [CollisionSphere] = []
        public var capsules: [CollisionCapsule] = []
        public var solids: [CollisionSolid] = []
        /// What it looks like, where the description says so.
        public var visuals: [LinkShape] = []
        /// The index of the joint that carries the link; nil at the root.
        public var parentJoint: Int?
        /// The indices of the joints that the link carries, in the order of the description.
        public var childJoints: [Int] = []
        /// Why its mass cannot be used, where that is so; who needs no masses need not care.
        public var massFault: URDFError?
    }

    /// A connection of two links.
    public struct Joint: Sendable, Equatable {
        public var name: String
        public var kind: JointKind
        /// The indices of the links that it joins.
        public var parent: Int
        public var child: Int
        /// The joint's frame in the parent link's frame, at joint value zero.
        public var origin: Pose
        /// The unit axis in the joint's frame; zero where fixed.
        public var axis: SIMD3<Double>
        /// The largest speed, rad/s or m/s, above 0 and below ``RobotBounds/speed``, and the largest torque or force, N m or N, where given.
        public var velocity: Double?
        public var effort: Double?
        /// The index of the variable that drives the joint; nil where fixed.
        public var variable: Int?
        /// The joint's value is `multiplier · q[variable] + offset`.
        public var multiplier = 1.0
        public var offset = 0.0
        /// Whether the joint mimics another.
        public var mimics = false
        /// The joint's own limits, rad or m; nil where it has none.
        public var limits: JointLimits?
        /// Why the joint cannot be used, where that is so: who does not pass it need not care. Until its fault is mended it does not move.
        public var fault: URDFError?
        /// What was assumed or left out in reading it, to be said where it is used.
        public var notes: [String] = []
        /// What is wrong with its speed limit, which is then nil.
        public var velocityNote: String?

        /// All that is to be said where the joint is used; one that mimics another has that joint's speed.
        public var assumptions: [String] { notes + (mimics ? [] : velocityNote.map { [$0] } ?? []) }
    }

    /// A link whose pose is of interest, under a name of its own.
    public struct Tip: Sendable, Equatable {
        public var name: String
        public var link: String
        /// The frame of interest in the link's frame.
        public var offset: Pose

        public init(name: String, link: String, offset: Pose = .identity) {
            self.name = name
            self.link = link
            self.offset = offset
        }
    }

    /// A configuration worth a name, with the pose of the base in the world.
    public struct NominalConfiguration: Sendable, Equatable {
        public var name: String
        public var base: Pose
        public var configuration: [Double]
    }

    public var name: String
    /// A line that says what the robot is, if the description has one.
    public var summary: String?
    /// The file, or what stands for it in messages.
    public var source: String
    public var links: [Link]
    public var joints: [Joint]
    /// The entries of the tree's configuration, with the limits that configurations are drawn from.
    public var variables: [JointVariable]
    /// The index of the link that no joint carries.
    public var root: Int
    /// The indices of all joints, parents before their children.
    public var order: [Int]
    /// The names of the links between which the robot's chain runs unless others are asked for, if the description
    /// says so.
    public var base: String?
    public var tip: String?
    /// The tips that the description names.
    public var tips: [Tip]
    public var nominalConfigurations: [NominalConfiguration]
    /// The range of the base, where the robot stands freely.
    public var floatingBase: FloatingBase?
    /// How it stands, where the description says so.
    public var stance: Stance?
    public var collisionRules: CollisionRules
    /// What was supplied or left out in reading, one sentence each with its place.
    public var warnings: [String]

    /// The number of variables.
    public var degreesOfFreedom: Int { variables.count }

    /// The index of the link with a name.
    public func linkIndex(_ name: String) -> Int? { links.firstIndex { $0.name == name } }

    /// What a joint does where nothing moves it: its variable is as near to zero as its limits allow.
    package func restMotion(of joint: Joint) -> Pose {
        guard let variable = joint.variable, joint.fault == nil else { return .identity }
        return joint.kind.motion(by: joint.multiplier * variables[variable].restValue + joint.offset, along: joint.axis)
    }
}

/// A sphere in a link's frame, in metres.
public struct CollisionSphere: Sendable, Equatable {
    public var centre: SIMD3<Double>
    public var radius: Double

    public init(centre: SIMD3<Double>, radius: Double) {
        self.centre = centre
        self.radius = radius
    }
}

/// All points within a radius of a line segment in a link's frame, in metres.
public struct CollisionCapsule: Sendable, Equatable {
    public var start: SIMD3<Double>
    public var end: SIMD3<Double>
    public var radius: Double

    public init(start: SIMD3<Double>, end: SIMD3<Double>, radius: Double) {
        self.start = start
        self.end = end
        self.radius = radius
    }
}

/// What the test of a robot's links against each other must know besides their shapes.
public struct CollisionRules: Sendable, Equatable {
    /// Two links whose shapes may overlap.
    public struct Pair: Sendable, Equatable {
        public var first: String
        public var second: String

        public init(first: String, second: String) {
            self.first = first
            self.second = second
        }
    }

    /// The pairs that are left out when spheres, or capsules, are tested.
    public var ignoredForSpheres: [Pair] = []
    public var ignoredForCapsules: [Pair] = []
    /// What is added to the radii of a link's spheres, m.
    public var sphereMargins: [String: Double] = [:]

    public init() {}
}
