import Kinematics
import Numerics

/// Checks sixteen configurations of a robot at a time: against a world, and the robot's links against each other.
///
/// Every link is asked coarsely first, by one ball around it; only where that touches something are its own balls asked. A checker owns
/// its workspace: use one per thread. Checks allocate nothing.
public final class CollisionChecker {
    public let model: CollisionModel
    public let world: World?
    /// Whether links are checked against each other.
    public let checksSelf: Bool

    /// What is added to the distance that ``collisions(_:)`` and ``anyCollides(_:)`` demand, m.
    public var margin: Float = 0

    /// The constants of the model and the world, where nothing is counted while they are read.
    private let nodes: UnsafeBufferPointer<LaneModel.Node>
    private let links: UnsafeBufferPointer<LaneModel.Link>
    private let balls: UnsafeBufferPointer<LaneModel.Ball>
    private let pairs: UnsafeBufferPointer<SIMD2<Int>>
    private let moving: UnsafeBufferPointer<Int>
    private let obstacles: UnsafeBufferPointer<LaneObstacle>
    /// Twelve registers a joint: the origin, then the columns of the rotation.
    private let frames: UnsafeMutablePointer<Lanes>
    /// Three registers a link, and three a ball.
    private let bounds: UnsafeMutablePointer<Lanes>
    private let centres: UnsafeMutablePointer<Lanes>
    private let isPlaced: UnsafeMutablePointer<Bool>

