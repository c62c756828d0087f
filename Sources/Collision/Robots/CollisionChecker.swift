import CCollision
import Kinematics
import Numerics

/// Checks sixteen configurations of a robot at a time: against a world, and the robot's links against each other.
///
/// Every link is asked coarsely first, by one ball around it; only where that touches something are its own balls asked (`collision.c`). A checker
/// owns its workspace: use one per thread. Checks allocate nothing.
public final class CollisionChecker {
    public let model: CollisionModel
    public let world: World?
    /// Whether links are checked against each other.
    public let checksSelf: Bool

    /// What is added to the distance that ``collisions(_:)`` and ``anyCollides(_:)`` demand, m.
    public var margin: Float = 0

    private let checker: UnsafeMutablePointer<collision_checker>
    private let obstacles: UnsafeMutablePointer<collision_world>?
    /// What is given back at the end.
    private let memory: [UnsafeMutableRawPointer]

    public init(_ model: CollisionModel, world: World?, checksSelf: Bool = true) {
        self.model = model
        self.world = world
        self.checksSelf = checksSelf
        var memory: [UnsafeMutableRawPointer] = []
        func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
            // Registers are aligned as the processor likes them.
            let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(elements.count, 1) * MemoryLayout<Element>.stride, alignment: 64)
            memory.append(bytes)
            let pointer = bytes.bindMemory(to: Element.self, capacity: max(elements.count, 1))
            pointer.initialize(from: elements, count: elements.count)
            return pointer
        }
        func registers(_ count: Int) -> UnsafeMutablePointer<Lanes> { copy(Array(repeating: Lanes.zero, count: count)) }
        obstacles = world.map { world in
            let near = world.sieve.tree == nil ? nil : copy([Int32](repeating: 0, count: world.lanes.count))
            return copy([world.compiled(copy(world.lanes), blocks: copy(world.sieve.blocks), near: near)])
        }
        let lanes = model.lanes
        checker = copy([collision_checker(
            joints: copy(lanes.joints), links: copy(lanes.links), balls: copy(lanes.balls), pairs: copy(lanes.pairs), moving: copy(lanes.moving),
            joint_count: Int32(lanes.joints.count), link_count: Int32(lanes.links.count), pair_count: Int32(lanes.pairs.count),
            moving_count: Int32(lanes.moving.count), checks_self: checksSelf ? 1 : 0, world: obstacles,
            frames: registers(12 * lanes.joints.count), bounds: registers(3 * lanes.links.count), centres: registers(3 * lanes.balls.count),
            is_placed: copy([UInt8](repeating: 0, count: lanes.links.count)))])
        self.memory = memory
    }

    deinit { for pointer in memory { pointer.deallocate() } }

    // MARK: Questions

    /// Which of sixteen configurations collide.
    ///
    /// - Parameter q: one register a variable.
    public func collisions(_ q: UnsafePointer<Lanes>) -> LaneMask { worst(q, onlyAny: false) .< 0 }

    /// Whether any of sixteen configurations collides; ends at the first contact.
    public func anyCollides(_ q: UnsafePointer<Lanes>) -> Bool { any(worst(q, onlyAny: true) .< 0) }

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
        var best = Lanes(repeating: bound)
        collision_clearances(checker, q, &best)
        return best
    }

    /// Below zero in the lanes that collide, or in one of them.
    private func worst(_ q: UnsafePointer<Lanes>, onlyAny: Bool) -> Lanes {
        var worst = Lanes(repeating: 1)
        collision_check(checker, q, margin, onlyAny ? 1 : 0, &worst)
        return worst
    }
}
