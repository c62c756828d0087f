import Kinematics
import Numerics
import Planning
import Testing
import TestSupport

/// The least clearance along a path against distances that are known.
@Suite struct PathClearanceTests {
    /// A ball of 5 cm at the end of an arm of a metre that turns about the vertical, among balls of 5 cm outside its circle.
    private static func checker(past obstacles: [(angle: Double, clearance: Double)], at place: SIMD3<Double> = .zero) throws -> CollisionChecker {
        let description = try RobotDescription(urdfText: """
            <robot name="r"><link name="base"/>
            <link name="arm"><collision><origin xyz="1 0 0"/><geometry><sphere radius="0.05"/></geometry></collision></link>
            <joint name="turn" type="revolute"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/><limit lower="-3" upper="3"/></joint></robot>
            """, source: "text")
        let world = try World(obstacles.enumerated().map { index, obstacle in
            let radius = 1.1 + obstacle.clearance
            let ball = place + SIMD3(radius * Elementary.cos(obstacle.angle), radius * Elementary.sin(obstacle.angle), 0)
            return Obstacle(name: "ball \(index)", shape: .sphere(radius: 0.05), pose: Pose(position: ball, rotation: .identity))
        })
        let chain = try description.chain().mounted(at: Pose(position: place, rotation: .identity))
        return CollisionChecker(try CollisionModel(chain, of: description), world: world)
    }

    /// Configurations are checked every 0.04 rad first: the nearest ball is passed halfway between two of them, another one at one of them.
    @Test(arguments: [3e-4, 1.7e-3, 0.004, 0.011, 0.0195, 0.03, 0.06, 0.0995]) func `the least is that of the nearest obstacle, however far that is`(clearance: Double) throws {
        let clearances = PathClearance(try Self.checker(past: [(0.22, clearance), (-0.6, clearance + 2e-4), (0.9, clearance + 0.02)]))
        let found = try #require(clearances.least(along: [[-1], [1.2]]))
        #expect(abs(found - clearance) < 3e-6, "\(found)")
    }

    @Test(arguments: [3e-4, 0.011, 0.06]) func `the least is as exact far from the origin`(clearance: Double) throws {
        let clearances = PathClearance(try Self.checker(past: [(0.22, clearance), (-0.6, clearance + 2e-4)], at: [40_000, -50_000, 20_000]))
        let found = try #require(clearances.least(along: [[-1], [1.2]]))
        #expect(abs(found - clearance) < 3e-6, "\(found)")
    }

    /// Single precision knows the places along the rail to four millimetres.
    @Test func `the least is as exact at the end of a long rail`() throws {
        let description = try RobotDescription(urdfText: """
            <robot name="r"><link name="base"/><link name="car"/>
            <link name="arm"><collision><origin xyz="1 0 0"/><geometry><sphere radius="0.05"/></geometry></collision></link>
            <joint name="rail" type="prismatic"><parent link="base"/><child link="car"/><axis xyz="1 0 0"/><limit lower="0" upper="50000"/></joint>
            <joint name="turn" type="revolute"><parent link="car"/><child link="arm"/><axis xyz="0 0 1"/><limit lower="-3" upper="3"/></joint></robot>
            """, source: "text")
        let rail = 40_000.7012
        let ball = Obstacle(name: "ball", shape: .sphere(radius: 0.05), pose: Pose(
            position: SIMD3(rail + 1.103 * Elementary.cos(0.22), 1.103 * Elementary.sin(0.22), 0), rotation: .identity))
        let checker = CollisionChecker(try CollisionModel(description.chain(), of: description), world: try World([ball]))
        let found = try #require(PathClearance(checker).least(along: [[rail, -1], [rail, 1.2]]))
        #expect(abs(found - 0.003) < 3e-6, "\(found)")
    }

    @Test func `the least may be at an end, and is no more than the greatest that is reported`() throws {
        let near = PathClearance(try Self.checker(past: [(1.25, 0.01)]))
        func distance(_ angle: Double) -> Double { (1 + 1.11 * 1.11 - 2 * 1.11 * Elementary.cos(angle)).squareRoot() - 0.1 }
        #expect(abs(try #require(near.least(along: [[-1], [1.2]])) - distance(0.05)) < 3e-6)
        #expect(abs(try #require(near.least(along: [[1.2]])) - distance(0.05)) < 3e-6)
        #expect(PathClearance(try Self.checker(past: [(0.22, 0.102)])).least(along: [[-1], [1.2]]) == 0.1)
        #expect(PathClearance(try Self.checker(past: [(0.22, -1e-3)])).least(along: [[-1], [1.2]]) == nil)
    }

    /// An arm with many links past obstacles on all sides.
    @Test func `no place of a path is nearer, and one is as near`() throws {
        let description = try library.robot("panda"), chain = try description.chain()
        let model = try CollisionModel(chain, of: description)
        var stream = RandomStream(seed: 9), free = 0
        for _ in 0..<60 {
            let world = try World((0..<4).map { index in
                let place = SIMD3(0.3 + 0.5 * stream.uniform(), 1.2 * stream.uniform() - 0.6, 0.2 + 0.6 * stream.uniform())
                return Obstacle(name: "\(index)", shape: .sphere(radius: 0.002 + 0.05 * stream.uniform()), pose: Pose(position: place, rotation: .identity))
            })
            let checker = CollisionChecker(model, world: world)
            let path = (0..<3).map { _ in chain.variables.map { variable in
                let middle = (variable.lower + variable.upper) / 2
                return middle + 0.3 * (variable.upper - variable.lower) * (stream.uniform() - 0.5)
            } }
            guard let found = PathClearance(checker).least(along: path) else { continue }
            let plan = Plan(corners: [], points: path, times: [], length: 0, clearance: found, goal: 0)
            let least = min(PathPlannerTests.leastDistance(plan, checker, resolution: 400), 0.1)
            #expect(found < least + 5e-6 && found > least - 5e-5, "\(found) for \(least)")
            if found < 0.1 { free += 1 }
        }
        #expect(free > 5, "\(free)")
    }
}
