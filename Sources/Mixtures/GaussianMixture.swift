import Numerics

/// A weighted sum of Gaussians.
public struct GaussianMixture: Sendable, Equatable {
    /// The components' weights; their sum is one.
    public let weights: [Double]
    public let components: [Gaussian]

    /// - Precondition: as many weights as components, at least one of each, none negative, of one dimension; the weights are normalised.
    public init(weights: [Double], components: [Gaussian]) {
        precondition(!components.isEmpty && weights.count == components.count, "\(weights.count) weights for \(components.count) components")
        precondition(components.allSatisfy { $0.dimension == components[0].dimension }, "components of several dimensions")
        let total = weights.reduce(0, +)
        precondition(weights.allSatisfy { $0 >= 0 } && total > 0 && total.isFinite, "weights must be finite, none negative, not all zero")
        self.weights = weights.map { $0 / total }
        self.components = components
    }

    public var dimension: Int { components[0].dimension }

    /// log w_o + log N_o(x), one entry a component.
    private func logJoint(_ x: some RandomAccessCollection<Double>) -> [Double] {
        precondition(x.count == dimension, "\(x.count) numbers for \(dimension) variables")
        let place = Array(x)
        return weights.indices.map { weights[$0] > 0 ? Elementary.log(weights[$0]) + components[$0].logDensity(at: place) : -.infinity }
    }

    /// The log-density at a place.
    ///
    /// - Precondition: `x.count == dimension`.
    public func logDensity(_ x: some RandomAccessCollection<Double>) -> Double { logSumExp(logJoint(x)) }

    /// q(o|x), one entry a component; their sum is one.
    public func responsibilities(_ x: some RandomAccessCollection<Double>) -> [Double] {
        let joint = logJoint(x)
        let total = logSumExp(joint)
        // Far from all components every density is zero in this precision; then the weights are all that is known.
        return total.isFinite ? joint.map { Elementary.exp($0 - total) } : weights
    }

    /// One sample, and the component that it is of.
    public func sample(using stream: inout RandomStream) -> (x: [Double], component: Int) {
        var u = stream.uniform()
        for (index, weight) in weights.enumerated() {
            u -= weight
            if u < 0 { return (components[index].sample(using: &stream), index) }
        }
        let last = weights.lastIndex { $0 > 0 }!
        return (components[last].sample(using: &stream), last)
    }

    /// `count` samples as the rows of a matrix.
    public func samples(_ count: Int, using stream: inout RandomStream) -> Matrix {
        var elements: [Double] = []
        elements.reserveCapacity(count * dimension)
        for _ in 0..<count { elements += sample(using: &stream).x }
        return Matrix(rows: count, columns: dimension, elements: elements)
    }

    /// The entropy in nats, −E log q, estimated from samples; its standard error comes with it.
    ///
    /// - Precondition: `samples ≥ 2`.
    public func entropy(samples: Int, using stream: inout RandomStream) -> (value: Double, standardError: Double) {
        precondition(samples >= 2, "an estimate needs two samples")
        var sum = 0.0, squares = 0.0
        for _ in 0..<samples {
            let value = -logDensity(sample(using: &stream).x)
            sum += value
            squares += value * value
        }
        let n = Double(samples)
        let variance = max(0, (squares - sum * sum / n) / (n - 1))
        return (sum / n, (variance / n).squareRoot())
    }

    /// exp of the weights' entropy: how many components are in use, from 1 to K.
    public var componentsInUse: Double {
        Elementary.exp(-weights.reduce(0) { $1 > 0 ? $0 + $1 * Elementary.log($1) : $0 })
    }
}

/// log Σ exp of numbers, −∞ for none.
func logSumExp(_ values: [Double]) -> Double {
    guard let greatest = values.max(), greatest > -.infinity else { return -.infinity }
    return greatest + Elementary.log(values.reduce(0) { $0 + Elementary.exp($1 - greatest) })
}
