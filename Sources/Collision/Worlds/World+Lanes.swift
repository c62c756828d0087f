import Kinematics
import Numerics

extension World {
    /// The least signed distance of sixteen points from any obstacle, up to a bound.
    public func distances(_ x: Lanes, _ y: Lanes, _ z: Lanes, within bound: Float) -> Lanes {
        PlacedWorld(self, origin: .zero).distances([x, y, z], within: bound)
    }

    /// Where balls around sixteen points touch an obstacle.
    public func touches(_ x: Lanes, _ y: Lanes, _ z: Lanes, radius: Float) -> LaneMask {
        PlacedWorld(self, origin: .zero).touches([x, y, z], radius: radius)
    }
}
