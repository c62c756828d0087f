import Geometry

/// What a view shows: a robot's moving parts, the configurations it can be put in, a path, targets and things around it.
///
/// The scene is what the page reads, as JSON. Transforms are three rows of four numbers, lengths in m, angles in rad.
public struct ViewScene: Sendable, Encodable {
    /// A joint that moves, with the frame that it carries.
    struct Joint: Sendable, Encodable {
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

    struct Variable: Sendable, Encodable {
        var name: String
        var unit: String
        var lower: Double
        var upper: Double
    }

    struct Tip: Sendable, Encodable {
        var name: String
        var joint: Int
        var offset: [Double]
    }

    /// A configuration that can be chosen.
    public struct Configuration: Sendable, Encodable {
        public var name: String
        /// A few words behind the name.
        public var note: String
        /// The index of its family, which gives its colour; −1 for none.
        public var family: Int
        public var q: [Double]
        /// What is shown while it is chosen, a value a name of ``ViewScene/aboutNames``.
        public var about: [String]

        public init(name: String, note: String = "", family: Int = -1, q: [Double], about: [String] = []) {
            self.name = name
            self.note = note
            self.family = family
            self.q = q.forEyes
            self.about = about
        }
    }

    /// Configurations one after the other.
    public struct Path: Sendable, Encodable {
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
        public init(_ q: [[Double]], times: [Double]? = nil, jumps: [Int] = []) {
            self.q = q.map(\.forEyes)
            self.jumps = jumps
            t = times ?? q.indices.map(Double.init)
            unit = times == nil ? "step" : "s"
            rate = times == nil ? max(1, Double(q.count) / 8) : 1
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
    public var path: Path?
    /// Frames that are drawn as axes.
    var targets: [[Double]] = []
    /// Lines through space, such as the path of a tip.
    var lines: [[[Double]]] = []
    /// What stands around the robot.
    public var world: [ViewShape] = []
    // Set by `framed`.
    var grid = Grid(step: 0.1, count: 10, centre: [0, 0, 0])
    var centre = [0.0, 0, 0]
    var size = 1.0
    /// Whether all that moves stays at one height.
    var isFlat = false

    public mutating func add(target: Pose) { targets.append(target.rows) }

    /// A line through places, m.
    public mutating func add(line: [SIMD3<Double>]) { lines.append(line.map { [$0.x, $0.y, $0.z].forEyes }) }
}

/// A shape that moves with a joint, or stands still.
public struct ViewShape: Sendable, Encodable {
    enum Kind: String, Sendable, Encodable { case sphere, capsule, cylinder, box, mesh }

    var type: Kind
    /// The joint whose frame it is fixed to; −1 for the base.
    var joint = -1
    /// Where it is in that frame; nil for the frame's own origin and axes.
    var at: [Double]?
    /// Radius; radius and the straight part's length along z; radius and length along z; the edges; a mesh's scale.
    var size: [Double]
    var mesh: Int?
    var alpha: Double?

    public static func sphere(radius: Double, at pose: Pose = .identity) -> ViewShape { ViewShape(type: .sphere, at: pose.rows, size: [radius]) }
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
        let frame = Pose(position: 0.5 * (start + end), rotation: length > 0 ? Rotation(pointing: step / length) : .identity)
        return .capsule(radius: radius, length: length, at: pose * frame)
    }
}

/// Triangles with corners in the steps of a box.
struct ViewMesh: Sendable, Encodable {
    var lower: [Double]
    var upper: [Double]
    /// Three 16-bit steps a corner, and three indices a triangle of 16 or 32 bits, little-endian, in base64.
    var corners: String
    var triangles: String
    var wide: Bool
}

extension Rotation {
    /// One that takes the z axis to a unit vector.
    init(pointing z: SIMD3<Double>) {
        let helper: SIMD3<Double> = abs(z.z) < 0.9 ? [0, 0, 1] : [1, 0, 0]
        func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
        }
        let across = cross(helper, z)
        let x = across / (across * across).sum().squareRoot()
        self.init(x: x, y: cross(z, x), z: z)
    }
}

extension Pose {
    /// Three rows of four numbers, to 1e-12.
    var rows: [Double] {
        (0..<3).flatMap { [rotation.x[$0], rotation.y[$0], rotation.z[$0], position[$0]] }.map { abs($0) < 1e3 ? ($0 * 1e12).rounded() / 1e12 : $0 }
    }
}

extension [Double] {
    /// To 1e-7, a ten-thousandth of a millimetre and of a milliradian: what the eye can use, and the page stays small.
    var forEyes: [Double] { map { abs($0) < 1e6 ? ($0 * 1e7).rounded() / 1e7 : $0 } }
}
