import Numerics
import Planning
import Testing
import TestSupport

/// Plans of a real arm and of one that is understood by hand.
@Suite struct PathPlannerTests {
    static let limits = MotionLimits(velocity: Array(repeating: 2, count: 7), acceleration: Array(repeating: 8, count: 7))

    /// A wall between both sides of the arm.
    static func scene() throws -> (chain: Chain, checker: CollisionChecker, start: [Double], goal: [Double]) {
        let description = try library.robot("panda"), chain = try description.chain()
        let model = try CollisionModel(chain, of: description)
        let world = try World([
            Obstacle(name: "wall", shape: .box(size: [0.5, 0.05, 0.5]), pose: Pose(position: [0.5, 0, 0.25], rotation: .identity)),
            Obstacle(name: "lamp", shape: .sphere(radius: 0.1), pose: Pose(position: [0.35, 0, 1.0], rotation: .identity)),
        ])
        let (start, goal) = ([-0.8, 0.6, 0, -1.9, 0, 2.5, 0.8], [0.8, 0.6, 0, -1.9, 0, 2.5, 0.8])
        return (chain, CollisionChecker(model, world: world), start, goal)
    }

    /// The least exact distance along a plan, at far more places than the planner has looked at.
    static func leastDistance(_ plan: Plan, _ checker: CollisionChecker, resolution: Double = 640) -> Double {
        var least = Double.infinity
        for index in plan.points.indices.dropFirst() {
            let (a, b) = (plan.points[index - 1], plan.points[index])
            let length = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            let steps = max(1, Int((length * resolution).rounded(.up)))
            for step in 0...steps {
                let q = a.indices.map { a[$0] + Double(step) / Double(steps) * (b[$0] - a[$0]) }
                least = min(least, checker.model.proximity(q, world: checker.world)!.distance)
            }
        }
        return least
    }

    @Test(arguments: 1...6) func `plans touch nothing at twenty times the resolution, and reach the goal`(seed: UInt64) throws {
        let (chain, checker, start, goal) = try Self.scene()
        var stream = RandomStream(seed: seed)
        let plans = try PathPlanner(checker, limits: Self.limits).plans(from: start, to: [goal], using: &stream)
        let plan = try #require(plans.first)
        #expect(plan.points.first == start && plan.points.last == goal)
        #expect(plan.points.allSatisfy { chain.contains($0, tolerance: 1e-6) })
        let least = Self.leastDistance(plan, checker)
        #expect(least > 0)
        #expect(plan.clearance > 0 && abs(plan.clearance - min(least, 0.1)) < 5e-5)
        #expect(plan.length >= 1.6 && plan.length < 8)
        // The straight line runs into the wall.
        #expect(Self.leastDistance(Plan(corners: [], points: [start, goal], times: [], length: 0, clearance: 0, goal: 0), checker) < 0)
    }

    @Test func `the shortest of many goals is taken, and a free straight line is the shortest way`() throws {
        let (_, checker, start, goal) = try Self.scene()
        var stream = RandomStream(seed: 1), near = start
        near[0] -= 0.4
        let plans = try PathPlanner(checker, limits: Self.limits).plans(from: start, to: [goal, near], using: &stream)
        #expect(plans.count == 1 && plans[0].goal == 1)
        #expect(abs(plans[0].length - 0.4) < 1e-9)
    }

    @Test func `the same seed gives the same plan`() throws {
        let (_, checker, start, goal) = try Self.scene()
        var (first, second) = (RandomStream(seed: 4), RandomStream(seed: 4))
        let a = try PathPlanner(checker, limits: Self.limits).plans(from: start, to: [goal], using: &first)
        let b = try PathPlanner(checker, limits: Self.limits).plans(from: start, to: [goal], using: &second)
        #expect(a[0].points == b[0].points && a[0].times == b[0].times)
    }

