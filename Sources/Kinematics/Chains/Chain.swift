import Numerics

/// The serial chain from a base link to a tip link, with all that a robot has besides left out.
///
/// A chain is constant data. Its configuration is a vector `q` with one entry per *variable*: a moving joint that
/// mimics another shares that joint's variable.
public struct Chain: Sendable, Equatable, Codable {
    /// One joint between the base and the tip.
    public struct Segment: Sendable, Equatable, Codable {
        public var name: String
        public var kind: JointKind
        /// The name of the link that the joint carries.
        public var child: String
        /// The joint's frame in its parent link's frame, at joint value zero.
        public var origin: Pose
        /// The unit axis in the joint's frame; unused where fixed.
        public var axis: SIMD3<Double>
        /// The index in `q` of the variable that drives the joint; nil where fixed.
        public var variable: Int?
        /// The joint's value is `multiplier · q[variable] + offset`; 1 and 0 unless the joint mimics another.
        public var multiplier: Double
        public var offset: Double

        public init(
            name: String, kind: JointKind, child: String, origin: Pose, axis: SIMD3<Double>,
            variable: Int?, multiplier: Double = 1, offset: Double = 0
        ) {
            self.name = name
            self.kind = kind
            self.child = child
            self.origin = origin
            self.axis = axis
            self.variable = variable
            self.multiplier = multiplier
            self.offset = offset
        }
    }

    /// One entry of the configuration.
    public typealias Variable = JointVariable

    public var name: String
    /// The link whose frame poses are given in.
    public var base: String
    /// The link whose pose is computed.
    public var tip: String
    /// All joints from the base to the tip, fixed ones too.
    public var segments: [Segment]
    public var variables: [Variable]

    public init(name: String, base: String, tip: String, segments: [Segment], variables: [Variable]) {
        self.name = name
        self.base = base
        self.tip = tip
        self.segments = segments
        self.variables = variables
    }

    /// The number of variables.
    public var degreesOfFreedom: Int { variables.count }
}
