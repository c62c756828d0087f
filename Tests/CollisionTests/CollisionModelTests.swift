import Collision
import Numerics
import Testing
import TestSupport

/// Robots' shapes, and checks of sixteen configurations.
@Suite struct CollisionModelTests {
    static let robots = ["panda", "fr3", "iiwa7", "iiwa14", "ur5e", "ur10e"]

    static func model(_ name: String) throws -> (Chain, CollisionModel) {
        let description = try library.robot(name), chain = try description.chain()
        return (chain, try CollisionModel(chain, of: description))
    }

    static func randomWorld(_ stream: inout RandomStream) throws -> World {
        try World((0..<6).map { index in
            var obstacle = ShapeDistanceTests.randomObstacle(index, &stream)
            obstacle.pose.position += SIMD3(0.3, 0, 0.4)
            return obstacle
        })
    }

    /// The clearance by definition: every sphere against every obstacle, and the spheres of every pair of links against each other.
    static func bruteForce(_ model: CollisionModel, _ world: World?, _ q: [Double]) -> Double {
        let spheres = model.spheres(at: q)
        var least = Double.infinity
        let moving = Set(model.links.filter(\.moves).map(\.name))
        if let world {
            for (link, sphere) in spheres where moving.contains(link) {
                for obstacle in world.obstacles {
                    let single = try! World([obstacle])
                    least = min(least, single.distance(from: sphere.centre)!.distance - sphere.radius)
                }
            }
        }
        for pair in model.pairs {
            let (a, b) = (model.links[pair.x], model.links[pair.y])
            for (link, first) in spheres where link == a.name {
                for (other, second) in spheres where other == b.name {
                    least = min(least, (first.centre - second.centre).length - first.radius - second.radius - a.margin - b.margin)
                }
            }
        }
        return least
    }

    static func registers(_ configurations: [[Double]]) -> [Lanes] {
        configurations[0].indices.map { variable in Lanes(configurations.map { Float($0[variable]) }) }
    }

