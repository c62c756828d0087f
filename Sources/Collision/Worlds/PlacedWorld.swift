import CCollision
import Kinematics
import Numerics

/// A world compiled for single precision about an origin of its own, near the robot that is checked against it: numbers are narrowed only once they are
/// small.
final class PlacedWorld {
    private let world: World
    private let origin: SIMD3<Double>
    let lanes: [LaneObstacle]
    /// The boxes around obstacles, as ``BoxSieve`` has them; none where there is a tree.
    let blocks: [Lanes]
    /// A tree of the boxes in the world's own frame, where there are many.
    var tree: BoundingTree? { world.sieve.tree }

    init(_ world: World, origin: SIMD3<Double>) {
        self.world = world
        self.origin = origin
        if origin == .zero {
            (lanes, blocks) = (world.lanes, world.sieve.blocks)
        } else {
            let lanes = world.obstacles.indices.map { LaneObstacle(world.obstacles[$0], world.surfaces[$0], index: $0, origin: origin) }
            self.lanes = lanes
            blocks = world.sieve.tree == nil ? BoxSieve(lanes.map(\.bounds)).blocks : []
        }
    }

    /// The world as C asks it.
    ///
    /// - Parameters:
    ///   - obstacles, blocks: ``lanes`` and ``blocks``, which outlive the result as the placed world itself has to.
    ///   - near: room for all obstacles where there is a tree of them.
    func compiled(
        _ obstacles: UnsafePointer<LaneObstacle>?, blocks: UnsafePointer<Lanes>?, near: UnsafeMutablePointer<Int32>?
    ) -> collision_world {
        func lanes(_ pointer: UnsafeRawPointer) -> UnsafePointer<Lanes> { pointer.assumingMemoryBound(to: Lanes.self) }
        return collision_world(
            obstacles: obstacles, count: Int32(self.lanes.count), blocks: blocks, block_count: Int32(self.blocks.count / 6),
            gather: tree == nil ? nil : { world, lower, upper, near in
                let placed = PlacedWorld.from(world)
                let (lower, upper) = (SIMD3<Double>(SIMD3(lower![0], lower![1], lower![2])), SIMD3<Double>(SIMD3(upper![0], upper![1], upper![2])))
                return Int32(BoxSieve.gather(placed.tree!, lower + placed.origin, upper + placed.origin, into: near!))
            },
            near: near,
            surface_gap: { world, index, point, radius, gap in
                let placed = PlacedWorld.from(world), point = lanes(point!), gap = gap!.assumingMemoryBound(to: Lanes.self)
                gap.pointee = placed.world.surfaceGap(Int(index), gap.pointee, point[0], point[1], point[2], radius: radius, origin: placed.origin)
            },
            surface_distance: { world, index, point, bound, distance in
                let placed = PlacedWorld.from(world), point = lanes(point!), distance = distance!.assumingMemoryBound(to: Lanes.self)
                distance.pointee = placed.world.surfaceDistance(
                    Int(index), distance.pointee, point[0], point[1], point[2], within: lanes(bound!)[0], origin: placed.origin)
            },
            world: Unmanaged.passUnretained(self).toOpaque())
    }

    private static func from(_ pointer: UnsafeRawPointer?) -> PlacedWorld { Unmanaged.fromOpaque(pointer!).takeUnretainedValue() }
}
