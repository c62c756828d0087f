import Geometry
import RobotFiles

/// What a view shows: a robot's moving parts, the configurations it can be put in, a path, targets and things around it.
///
/// Transforms are three rows of four numbers, lengths in m, angles in rad.
public struct ViewScene: Sendable {
    /// A joint that moves, with the frame that it carries.
    struct Joint: Sendable {
        /// The index of the joint that carries this one; −1 where that is the base.
        var parent: Int
        /// "r" for one that turns, "p" for one that slides.
        var kind: String
        var origin: [Double]
        var axis: [Double]
        /// The index of its variable, and its value as `m · q[v] + o`.
        var v: Int
        var m: Double
        var o: Double
    }

    struct Variable: Sendable {
        var name: String
        var unit: String
        var lower: Double
        var upper: Double
    }

    struct Tip: Sendable {
        var name: String
        var joint: Int
        var offset: [Double]
    }

    /// A configuration that can be chosen.
    public struct Configuration: Sendable {
        /// What the list of configurations calls it.
        public var name: String
        /// A few words behind the name.
        public var note: String
        /// The index of its family, which gives its colour; −1 for none.
        public var family: Int
        /// A value per variable of the robot, rad or m.
        public var q: [Double]
        /// What is shown while it is chosen, a value a name of ``ViewScene/aboutNames``.
        public var about: [String]

        public init(name: String, note: String = "", family: Int = -1, q: [Double], about: [String] = []) {
            self.name = name
            self.note = note
            self.family = family
            self.q = q
            self.about = about
        }
    }

    /// Configurations one after the other.
    public struct Path: Sendable {
        public var name = ""
        /// A few words behind the name.
        public var note = ""
        /// The configurations, rad or m.
        public var q: [[Double]]
        /// When each is reached, rising: s, or a count from 0.
        public var t: [Double]
        /// "s", or "step".
        public var unit: String
        /// The indices that are gone to by a jump.
        public var jumps: [Int]
        /// How much of the time passes in a second of playback.
        public var rate: Double

        /// - Parameter times: when each configuration is reached, s; nil plays all in about eight seconds.
        public init(_ q: [[Double]], times: [Double]? = nil, jumps: [Int] = [], name: String = "", note: String = "") {
            self.name = name
            self.note = note
            self.q = q
            self.jumps = jumps
            t = times?.forEyes ?? q.indices.map(Double.init)
            unit = times == nil ? "step" : "s"
            rate = times == nil ? max(1, Double(q.count) / 8) : 1
        }
    }

    /// Several configurations at a time, such as the components of a model while it learns.
    public struct Frame: Sendable {
        /// One of the configurations.
        public struct Member: Sendable {
            /// Members of one family in successive frames move into each other.
            public var family: Int
            /// From 0 to 1; how solid it is drawn, beside the others of its frame.
            public var weight: Double
            /// A value per variable of the robot, rad or m.
            public var q: [Double]

            public init(family: Int, weight: Double, q: [Double]) {
                self.family = family
                self.weight = weight
                self.q = q
            }
        }

        /// When it is, such as the step of a training; rising from frame to frame.
        public var t: Double
        public var members: [Member]

        public init(at t: Double, members: [Member]) {
            self.t = t
            self.members = members
        }
    }

    struct Grid: Sendable, Encodable {
        var step: Double
        var count: Int
        var centre: [Double]
    }

    public var title: String
    public var subtitle = ""
    /// What made the page, for its foot.
    public var provenance = ""
    var variables: [Variable]
    var joints: [Joint]
    var shapes: [ViewShape]
    var meshes: [ViewMesh] = []
    var tips: [Tip]
    var nominal: [Double]
    public var configurations: [Configuration] = []
    /// The names of what is shown of a configuration.
    public var aboutNames: [String] = []
    /// How many families the configurations are of.
    public var families = 0
    /// Ways to be played, one at a time.
    public private(set) var paths: [Path] = []
    /// What is played where there are no ways.
    public var frames: [Frame] = []
    /// What the times of the frames count.
    public var frameUnit = "step"
    /// Poses that are drawn as axes.
    var targets: [[Double]] = []
    /// What stands around the robot.
    public private(set) var world: [ViewShape] = []
    /// What could not be shown, a sentence each.
    public var notes: [String] = []
    // Set by `framed`.
    var grid = Grid(step: 0.1, count: 10, centre: [0, 0, 0])
    var centre = [0.0, 0, 0]
    var size = 1.0
    /// Whether all that moves stays at one height.
    var isFlat = false

    public mutating func add(target: Pose) { targets.append(target.rows) }

