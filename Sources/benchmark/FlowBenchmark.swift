import Baselines
import ConditionalModels
import Kinematics
import ModelTraining
import Numerics
import RobotModels

/// Times a flow's training step and its samples, of a small architecture and of the published one; scripts/peers/flow.py does the same in torch.
///
/// Steps are those of likelihood on kinematic pairs with Adam; samples are 2000 of one pose, on one thread.
func benchmarkFlow(_ chain: Chain, threads: Int, _ report: Report) throws {
    let sizes: [(name: String, configuration: FlowConfiguration, batch: Int, rounds: Int)] = [
        ("6 x 2 x 256", FlowConfiguration(blocks: 6, hidden: [256, 256], noise: 1e-3), 512, 60),
        ("12 x 3 x 1024, width 15", FlowConfiguration(blocks: 12, hidden: [1024, 1024, 1024], width: 15, noise: 1e-3), 256, 6),
    ]
    let identity = RobotIdentity(chain), encoding = try PoseEncoding(of: chain, .pose, usesSymmetry: false)
    for (name, configuration, batch, rounds) in sizes {
        let flow = try ConditionalFlow(subject: identity, space: identity.space, encoder: encoding, configuration: configuration)
        var settings = TrainingSettings(budget: .steps(1_000_000), seed: 1)
        settings.batch = batch
        settings.optimizer = .adam
        var run = try ModelTrainingRun(
            ModelTrainingState(flow, phases: [settings]), problem: .poses(of: chain, for: flow), threads: threads)
        var steps: [Double] = [], processor: [Double] = []
        for round in -2..<rounds {
            let start = secondsNow(), begin = ProcessorTime.now
            try run.step()
            guard round >= 0 else { continue }
            steps.append(secondsNow() - start)
            processor.append(ProcessorTime.now - begin)
        }
        report.row("flow \(name), training step, batch \(batch), \(threads.counted("thread"))", Timing(steps),
                   note: "processor time \(rounded(Timing(processor).median * 1e3, 3)) ms, \(flow.parameterCount) parameters (\(BLAS.kernel))")
        guard threads == 1 else { continue }
        let query = try GenerativePoseModel(flow).makeSampler(for: chain)
        var stream = RandomStream(seed: 1)
        let pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
        for count in [1, 100, 2000] {
            let timing = Timing(repetitions: max(3, rounds / (count > 100 ? 6 : 1))) { _ = query.sample(pose, count: count, using: &stream) }
            report.row("flow \(name), \(count.counted("sample")) of a pose", timing, note: "\(rounded(timing.median / Double(count) * 1e6, 3)) µs each")
        }
    }
}
