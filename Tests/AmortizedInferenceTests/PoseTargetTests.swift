import AmortizedInference
import Foundation
import Kinematics
import Numerics
import Testing

@Suite struct PoseTargetTests {
    private static let panda = try! RobotLibrary(directory: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("robots").path).robot("panda").chain()

    /// Sixteen configurations, and contexts that others reach.
    private struct Problem {
        let target: PoseTarget
        let inputs: [Float]
        var x: [Lanes]

        init(_ tails: TargetTails, apart: Float) throws {
            let model = try ConditionalMixture(chain: panda, configuration: ModelConfiguration(components: 1, hidden: [16]))
            let source = KinematicPairSource(chain: panda, encoding: model.encoding)
            target = PoseTarget(
                chain: panda, encoding: model.encoding, widths: TargetWidths(position: 0.1, rotation: 0.3, limit: 0.2, tails: tails))
            var rows = [Float](repeating: 0, count: 7 * laneCount), inputs = [Float](repeating: 0, count: source.inputCount * laneCount)
            var stream = RandomStream(seed: 3)
            source.draw(laneCount, using: &stream, configurations: &rows, contexts: &inputs, stride: laneCount)
            self.inputs = inputs
            x = (0..<7).map { i in rows.withUnsafeBufferPointer { Lanes(loading: $0.baseAddress! + i * laneCount) } + Lanes(repeating: apart) }
        }

        func evaluate(_ x: [Lanes]) -> (value: Lanes, gradient: [Lanes]) {
            var gradient = [Lanes](repeating: .zero, count: 7), scratch = [Lanes](repeating: .zero, count: target.scratchCount)
            let value = inputs.withUnsafeBufferPointer {
                target.evaluate(x, inputs: $0.baseAddress!, stride: laneCount, gradient: &gradient, scratch: &scratch)
            }
            return (value.logDensity, gradient)
        }
    }

    @Test(arguments: TargetTails.allCases)
    func gradientsAgreeWithFiniteDifferences(_ tails: TargetTails) throws {
        let problem = try Problem(tails, apart: 0.1)
        let gradient = problem.evaluate(problem.x).gradient
        let step: Float = 2e-3
        for i in 0..<7 {
            var above = problem.x, below = problem.x
            above[i] += Lanes(repeating: step)
            below[i] -= Lanes(repeating: step)
            let difference = (problem.evaluate(above).value - problem.evaluate(below).value) * (0.5 / step)
            for lane in 0..<laneCount { #expect(abs(gradient[i][lane] - difference[lane]) < 0.02 * max(1, abs(difference[lane]))) }
        }
    }

    @Test func tailsDifferFarAwayOnly() throws {
        let near = try Problem(.gaussian, apart: 0.001), nearExponential = try Problem(.exponential, apart: 0.001)
        let close = near.evaluate(near.x).value - nearExponential.evaluate(near.x).value
        let far = try Problem(.gaussian, apart: 0.5), farExponential = try Problem(.exponential, apart: 0.5)
        for lane in 0..<laneCount { #expect(abs(close[lane]) < 1e-3) }
        let gain = farExponential.evaluate(far.x).value - far.evaluate(far.x).value
        for lane in 0..<laneCount { #expect(gain[lane] > 1) }
    }
}