    /// A way; an empty one adds nothing.
    public mutating func add(path: Path) { if !path.q.isEmpty { paths.append(path) } }

    /// An obstacle, in the frame that the robot's poses are given in.
    public mutating func add(obstacle: ViewShape) { world.append(obstacle) }

    /// An obstacle of triangles, of which at most about so many are kept.
    public mutating func add(obstacle mesh: TriangleMesh, at pose: Pose, triangles: Int) {
        meshes.append(ViewMesh(MeshSimplification.simplified(mesh, to: triangles)))
        world.append(ViewShape(type: .mesh, at: pose.rows, size: [1, 1, 1], mesh: meshes.count - 1))
    }

    /// An obstacle of points, each drawn as a ball; of more than 20 000 as many, evenly taken.
    public mutating func add(obstacle points: [SIMD3<Double>], radius: Double, at pose: Pose) {
        guard !points.isEmpty else { return }
        let step = max(1, Double(points.count) / 20_000)
        meshes.append(ViewMesh((0..<Int(Double(points.count) / step)).map { points[Int(Double($0) * step)] }))
        world.append(ViewShape(type: .points, at: pose.rows, size: [radius], mesh: meshes.count - 1))
    }
}

/// A shape that moves with a joint, or stands still.
public struct ViewShape: Sendable {
    enum Kind: String, Sendable, Encodable { case sphere, spheres, capsule, cylinder, box, mesh, points }

    var type: Kind
    /// The joint whose frame it is fixed to; −1 for the base.
    var joint = -1
    /// Where it is in that frame; nil for the frame's own origin and axes.
    var at: [Double]?
    /// Radius; of several spheres each one's centre and radius; radius and the straight part's length along z; radius and length along z; the edges; a mesh's scale; the radius of points.
    var size: [Double]
    var mesh: Int?
    var alpha: Double?

    public static func sphere(radius: Double, at pose: Pose = .identity) -> ViewShape { ViewShape(type: .sphere, at: pose.rows, size: [radius]) }
    /// Spheres that move with one joint, in its frame, without those that lie wholly inside others.
    static func spheres(_ all: [CollisionSphere], joint: Int) -> ViewShape {
        func holds(_ outer: CollisionSphere, _ inner: CollisionSphere) -> Bool {
            let step = outer.centre - inner.centre
            return (step * step).sum().squareRoot() + inner.radius <= outer.radius + 1e-9
        }
        // Of two that are the same the first is kept.
        let seen = all.indices.filter { inner in
            !all.indices.contains { outer in outer != inner && holds(all[outer], all[inner]) && (outer < inner || !holds(all[inner], all[outer])) }
        }
        if seen.count == 1 {
            var shape = ViewShape.sphere(radius: all[seen[0]].radius, at: Pose(position: all[seen[0]].centre, rotation: .identity))
            shape.joint = joint
            return shape
        }
        return ViewShape(type: .spheres, joint: joint, size: seen.flatMap { [all[$0].centre.x, all[$0].centre.y, all[$0].centre.z, all[$0].radius] })
    }
    public static func capsule(radius: Double, length: Double, at pose: Pose = .identity) -> ViewShape {
        ViewShape(type: .capsule, at: pose.rows, size: [radius, length])
    }
    public static func cylinder(radius: Double, length: Double, at pose: Pose = .identity) -> ViewShape {
        ViewShape(type: .cylinder, at: pose.rows, size: [radius, length])
    }
    public static func box(_ edges: SIMD3<Double>, at pose: Pose = .identity) -> ViewShape {
        ViewShape(type: .box, at: pose.rows, size: [edges.x, edges.y, edges.z])
    }

    /// All points within a radius of a segment.
    static func capsule(from start: SIMD3<Double>, to end: SIMD3<Double>, radius: Double, in pose: Pose) -> ViewShape {
        let step = end - start, length = (step * step).sum().squareRoot()
        let frame = Pose(position: 0.5 * (start + end), rotation: length > 0 ? Rotation(takingZTo: step / length) : .identity)
        return .capsule(radius: radius, length: length, at: pose * frame)
    }
}

extension Pose {
    /// Three rows of four numbers, to 1e-12.
    var rows: [Double] {
        (0..<3).flatMap { [rotation.x[$0], rotation.y[$0], rotation.z[$0], position[$0]] }.map { abs($0) < 1e3 ? ($0 * 1e12).rounded() / 1e12 : $0 }
    }
}

extension [Double] {
    /// To 1e-6, a thousandth of a millimetre and of a milliradian: what the eye can use, and the page stays small.
    var forEyes: [Double] { map { abs($0) < 1e6 ? ($0 * 1e6).rounded() / 1e6 : $0 } }
}
