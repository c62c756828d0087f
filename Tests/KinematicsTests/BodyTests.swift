import Kinematics
import Numerics
import TestSupport
import Testing

/// Whole bodies: agreement with the tree, and with an independent implementation of centre of mass and Jacobians.
@Suite struct BodyTests {
    @Test(arguments: ["talos_28dof", "talos_32dof", "talos_upper_body", "atlas_drake_body"])
    func fixedBodyAgreesWithReferences(name: String) throws {
        let reference = try #require(References.all.robots[name])
        let body = try library.robot(name).body(floating: nil)
        let evaluator = BodyEvaluator(body)
        for configuration in reference.configurations {
            evaluator.evaluate(configuration.q)
            for (index, tip) in body.tips.enumerated() {
                let expected = try #require(configuration.poses[tip.name])
                let p = expected.position
                #expect((evaluator.pose(ofTip: index).position - SIMD3(p[0], p[1], p[2])).length < 1e-12)
                if let rows = expected.jacobian {
                    let jacobian = evaluator.jacobian(ofTip: index)
                    #expect(zip(jacobian.elements, rows.joined()).allSatisfy { abs($0 - $1) < 1e-10 })
                }
            }
            if let com = configuration.com {
                let centre = try #require(evaluator.centreOfMass)
                #expect((centre - SIMD3(com[0], com[1], com[2])).length < 1e-12)
            }
            if let rows = configuration.com_jacobian {
                let jacobian = try #require(evaluator.centreOfMassJacobian)
                #expect(zip(jacobian.elements, rows.joined()).allSatisfy { abs($0 - $1) < 1e-10 })
            }
        }
    }

    /// The floating base moves everything as one pose would, and its columns are derivatives.
    @Test func floatingBaseMovesTheTree() throws {
        let robot = try library.robot("talos_28dof")
        let body = try robot.body(floating: robot.floatingBase)
        #expect(body.degreesOfFreedom == 34 && body.base == "world" && abs(body.totalMass - 90.272192) < 1e-9)
        var stream = RandomStream(seed: 4)
        let evaluator = BodyEvaluator(body)
        for _ in 0..<5 {
            let q = body.randomConfiguration(using: &stream)
            let base = Pose(position: [q[28], q[29], q[30]], rotation: Rotation(roll: q[31], pitch: q[32], yaw: q[33]))
            evaluator.evaluate(q)
            let links = robot.linkPoses(Array(q[..<28]))
            for (index, tip) in body.tips.enumerated() {
                let expected = base * links[try #require(robot.linkIndex(tip.link))]
                let error = evaluator.pose(ofTip: index).error(to: expected)
                #expect(error.position < 1e-12 && error.rotation < 1e-12)
            }
            let centre = try #require(robot.centreOfMass(Array(q[..<28])))
            #expect((try #require(evaluator.centreOfMass) - base * centre).length < 1e-12)
            checkDerivatives(evaluator, at: q)
        }
    }

    private func checkDerivatives(_ evaluator: BodyEvaluator, at q: [Double]) {
        let step = 1e-6
        let tips = evaluator.body.tips.indices
        evaluator.evaluate(q)
        let jacobians = tips.map { evaluator.jacobian(ofTip: $0) }
        let centre = evaluator.centreOfMassJacobian!
        for i in q.indices {
            func at(_ change: Double) -> ([Pose], SIMD3<Double>) {
                var moved = q
                moved[i] += change
                evaluator.evaluate(moved)
                return (tips.map { evaluator.pose(ofTip: $0) }, evaluator.centreOfMass!)
            }
            let (high, low) = (at(step), at(-step))
            for tip in tips {
                let linear = (high.0[tip].position - low.0[tip].position) / (2 * step)
                let angular = (high.0[tip].rotation * low.0[tip].rotation.inverse).rotationVector / (2 * step)
                for row in 0..<3 {
                    #expect(abs(jacobians[tip][row, i] - linear[row]) < 1e-7)
                    #expect(abs(jacobians[tip][row + 3, i] - angular[row]) < 1e-7)
                }
            }
            let slope = (high.1 - low.1) / (2 * step)
            for row in 0..<3 { #expect(abs(centre[row, i] - slope[row]) < 1e-7) }
        }
    }

    /// Feet fixed, the right hand anywhere in the published box: every target is met, within the limits and in balance.
    @Test func talosReachesWithItsFeetFixed() throws {
        let robot = try library.robot("talos_28dof")
        let body = try robot.body(floating: robot.floatingBase)
        let stance = try #require(body.stance)
        let hand = try #require(body.tipIndex("right_hand"))
        var stream = RandomStream(seed: 11)
        let solver = BodySolver(body, task: stance.aiming(.position([0.5, 0, 0.9]), tip: hand))
        let evaluator = BodyEvaluator(body)
        for _ in 0..<100 {
            let target = SIMD3(0.3 + 0.5 * stream.uniform(), -0.4 + 0.8 * stream.uniform(), 0.6 + 0.5 * stream.uniform())
            solver.set(stance.aiming(.position(target), tip: hand))
            let answer = solver.solve(using: &stream)
            let solution = try #require(answer.solutions.first, "\(target): \(answer.reason ?? "")")
            #expect(body.contains(solution.configuration))
            evaluator.evaluate(solution.configuration)
            #expect((evaluator.pose(ofTip: hand).position - target).length < 1e-4)
            for aim in stance.aims {
                let error = aim.goal.error(of: evaluator.pose(ofTip: aim.tip))
                #expect(error.position < 1e-4 && error.rotation < 1e-3)
            }
            let centre = try #require(evaluator.centreOfMass), balance = try #require(stance.balance)
            for i in 0..<2 { #expect(abs(centre[i] - balance.centre[i]) < balance.halfWidths[i] + 1e-4) }
        }
    }

    @Test func searchesRepeatAndSayWhatFails() throws {
        let robot = try library.robot("talos_28dof")
        let body = try robot.body(floating: robot.floatingBase)
        let hand = try #require(body.tipIndex("right_hand")), stance = try #require(body.stance)
        func answer(_ place: SIMD3<Double>, _ count: Int) -> BodySolutions {
            var stream = RandomStream(seed: 3), options = SearchOptions(count: count)
            options.restarts = 200
            return BodySolver(body, task: stance.aiming(.position(place), tip: hand)).solve(options: options, using: &stream)
        }
        let (first, second) = (answer([0.4, -0.2, 0.8], 20), answer([0.4, -0.2, 0.8], 20))
        #expect(first.found == 20 && first.reason == nil)
        #expect(first.solutions == second.solutions)
        let far = answer([3, 0, 1], 1)
        #expect(far.found == 0 && far.reason != nil)
        let closest = try #require(far.closest)
        #expect(closest.positionError > 0.5 && body.contains(closest.configuration))
    }
}
