import Kinematics
import Numerics

/// A robot's links as spheres on a tree of moving joints, with the pairs of links that are checked against each other.
///
/// A model never changes; it may be used by many threads, each with a ``CollisionChecker`` of its own.
public final class CollisionModel: Sendable {
    /// A moving joint, about or along the z axis of its frame.
    struct Node: Sendable {
        /// The joint that carries it; −1 for the base.
        var parent: Int
        /// The joint's frame in the parent's, at value zero.
        var origin: Pose
        var slides: Bool
        var variable: Int
        var scale: Double
        var offset: Double
    }

    /// A link that has shapes.
    public struct Link: Sendable {
        public var name: String
        /// The joint that moves it; −1 where nothing does.
        var node: Int
        /// Its spheres, in the frame of that joint.
        public internal(set) var spheres: [CollisionSphere]
        /// Around all of them.
        var bound: CollisionSphere
        /// What is added to its radii where it is checked against other links, m.
        public internal(set) var margin: Double
        /// Whether some joint moves it; what stands still is not checked against worlds, since no configuration could change that.
        public var moves: Bool { node >= 0 }
    }

    public let name: String
    public let variables: [JointVariable]
    let nodes: [Node]
    public let links: [Link]
    /// Pairs of links that must not touch, as indices into ``links``.
    public let pairs: [SIMD2<Int>]
    /// What was assumed, one sentence each.
    public let notes: [String]
    /// Compiled for registers.
    let lanes: LaneModel
    /// The origin of what is compiled: single precision is exact to a micrometre only within a few metres, wherever the robot stands.
    let origin: SIMD3<Double>
    /// Whether single precision is not enough for what the robot can reach: a rail may be long.
    package let isVast: Bool
    /// More than clearances in single precision are off, m; of vast robots they are measured in double precision.
    package let rounding: Double

    init(name: String, variables: [JointVariable], nodes: [Node], links: [Link], pairs: [SIMD2<Int>], notes: [String]) {
        self.name = name
        self.variables = variables
        self.nodes = nodes
        self.links = links
        self.pairs = pairs
        self.notes = notes
        let base = nodes.first { $0.parent < 0 }?.origin.position ?? .zero
        // Whole multiples, so that robots which stand near the origin stay where they are.
        origin = Self.originSpacing * (base / Self.originSpacing).rounded(.toNearestOrEven)
        lanes = LaneModel(nodes: nodes, links: links, pairs: pairs, origin: origin)
        let extent = Self.extent(nodes, links, variables, origin)
        isVast = extent > Self.greatestExtent
        rounding = Self.usualRounding * (isVast ? 1 : max(1, extent / Self.usualExtent))
    }

    /// m.
    private static let originSpacing = 8.0
    private static let greatestExtent = 30.0
    private static let usualExtent = 5.0
    private static let usualRounding = 2e-6

    /// How far from the origin any point of the robot can be, at most.
    private static func extent(_ nodes: [Node], _ links: [Link], _ variables: [JointVariable], _ origin: SIMD3<Double>) -> Double {
        var ways: [Double] = []
        for node in nodes {
            let variable = variables[node.variable]
            let slide = node.slides ? max(abs(node.scale * variable.lower + node.offset), abs(node.scale * variable.upper + node.offset)) : 0
            ways.append((node.parent < 0 ? (node.origin.position - origin).length : ways[node.parent] + node.origin.position.length) + slide)
        }
        return links.reduce(0) { farthest, link in
            let way = link.node < 0 ? 0 : ways[link.node], shift = link.node < 0 ? origin : .zero
            return max(farthest, way + (link.bound.centre - shift).length + link.bound.radius)
        }
    }

    /// Which configurations are the same posture.
    package var space: ConfigurationSpace {
        ConfigurationSpace(variables, driven: nodes.lazy.map { ($0.variable, $0.slides ? .prismatic : .revolute, $0.scale) })
    }

    /// The frames of all joints.
    func frames(_ q: [Double]) -> [Pose] {
        precondition(q.count == variables.count)
        var frames: [Pose] = []
        frames.reserveCapacity(nodes.count)
        for node in nodes {
            let value = node.scale * q[node.variable] + node.offset
            var frame = node.parent < 0 ? node.origin : frames[node.parent] * node.origin
            if node.slides { frame.position += value * frame.rotation.z }
            else { frame.rotation = frame.rotation * Rotation(axis: [0, 0, 1], angle: value) }
            frames.append(frame)
        }
        return frames
    }

    /// The spheres of all links at a configuration, in the frame that the robot's poses are given in, link by link.
    public func spheres(at q: [Double]) -> [(link: String, sphere: CollisionSphere)] {
        let frames = frames(q)
        return links.flatMap { link in
            link.spheres.map { sphere in
                let centre = link.node < 0 ? sphere.centre : frames[link.node] * sphere.centre
                return (link.name, CollisionSphere(centre: centre, radius: sphere.radius))
            }
        }
    }
}

extension CollisionModel {
    /// How far any point of the robot can be from each variable's axes, at most: it moves no farther a unit of the variable. A joint that slides counts 1.
    public var reaches: [Double] {
        var result = [Double](repeating: 0, count: variables.count)
        for (index, joint) in nodes.enumerated() {
            var farthest = 0.0
            for link in links {
                // The way from the link's joint back to this one, as the crow does not fly.
                var way = 0.0, node = link.node
                while node >= 0, node != index {
                    let below = nodes[node]
                    way += below.origin.position.length
                    if below.slides {
                        let variable = variables[below.variable]
                        way += max(abs(below.scale * variable.lower + below.offset), abs(below.scale * variable.upper + below.offset))
                    }
                    node = below.parent
                }
                guard node == index else { continue }
                farthest = max(farthest, way + link.spheres.reduce(0) { max($0, $1.centre.length + $1.radius) })
            }
            result[joint.variable] += abs(joint.scale) * (joint.slides ? (farthest > 0 ? 1 : 0) : farthest)
        }
        return result
    }
}
