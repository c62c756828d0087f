import CCollision
import Kinematics
import Numerics

extension World {
    /// The world as C asks it.
    ///
    /// - Parameters:
    ///   - obstacles, blocks: ``lanes`` and the sieve's blocks, which outlive the result as the world itself has to.
    ///   - near: room for all obstacles where there is a tree of them.
    func compiled(
        _ obstacles: UnsafePointer<LaneObstacle>?, blocks: UnsafePointer<Lanes>?, near: UnsafeMutablePointer<Int32>?
    ) -> collision_world {
        func lanes(_ pointer: UnsafeRawPointer) -> UnsafePointer<Lanes> { pointer.assumingMemoryBound(to: Lanes.self) }
        return collision_world(
            obstacles: obstacles, count: Int32(self.lanes.count), blocks: blocks, block_count: Int32(sieve.blocks.count / 6),
            gather: sieve.tree == nil ? nil : { world, lower, upper, near in
                let (lower, upper) = (SIMD3(lower![0], lower![1], lower![2]), SIMD3(upper![0], upper![1], upper![2]))
                return Int32(BoxSieve.gather(World.from(world).sieve.tree!, lower, upper, into: near!))
            },
            near: near,
            surface_gap: { world, index, point, radius, gap in
                let world = World.from(world), point = lanes(point!), gap = gap!.assumingMemoryBound(to: Lanes.self)
                gap.pointee = world.surfaceGap(Int(index), gap.pointee, point[0], point[1], point[2], radius: radius)
            },
            surface_distance: { world, index, point, bound, distance in
                let world = World.from(world), point = lanes(point!), distance = distance!.assumingMemoryBound(to: Lanes.self)
                distance.pointee = world.surfaceDistance(Int(index), distance.pointee, point[0], point[1], point[2], within: lanes(bound!)[0])
            },
            world: Unmanaged.passUnretained(self).toOpaque())
    }

    private static func from(_ pointer: UnsafeRawPointer?) -> World { Unmanaged.fromOpaque(pointer!).takeUnretainedValue() }

    /// Calls a body with every obstacle.
    private func visit(_ body: (UnsafePointer<collision_world>, UnsafePointer<LaneObstacle>) -> Void) {
        lanes.withUnsafeBufferPointer { lanes in
            withUnsafePointer(to: compiled(lanes.baseAddress, blocks: nil, near: nil)) { world in
                for index in lanes.indices { body(world, lanes.baseAddress! + index) }
            }
        }
    }

    /// The least signed distance of sixteen points from any obstacle, up to a bound.
    public func distances(_ x: Lanes, _ y: Lanes, _ z: Lanes, within bound: Float) -> Lanes {
        var best = Lanes(repeating: bound)
        let point = [x, y, z]
        visit { world, obstacle in collision_approach(world, obstacle, point, &best) }
        return best
    }

    /// Where balls around sixteen points touch an obstacle.
    public func touches(_ x: Lanes, _ y: Lanes, _ z: Lanes, radius: Float) -> LaneMask {
        var worst = Lanes(repeating: 1), gap = Lanes.zero
        let point = [x, y, z]
        visit { world, obstacle in
            collision_gap(world, obstacle, point, radius, &gap)
            worst = worst.minimum(gap)
        }
        return worst .< 0
    }
}
