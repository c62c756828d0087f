import ConditionalModels
import Files
import Foundation
import Kinematics
import ModelFiles
import ModelTraining
import Networks
import Numerics
import RobotModels
import TestSupport
import Testing

/// Models of whole bodies: pairs, training, queries, files.
@Suite struct BodyModelTests {
    /// - Parameter place: where the robot stands.
    private func context(at place: SIMD3<Double> = .zero) throws -> BodyContext {
        let robot = try library.robot("talos_28dof")
        let body = try robot.foundBody(floating: robot.floatingBase, at: Pose(position: place, rotation: .identity)).body
        return BodyContext(
            body, task: try #require(body.stance), tip: try #require(body.tipIndex("right_hand")), lower: place + SIMD3(0.3, -0.4, 0.6),
            upper: place + SIMD3(0.8, 0.4, 1.1))
    }

    private func model(_ context: BodyContext, components: Int = 2) throws -> ConditionalMixture {
        try ConditionalMixture(body: context, configuration: ModelConfiguration(components: components, hidden: [16], seed: 3))
    }

    /// Every pair meets the task at its place, and threads do not change what is drawn.
    @Test func pairsMeetTheTask() throws {
        let context = try context(), model = try model(context)
        let one = try StoredPairs(ofBody: model, count: 5000, seed: 4, threads: 1), two = try StoredPairs(ofBody: model, count: 5000, seed: 4, threads: 2)
        #expect(one.count == two.count && one.count == 8192)
        func draw(_ source: StoredPairs) -> (x: [Float], c: [Float]) {
            var stream = RandomStream(seed: 9), x = [Float](repeating: 0, count: 34 * 64), c = [Float](repeating: 0, count: 3 * 64)
            source.draw(64, using: &stream, configurations: &x, contexts: &c, stride: 64)
            return (x, c)
        }
        let (x, c) = draw(one)
        #expect(draw(two).x == x && draw(two).c == c)
        let evaluator = BodyEvaluator(context.body)
        for column in 0..<64 {
            let q = (0..<34).map { i in model.robot.middle[i] + model.robot.halfRange[i] * Double(x[i * 64 + column]) }
            let place = (0..<3).map { Double(c[$0 * 64 + column] / model.encoding.scale[$0] + model.encoding.offset[$0]) }
            evaluator.evaluate(q)
            let error = evaluator.error(of: context.task(at: SIMD3(place[0], place[1], place[2])))
            #expect(error.position < 2e-4 && error.rotation < 2e-3 && context.body.contains(q, tolerance: 1e-6))
        }
    }

    @Test func trainingLearnsAndQueriesRepeat() throws {
        let context = try context()
        var settings = TrainingSettings(budget: .steps(60), seed: 1)
        settings.batch = 128
        settings.warmupSteps = 10
        var state = try TrainingState(model(context), settings: settings)
        let source = try StoredPairs(ofBody: state.model, count: 4096, seed: 1)
        var losses: [Double] = []
        var trainer = Trainer()
        trainer.reportInterval = 0
        try trainer.train(&state, on: TrainingProblem(source: source)) { progress, _ in losses.append(progress.loss) }
        #expect(losses.last! < losses.first! - 10)
        let trained = state.trainedModel
        let query = try BodyQuery(trained)
        for place in [SIMD3(0.5, 0, 0.9), SIMD3(0.3, -0.4, 0.6), SIMD3(0.8, 0.4, 1.1)] {
            var first = RandomStream(seed: 5), second = RandomStream(seed: 5)
            let answer = query.solve(place, options: .init(count: 4), using: &first)
            #expect(answer.found == 4 && answer.solutions == query.solve(place, options: .init(count: 4), using: &second).solutions)
            #expect(answer.solutions.allSatisfy { $0.positionError < 1e-4 && context.body.contains($0.configuration) })
        }
        var stream = RandomStream(seed: 6)
        let evaluation = query.evaluate(places: 20, using: &stream)
        #expect(evaluation.solved == 20 && evaluation.arriving > 0.9 && evaluation.seconds.count == 20)
    }

