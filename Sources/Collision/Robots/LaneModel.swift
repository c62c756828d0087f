import Kinematics
import Numerics

/// A ``CollisionModel`` as single-precision constants.
struct LaneModel: Sendable {
    struct Node: BitwiseCopyable, Sendable {
        var parent: Int
        /// The columns of the fixed rotation before the motion, and the translation; entries that are zero cost nothing.
        var x: SIMD3<Float>, y: SIMD3<Float>, z: SIMD3<Float>
        var translation: SIMD3<Float>
        var slides: Bool
        var variable: Int
        var scale: Float
        var offset: Float
    }

    struct Ball: BitwiseCopyable, Sendable {
        var centre: SIMD3<Float>
        var radius: Float
    }

    struct Link: BitwiseCopyable, Sendable {
        var node: Int
        var bound: Ball
        var margin: Float
        /// Its balls among all.
        private let first: Int
        private let end: Int
        var balls: Range<Int> { first..<end }

        init(node: Int, bound: Ball, margin: Float, balls: Range<Int>) {
            (self.node, self.bound, self.margin) = (node, bound, margin)
            (first, end) = (balls.lowerBound, balls.upperBound)
        }
    }

    let nodes: [Node]
    let links: [Link]
    let balls: [Ball]
    let pairs: [SIMD2<Int>]
    /// The links that move, those farthest from the base first: they are likeliest to touch something.
    let moving: [Int]

    init(nodes: [CollisionModel.Node], links: [CollisionModel.Link], pairs: [SIMD2<Int>]) {
        func exact(_ v: SIMD3<Double>) -> SIMD3<Float> {
            SIMD3(abs(v.x) < 1e-10 ? 0 : Float(v.x), abs(v.y) < 1e-10 ? 0 : Float(v.y), abs(v.z) < 1e-10 ? 0 : Float(v.z))
        }
        self.nodes = nodes.map { node in
            let r = node.origin.rotation
            return Node(
                parent: node.parent, x: exact(r.x), y: exact(r.y), z: exact(r.z), translation: exact(node.origin.position), slides: node.slides,
                variable: node.variable, scale: Float(node.scale), offset: Float(node.offset))
        }
        var balls: [Ball] = [], compiled: [Link] = []
        for link in links {
            let first = balls.count
            balls += link.spheres.map { Ball(centre: exact($0.centre), radius: Float($0.radius)) }
            // Rounded up, so that what the bound excludes is excluded indeed.
            let bound = Ball(centre: exact(link.bound.centre), radius: Float(link.bound.radius * (1 + 1e-6)) + 1e-6)
            compiled.append(Link(node: link.node, bound: bound, margin: Float(link.margin), balls: first..<balls.count))
        }
        self.links = compiled
        self.balls = balls
        self.pairs = pairs
        moving = links.indices.filter { links[$0].node >= 0 }.sorted { (links[$0].node, $0) > (links[$1].node, $1) }
    }
}
