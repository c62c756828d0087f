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
    private let placed: PlacedWorld?
    private let registers = Registers()

    /// - Parameters:
    ///   - model: the robot's collision shapes.
    ///   - world: the obstacles; nil for self-collisions alone.
    ///   - checksSelf: whether the robot's links are checked against each other.
    public init(_ model: CollisionModel, world: World?, checksSelf: Bool = true) {
        self.model = model
        self.world = world
        self.checksSelf = checksSelf
        placed = world.map { PlacedWorld($0, origin: model.origin) }
        obstacles = placed.map { [registers] placed in
            let near = placed.tree == nil ? nil : registers.take(placed.lanes.count, repeating: Int32(0))
            return registers.take([placed.compiled(registers.take(placed.lanes), blocks: registers.take(placed.blocks), near: near)])
        }
        let lanes = model.lanes
        checker = registers.take([collision_checker(
            joints: registers.take(lanes.joints), links: registers.take(lanes.links), balls: registers.take(lanes.balls),
            pairs: registers.take(lanes.pairs), moving: registers.take(lanes.moving),
            joint_count: Int32(lanes.joints.count), link_count: Int32(lanes.links.count), pair_count: Int32(lanes.pairs.count),
            moving_count: Int32(lanes.moving.count), checks_self: checksSelf ? 1 : 0, world: obstacles,
            frames: registers.take(12 * lanes.joints.count, repeating: Lanes.zero), bounds: registers.take(3 * lanes.links.count, repeating: Lanes.zero),
            centres: registers.take(3 * lanes.balls.count, repeating: Lanes.zero),
            is_placed: registers.take(lanes.links.count, repeating: UInt8(0)))])
    }

    // MARK: Questions

    /// Which of sixteen configurations collide.
    ///
    /// - Parameter q: one register per variable.
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

    /// The clearance of one configuration in double precision, m, up to a bound.
    public func exactClearance(_ q: [Double], upTo bound: Double = 0.25) -> Double {
        min(model.proximity(q, world: world, checksSelf: checksSelf)?.distance ?? bound, bound)
    }

    /// Below zero in the lanes that collide, or in one of them.
    private func worst(_ q: UnsafePointer<Lanes>, onlyAny: Bool) -> Lanes {
        var worst = Lanes(repeating: 1)
        collision_check(checker, q, margin, onlyAny ? 1 : 0, &worst)
        return worst
    }
}
