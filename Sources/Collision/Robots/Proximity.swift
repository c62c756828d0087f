import Kinematics

/// The two things of a robot and its world that are nearest to each other, in double precision.
public struct Proximity: Sendable {
    /// What a link is near to.
    public enum Other: Sendable, Equatable {
        case obstacle(Int)
        case link(String)
    }

    /// The signed distance between their surfaces, m; negative where they overlap.
    public var distance: Double
    public var link: String
    public var other: Other
    /// The point of the link's surface that is nearest, in the frame that poses are given in.
    public var point: SIMD3<Double>
    /// The derivative of the distance by the configuration, m per rad or m.
    public var gradient: [Double]
}

extension CollisionModel {
    /// The least distance of the moving links from obstacles, and of links from each other.
    ///
    /// - Returns: nil where there is nothing to be near to.
    public func proximity(_ q: [Double], world: World?, checksSelf: Bool = true) -> Proximity? {
        let frames = frames(q)
        func place(_ link: Link, _ sphere: CollisionSphere) -> SIMD3<Double> { link.node < 0 ? sphere.centre : frames[link.node] * sphere.centre }
        var best: (distance: Double, link: Int, centre: SIMD3<Double>, reach: Double, direction: SIMD3<Double>, other: Proximity.Other, otherLink: Int?)?
        if let world {
            for (index, link) in links.enumerated() where link.node >= 0 {
                let middle = place(link, link.bound)
                let limit = best.map { $0.distance + link.bound.radius } ?? .infinity
                guard world.nearest(to: middle, within: limit) != nil else { continue }
                for sphere in link.spheres {
                    let centre = place(link, sphere)
                    let bound = best.map { $0.distance + sphere.radius } ?? .infinity
                    guard let found = world.nearest(to: centre, within: bound) else { continue }
                    best = (found.signed.distance - sphere.radius, index, centre, sphere.radius, found.signed.direction, .obstacle(found.obstacle), nil)
                }
            }
        }
        if checksSelf {
            for pair in pairs {
                let (a, b) = (links[pair.x], links[pair.y])
                let margin = a.margin + b.margin
                let apart = (place(a, a.bound) - place(b, b.bound)).length - a.bound.radius - b.bound.radius - margin
                if let best, apart > best.distance { continue }
                for first in a.spheres {
                    let p = place(a, first)
                    for second in b.spheres {
                        let way = p - place(b, second), length = way.length
                        let distance = length - first.radius - second.radius - margin
                        if let best, distance >= best.distance { continue }
                        best = (distance, pair.x, p, first.radius, length > 0 ? way / length : SIMD3(0, 0, 1), .link(b.name), pair.y)
                    }
                }
            }
        }
        guard let best else { return nil }
        var gradient = [Double](repeating: 0, count: variables.count)
        addGradient(of: best.centre, along: best.direction, node: links[best.link].node, frames, to: &gradient)
        if let other = best.otherLink {
            // The other link's sphere lies behind the first one's, against the direction.
            let behind = best.centre - (best.distance + best.reach) * best.direction
            addGradient(of: behind, along: -best.direction, node: links[other].node, frames, to: &gradient)
        }
        return Proximity(
            distance: best.distance, link: links[best.link].name, other: best.other, point: best.centre - best.reach * best.direction, gradient: gradient)
    }

    /// Adds the derivative of a point's place along a direction, where a joint carries the point.
    private func addGradient(
        of point: SIMD3<Double>, along direction: SIMD3<Double>, node: Int, _ frames: [Pose], to gradient: inout [Double]
    ) {
        var index = node
        while index >= 0 {
            let joint = nodes[index], frame = frames[index]
            let velocity = joint.slides ? frame.rotation.z : frame.rotation.z.cross(point - frame.position)
            gradient[joint.variable] += joint.scale * velocity.dot(direction)
            index = joint.parent
        }
    }
}
