import Mixtures
import ModelTraining
import Numerics
import Testing

@Suite struct ForwardDivergenceTests {
    /// The loss and the gradient of its outputs for one context, in double precision.
    private func evaluate(_ loss: ForwardDivergence, _ outputs: [Double], _ biases: [Double], _ x: [Double]) -> (Double, [Double]) {
        var gradient = outputs
        var scratch = [Double](repeating: 0, count: loss.scratchCount)
        let value: Double = loss.evaluate(outputs: &gradient, biases: biases, x: x, stride: 1, weight: 1, scratch: &scratch)
        return (value, gradient)
    }

    @Test(arguments: [(1, 2), (4, 2), (1, 7), (4, 7)], [PrecisionProjection.Shape.full, .diagonal])
    func gradientAgreesWithFiniteDifferences(sizes: (components: Int, dimension: Int), shape: PrecisionProjection.Shape) {
        let (components, dimension) = sizes
        let projection = PrecisionProjection(dimension: dimension, shape: shape, deviations: 0.02...1.5)
        let loss = ForwardDivergence(components: components, projection: projection)
        let count = components * (1 + dimension + projection.rawCount)
        var stream = RandomStream(seed: 21)
        let outputs = (0..<count).map { _ in 0.7 * stream.normal() }
        let biases = (0..<count).map { _ in 0.3 * stream.normal() }
        let x = (0..<dimension).map { _ in stream.uniform() * 2 - 1 }
        let (_, gradient) = evaluate(loss, outputs, biases, x)
        for index in 0..<count {
            var above = outputs, below = outputs
            above[index] += 1e-5
            below[index] -= 1e-5
            let numeric = (evaluate(loss, above, biases, x).0 - evaluate(loss, below, biases, x).0) / 2e-5
            #expect(abs(numeric - gradient[index]) < 2e-6 * (1 + abs(numeric)), "output \(index)")
        }
    }

    /// One component, no floor near: the loss is the textbook's formula.
    @Test func singleGaussianIsExact() {
        let projection = PrecisionProjection(dimension: 1, deviations: 1e-4...100, isBounded: false)
        let raw = projection.rawNumber(forDeviation: 0.5)
        let (value, _) = evaluate(ForwardDivergence(components: 1, projection: projection), [3, 0.25, raw], [0, 0, 0], [1])
        let expected = 0.5 * (0.75 / 0.5) * (0.75 / 0.5) + Elementary.log(0.5) + 0.5 * Elementary.log(2 * .pi)
        #expect(abs(value - expected) < 1e-9)
    }

    @Test func lanesAgreeWithDoubles() {
        let projection = PrecisionProjection(dimension: 7, deviations: 0.0015...1)
        let loss = ForwardDivergence(components: 5, projection: projection)
        let count = 5 * (1 + 7 + 28)
        var stream = RandomStream(seed: 4)
        let outputs = (0..<count * 16).map { _ in Float(stream.normal()) }
        let biases = (0..<count).map { _ in Float(0.1 * stream.normal()) }
        let x = (0..<7 * 16).map { _ in Float(stream.uniform() * 2 - 1) }
        var gradient = outputs
        var scratch = [Lanes](repeating: .zero, count: loss.scratchCount)
        let values: Lanes = loss.evaluate(outputs: &gradient, biases: biases, x: x, stride: 16, weight: 1, scratch: &scratch)
        for lane in 0..<16 {
            let (value, expected) = evaluate(loss, (0..<count).map { Double(outputs[$0 * 16 + lane]) }, biases.map(Double.init),
                                             (0..<7).map { Double(x[$0 * 16 + lane]) })
            #expect(abs(value - Double(values[lane])) < 1e-3 * (1 + abs(value)))
            let norm = expected.reduce(0) { max($0, abs($1)) }
            for row in 0..<count { #expect(abs(expected[row] - Double(gradient[row * 16 + lane])) < 2e-3 * norm, "row \(row)") }
        }
    }
}
