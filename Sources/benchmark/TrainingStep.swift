import ConditionalModels
import Kinematics
import ModelTraining
import Networks
import Numerics
import RobotModels

/// Times the training step of a model with 32 components and four hidden layers of 256 on 1024 pairs, in turns with bare
/// matrix products of the same shapes.
///
/// - Parameter hasObjective: whether the component objective takes part, with one sample of each component and trust regions.
func benchmarkTrainingStep(_ chain: Chain, threads: Int, _ report: Report, hasObjective: Bool = false, batch: Int = 1024) throws {
    let model = try ConditionalMixture(chain: chain, configuration: ModelConfiguration())
    var settings = TrainingSettings(budget: .steps(1_000_000), seed: 1)
    settings.batch = batch
    if hasObjective { settings.variational.forwardShare = 0.3 }
    var state = try TrainingState(model, settings: settings)
    let workspace = TrainingWorkspace(model, problem: try .poses(of: chain, for: model), settings: settings)
    var steps: [Double] = [], products: [Double] = [], processor: [Double] = []
    for round in 0..<150 {
        let start = secondsNow(), processorStart = ProcessorTime.now
        _ = try state.step(workspace, threads: threads)
        let middle = secondsNow(), processorEnd = ProcessorTime.now
        workspace.multiplyOnly(threads: threads)
        // The first rounds warm up.
        guard round >= 10 else { continue }
        steps.append(middle - start)
        processor.append(processorEnd - processorStart)
        products.append(secondsNow() - middle)
    }
    let operations = model.network.trainingOperations(batch: batch)
    let step = Timing(steps), bare = Timing(products)
    report.row(
        "\(hasObjective ? "component" : "training") step, batch \(batch), \(threads.counted("thread"))", step,
        note: "processor time \(rounded(Timing(processor).median * 1e3, 3)) ms, \(rounded(1 / step.median, 3)) steps/s, \(rounded(operations / step.median * 1e-9, 3)) GFLOP/s in products, "
            + "\(rounded(100 * bare.median / step.median, 3)) % of the \(rounded(operations / bare.median * 1e-9, 3)) of products alone (\(BLAS.kernel))")
}
