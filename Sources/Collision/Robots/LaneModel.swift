import CCollision
import Kinematics
import Numerics

/// A ``CollisionModel`` as single-precision constants, as `collision.c` reads them, about an origin near the robot.
struct LaneModel: Sendable {
    let joints: [collision_joint]
    let links: [collision_link]
    let balls: [collision_ball]
    let pairs: [collision_pair]
    /// The links that move, those farthest from the base first: they are likeliest to touch something.
    let moving: [Int32]

    init(nodes: [CollisionModel.Node], links: [CollisionModel.Link], pairs: [SIMD2<Int>], origin: SIMD3<Double>) {
        /// Entries that are zero cost nothing.
        func exact(_ v: SIMD3<Double>) -> (Float, Float, Float) {
            (abs(v.x) < 1e-10 ? 0 : Float(v.x), abs(v.y) < 1e-10 ? 0 : Float(v.y), abs(v.z) < 1e-10 ? 0 : Float(v.z))
        }
        joints = nodes.map { node in
            let r = node.origin.rotation
            return collision_joint(
                parent: Int32(node.parent), variable: Int32(node.variable), slides: node.slides ? 1 : 0, scale: Float(node.scale),
                offset: Float(node.offset), x: exact(r.x), y: exact(r.y), z: exact(r.z), translation: exact(node.parent < 0 ? node.origin.position - origin : node.origin.position))
        }
        var balls: [collision_ball] = [], compiled: [collision_link] = []
        for link in links {
            let first = balls.count, shift = link.node < 0 ? origin : .zero
            balls += link.spheres.map { collision_ball(centre: exact($0.centre - shift), radius: Float($0.radius)) }
            // Rounded up, so that what the bound excludes is excluded indeed.
            let bound = collision_ball(centre: exact(link.bound.centre - shift), radius: Float(link.bound.radius * (1 + 1e-6)) + 1e-6)
            compiled.append(collision_link(
                joint: Int32(link.node), bound: bound, margin: Float(link.margin), first: Int32(first), end: Int32(balls.count)))
        }
        self.links = compiled
        self.balls = balls
        self.pairs = pairs.map { collision_pair(first: Int32($0.x), second: Int32($0.y)) }
        moving = links.indices.filter { links[$0].node >= 0 }.sorted { (links[$0].node, $0) > (links[$1].node, $1) }.map(Int32.init)
    }
}
