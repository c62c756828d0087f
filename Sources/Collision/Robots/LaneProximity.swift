import Kinematics
import Numerics

/// The least distances of sixteen configurations of an arm from sixteen worlds and between its links, with their gradients.
///
/// It is ``CollisionModel/proximity(_:world:checksSelf:)`` in lanes and single precision, each lane with a world of its own. It owns its workspace: use one
/// per thread. Questions allocate nothing.
public final class LaneProximity {
    public let model: CollisionModel
    private let checksSelf: Bool
    private let joints: [Joint]
    private let links: [Link]
    private let moving: [Int]
    private let pairs: [(Int, Int)]
    private let registers = Registers()
    private let frames: UnsafeMutablePointer<LaneFrame>
    /// The middles of the balls around links, and of the links' own balls.
    private let bounds: UnsafeMutablePointer<Centre>
    private let centres: UnsafeMutablePointer<Centre>
    private let isPlaced: UnsafeMutablePointer<Bool>

    private typealias Centre = (x: Lanes, y: Lanes, z: Lanes)

    private struct Joint {
        var variable: Int
        var slides: Bool
        var scale: Float
        var offset: Float
        var origin: LaneFrame
    }

    private struct Ball {
        var centre: SIMD3<Float>
        var radius: Float
    }

    private struct Link {
        var joint: Int
        var bound: Ball
        var margin: Float
        var balls: [Ball]
        /// The place of its first ball among all.
        var first: Int
    }

    /// Whether a robot's joints lie one behind the other, as those of arms do.
    public static func takes(_ model: CollisionModel) -> Bool { model.nodes.enumerated().allSatisfy { $1.parent == $0 - 1 } }

    /// - Precondition: ``takes(_:)``.
    public init(_ model: CollisionModel, checksSelf: Bool = true) {
        precondition(Self.takes(model), "joints that lie one behind the other")
        self.model = model
        self.checksSelf = checksSelf
        func ball(_ sphere: CollisionSphere) -> Ball { Ball(centre: SIMD3(sphere.centre), radius: Float(sphere.radius)) }
        joints = model.nodes.map { node in
            Joint(variable: node.variable, slides: node.slides, scale: Float(node.scale), offset: Float(node.offset), origin: LaneFrame(node.origin))
        }
        var first = 0
        links = model.links.map { link in
            defer { first += link.spheres.count }
            return Link(joint: link.node, bound: ball(link.bound), margin: Float(link.margin), balls: link.spheres.map(ball), first: first)
        }
        moving = model.lanes.moving.map(Int.init)
        pairs = model.pairs.map { ($0.x, $0.y) }
        frames = registers.take(joints.count, repeating: LaneFrame(.identity))
        let nowhere: Centre = (.zero, .zero, .zero)
        bounds = registers.take(links.count, repeating: nowhere)
        centres = registers.take(first, repeating: nowhere)
        isPlaced = registers.take(links.count, repeating: false)
    }

    /// What is nearest in every lane.
    private struct Nearest {
        var distance: Lanes
        var x = Lanes.zero, y = Lanes.zero, z = Lanes.zero
        var alongX = Lanes.zero, alongY = Lanes.zero, alongZ = Lanes.zero
        /// The joints after this one, up to the other one, move the two things against each other.
        var after = Lanes.zero, upTo = Lanes(repeating: -1)

        @inline(__always)
        mutating func take(_ distance: Lanes, at p: Centre, along d: Centre, after: Int, upTo: Int, where isLess: LaneMask) {
            self.distance.replace(with: distance, where: isLess)
            x.replace(with: p.x, where: isLess); y.replace(with: p.y, where: isLess); z.replace(with: p.z, where: isLess)
            alongX.replace(with: d.x, where: isLess); alongY.replace(with: d.y, where: isLess); alongZ.replace(with: d.z, where: isLess)
            self.after.replace(with: Lanes(repeating: Float(after)), where: isLess)
            self.upTo.replace(with: Lanes(repeating: Float(upTo)), where: isLess)
        }
    }

    /// The least signed distances, m, up to a bound.
    ///
    /// - Parameters:
    ///   - q: one register per variable.
    ///   - gradient: receives one register per variable, m per rad or m; zero in lanes where nothing is nearer than the bound.
    public func distances(_ q: UnsafePointer<Lanes>, world: WorldLanes, upTo bound: Float, gradient: UnsafeMutablePointer<Lanes>) -> Lanes {
        place(q)
        var nearest = Nearest(distance: Lanes(repeating: bound))
        approach(world, &nearest)
        if checksSelf { approachSelf(&nearest) }
        for i in model.variables.indices { gradient[i] = .zero }
        guard any(nearest.distance .< bound) else { return nearest.distance }
        for (index, joint) in joints.enumerated() {
            let number = Lanes(repeating: Float(index)), moves = (number .> nearest.after) .& (number .<= nearest.upTo)
            guard any(moves) else { continue }
            let frame = frames[index]
            var slope: Lanes
            if joint.slides {
                slope = (frame.zx * nearest.alongX).fma(frame.zy, nearest.alongY).fma(frame.zz, nearest.alongZ)
            } else {
                let (rx, ry, rz) = (nearest.x - frame.px, nearest.y - frame.py, nearest.z - frame.pz)
                slope = (frame.zy * rz).fnma(frame.zz, ry) * nearest.alongX
                slope = slope.fma((frame.zz * rx).fnma(frame.zx, rz), nearest.alongY).fma((frame.zx * ry).fnma(frame.zy, rx), nearest.alongZ)
            }
            gradient[joint.variable] += Lanes.zero.replacing(with: slope * joint.scale, where: moves)
        }
        return nearest.distance
    }

