import Kinematics
import Numerics

/// TALOS with both feet fixed and in balance, its right hand at positions uniform in the box of Lembono et al. (2021): one solution of
/// each, without a model.
func benchmarkBodies(root: String, _ report: Report) throws {
    let robot = try RobotLibrary(directory: root + "/robots").robot("talos_28dof")
    let free = robot.floatingBase!
    var upright = free
    for i in 3..<6 { (upright.lower[i], upright.upper[i]) = (0, 0) }
    for (floating, name) in [(free, "base free"), (upright, "base upright")] {
        let body = try robot.body(floating: floating)
        let stance = body.stance!, hand = body.tipIndex("right_hand")!
        let solver = BodySolver(body, task: stance.aiming(.position(.zero), tip: hand))
        let evaluator = BodyEvaluator(body)
        var stream = RandomStream(seed: 5)
        for (tolerance, turn) in [(1e-4, 1e-3), (1e-6, 1e-6)] {
            var seconds: [Double] = [], solved = 0, iterations = 0
            for _ in 0..<1000 {
                let target = randomHandTarget(using: &stream)
                let task = stance.aiming(.position(target), tip: hand)
                let start = secondsNow()
                solver.set(task)
                let answer = solver.solve(options: .init(positionTolerance: tolerance, rotationTolerance: turn), using: &stream)
                seconds.append(secondsNow() - start)
                iterations += answer.iterations
                guard let found = answer.solutions.first else { continue }
                evaluator.evaluate(found.configuration)
                let error = evaluator.error(of: task)
                solved += error.position <= tolerance && error.rotation <= turn && body.contains(found.configuration) ? 1 : 0
            }
            report.row("TALOS whole body, \(name), \(tolerance) m, \(turn) rad", Timing(seconds),
                       note: "\(solved) of 1000 solved, \(rounded(Double(iterations) / 1000, 3)) iterations of 16 searches")
        }
        let many = Timing(repetitions: 50) {
            solver.set(stance.aiming(.position(randomHandTarget(using: &stream)), tip: hand))
            _ = solver.solve(options: .init(count: 100), using: &stream)
        }
        report.row("TALOS whole body, \(name), 100 solutions", many)
    }
}

/// A position uniform in the box from (0.3, −0.4, 0.6) to (0.8, 0.4, 1.1) m.
func randomHandTarget(using stream: inout RandomStream) -> SIMD3<Double> {
    SIMD3(0.3 + 0.5 * stream.uniform(), -0.4 + 0.8 * stream.uniform(), 0.6 + 0.5 * stream.uniform())
}