    @Test(arguments: robots) func `checks in registers agree with every sphere against everything`(name: String) throws {
        let (chain, model) = try Self.model(name)
        var stream = RandomStream(seed: 6), free = 0, colliding = 0
        for _ in 0..<4 {
            let world = try Self.randomWorld(&stream)
            let checker = CollisionChecker(model, world: world)
            for _ in 0..<8 {
                let configurations = (0..<laneCount).map { _ in chain.randomConfiguration(using: &stream) }
                let q = Self.registers(configurations)
                let mask = checker.collisions(q), clearances = checker.clearances(q, upTo: 0.5)
                let expected = configurations.map { Self.bruteForce(model, world, $0) }
                for lane in 0..<laneCount where abs(expected[lane]) > 5e-6 {
                    #expect(mask[lane] == (expected[lane] < 0))
                    if expected[lane] < 0 { colliding += 1 } else { free += 1 }
                    #expect(abs(Double(clearances[lane]) - min(expected[lane], 0.5)) < 5e-6)
                    #expect(checker.collides(configurations[lane]) == (expected[lane] < 0))
                }
                if !expected.contains(where: { abs($0) < 5e-6 }) { #expect(checker.anyCollides(q) == expected.contains { $0 < 0 }) }
            }
        }
        #expect(free > 20 && colliding > 100)
    }

    @Test func `a world of very many obstacles answers as its parts do`() throws {
        let (chain, model) = try Self.model("panda")
        var stream = RandomStream(seed: 8), colliding = 0
        let obstacles = (0..<600).map { index in
            Obstacle(
                name: "\(index)", shape: index % 2 == 0 ? .sphere(radius: 0.02) : .box(size: [0.03, 0.05, 0.02]),
                pose: Pose(position: SIMD3(0, 0, 0.5) + 1.8 * randomVector(using: &stream), rotation: randomRotation(using: &stream)))
        }
        let whole = CollisionChecker(model, world: try World(obstacles), checksSelf: false)
        let parts = try (0..<3).map { CollisionChecker(model, world: try World(Array(obstacles[200 * $0..<200 * ($0 + 1)])), checksSelf: false) }
        for _ in 0..<20 {
            let q = Self.registers((0..<laneCount).map { _ in chain.randomConfiguration(using: &stream) })
            let mask = whole.collisions(q), clearances = whole.clearances(q)
            let masks = parts.map { $0.collisions(q) }, least = parts.map { $0.clearances(q) }
            for lane in 0..<laneCount {
                #expect(mask[lane] == masks.contains { $0[lane] })
                #expect(abs(clearances[lane] - least.map { $0[lane] }.min()!) < 1e-6)
                if mask[lane] { colliding += 1 }
            }
            #expect(whole.anyCollides(q) == masks.contains { any($0) })
        }
        #expect(colliding > 10 && colliding < 310, "\(colliding)")
    }

    @Test(arguments: robots) func `the proximity is the least distance, and its gradient that of finite differences`(name: String) throws {
        let (chain, model) = try Self.model(name)
        var stream = RandomStream(seed: 7)
        let world = try Self.randomWorld(&stream)
        var compared = 0
        for _ in 0..<40 {
            let q = chain.randomConfiguration(using: &stream)
            let found = try #require(model.proximity(q, world: world))
            #expect(abs(found.distance - Self.bruteForce(model, world, q)) < 1e-9)
            for i in q.indices {
                let step = 1e-6
                var (a, b) = (q, q)
                a[i] -= step
                b[i] += step
                let (before, after) = (try #require(model.proximity(a, world: world)), try #require(model.proximity(b, world: world)))
                // Where the nearest pair changes, or the nearest face of a solid does, there is no derivative.
                guard before.link == after.link, before.other == after.other else { continue }
                let (left, right) = ((found.distance - before.distance) / step, (after.distance - found.distance) / step)
                guard abs(left - right) < 1e-3 else { continue }
                #expect(abs((left + right) / 2 - found.gradient[i]) < 1e-4)
                compared += 1
            }
        }
        #expect(compared > 100)
    }

    /// Few obstacles are asked sixteen at a time, many through a tree, clouds and meshes one point at a time.
    @Test(arguments: [(12.0, 6), (12, 300), (1000, 6), (60_000, 6), (60_000, 300)])
    func `clearances are exact to micrometres however far from the origin robot and world are`(distance: Double, count: Int) throws {
        let description = try library.robot("panda")
        let mount = Pose(position: distance * SIMD3(1, -1, 0.5), rotation: Rotation(roll: 0.1, pitch: 0.2, yaw: 0.3))
        let chain = try description.chain().mounted(at: mount), model = try CollisionModel(chain, of: description)
        var stream = RandomStream(seed: 12), compared = 0
        let world = try World((0..<count).map { index in
            let place = SIMD3(2 * stream.uniform() - 1, 2 * stream.uniform() - 1, 2 * stream.uniform() - 1)
            var obstacle = count > 6 ? Obstacle(name: "ball", shape: .sphere(radius: 0.01)) : ShapeDistanceTests.randomObstacle(index, &stream)
            obstacle.pose.position = place + 0.6 * place / place.length
            obstacle.pose = mount * obstacle.pose
            return obstacle
        })
        let checker = CollisionChecker(model, world: world)
        for _ in 0..<20 {
            let rows = (0..<laneCount).map { _ in chain.randomConfiguration(using: &stream) }
            let q = chain.variables.indices.map { variable in Lanes(rows.map { Float($0[variable]) }) }
            let found = checker.clearances(q)
            for lane in 0..<laneCount {
                let exact = checker.exactClearance(rows[lane])
                #expect(abs(exact - min(model.proximity(rows[lane], world: world)!.distance, 0.25)) == 0)
                guard exact > 0, exact < 0.25 else { continue }
                #expect(abs(Double(found[lane]) - exact) < 5e-6, "\(found[lane]) for \(exact)")
                if exact > 1e-5 { #expect(!checker.collides(rows[lane])) }
                compared += 1
            }
        }
        #expect(compared > 20, "\(compared)")
    }

    @Test func `the shapes of a floating base move from where it was mounted`() throws {
        let description = try RobotDescription(urdfText: """
            <robot name="r"><link name="base"><collision><origin xyz="0.1 0 0"/><geometry><sphere radius="0.2"/></geometry></collision></link>
            <link name="arm"><collision><origin xyz="0.6 0 0"/><geometry><sphere radius="0.1"/></geometry></collision></link>
            <joint name="turn" type="revolute"><parent link="base"/><child link="arm"/><axis xyz="0 1 0"/><limit lower="-3" upper="3"/></joint></robot>
            """, source: "text")
        let mount = Pose(position: [3, -4, 5], rotation: Rotation(roll: 0.3, pitch: 0.2, yaw: 1))
        let body = try description.body(floating: .wide), moved = try description.foundBody(floating: .wide, at: mount).body
        let model = try CollisionModel(body, of: description), other = try CollisionModel(moved, of: description, at: mount)
        var stream = RandomStream(seed: 6)
        for _ in 0..<20 {
            let q = body.randomConfiguration(using: &stream)
            let (a, b) = (model.spheres(at: q), other.spheres(at: q))
            #expect(a.map(\.link) == ["base", "arm"] && b.map(\.link) == a.map(\.link))
            for (first, second) in zip(a, b) { #expect((mount * first.sphere.centre - second.sphere.centre).length < 1e-9) }
        }
    }

    @Test func `links ride on their joints, whatever the base of the chain is`() throws {
        let description = try library.robot("panda")
        let chain = try description.chain(), backwards = try description.chain(base: "panda_hand", tip: "panda_link0")
        let (model, turned) = (try CollisionModel(chain, of: description), try CollisionModel(backwards, of: description))
        let mounted = try CollisionModel(chain.mounted(at: Pose(position: [1, 2, 3], rotation: .identity)), of: description)
        var stream = RandomStream(seed: 8)
        for _ in 0..<20 {
            let q = chain.randomConfiguration(using: &stream), hand = chain.forwardKinematics(q)
            let (a, b, c) = (model.spheres(at: q), turned.spheres(at: q.reversed()), mounted.spheres(at: q))
            #expect(a.map(\.link) == b.map(\.link))
            for i in a.indices {
                #expect((a[i].sphere.centre - hand * b[i].sphere.centre).length < 1e-9)
                #expect((a[i].sphere.centre + SIMD3(1, 2, 3) - c[i].sphere.centre).length < 1e-9)
            }
            // The tree's own kinematics are another way to the same places.
            let tree = try #require(description.linkIndex("panda_link5"))
            var all = [Double](repeating: 0, count: description.degreesOfFreedom)
            for (index, variable) in description.variables.enumerated() {
                if let place = chain.variables.firstIndex(where: { $0.name == variable.name }) { all[index] = q[place] }
            }
            let pose = description.pose(ofLink: tree, at: all), own = description.links[tree].spheres
            let placed = a.filter { $0.link == "panda_link5" }
            for (sphere, other) in zip(own, placed) { #expect((pose * sphere.centre - other.sphere.centre).length < 1e-9) }
        }
    }

    @Test func `shapes are contained in their spheres`() throws {
        let text = """
            <robot name="r"><link name="a"/><link name="b">
              <collision><origin xyz="0.1 0 0.2" rpy="0.3 0.2 0.1"/><geometry><box size="0.1 0.3 0.05"/></geometry></collision>
              <collision><geometry><cylinder radius="0.04" length="0.4"/></geometry></collision>
              <collision><origin xyz="0 0.2 0"/><geometry><capsule radius="0.03" length="0.2"/></geometry></collision>
              <collision><origin xyz="0 0 -0.2"/><geometry><mesh filename="part.stl" scale="1 2 1"/></geometry></collision>
            </link><link name="c"><collision><geometry><box size="0.1 0.3 0.05"/></geometry></collision></link>
            <joint name="j" type="revolute"><parent link="a"/><child link="b"/><axis xyz="0 1 0"/><limit lower="-1" upper="1"/></joint>
            <joint name="k" type="revolute"><parent link="b"/><child link="c"/><axis xyz="0 1 0"/><limit lower="-1" upper="1"/></joint></robot>
            """
        let description = try RobotDescription(urdfText: text, source: "text")
        let mesh = try SurfaceTests.boxMesh([0.1, 0.1, 0.1])
        let chain = try description.chain()
        let model = try CollisionModel(chain, of: description) { file in
            #expect(file == "part.stl")
            return mesh
        }
        // The capsule stands for the solids of the link that has one.
        let spheres = model.spheres(at: [0, 0])
        for step in 0...40 {
            let angle = 0.7 * Double(step)
            #expect(Self.covered([0.03 * Elementary.cos(angle), 0.2 + 0.03 * Elementary.sin(angle), -0.1 + 0.005 * Double(step)], by: spheres, "b", depth: 0))
        }
        #expect(Self.covered([0, 0.2, 0.13], by: spheres, "b", depth: 0) && Self.covered([0, 0.2, -0.13], by: spheres, "b", depth: 0))
        var plain = description
        plain.links[1].capsules = []
        let solid = try CollisionModel(chain, of: plain) { _ in mesh }
        let all = solid.spheres(at: [0, 0])
        var stream = RandomStream(seed: 9)
        let frame = Pose(position: [0.1, 0, 0.2], rotation: Rotation(roll: 0.3, pitch: 0.2, yaw: 0.1))
        for _ in 0..<2000 {
            let u = SIMD3(stream.uniform() - 0.5, stream.uniform() - 0.5, stream.uniform() - 0.5)
            #expect(Self.covered(frame * (u * SIMD3(0.1, 0.3, 0.05)), by: all, "b", depth: 0))
            let angle = 2 * .pi * stream.uniform(), radius = 0.04 * stream.uniform().squareRoot()
            #expect(Self.covered(SIMD3(radius * Elementary.cos(angle), radius * Elementary.sin(angle), 0.4 * u.z), by: all, "b", depth: 0))
            var face = u
            face[Int(stream.uniform() * 3)] = 0.5
            #expect(Self.covered(SIMD3(0, 0, -0.2) + face * SIMD3(0.1, 0.2, 0.1), by: all, "b", depth: 0))
        }
    }

    private static func covered(_ p: SIMD3<Double>, by spheres: [(link: String, sphere: CollisionSphere)], _ link: String, depth: Double) -> Bool {
        spheres.contains { $0.link == link && ($0.sphere.centre - p).length <= $0.sphere.radius - depth + 1e-9 }
    }

    @Test func `an SRDF says which pairs may touch`() throws {
        var description = try library.robot("panda")
        let before = try CollisionModel(description.chain(), of: description).pairs.count
        let names = description.links.filter { !$0.spheres.isEmpty }.map(\.name)
        let lines = names.flatMap { a in names.map { "<disable_collisions link1=\"\(a)\" link2=\"\($0)\" reason=\"Never\"/>" } }
        try description.readAllowedPairs(srdf: Array("<robot>\(lines.joined())</robot>".utf8), source: "srdf")
        #expect(before > 10)
        #expect(try CollisionModel(description.chain(), of: description).pairs.isEmpty)
        #expect(throws: URDFError.self) { try description.readAllowedPairs(srdf: Array("<robot><disable_collisions link1=\"a\"/></robot>".utf8), source: "srdf") }
        #expect(throws: URDFError.self) { try description.readAllowedPairs(srdf: Array("<model/>".utf8), source: "srdf") }
    }

    @Test(arguments: robots) func `a robot in random postures mostly misses itself`(name: String) throws {
        let (chain, model) = try Self.model(name)
        let checker = CollisionChecker(model, world: nil)
        var stream = RandomStream(seed: 10)
        let hits = (0..<500).filter { _ in checker.collides(chain.randomConfiguration(using: &stream)) }.count
        #expect(hits < 250)
        // The check can fail: links blown up touch one another.
        checker.margin = 3
        #expect(checker.collides(chain.randomConfiguration(using: &stream)))
    }

    @Test func `a robot without shapes says so`() throws {
        let description = try library.robot("ur5")
        let error = #expect(throws: CollisionModel.Failure.self) { try CollisionModel(description.chain(), of: description) }
        #expect("\(error!)".contains("no collision shapes"))
    }
}
