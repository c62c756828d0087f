/// What is wished of solutions besides reaching the pose.
public struct SearchWishes: Sendable, Equatable {
    /// Solutions nearest to this configuration come first, moved along the solution set towards it; nil ranks them as usual.
    public var near: [Double]?
    /// How much each variable's difference counts, one positive number a variable; nil: all the same.
    public var weights: [Double]?
    /// Values of variables that are held, by their indices.
    public var held: [Int: Double]

    public init(near: [Double]? = nil, weights: [Double]? = nil, held: [Int: Double] = [:]) {
        self.near = near
        self.weights = weights
        self.held = held
    }

    /// Whether nothing is wished.
    public var isEmpty: Bool { near == nil && held.isEmpty }

    /// How configurations of a chain are compared.
    func metric(_ chain: Chain) -> ConfigurationMetric { ConfigurationMetric(chain, weights: weights) }

    /// The wishes of the chain that is left when the held variables are taken out.
    func restricted(to free: [Int]) -> SearchWishes {
        SearchWishes(near: near.map { near in free.map { near[$0] } }, weights: weights.map { weights in free.map { weights[$0] } })
    }
}

/// Distances between configurations: √Σ w_i·d_i², continuous joints the short way round.
public struct ConfigurationMetric: Sendable {
    public let weights: [Double]
    let wraps: [Bool]

    /// - Parameter weights: one positive number a variable; nil: ones.
    public init(_ chain: Chain, weights: [Double]? = nil) { self.init(chain.variables, weights: weights) }

    public init(_ variables: [Chain.Variable], weights: [Double]? = nil) {
        precondition(weights.map { $0.count == variables.count } ?? true, "a weight is missing")
        self.weights = weights ?? Array(repeating: 1, count: variables.count)
        wraps = variables.map { $0.kind == .continuous }
    }

    /// The difference of one variable, from `a` to `b`.
    @inline(__always)
    public func difference(_ index: Int, from a: Double, to b: Double) -> Double {
        let d = b - a
        return wraps[index] ? d - 2 * .pi * (d / (2 * .pi)).rounded() : d
    }

    /// The square of the distance.
    public func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in weights.indices {
            let d = difference(i, from: a[i], to: b[i])
            sum += weights[i] * d * d
        }
        return sum
    }

    public func distance(_ a: [Double], _ b: [Double]) -> Double { squaredDistance(a, b).squareRoot() }

    /// The largest difference of a single variable, weights apart.
    public func greatestDifference(_ a: [Double], _ b: [Double]) -> Double {
        weights.indices.reduce(0) { max($0, abs(difference($1, from: a[$1], to: b[$1]))) }
    }
}
