import Mixtures
import ModelTraining
import Numerics
import Testing

/// How far a step moves a mixture.
@Suite struct MixtureChangeTests {
    /// The bound from outputs in all lanes alike.
    private func change(_ components: Int, _ projection: PrecisionProjection, _ after: [Float], _ before: [Float]) -> Double {
        let measure = MixtureChange(components: components, projection: projection)
        func spread(_ outputs: [Float]) -> [Float] { outputs.flatMap { Array(repeating: $0, count: laneCount) } }
        let biases = after.indices.map { 0.1 * Float($0 % 3) }
        var scratch = [Lanes](repeating: .zero, count: measure.scratchCount)
        return spread(after).withUnsafeBufferPointer { after in
            spread(before).withUnsafeBufferPointer { before in
                biases.withUnsafeBufferPointer { biases in
                    scratch.withUnsafeMutableBufferPointer { scratch in
                        func outputs(_ values: UnsafeBufferPointer<Float>) -> MixtureChange.Outputs {
                            MixtureChange.Outputs(values: values.baseAddress!, biases: biases.baseAddress!, stride: laneCount)
                        }
                        return Double(measure.evaluate(outputs(after), before: outputs(before), scratch: scratch.baseAddress!)[5])
                    }
                }
            }
        }
    }

    /// The component with an index, in double precision.
    private func component(_ index: Int, of count: Int, _ projection: PrecisionProjection, _ outputs: [Float]) -> (mean: [Double], factor: [Double]) {
        let n = projection.dimension, row = count + index * (n + projection.rawCount)
        let values = outputs.indices.map { Double(outputs[$0]) + 0.1 * Double($0 % 3) }
        var factor = [Double](repeating: 0, count: projection.rawCount)
        projection.project(Array(values[row + n..<row + n + projection.rawCount]), into: &factor)
        return (Array(values[row..<row + n]), factor)
    }

    /// Of one component it is the divergence itself, of several what the chain rule gives.
    @Test(arguments: [1, 3]) func agreesWithClosedForms(components: Int) {
        let projection = PrecisionProjection(dimension: 2, deviations: 0.05...1)
        var stream = RandomStream(seed: 9)
        let after = (0..<components * (1 + 2 + projection.rawCount)).map { _ in Float(0.5 * stream.normal()) }
        let before = after.map { $0 + 0.2 * Float(stream.normal()) }
        func weights(_ outputs: [Float]) -> [Double] {
            let exponentials = (0..<components).map { Elementary.exp(Double(outputs[$0]) + 0.1 * Double($0 % 3)) }
            return exponentials.map { $0 / exponentials.reduce(0, +) }
        }
        let (w, v) = (weights(after), weights(before))
        var expected = 0.0
        for index in 0..<components {
            let (a, b) = (component(index, of: components, projection, after), component(index, of: components, projection, before))
            // Precisions A·Aᵀ of packed triangles (a11, a21, a22).
            func precision(_ f: [Double]) -> (Double, Double, Double) { (f[0] * f[0], f[0] * f[1], f[1] * f[1] + f[2] * f[2]) }
            let (p, q) = (precision(a.factor), precision(b.factor)), determinant = p.0 * p.2 - p.1 * p.1
            let trace = (q.0 * p.2 - 2 * q.1 * p.1 + q.2 * p.0) / determinant
            let d = (a.mean[0] - b.mean[0], a.mean[1] - b.mean[1])
            let distance = q.0 * d.0 * d.0 + 2 * q.1 * d.0 * d.1 + q.2 * d.1 * d.1
            let divergence = 0.5 * (trace - 2 + distance + Elementary.log(determinant / (q.0 * q.2 - q.1 * q.1)))
            expected += w[index] * (Elementary.log(w[index] / v[index]) + divergence)
        }
        #expect(abs(change(components, projection, after, before) - expected) < 1e-4 * (1 + expected))
        #expect(abs(change(components, projection, after, after)) < 1e-5)
    }
}
