import Numerics

/// A weighted sum of Gaussians.
public struct GaussianMixture: Sendable, Equatable {
    /// The components' weights; their sum is one.
    public let weights: [Double]
    public let components: [Gaussian]
    /// The variables that are angles without limits, and the middles that samples are kept within half a turn of.
    public private(set) var turns: [Turn] = []

    /// A variable that is an angle.
    public struct Turn: Sendable, Equatable {
        /// Its position among the variables.
        public var variable: Int
        /// What samples are kept within half a turn of, rad.
        public var middle: Double
    }

    /// The same mixture over angles: its density is the sum over all windings, and its samples lie within half a turn of the middles.
    public func wrapped(_ turns: [(variable: Int, middle: Double)]) -> GaussianMixture {
        var result = self
        result.turns = turns.map { Turn(variable: $0.variable, middle: $0.middle) }
        return result
    }

    /// - Precondition: as many weights as components, at least one of each, none negative, of one dimension; the weights are normalised.
    public init(weights: [Double], components: [Gaussian]) {
        precondition(!components.isEmpty && weights.count == components.count, "\(weights.count) weights for \(components.count) components")
        precondition(components.allSatisfy { $0.dimension == components[0].dimension }, "components of several dimensions")
        let total = weights.reduce(0, +)
        precondition(weights.allSatisfy { $0 >= 0 } && total > 0 && total.isFinite, "weights must be finite, none negative, not all zero")
        self.weights = weights.map { $0 / total }
        self.components = components
    }

    /// The number of variables D.
    public var dimension: Int { components[0].dimension }

    /// log w_o + log N_o(x), one entry per component.
    private func logJoint(_ x: some RandomAccessCollection<Double>) -> [Double] {
        precondition(x.count == dimension, "\(x.count) numbers for \(dimension) variables")
        let place = Array(x)
        guard turns.isEmpty else {
            return weights.indices.map { weights[$0] > 0 ? Elementary.log(weights[$0]) + windingLogDensity(components[$0], place) : -.infinity }
        }
        return weights.indices.map { weights[$0] > 0 ? Elementary.log(weights[$0]) + components[$0].logDensity(at: place) : -.infinity }
    }

    /// The log-density at a point.
    ///
    /// - Precondition: `x.count == dimension`.
    public func logDensity(_ x: some RandomAccessCollection<Double>) -> Double { logSumExp(logJoint(x)) }

    /// q(o|x), one entry per component; their sum is one.
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
            if u < 0 { return (kept(components[index].sample(using: &stream)), index) }
        }
        let last = weights.lastIndex { $0 > 0 }!
        return (kept(components[last].sample(using: &stream)), last)
    }

    private static let samplesBetweenQuestions = 1024

    /// `count` samples as the rows of a matrix; fewer where the cancellation is requested meanwhile.
    public func samples(_ count: Int, using stream: inout RandomStream, cancellation: Cancellation = .never) -> Matrix {
        var elements: [Double] = []
        elements.reserveCapacity(count * dimension)
        var drawn = 0
        while drawn < count, drawn % Self.samplesBetweenQuestions != 0 || !cancellation.isRequested {
            elements += sample(using: &stream).x
            drawn += 1
        }
        return Matrix(rows: drawn, columns: dimension, elements: elements)
    }

    /// The entropy in nats, −E log q, estimated from samples; its standard error comes with it.
    ///
    /// - Parameter cancellation: asked now and then; what was drawn by then is the estimate.
    /// - Precondition: `samples ≥ 2`.
    public func entropy(samples: Int, using stream: inout RandomStream, cancellation: Cancellation = .never) -> (value: Double, standardError: Double) {
        precondition(samples >= 2, "an estimate needs two samples")
        var sum = 0.0, squares = 0.0
        var drawn = 0
        while drawn < samples, drawn < 2 || drawn % Self.samplesBetweenQuestions != 0 || !cancellation.isRequested {
            let value = -logDensity(sample(using: &stream).x)
            sum += value
            squares += value * value
            drawn += 1
        }
        let n = Double(drawn)
        let variance = max(0, (squares - sum * sum / n) / (n - 1))
        return (sum / n, (variance / n).squareRoot())
    }

    /// exp of the weights' entropy: how many components are in use, from 1 to K.
    public var componentsInUse: Double {
        Elementary.exp(-weights.reduce(0) { $1 > 0 ? $0 + $1 * Elementary.log($1) : $0 })
    }
}

// Mixtures over angles.
extension GaussianMixture {
    /// A point with its angles within half a turn of their middles.
    private func kept(_ x: [Double]) -> [Double] {
        guard !turns.isEmpty else { return x }
        var x = x
        for turn in turns { x[turn.variable] = x[turn.variable].wrapped(around: turn.middle) }
        return x
    }

    /// Deviations beyond which a winding adds nothing that double precision shows beside the nearest one.
    private static let greatestDeviations = 9.0
    private static let mostWindings = 4096

    /// log Σ N(x + 2π·k) over the windings k that matter: of every angle the nearest to the component's mean, and those within nine
    /// deviations of it.
    func windingLogDensity(_ component: Gaussian, _ x: [Double]) -> Double {
        var base = x
        var shifts: [[Double]] = [[]]
        let covariance = turns.isEmpty ? nil : component.covariance
        for turn in turns {
            base[turn.variable] = x[turn.variable].wrapped(around: component.mean[turn.variable])
            let deviation = covariance![turn.variable, turn.variable].squareRoot()
            let reach = min(8, max(0, Int((Self.greatestDeviations * deviation / (2 * .pi) + 0.5).rounded(.down))))
            // Too many windings together: the widest angles are nearly uniform, and the nearest few of them say so.
            let count = shifts.count * (2 * reach + 1) <= Self.mostWindings ? reach : 0
            var longer: [[Double]] = []
            for shift in shifts {
                for winding in -count...count { longer.append(shift + [2 * Double.pi * Double(winding)]) }
            }
            shifts = longer
        }
        guard shifts.count > 1 else { return component.logDensity(at: base) }
        return logSumExp(shifts.map { shift in
            var place = base
            for (turn, amount) in zip(turns, shift) { place[turn.variable] += amount }
            return component.logDensity(at: place)
        })
    }
}

/// log Σ exp of numbers, −∞ for none, NaN where one of them is.
package func logSumExp(_ values: [Double]) -> Double {
    guard let greatest = values.max(), greatest > -.infinity else { return values.first(where: \.isNaN) ?? -.infinity }
    return greatest + Elementary.log(values.reduce(0) { $0 + Elementary.exp($1 - greatest) })
}