    @Test func filesKeepTheBody() throws {
        let context = try context(), model = try model(context)
        let path = NSTemporaryDirectory() + UUID().uuidString + ".safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.write(to: path)
        let read = try ConditionalMixture(contentsOf: path)
        #expect(read == model && read.robot.whole == context)
        // What was changed since is refused.
        var file = try Safetensors(contentsOf: path)
        let text = try #require(file.metadata["body"])
        for (from, to) in [("\"tip\":0", "\"tip\":17"), ("base_z", "base_z"), ("\"mass\":", "\"mass\":-")] {
            file.metadata["body"] = text.replacingOccurrences(of: from, with: to)
            if from == to { #expect(throws: Never.self) { try ConditionalMixture(file, path: path) }; continue }
            #expect(throws: ModelError.self) { try ConditionalMixture(file, path: path) }
        }
        file.metadata["body"] = "{}"
        #expect(throws: ModelError.self) { try ConditionalMixture(file, path: path) }
    }

    /// A robot that stands elsewhere is asked for places there, and answers as at the origin.
    @Test(arguments: [1e4, 1e6]) func modelsOfFarBodiesPredictTheSame(distance: Double) throws {
        let near = try BodyQuery(model(context())), far = try BodyQuery(model(context(at: [distance, -distance / 2, distance / 4])))
        // The middles of the boxes are rounded to single precision.
        let way = zip(near.model.encoding.offset, far.model.encoding.offset).map { Double($1) - Double($0) }
        for place in [SIMD3(0.5, 0, 0.9), SIMD3(0.3, -0.4, 0.6)] {
            let (a, b) = (near.predict(place), far.predict(place + SIMD3(way[0], way[1], way[2])))
            for (first, second) in zip(a.components, b.components) {
                for i in first.mean.indices { #expect(abs(first.mean[i] - second.mean[i]) < 1e-4) }
            }
        }
    }

    /// The target of training in lanes is the density in double precision, gradient and all, wherever the robot stands.
    @Test(arguments: [0, 1e4, 1e6]) func laneTargetAgrees(distance: Double) throws {
        let context = try context(at: [distance, -distance / 2, distance / 4]), model = try model(context)
        let targets = try BodyTargets(model), widths = TargetWidths(position: 0.05, rotation: 0.1, limit: 0.1)
        let target = try #require(targets.density(widths) as? any MeasuringDensity)
        #expect(target.dimension == 34)
        let n = 34
        var stream = RandomStream(seed: 2)
        var x = [Lanes](repeating: .zero, count: n), inputs = [Float](repeating: 0, count: 3 * laneCount)
        for lane in 0..<laneCount {
            let q = context.body.nominal.map { $0 + 0.1 * stream.normal() }
            for i in 0..<n { x[i][lane] = Float((q[i] - model.robot.middle[i]) / model.robot.halfRange[i]) }
            for i in 0..<3 { inputs[i * laneCount + lane] = Float(stream.normal()) }
        }
        var gradient = [Lanes](repeating: .zero, count: n), scratch = [Lanes](repeating: .zero, count: target.scratchCount)
        let value = target.evaluate(x, inputs: inputs, stride: laneCount, gradient: &gradient, scratch: &scratch)
        for lane in 0..<laneCount {
            let q = (0..<n).map { model.robot.middle[$0] + model.robot.halfRange[$0] * Double(x[$0][lane]) }
            let place = (0..<3).map { Double(inputs[$0 * laneCount + lane]) / Double(model.encoding.scale[$0]) + Double(model.encoding.offset[$0]) }
            let density = BodyTarget(targets.density(at: SIMD3(place[0], place[1], place[2]), widths), name: "exact")
            let (exact, slopes) = try density.evaluate(q)
            #expect(abs(Double(value.logDensity[lane]) - exact) < 1e-3 * max(1, abs(exact)))
            for i in 0..<n {
                let expected = try #require(slopes)[i] * model.robot.halfRange[i]
                #expect(abs(Double(gradient[i][lane]) - expected) < 2e-3 * max(1, try #require(slopes).map(abs).max()!))
            }
        }
    }
}