    // MARK: Places

    private func place(_ q: UnsafePointer<Lanes>) {
        for (index, joint) in joints.enumerated() {
            var frame = index == 0 ? joint.origin : joint.origin.placed(in: frames[index - 1])
            let value = Lanes(repeating: joint.offset).fma(q[joint.variable], Lanes(repeating: joint.scale))
            if joint.slides {
                frame.slide(value)
            } else {
                let (sine, cosine) = value.sineAndCosine
                frame.turn(sine: sine, cosine: cosine)
            }
            frames[index] = frame
        }
        for (index, link) in links.enumerated() {
            bounds[index] = centre(of: link.bound, link.joint)
            isPlaced[index] = false
        }
    }

    @inline(__always)
    private func centre(of ball: Ball, _ joint: Int) -> Centre {
        let c = ball.centre
        guard joint >= 0 else { return (Lanes(repeating: c.x), Lanes(repeating: c.y), Lanes(repeating: c.z)) }
        let frame = frames[joint]
        return (frame.px.fma(frame.xx, Lanes(repeating: c.x)).fma(frame.yx, Lanes(repeating: c.y)).fma(frame.zx, Lanes(repeating: c.z)),
                frame.py.fma(frame.xy, Lanes(repeating: c.x)).fma(frame.yy, Lanes(repeating: c.y)).fma(frame.zy, Lanes(repeating: c.z)),
                frame.pz.fma(frame.xz, Lanes(repeating: c.x)).fma(frame.yz, Lanes(repeating: c.y)).fma(frame.zz, Lanes(repeating: c.z)))
    }

    private func placeBalls(of index: Int) {
        guard !isPlaced[index] else { return }
        let link = links[index]
        for (ball, shape) in link.balls.enumerated() { centres[link.first + ball] = centre(of: shape, link.joint) }
        isPlaced[index] = true
    }

    // MARK: What is near

    private func approach(_ world: WorldLanes, _ nearest: inout Nearest) {
        for index in moving {
            let link = links[index], middle = bounds[index]
            for part in world.parts {
                let far = part.distance(middle.x, middle.y, middle.z) - link.bound.radius
                guard any(far .< nearest.distance) else { continue }
                placeBalls(of: index)
                for (ball, shape) in link.balls.enumerated() {
                    let p = centres[link.first + ball]
                    let distance = part.distance(p.x, p.y, p.z) - shape.radius, isLess = distance .< nearest.distance
                    guard any(isLess) else { continue }
                    nearest.take(distance, at: p, along: part.direction(p.x, p.y, p.z), after: -1, upTo: link.joint, where: isLess)
                }
            }
        }
    }

    private func approachSelf(_ nearest: inout Nearest) {
        for (one, two) in pairs {
            // The one that is farther out is moved against the other.
            let (outer, inner) = links[one].joint >= links[two].joint ? (one, two) : (two, one)
            let (a, b) = (links[outer], links[inner])
            guard a.joint > b.joint else { continue }
            let margin = a.margin + b.margin, (m, n) = (bounds[outer], bounds[inner])
            let (x, y, z) = (m.x - n.x, m.y - n.y, m.z - n.z)
            let far = (x * x).fma(y, y).fma(z, z).squareRoot() - (a.bound.radius + b.bound.radius + margin)
            guard any(far .< nearest.distance) else { continue }
            placeBalls(of: outer)
            placeBalls(of: inner)
            for (i, first) in a.balls.enumerated() {
                let p = centres[a.first + i]
                for (j, second) in b.balls.enumerated() {
                    let other = centres[b.first + j]
                    let (x, y, z) = (p.x - other.x, p.y - other.y, p.z - other.z)
                    let length = (x * x).fma(y, y).fma(z, z).squareRoot()
                    let distance = length - (first.radius + second.radius + margin), isLess = distance .< nearest.distance
                    guard any(isLess) else { continue }
                    let scale = 1 / length.maximum(Lanes(repeating: 1e-12))
                    nearest.take(distance, at: p, along: (x * scale, y * scale, z * scale), after: b.joint, upTo: a.joint, where: isLess)
                }
            }
        }
    }
}
