import Kinematics
import Mixtures
import Networks
import Numerics

/// A model's answers for one context at a time: weights, then single components, each only where it is asked for.
///
/// One evaluator belongs to one thread; it allocates its memory once.
public final class MixtureEvaluator {
    public let model: ConditionalMixture
    private let network: NetworkEvaluator
    private let outputs: UnsafeMutablePointer<Float>
    private let raw: UnsafeMutablePointer<Double>
    private let factor: UnsafeMutablePointer<Double>
    /// log q(o|c), one entry a component, of the context last set.
    public private(set) var logWeights: [Float]

    public init(_ model: ConditionalMixture) {
        self.model = model
        network = NetworkEvaluator(model.network)
        outputs = .allocate(capacity: max(model.components, model.rowsPerComponent))
        raw = .allocate(capacity: model.projection.rawCount)
        factor = .allocate(capacity: model.projection.rawCount)
        logWeights = Array(repeating: 0, count: model.components)
    }

    deinit {
        outputs.deallocate()
        raw.deallocate()
        factor.deallocate()
    }

    /// Sets the context: computes the trunk and the weights.
    public func setContext(_ pose: Pose) { setContext(encoded: model.encoding.encode(pose)) }

    /// The same with inputs that are encoded already.
    public func setContext(encoded inputs: [Float]) {
        precondition(inputs.count == model.network.inputs, "\(inputs.count) inputs instead of \(model.network.inputs)")
        model.parameters.withPointer { parameters in
            network.evaluate(inputs, parameters)
            network.outputs(0..<model.components, parameters, into: outputs)
        }
        var largest = -Float.infinity
        for o in 0..<model.components { largest = max(largest, outputs[o]) }
        var sum = 0.0
        for o in 0..<model.components { sum += Elementary.exp(Double(outputs[o] - largest)) }
        let normaliser = largest + Float(Elementary.log(sum))
        for o in 0..<model.components { logWeights[o] = outputs[o] - normaliser }
    }

    /// A component of the context last set, in scaled coordinates.
    ///
    /// - Parameters:
    ///   - mean: receives D numbers.
    ///   - factor: receives A with precision A·Aᵀ, a packed lower triangle or a diagonal (``PrecisionProjection/rawCount`` numbers).
    public func component(_ index: Int, mean: UnsafeMutablePointer<Double>, factor: UnsafeMutablePointer<Double>) {
        precondition(index >= 0 && index < model.components, "component \(index) of \(model.components)")
        let row = model.firstRow(ofComponent: index), dimension = model.dimension
        model.parameters.withPointer { parameters in
            network.outputs(row..<row + model.rowsPerComponent, parameters, into: outputs)
        }
        for i in 0..<dimension { mean[i] = Double(outputs[i]) }
        for i in 0..<model.projection.rawCount { raw[i] = Double(outputs[dimension + i]) }
        model.projection.project(UnsafePointer(raw), into: factor)
    }

    /// Draws configurations in joint coordinates, rad or m, `count` × D by rows; limits are not enforced.
    public func sample(_ count: Int, using stream: inout RandomStream) -> [Double] {
        let dimension = model.dimension
        let middle = model.robot.middle, halfRange = model.robot.halfRange
        // Components are drawn first, so that each is evaluated once.
        var counts = [Int](repeating: 0, count: model.components)
        for _ in 0..<count { counts[drawComponent(using: &stream)] += 1 }
        var result: [Double] = []
        result.reserveCapacity(count * dimension)
        var mean = [Double](repeating: 0, count: dimension), x = mean
        for index in 0..<model.components where counts[index] > 0 {
            component(index, mean: &mean, factor: factor)
            for _ in 0..<counts[index] {
                // Aᵀ·(x − μ) = ε, solved from the last coordinate on.
                for i in stride(from: dimension - 1, through: 0, by: -1) {
                    var sum = stream.normal()
                    if model.configuration.covariance == .full {
                        for k in i + 1..<max(dimension, i + 1) { sum -= factor[triangleIndex(k, i)] * x[k] }
                        x[i] = sum / factor[triangleIndex(i, i)]
                    } else {
                        x[i] = sum / factor[i]
                    }
                }
                for i in 0..<dimension { result.append(middle[i] + halfRange[i] * (mean[i] + x[i])) }
            }
        }
        return result
    }

    /// A component drawn with its weight.
    public func drawComponent(using stream: inout RandomStream) -> Int {
        var threshold = stream.uniform()
        for index in 0..<model.components - 1 {
            threshold -= Elementary.exp(Double(logWeights[index]))
            if threshold < 0 { return index }
        }
        return model.components - 1
    }
}
