import Mixtures
import ModelTraining
import Numerics
import Testing

@Suite struct ReverseDivergenceTests {
    private func evaluate(
        _ objective: ReverseDivergence, _ outputs: [Double], _ noise: [Double], _ scratch: inout [Double]
    ) -> (loss: Double, bound: Double, gradient: [Double]) {
        let n = objective.projection.dimension
        let biases = outputs.indices.map { 0.1 * Elementary.sin(Double($0)) }
        var gradient = outputs
        let summary = noise.withUnsafeBufferPointer { noise in
            scratch.withUnsafeMutableBufferPointer { scratch in
                objective.evaluate(
                    outputs: &gradient, biases: biases, stride: 1, weight: 1, noise: noise.baseAddress!, scratch: scratch.baseAddress!
                ) { x, slope in
                    var value = 0.0
                    for i in 0..<n {
                        value += 2 * Elementary.sin(2 * x[i] + Double(i)) - x[i] * x[i]
                        slope[i] = 4 * Elementary.cos(2 * x[i] + Double(i)) - 2 * x[i]
                    }
                    return value
                }
            }
        }
        return (summary.loss, summary.bound, gradient)
    }

    /// Two and seven dimensions have loops of their own, and so have pairs of samples and single ones.
    @Test(arguments: [2, 7], [1, 2, 3])
    func gradientAgreesWithFiniteDifferences(dimension: Int, samples: Int) {
        for isBounded in [true, false] {
            let projection = PrecisionProjection(dimension: dimension, deviations: 0.05...1, isBounded: isBounded)
            var objective = ReverseDivergence(components: 3, projection: projection, samples: samples)
            objective.temperature = samples == 2 ? 0.3 : 1
            var stream = RandomStream(seed: UInt64(dimension))
            let outputs = (0..<3 * (1 + dimension + projection.rawCount)).map { _ in 0.5 * stream.normal() }
            let noise = (0..<objective.noiseCount).map { _ in stream.normal() }
            var scratch = [Double](repeating: 0, count: objective.scratchCount)
            let gradient = evaluate(objective, outputs, noise, &scratch).gradient
            for index in outputs.indices {
                var up = outputs, down = outputs
                up[index] += 1e-5
                down[index] -= 1e-5
                let difference = (evaluate(objective, up, noise, &scratch).loss - evaluate(objective, down, noise, &scratch).loss) / 2e-5
                // Components that count with less than 1e-7 of a sample are left out.
                #expect(abs(gradient[index] - difference) < 2e-5 * max(1, abs(difference)), "\(index): \(gradient[index]), \(difference)")
            }
        }
    }

    /// The bound is the mixture's own, whatever the power of the density in the loss.
    @Test func theBoundIsNotAnnealed() {
        let projection = PrecisionProjection(dimension: 2, deviations: 0.05...1)
        var objective = ReverseDivergence(components: 3, projection: projection, samples: 3)
        var stream = RandomStream(seed: 4)
        let outputs = (0..<3 * (1 + 2 + projection.rawCount)).map { _ in 0.5 * stream.normal() }
        let noise = (0..<objective.noiseCount).map { _ in stream.normal() }
        var scratch = [Double](repeating: 0, count: objective.scratchCount)
        let plain = evaluate(objective, outputs, noise, &scratch)
        #expect(plain.bound == -plain.loss)
        objective.temperature = 0.2
        let annealed = evaluate(objective, outputs, noise, &scratch)
        #expect(abs(annealed.bound - plain.bound) < 1e-12 * max(1, abs(plain.bound)) && annealed.loss != plain.loss)
    }

    /// Sixteen contexts in single precision are sixteen evaluations in double precision.
    @Test func lanesAgreeWithDoublePrecision() {
        let n = 7, k = 4, samples = 2
        let projection = PrecisionProjection(dimension: n, deviations: 0.05...1)
        let objective = ReverseDivergence(components: k, projection: projection, samples: samples)
        var stream = RandomStream(seed: 3)
        let count = k * (1 + n + projection.rawCount)
        let outputs = (0..<count * laneCount).map { _ in Float(0.5 * stream.normal()) }
        let noise = (0..<objective.noiseCount * laneCount).map { _ in Float(stream.normal()) }
        let biases = (0..<count).map { Float(0.1 * Elementary.sin(Double($0))) }
        var gradient = outputs
        let registers = UnsafeMutablePointer<Lanes>.allocate(capacity: objective.noiseCount + objective.scratchCount)
        defer { registers.deallocate() }
        for i in 0..<objective.noiseCount { registers[i] = noise.withUnsafeBufferPointer { Lanes(loading: $0.baseAddress! + i * laneCount) } }
        let summaries = objective.evaluate(
            outputs: &gradient, biases: biases, stride: laneCount, weight: 1, noise: UnsafePointer(registers), scratch: registers + objective.noiseCount
        ) { x, slope in
            var value = Lanes.zero
            for i in 0..<n {
                let (sine, cosine) = (2 * x[i] + Float(i)).sineAndCosine
                value += 2 * sine - x[i] * x[i]
                slope[i] = 4 * cosine - 2 * x[i]
            }
            return value
        }
        var scratch = [Double](repeating: 0, count: objective.scratchCount)
        for lane in [0, 5, 15] {
            let reference = evaluate(
                objective, (0..<count).map { Double(outputs[$0 * laneCount + lane]) },
                (0..<objective.noiseCount).map { Double(noise[$0 * laneCount + lane]) }, &scratch)
            #expect(abs(Double(summaries.loss[lane]) - reference.loss) < 2e-4 * max(1, abs(reference.loss)))
            for row in 0..<count {
                #expect(abs(Double(gradient[row * laneCount + lane]) - reference.gradient[row]) < 2e-3 * max(1, abs(reference.gradient[row])))
            }
        }
    }
}