    @Test func `several plans do not deform into one another, and have weights`() throws {
        let (_, checker, start, goal) = try Self.scene()
        var stream = RandomStream(seed: 2)
        let plans = try PathPlanner(checker, limits: Self.limits).plans(from: start, to: [goal], options: .init(count: 3, seconds: 60), using: &stream)
        #expect(plans.count >= 2)
        #expect(zip(plans, plans.dropFirst()).allSatisfy { $0.length <= $1.length && $0.weight >= $1.weight })
        #expect(abs(plans.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
        for plan in plans { #expect(Self.leastDistance(plan, checker) > 0) }
        #expect(Set(plans.map(\.pathClass)).count == plans.count)
    }

    @Test func `speeds and accelerations keep their limits, from rest to rest`() throws {
        let (_, checker, start, goal) = try Self.scene()
        var stream = RandomStream(seed: 3)
        let plan = try PathPlanner(checker, limits: Self.limits).plans(from: start, to: [goal], using: &stream)[0]
        #expect(plan.times.first == 0)
        #expect(zip(plan.times, plan.times.dropFirst()).allSatisfy { $0 < $1 })
        let speeds = plan.points.indices.dropFirst().map { k in
            plan.points[k].indices.map { (plan.points[k][$0] - plan.points[k - 1][$0]) / (plan.times[k] - plan.times[k - 1]) }
        }
        #expect(speeds.allSatisfy { $0.allSatisfy { abs($0) <= 2 * 1.001 } })
        for k in 1..<speeds.count {
            let span = (plan.times[k + 1] - plan.times[k - 1]) / 2
            for i in 0..<7 { #expect(abs(speeds[k][i] - speeds[k - 1][i]) / span <= 8 * 1.001) }
        }
        // As fast as the limits allow, within reason: no joint could go its way much faster from rest to rest.
        let longest = (0..<7).map { abs(goal[$0] - start[$0]) }.max()!
        #expect(plan.duration >= longest / 2)
        #expect(plan.duration < 6 * (longest / 2 + 2.0 / 8))
        #expect(plan.configuration(at: -1) == start && plan.configuration(at: 1e3) == goal)
    }

    @Test(arguments: [1e-6, 0.01, 0.05]) func `a short straight way takes the time of its speeding up and slowing down`(way: Double) throws {
        let (_, checker, start, _) = try Self.scene()
        var stream = RandomStream(seed: 3), goal = start
        goal[0] -= way
        let plan = try PathPlanner(checker, limits: Self.limits).plans(from: start, to: [goal], using: &stream)[0]
        let expected = 2 * (way / 8).squareRoot()
        #expect(plan.duration >= 0.99 * expected && plan.duration < 3 * expected)
    }

    @Test func `a start or goals that touch something are named`() throws {
        let (_, checker, start, goal) = try Self.scene()
        var stream = RandomStream(seed: 1), inside = start
        inside[0] = 0
        let planner = PathPlanner(checker, limits: Self.limits)
        func failure(_ from: [Double], _ goals: [[Double]]) -> PlanFailure? {
            do throws(PlanFailure) { _ = try planner.plans(from: from, to: goals, options: .init(seconds: 5), using: &stream); return nil } catch { return error }
        }
        guard case .startCollides(let contact)? = failure(inside, [goal]) else { Issue.record("the start collides"); return }
        #expect(contact.distance < 0 && contact.other == .obstacle(0))
        guard case .goalsCollide(let other, 2)? = failure(start, [inside, inside]) else { Issue.record("the goals collide"); return }
        #expect(other.distance < 0)
        guard case .noGoals? = failure(start, []) else { Issue.record("there are no goals"); return }
    }

    @Test func `cancellation and the clock end a search that cannot succeed`() throws {
        let description = try library.robot("panda"), chain = try description.chain()
        // A cage around the hand's start.
        let start = [0, -0.5, 0, -2, 0, 1.6, 0.8], centre = chain.forwardKinematics(start).position
        let cage = [SIMD3(0.0, 0, 1), [0, 0, -1], [0, 1, 0], [0, -1, 0], [1, 0, 0]].map { side in
            Obstacle(name: "side", shape: .box(size: SIMD3(0.52, 0.52, 0.52) - 0.47 * SIMD3(abs(side.x), abs(side.y), abs(side.z))),
                     pose: Pose(position: centre + 0.25 * side, rotation: .identity))
        }
        let checker = CollisionChecker(try CollisionModel(chain, of: description), world: try World(cage))
        try #require(!checker.collides(start))
        var stream = RandomStream(seed: 1)
        let planner = PathPlanner(checker, limits: Self.limits), goal = [2.5, -0.5, 0, -2, 0, 1.6, 0.8]
        do throws(PlanFailure) {
            _ = try planner.plans(from: start, to: [goal], options: .init(seconds: 0.2), using: &stream)
        } catch {
            guard case .notFound(isOutOfTime: true, _) = error else { Issue.record("\(error)"); return }
        }
        do throws(PlanFailure) {
            _ = try planner.plans(from: start, to: [goal], using: &stream, cancellation: Cancellation { true })
            Issue.record("a cancelled search has no plan")
        } catch {
            guard case .cancelled = error else { Issue.record("\(error)"); return }
        }
    }

    // MARK: Turns

    /// Two links that turn about the vertical, the first without end.
    private static func arm() throws -> CollisionModel {
        func link(_ name: String) -> String {
            "<link name=\"\(name)\"><collision><origin xyz=\"0.2 0 0\"/><geometry><box size=\"0.36 0.04 0.04\"/></geometry></collision></link>"
        }
        let description = try RobotDescription(urdfText: """
            <robot name="r"><link name="base"/>\(link("upper"))\(link("lower"))<link name="tip"/>
            <joint name="shoulder" type="continuous"><parent link="base"/><child link="upper"/><axis xyz="0 0 1"/></joint>
            <joint name="elbow" type="revolute"><parent link="upper"/><child link="lower"/><origin xyz="0.4 0 0"/><axis xyz="0 0 1"/><limit lower="-2.8" upper="2.8"/></joint>
            <joint name="end" type="fixed"><parent link="lower"/><child link="tip"/><origin xyz="0.4 0 0"/></joint></robot>
            """, source: "text")
        return try CollisionModel(description.chain(), of: description)
    }

    private static func plans(_ model: CollisionModel, past obstacles: [Obstacle], from start: [Double], to goal: [Double], count: Int = 1) throws -> [Plan] {
        var stream = RandomStream(seed: 1)
        let checker = CollisionChecker(model, world: try World(obstacles)), limits = MotionLimits(velocity: [2, 2], acceleration: [8, 8])
        let plans = try PathPlanner(checker, limits: limits).plans(from: start, to: [goal], options: .init(count: count, seconds: 60), using: &stream)
        for plan in plans {
            #expect(plan.points.first == start && leastDistance(plan, checker) > 0)
            for (value, wanted) in zip(plan.points.last!, goal) { #expect(abs((value - wanted).remainder(dividingBy: 2 * .pi)) < 1e-9) }
        }
        return plans
    }

    private static func post(_ x: Double, radius: Double = 0.05) -> Obstacle {
        Obstacle(name: "post", shape: .cylinder(radius: radius, length: 1), pose: Pose(position: [x, 0, 0], rotation: .identity))
    }

    @Test func `where the short way round is blocked, the straight line goes the other way round`() throws {
        let plan = try #require(Self.plans(Self.arm(), past: [Self.post(-0.3)], from: [2, 0.1], to: [-2, 0.1]).first)
        #expect(abs(plan.length - 4) < 1e-9 && abs(plan.points.last![0] + 2) < 1e-9)
        // Ten turns on, and with the short way free.
        let far = try #require(Self.plans(Self.arm(), past: [Self.post(-0.3)], from: [20 * .pi + 2, 0.1], to: [-2, 0.1]).first)
        #expect(abs(far.length - 4) < 1e-9)
        let short = try #require(Self.plans(Self.arm(), past: [Self.post(0.3)], from: [2, 0.1], to: [-2, 0.1]).first)
        #expect(abs(short.length - (2 * .pi - 4)) < 1e-9)
    }

    /// No elbow gets past the one post; only a folded one past the other.
    @Test func `trees grow the other way round as well`() throws {
        let plan = try #require(Self.plans(Self.arm(), past: [Self.post(-0.3), Self.post(0.65)], from: [2.4, 0], to: [-2.4, 0]).first)
        #expect(abs(plan.points.last![0] + 2.4) < 1e-9 && plan.length > 4.8 && plan.corners.count > 2)
    }

    @Test func `several plans go round both ways`() throws {
        let plans = try Self.plans(Self.arm(), past: [Self.post(-0.65), Self.post(0.65)], from: [.pi / 2, 0], to: [-.pi / 2, 0], count: 4)
        let ends = Set(plans.map { ($0.points.last![0] / .pi * 2).rounded() })
        #expect(ends.isSuperset(of: [-1, 3]), "\(ends)")
    }

    /// A joint of the UR5e turns twice.
    @Test func `joints with limits take other turns only where they may`() throws {
        let description = try library.robot("ur5e"), model = try CollisionModel(description.chain(), of: description)
        let limits = MotionLimits(velocity: Array(repeating: 2, count: 6), acceleration: Array(repeating: 8, count: 6))
        let start = [3.5, -1.2, 1.0, -1, 1.3, 0.4]
        var goal = start, stream = RandomStream(seed: 1)
        goal[0] -= 2 * .pi
        let planner = PathPlanner(CollisionChecker(model, world: nil), limits: limits)
        let turned = try planner.plans(from: start, to: [goal], options: .init(takesEveryTurn: true), using: &stream)[0]
        let exact = try planner.plans(from: start, to: [goal], using: &stream)[0]
        #expect(turned.length < 1e-9 && turned.goal == 0)
        #expect(abs(exact.length - 2 * .pi) < 1e-6 && exact.points.last == goal)
    }

    /// Two links past a post, ten turns away from where the joint's numbers begin.
    @Test func `joints without limits are sampled around the start`() throws {
        let model = try Self.arm(), post = Self.post(0.65)
        let limits = MotionLimits(velocity: [2, 2], acceleration: [8, 8])
        for turns in [0.0, 10, -10] {
            var stream = RandomStream(seed: 1)
            let start = [2 * .pi * turns - 0.8, 0], goal = [0.8, 0]
            let planner = PathPlanner(CollisionChecker(model, world: try World([post])), limits: limits)
            let plan = try planner.plans(from: start, to: [goal], options: .init(seconds: 60), using: &stream)[0]
            #expect(plan.points.allSatisfy { abs($0[0] - start[0]) < 2 * .pi }, "\(turns) turns")
            #expect(abs(plan.points.last![0] - (start[0] + 1.6)) < 1e-9)
        }
    }
}
