import AmortizedInference
import Kinematics
import Networks
import Numerics

/// Times the training step of a model with 32 components and four hidden layers of 256 on 1024 pairs, in turns with bare
/// matrix products of the same shapes.
func benchmarkTrainingStep(_ chain: Chain, threads: Int, _ report: Report, batch: Int = 1024) throws {
    let model = try ConditionalMixture(chain: chain, configuration: ModelConfiguration())
    var settings = TrainingSettings(budget: .steps(1_000_000), seed: 1)
    settings.batch = batch
    var state = try TrainingState(model, settings: settings)
    let workspace = TrainingWorkspace(model, source: KinematicPairSource(chain: chain, encoding: model.encoding), settings: settings)
    var steps: [Double] = [], products: [Double] = []
    for round in 0..<150 {
        let start = secondsNow()
        _ = try state.step(workspace, threads: threads)
        let middle = secondsNow()
        workspace.multiplyOnly(threads: threads)
        // The first rounds warm up.
        guard round >= 10 else { continue }
        steps.append(middle - start)
        products.append(secondsNow() - middle)
    }
    let operations = model.network.trainingOperations(batch: batch)
    let step = Timing(steps), bare = Timing(products)
    report.row(
        "training step, batch \(batch), \(threads) thread\(threads == 1 ? "" : "s")", step,
        note: "\(rounded(1 / step.median, 3)) steps/s, \(rounded(operations / step.median * 1e-9, 3)) GFLOP/s in products, "
            + "\(rounded(100 * bare.median / step.median, 3)) % of the \(rounded(operations / bare.median * 1e-9, 3)) of products alone (\(BLAS.kernel))")
}