    public init(_ model: CollisionModel, world: World?, checksSelf: Bool = true) {
        self.model = model
        self.world = world
        self.checksSelf = checksSelf
        func registers(_ count: Int) -> UnsafeMutablePointer<Lanes> {
            let pointer = UnsafeMutablePointer<Lanes>.allocate(capacity: max(count, 1))
            pointer.initialize(repeating: .zero, count: max(count, 1))
            return pointer
        }
        frames = registers(12 * model.nodes.count)
        bounds = registers(3 * model.links.count)
        centres = registers(3 * model.lanes.balls.count)
        isPlaced = .allocate(capacity: max(model.links.count, 1))
        func constants<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
            let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
            _ = buffer.initialize(from: elements)
            return UnsafeBufferPointer(buffer)
        }
        nodes = constants(model.lanes.nodes)
        links = constants(model.lanes.links)
        balls = constants(model.lanes.balls)
        pairs = constants(model.lanes.pairs)
        moving = constants(model.lanes.moving)
        obstacles = constants(world?.lanes ?? [])
    }

    deinit {
        nodes.deallocate(); links.deallocate(); balls.deallocate(); pairs.deallocate(); moving.deallocate(); obstacles.deallocate()
        frames.deallocate(); bounds.deallocate(); centres.deallocate(); isPlaced.deallocate()
    }

    // MARK: Questions

    /// Which of sixteen configurations collide.
    ///
    /// - Parameter q: one register a variable.
    public func collisions(_ q: UnsafePointer<Lanes>) -> LaneMask {
        place(q)
        var worst = Lanes(repeating: 1)
        check(&worst) { all($0 .< 0) }
        return worst .< 0
    }

    /// Whether any of sixteen configurations collides; ends at the first contact.
    public func anyCollides(_ q: UnsafePointer<Lanes>) -> Bool {
        place(q)
        var worst = Lanes(repeating: 1)
        check(&worst) { any($0 .< 0) }
        return any(worst .< 0)
    }

    /// Whether one configuration collides.
    public func collides(_ q: [Double]) -> Bool {
        precondition(q.count == model.variables.count)
        return withUnsafeTemporaryAllocation(of: Lanes.self, capacity: max(q.count, 1)) { registers in
            for i in q.indices { registers[i] = Lanes(repeating: Float(q[i])) }
            return anyCollides(registers.baseAddress!)
        }
    }

    /// The clearances of sixteen configurations: least signed distances from obstacles and between links, m, up to a bound.
    public func clearances(_ q: UnsafePointer<Lanes>, upTo bound: Float = 0.25) -> Lanes {
        place(q)
        var best = Lanes(repeating: bound)
        if let world {
            for index in moving {
                let (lower, upper) = box(index, radius: links[index].bound.radius + max(best.greatest, 0))
                world.sieve.visit(lower, upper) {
                    approach(obstacles.baseAddress! + $0, world, index, &best)
                    return true
                }
            }
        }
        if checksSelf { for place in pairs.indices { approach(pairs[place], &best) } }
        return best
    }

    // MARK: Worlds

    /// Lowers `worst` below zero in the lanes that collide, until a condition holds.
    @inline(__always)
    private func check(_ worst: inout Lanes, until isEnough: (Lanes) -> Bool) {
        if let world {
            for index in moving {
                let (lower, upper) = box(index, radius: links[index].bound.radius + margin)
                var isDone = false
                world.sieve.visit(lower, upper) { place in
                    touch(obstacles.baseAddress! + place, world, index, &worst)
                    isDone = isEnough(worst)
                    return !isDone
                }
                if isDone { return }
            }
        }
        guard checksSelf else { return }
        for place in pairs.indices {
            touch(pairs[place], &worst)
            if isEnough(worst) { return }
        }
    }

    /// A box around what a link's ball sweeps over sixteen configurations.
    @inline(__always)
    private func box(_ index: Int, radius: Float) -> (lower: SIMD3<Float>, upper: SIMD3<Float>) {
        let ball = bounds + 3 * index
        return (SIMD3(ball[0].least, ball[1].least, ball[2].least) - radius, SIMD3(ball[0].greatest, ball[1].greatest, ball[2].greatest) + radius)
    }

    @inline(__always)
    private func touch(_ obstacle: UnsafePointer<LaneObstacle>, _ world: World, _ index: Int, _ worst: inout Lanes) {
        let (x, y, z) = (bounds[3 * index], bounds[3 * index + 1], bounds[3 * index + 2])
        guard any(LaneObstacle.gap(obstacle, x, y, z, radius: links[index].bound.radius + margin, in: world) .< 0) else { return }
        placeBalls(index)
        for ball in links[index].balls {
            let (x, y, z) = (centres[3 * ball], centres[3 * ball + 1], centres[3 * ball + 2])
            worst = worst.minimum(LaneObstacle.gap(obstacle, x, y, z, radius: balls[ball].radius + margin, in: world))
        }
    }

    @inline(__always)
    private func approach(_ obstacle: UnsafePointer<LaneObstacle>, _ world: World, _ index: Int, _ best: inout Lanes) {
        let reach = best + links[index].bound.radius
        let (x, y, z) = (bounds[3 * index], bounds[3 * index + 1], bounds[3 * index + 2])
        guard any(LaneObstacle.distance(obstacle, x, y, z, within: reach, in: world) .< reach) else { return }
        placeBalls(index)
        for ball in links[index].balls {
            let radius = balls[ball].radius
            let (x, y, z) = (centres[3 * ball], centres[3 * ball + 1], centres[3 * ball + 2])
            best = best.minimum(LaneObstacle.distance(obstacle, x, y, z, within: best + radius, in: world) - radius)
        }
    }

    // MARK: Links against each other

    @inline(__always)
    private func touch(_ pair: SIMD2<Int>, _ worst: inout Lanes) {
        let (a, b) = (links.baseAddress! + pair.x, links.baseAddress! + pair.y)
        let margin = a.pointee.margin + b.pointee.margin + self.margin
        let reach = a.pointee.bound.radius + b.pointee.bound.radius + margin
        guard any(squaredDistance(bounds + 3 * pair.x, bounds + 3 * pair.y) .< reach * reach) else { return }
        placeBalls(pair.x)
        placeBalls(pair.y)
        for i in a.pointee.balls {
            for j in b.pointee.balls {
                let sum = balls[i].radius + balls[j].radius + margin
                worst = worst.minimum(squaredDistance(centres + 3 * i, centres + 3 * j) - sum * sum)
            }
        }
    }

    @inline(__always)
    private func approach(_ pair: SIMD2<Int>, _ best: inout Lanes) {
        let (a, b) = (links.baseAddress! + pair.x, links.baseAddress! + pair.y)
        let margin = a.pointee.margin + b.pointee.margin
        let reach = (best + (a.pointee.bound.radius + b.pointee.bound.radius + margin)).maximum(.zero)
        guard any(squaredDistance(bounds + 3 * pair.x, bounds + 3 * pair.y) .< reach * reach) else { return }
        placeBalls(pair.x)
        placeBalls(pair.y)
        for i in a.pointee.balls {
            for j in b.pointee.balls {
                let sum = balls[i].radius + balls[j].radius + margin
                best = best.minimum(squaredDistance(centres + 3 * i, centres + 3 * j).squareRoot() - sum)
            }
        }
    }

    @inline(__always)
    private func squaredDistance(_ a: UnsafePointer<Lanes>, _ b: UnsafePointer<Lanes>) -> Lanes {
        let (x, y, z) = (a[0] - b[0], a[1] - b[1], a[2] - b[2])
        return (x * x).fma(y, y).fma(z, z)
    }

    // MARK: Kinematics

    /// The frames of all joints, and the balls around links.
    private func place(_ q: UnsafePointer<Lanes>) {
        for index in nodes.indices {
            let node = nodes[index], frame = frames + 12 * index
            if node.parent >= 0 {
                let parent = UnsafePointer(frames + 12 * node.parent)
                put(parent, node.x, into: frame + 3)
                put(parent, node.y, into: frame + 6)
                put(parent, node.z, into: frame + 9)
                put(parent, node.translation, into: frame)
                for i in 0..<3 { frame[i] += parent[i] }
            } else {
                for i in 0..<3 {
                    frame[i] = Lanes(repeating: node.translation[i])
                    frame[3 + i] = Lanes(repeating: node.x[i])
                    frame[6 + i] = Lanes(repeating: node.y[i])
                    frame[9 + i] = Lanes(repeating: node.z[i])
                }
            }
            let value = Lanes(repeating: node.offset).fma(q[node.variable], Lanes(repeating: node.scale))
            if node.slides {
                for i in 0..<3 { frame[i] = frame[i].fma(value, frame[9 + i]) }
            } else {
                let (sine, cosine) = value.sineAndCosine
                for i in 0..<3 {
                    let x = frame[3 + i], y = frame[6 + i]
                    frame[3 + i] = (cosine * x).fma(sine, y)
                    frame[6 + i] = (cosine * y).fnma(sine, x)
                }
            }
        }
        for index in links.indices {
            isPlaced[index] = false
            put(links[index].bound, of: links[index].node, into: bounds + 3 * index)
        }
    }

    @inline(__always)
    private func placeBalls(_ index: Int) {
        if isPlaced[index] { return }
        isPlaced[index] = true
        for ball in links[index].balls { put(balls[ball], of: links[index].node, into: centres + 3 * ball) }
    }

    @inline(__always)
    private func put(_ ball: LaneModel.Ball, of node: Int, into result: UnsafeMutablePointer<Lanes>) {
        guard node >= 0 else {
            for i in 0..<3 { result[i] = Lanes(repeating: ball.centre[i]) }
            return
        }
        let frame = UnsafePointer(frames + 12 * node)
        put(frame, ball.centre, into: result)
        for i in 0..<3 { result[i] += frame[i] }
    }

    /// A direction given in a frame, in the base frame.
    @inline(__always)
    private func put(_ frame: UnsafePointer<Lanes>, _ v: SIMD3<Float>, into result: UnsafeMutablePointer<Lanes>) {
        var (x, y, z) = (Lanes.zero, Lanes.zero, Lanes.zero)
        if v.x != 0 {
            let c = Lanes(repeating: v.x)
            (x, y, z) = (c * frame[3], c * frame[4], c * frame[5])
        }
        if v.y != 0 {
            let c = Lanes(repeating: v.y)
            (x, y, z) = (x.fma(c, frame[6]), y.fma(c, frame[7]), z.fma(c, frame[8]))
        }
        if v.z != 0 {
            let c = Lanes(repeating: v.z)
            (x, y, z) = (x.fma(c, frame[9]), y.fma(c, frame[10]), z.fma(c, frame[11]))
        }
        result[0] = x; result[1] = y; result[2] = z
    }
}
