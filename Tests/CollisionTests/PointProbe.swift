import Collision
import Numerics
import TestSupport

/// Asks a world about sixteen points as it is asked about robots: by a small ball that three slides carry anywhere.
struct PointProbe {
    private static let radius: Float = 0.001
    private static let model = Result<CollisionModel, any Error> {
        let joints = [("base", "x", "1 0 0"), ("x", "y", "0 1 0"), ("y", "z", "0 0 1")].map { parent, name, axis in
            """
            <link name="\(parent)"/>
            <joint name="\(name)" type="prismatic"><parent link="\(parent)"/><child link="\(name)"/><axis xyz="\(axis)"/>
                <limit lower="-5" upper="5" effort="1" velocity="1"/></joint>
            """
        }
        let ball = "<link name=\"z\"><collision><geometry><sphere radius=\"\(radius)\"/></geometry></collision></link>"
        let description = try RobotDescription(urdfText: "<robot name=\"ball\">\(joints.joined())\(ball)</robot>", source: "text")
        return try CollisionModel(description.chain(), of: description)
    }

    private let checker: CollisionChecker

    init(_ world: World) throws { checker = CollisionChecker(try Self.model.get(), world: world) }

    /// The signed distances from the nearest obstacle, m, up to a bound.
    func distances(_ points: [SIMD3<Double>], upTo bound: Float) -> Lanes {
        checker.clearances(Self.registers(points), upTo: bound - Self.radius) + Self.radius
    }

    /// Where balls around the points touch an obstacle.
    func touches(_ points: [SIMD3<Double>], radius: Float) -> LaneMask {
        checker.margin = radius - Self.radius
        return checker.collisions(Self.registers(points))
    }

    /// Sixteen points as three registers.
    private static func registers(_ points: [SIMD3<Double>]) -> [Lanes] {
        (0..<3).map { axis in Lanes(points.map { Float($0[axis]) }) }
    }
}
