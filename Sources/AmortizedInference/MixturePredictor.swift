import Kinematics
import Mixtures
import Networks
import Numerics

/// Evaluates a conditional mixture at one context at a time, in microseconds.
///
/// The trunk and the logits come first; the outputs that belong to a component are computed only for the components
/// wanted. A value owns its workspace: use one per thread.
final class MixturePredictor {
    let model: ConditionalMixture
    private let middle: [Float]
    private let inverseHalfRange: [Float]
    private let halfRange: [Float]
    private let input: UnsafeMutablePointer<Float>
    private let activations: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
    private let rows: UnsafeMutablePointer<Float>
    private let raw: UnsafeMutablePointer<Lanes>
    private let factor: UnsafeMutablePointer<Lanes>
    /// The last hidden layer's activations, valid after ``logWeights(at:)``.
    private var trunk: UnsafeMutablePointer<Float>

    init(_ model: ConditionalMixture) {
        self.model = model
        middle = model.robot.middle.map { Float($0) }
        halfRange = model.robot.halfRange.map { Float($0) }
        inverseHalfRange = model.robot.halfRange.map { Float(1 / $0) }
        let widest = (model.network.hidden.max() ?? 0) + laneCount
        input = .allocate(capacity: model.network.inputs + laneCount)
        activations = (.allocate(capacity: widest), .allocate(capacity: widest))
        rows = .allocate(capacity: max(model.components, model.rowsPerComponent))
        raw = .allocate(capacity: model.rowsPerComponent)
        factor = .allocate(capacity: model.projection.rawCount)
        raw.initialize(repeating: .zero, count: model.rowsPerComponent)
        factor.initialize(repeating: .zero, count: model.projection.rawCount)
        trunk = activations.0
    }

    deinit {
        input.deallocate(); activations.0.deallocate(); activations.1.deallocate()
        rows.deallocate(); raw.deallocate(); factor.deallocate()
    }

    /// The normalised log-weights of all components at a pose; leaves the trunk's activations for ``mixture(of:logWeights:)``.
    func logWeights(at pose: Pose) -> [Float] {
        let encoded = model.encoding.encode(pose)
        for (i, value) in encoded.enumerated() { input[i] = value }
        var source = input
        var (next, other) = activations
        model.parameters.withPointer { parameters in
            for index in model.network.hidden.indices {
                let layer = model.network.layers[index]
                multiply(parameters, layer, rows: 0..<layer.outputs, by: source, into: next)
                let carried = model.network.isResidual(index) ? source : nil
                for unit in stride(from: 0, to: layer.outputs, by: laneCount) {
                    let sum = Lanes(loading: next + unit)
                    var value = sum * sum.logistic
                    if let carried { value += Lanes(loading: carried + unit) }
                    value.store(to: next + unit)
                }
                source = next
                swap(&next, &other)
            }
            trunk = source
            multiply(parameters, model.network.layers.last!, rows: 0..<model.components, by: source, into: rows)
        }
        let logits = UnsafeBufferPointer(start: rows, count: model.components)
        let greatest = logits.max() ?? 0
        let total = logits.reduce(0) { $0 + Elementary.exp(Double($1 - greatest)) }
        let normaliser = greatest + Float(Elementary.log(total))
        return logits.map { $0 - normaliser }
    }

    /// The mixture of some components, in joint units.
    ///
    /// - Parameters:
    ///   - components: which, in the order in which they come out.
    ///   - logWeights: of all components.
    func mixture(of components: [Int], logWeights: [Float]) -> LaneMixture {
        let dimension = model.dimension
        var result = LaneMixture(dimension: dimension, count: components.count)
        let triangle = triangleCount(dimension)
        let isFull = model.configuration.covariance == .full
        model.parameters.withPointer { parameters in
            let layer = model.network.layers.last!
            for block in 0..<result.blocks {
                for lane in 0..<laneCount {
                    let index = block * laneCount + lane
                    // Lanes beyond the last component repeat the one before.
                    if index < components.count {
                        let first = model.firstRow(ofComponent: components[index])
                        multiply(parameters, layer, rows: first..<first + model.rowsPerComponent, by: trunk, into: rows)
                        result.logWeights[index] = logWeights[components[index]]
                    }
                    for row in 0..<model.rowsPerComponent { raw[row][lane] = rows[row] }
                }
                model.projection.project(raw + dimension, into: factor)
                for i in 0..<dimension {
                    result.means[block * dimension + i] = Lanes(repeating: middle[i]).fma(raw[i], Lanes(repeating: halfRange[i]))
                    for j in 0...i where isFull || i == j {
                        result.factors[block * triangle + triangleIndex(i, j)] = factor[isFull ? triangleIndex(i, j) : i] * inverseHalfRange[i]
                    }
                }
            }
        }
        return result
    }

    /// `W·x + b` for some of a layer's rows.
    private func multiply(
        _ parameters: UnsafePointer<Float>, _ layer: DenseLayer, rows: Range<Int>, by x: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>
    ) {
        let n = layer.inputs
        let whole = n / laneCount * laneCount
        var row = rows.lowerBound
        // Four rows at a time share the loads of x and hide the latency of the sums.
        while row + 4 <= rows.upperBound {
            let w = parameters + layer.weights + row * n
            var (a, b, c, d) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
            for i in stride(from: 0, to: whole, by: laneCount) {
                let value = Lanes(loading: x + i)
                a = a.fma(Lanes(loading: w + i), value)
                b = b.fma(Lanes(loading: w + n + i), value)
                c = c.fma(Lanes(loading: w + 2 * n + i), value)
                d = d.fma(Lanes(loading: w + 3 * n + i), value)
            }
            var sums = SIMD4(a.sum(), b.sum(), c.sum(), d.sum())
            for i in whole..<n { sums += SIMD4(w[i], w[n + i], w[2 * n + i], w[3 * n + i]) * x[i] }
            for k in 0..<4 { y[row - rows.lowerBound + k] = sums[k] + parameters[layer.biases + row + k] }
            row += 4
        }
        while row < rows.upperBound {
            let w = parameters + layer.weights + row * n
            var a = Lanes.zero
            for i in stride(from: 0, to: whole, by: laneCount) { a = a.fma(Lanes(loading: w + i), Lanes(loading: x + i)) }
            var sum = a.sum()
            for i in whole..<n { sum += w[i] * x[i] }
            y[row - rows.lowerBound] = sum + parameters[layer.biases + row]
            row += 1
        }
    }
}
