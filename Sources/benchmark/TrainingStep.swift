import AmortizedInference
import Networks
import Numerics

/// Times the training step and, on the same shapes, bare matrix products.
///
/// Prints steps a second, the rate in the step's products counted over the whole step's time, and its share of the
/// rate of products alone.
func benchmarkTrainingStep(threads: Int, batch: Int = 1024, seconds: Double = 3) throws {
    let chain = try pandaChain()
    let model = try ConditionalMixture(chain: chain, configuration: ModelConfiguration())
    var settings = TrainingSettings(budget: .steps(1_000_000), seed: 1)
    settings.batch = batch
    var state = try TrainingState(model, settings: settings)
    let workspace = TrainingWorkspace(model, source: KinematicPairSource(chain: chain, encoding: model.encoding), batch: batch)
    let step = try medianTime(seconds: seconds) { _ = try state.step(workspace, threads: threads) }
    let products = medianTime(seconds: seconds / 2) { workspace.multiplyOnly(threads: threads) }
    let operations = model.network.trainingOperations(batch: batch)
    print("""
        training step, \(threads) threads, batch \(batch), \(model.parameterCount) parameters, BLAS kernel \(BLAS.kernel): \
        \(text(step * 1e3)) ms, \(text(1 / step)) steps/s, \(text(operations / step * 1e-9)) GFLOP/s in products; \
        bare products \(text(operations / products * 1e-9)) GFLOP/s; share \(text(100 * products / step)) %
        """)
}

/// The median time of repeated calls, in seconds.
func medianTime(seconds: Double, _ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    var times: [Double] = []
    for _ in 0..<3 { try body() }
    let start = clock.now
    while clock.now - start < .seconds(seconds) {
        let time = try clock.measure { try body() }
        times.append(Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds))
    }
    return times.sorted()[times.count / 2]
}

/// Two decimals.
func text(_ value: Double) -> String {
    let scaled = (value * 100).rounded()
    let cents = Int(abs(scaled).truncatingRemainder(dividingBy: 100))
    return "\(scaled < 0 ? "-" : "")\(Int(abs(scaled) / 100)).\(cents < 10 ? "0" : "")\(cents)"
}
