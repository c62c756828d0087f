import ConditionalModels
import Kinematics
import ModelTraining
import Numerics
import RobotModels
import TestSupport
import Testing

@Suite struct PoseTargetTests {
    /// Sixteen configurations, and contexts that others reach.
    @Test(arguments: ["panda", "atlas2013_arm", "valkyrie_arm_waist"])
    func gradientsAgreeWithFiniteDifferences(_ name: String) throws {
        let chain = try library.robot(name).chain(), n = chain.degreesOfFreedom
        let model = try ConditionalMixture(chain: chain, configuration: ModelConfiguration(components: 1, hidden: [16]))
        let source = KinematicPairs(chain: chain, encoding: model.encoding)
        let target = PoseTarget(chain: chain, encoding: model.encoding, widths: TargetWidths(position: 0.1, rotation: 0.3, limit: 0.2))
        var rows = [Float](repeating: 0, count: n * laneCount), inputs = [Float](repeating: 0, count: source.inputCount * laneCount)
        var stream = RandomStream(seed: 3)
        source.draw(laneCount, using: &stream, configurations: &rows, contexts: &inputs, stride: laneCount)
        func evaluate(_ x: [Lanes]) -> (value: Lanes, gradient: [Lanes]) {
            var gradient = [Lanes](repeating: .zero, count: n), scratch = [Lanes](repeating: .zero, count: target.scratchCount)
            let value = inputs.withUnsafeBufferPointer {
                target.evaluate(x, inputs: $0.baseAddress!, stride: laneCount, gradient: &gradient, scratch: &scratch)
            }
            return (value.logDensity, gradient)
        }
        let x = (0..<n).map { i in rows.withUnsafeBufferPointer { Lanes(loading: $0.baseAddress! + i * laneCount) } + Lanes(repeating: 0.1) }
        let gradient = evaluate(x).gradient
        let step: Float = 2e-3
        for i in 0..<n {
            var above = x, below = x
            above[i] += Lanes(repeating: step)
            below[i] -= Lanes(repeating: step)
            let difference = (evaluate(above).value - evaluate(below).value) * (0.5 / step)
            for lane in 0..<laneCount { #expect(abs(gradient[i][lane] - difference[lane]) < 0.03 * max(1, abs(difference[lane]))) }
        }
    }
}
