import ConditionalInference
import ConditionalModels
import ModelTraining
import Numerics

/// What a conditional density was at draws of its prior, each with a context of its own.
struct DensityTrial {
    /// One place after the other.
    let places: [Double]
    /// A row for each place, and perhaps more.
    let contexts: Matrix
    /// log p̃, nats; −∞ where the density is zero, not everywhere.
    let values: [Double]

    func place(_ index: Int) -> [Double] {
        let n = places.count / values.count
        return Array(places[index * n..<(index + 1) * n])
    }

    /// The place where the density as a training evaluates it, in single precision, is farthest from these values, and by how many nats, beside a constant
    /// that all share; nil where it is near enough at nearly all places.
    ///
    /// Near enough is a twentieth of a nat, what single precision rounds a value by, and a ten-thousandth of how far it lies below the greatest, which is
    /// lost where a density is thin.
    func deviation(of family: some DensityFamily, space: SampleSpace, encoding: NumberEncoding) -> (index: Int, difference: Double)? {
        func open(_ density: some ConditionalDensity) -> [Double] { evaluate(density, space, encoding) }
        let own = open(family.density(TargetWidths(position: 1, rotation: 1, limit: 1)))
        let both = values.indices.filter { values[$0].isFinite && own[$0].isFinite }, top = values.max() ?? 0
        let constant = both.map { own[$0] - values[$0] }.sorted().dropFirst(both.count / 2).first ?? 0
        var misses: [(index: Int, difference: Double)] = []
        for index in values.indices where values[index] > -.infinity || own[index] != values[index] {
            let difference = abs(own[index] - values[index] - constant)
            if !(difference <= 0.05 + 2 * Double(Float(values[index]).ulp) + 1e-4 * (top - values[index])) { misses.append((index, difference)) }
        }
        guard misses.count > values.count / 50 else { return nil }
        return misses.max { $0.difference < $1.difference || ($1.difference.isNaN && !$0.difference.isNaN) }
    }

    /// Sixteen contexts at a time, each with one place.
    private func evaluate(_ density: some ConditionalDensity, _ space: SampleSpace, _ encoding: NumberEncoding) -> [Double] {
        let n = density.dimension, count = values.count
        var results: [Double] = []
        var x = [Lanes](repeating: .zero, count: n), slopes = x, value = Lanes.zero
        var inputs = [Float](repeating: 0, count: density.contextCount * laneCount)
        var scratch = [Lanes](repeating: .zero, count: max(1, density.scratchCount))
        for first in stride(from: 0, to: count, by: laneCount) {
            for lane in 0..<laneCount {
                // Lanes beyond the last place repeat it.
                let index = min(first + lane, count - 1)
                for i in 0..<n { x[i][lane] = Float((places[index * n + i] - space.middle[i]) / space.halfRange[i]) }
                for (i, input) in encoding.encode(contexts.row(index)).enumerated() { inputs[i * laneCount + lane] = input }
            }
            density.evaluate(x, count: 1, contexts: inputs, stride: laneCount, values: &value, gradients: &slopes, scratch: &scratch)
            results += (0..<min(laneCount, count - first)).map { Double(value[$0]) }
        }
        return results
    }
}
