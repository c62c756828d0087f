import Kinematics
import Numerics
import TestSupport
import Testing

/// Preferences for whole bodies, and for goals that leave something free.
@Suite struct BodyPreferencesTests {
    private func standing() throws -> (body: Body, task: BodyTask) {
        let description = try library.robot("talos_28dof")
        let body = try description.body(floating: description.floatingBase)
        let hand = try #require(body.tipIndex("right_hand")), stance = try #require(body.stance)
        return (body, stance.aiming(.position([0.5, -0.2, 0.9]), tip: hand))
    }

    @Test func postureNearestToAnotherMeetsItsGoals() throws {
        let (body, task) = try standing()
        let solver = BodySolver(body, task: task), evaluator = BodyEvaluator(body), metric = ConfigurationMetric(body.variables)
        var stream = RandomStream(seed: 1)
        let others = solver.solve(options: .init(count: 60), using: &stream).solutions
        for near in [body.nominal, others[5].configuration] {
            let answer = solver.solve(options: .init(count: 3), preferences: Preferences(near: near), using: &stream)
            #expect(answer.found == 3)
            for solution in answer.solutions {
                evaluator.evaluate(solution.configuration)
                let error = evaluator.error(of: task)
                #expect(body.contains(solution.configuration) && error.position < 1e-4 && error.rotation < 1e-3)
                #expect(abs(solution.distance! - metric.distance(near, solution.configuration)) < 1e-12)
            }
            #expect(answer.solutions.map { $0.distance! } == answer.solutions.map { $0.distance! }.sorted())
            let best = others.map { metric.distance(near, $0.configuration) }.min()!
            #expect(answer.solutions[0].distance! < best + 1e-6)
        }
    }

    /// A full pose of a chain: another implementation does not come nearer from there.
    @Test func bodiesComeAsNearAsChains() throws {
        let chain = try library.robot("panda").chain(), body = Body(chain)
        let weights = (1...7).map { Double($0) / 3 }
        let metric = ConfigurationMetric(chain, weights: weights), chainSolver = InverseKinematics(chain)
        var stream = RandomStream(seed: 2)
        for _ in 0..<10 {
            let near = chain.randomConfiguration(using: &stream), pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
            let solver = BodySolver(body, task: BodyTask(aims: [.init(tip: 0, goal: Goal(pose))]))
            let preferences = Preferences(near: near, weights: weights)
            let answer = solver.solve(options: .init(count: 1), preferences: preferences, using: &stream)
            let nearest = try #require(answer.solutions.first)
            let moved = chainSolver.nearest(Goal(pose), to: near, from: nearest.configuration, preferences: .init(weights: weights), options: .init())
            if let moved { #expect(metric.distance(near, moved.configuration) > nearest.distance! - 1e-3) }
        }
    }

    @Test func whatIsHeldBeyondWhereItMayMoveIsNamed() throws {
        let (body, task) = try standing(), solver = BodySolver(body, task: task), last = body.degreesOfFreedom - 1
        var stream = RandomStream(seed: 4)
        func answer(_ move: Double) -> (found: Int, reason: String?) {
            var preferences = Preferences(near: body.nominal, held: [last: body.nominal[last] + move])
            preferences.greatestMoves = Array(repeating: 0.6, count: body.degreesOfFreedom)
            let outcome = solver.solve(options: .init(count: 1), preferences: preferences, using: &stream)
            return (outcome.found, outcome.reason)
        }
        let far = answer(0.7)
        #expect(far.found == 0 && far.reason?.hasPrefix("\(body.variables[last].name) is held at") == true, "\(far)")
        #expect(answer(0).found == 1)
    }

    @Test func heldVariablesKeepTheirValues() throws {
        let (body, task) = try standing()
        let values = [12: 0.1, body.degreesOfFreedom - 1: 0.05]
        let held = body.holding(values)
        #expect(held.degreesOfFreedom == body.degreesOfFreedom)
        let solver = BodySolver(held, task: task)
        var stream = RandomStream(seed: 3)
        let plain = solver.solve(options: .init(count: 5), using: &stream)
        let near = solver.solve(options: .init(count: 5), preferences: Preferences(near: body.nominal), using: &stream)
        #expect(plain.found == 5 && near.found == 5)
        for solution in plain.solutions + near.solutions {
            for (index, value) in values { #expect(solution.configuration[index] == value) }
            #expect(body.contains(solution.configuration))
        }
    }

    @Test func positionsNearAConfigurationOfAChain() throws {
        let chain = try library.robot("panda").chain(), solver = InverseKinematics(chain), metric = ConfigurationMetric(chain)
        var stream = RandomStream(seed: 4)
        for _ in 0..<10 {
            let near = chain.randomConfiguration(using: &stream)
            let place = chain.forwardKinematics(chain.randomConfiguration(using: &stream)).position
            let dense = solver.solve(.position(place), options: .init(count: 200), using: &stream).solutions
            let answer = solver.solve(.position(place), preferences: Preferences(near: near), using: &stream).solutions
            #expect(answer[0].distance! <= dense.map { metric.distance(near, $0.configuration) }.min()! + 1e-6)
        }
    }
}
