import Numerics

/// Which configurations are the same posture: joints that turn come back after a whole turn.
public struct ConfigurationSpace: Sendable {
    public let variables: [Chain.Variable]
    /// Whether values of a variable that lie a whole turn apart are the same posture and both allowed: it has no limits, or limits a turn apart or more.
    public private(set) var repeats: [Bool]
    /// Whether a joint with limits has room for more than a turn.
    let isWound: Bool

    /// The configurations of a chain.
    public init(_ chain: Chain) {
        self.init(chain.variables, driven: chain.segments.lazy.map { ($0.variable, $0.kind, $0.multiplier) })
    }

    /// The configurations of a body.
    public init(_ body: Body) {
        self.init(body.variables, driven: body.joints.lazy.map { ($0.variable, $0.kind, $0.multiplier) })
    }

    /// - Parameter driven: for every joint its variable, its kind, and how much it moves a unit of the variable.
    package init(_ variables: [Chain.Variable], driven: some Sequence<(Int?, JointKind, Double)>) {
        self.variables = variables
        var repeats = variables.map { $0.kind == .continuous || ($0.kind == .revolute && $0.upper - $0.lower >= 2 * .pi - 1e-9) }
        for (variable, kind, multiplier) in driven {
            // What a whole turn of the variable moves by half a turn is not where it was.
            if let variable, kind == .prismatic || multiplier != multiplier.rounded() { repeats[variable] = false }
        }
        self.repeats = repeats
        isWound = variables.indices.contains { repeats[$0] && variables[$0].kind != .continuous }
    }

    /// The space in which some variables keep their values, whole turns included.
    func holding(_ held: [Int: Double]) -> ConfigurationSpace {
        var space = self
        for index in held.keys { space.repeats[index] = false }
        return space
    }

    /// A value of a variable, by whole turns, that is nearest to another one within the limits.
    @inline(__always)
    public func unwound(_ index: Int, _ value: Double, near: Double) -> Double {
        guard repeats[index] else { return value }
        let variable = variables[index]
        var turned = value + 2 * .pi * ((near - value) / (2 * .pi)).rounded()
        if variable.kind == .continuous { return turned }
        if turned > variable.upper { turned -= 2 * .pi * ((turned - variable.upper) / (2 * .pi)).rounded(.up) }
        if turned < variable.lower { turned += 2 * .pi * ((variable.lower - turned) / (2 * .pi)).rounded(.up) }
        return turned <= variable.upper ? turned : value
    }

    /// The same posture, every joint by whole turns as near to another configuration as its limits allow.
    public func unwound(_ q: [Double], near reference: [Double]) -> [Double] {
        q.indices.map { unwound($0, q[$0], near: reference[$0]) }
    }

    /// The same posture with every joint in the turn that is nearest to the middle of its range.
    func centre(_ q: inout [Double]) {
        for i in q.indices where repeats[i] { q[i] = unwound(i, q[i], near: (variables[i].lower + variables[i].upper) / 2) }
    }

    /// All configurations within the limits that are the same posture, the given one first; joints without limits keep their turn.
    ///
    /// - Parameter most: the number of configurations after which no more are listed.
    public func windings(of q: [Double], most: Int) -> [[Double]] {
        var result = [q]
        for i in q.indices where repeats[i] && variables[i].kind != .continuous {
            let first = q[i] - 2 * .pi * ((q[i] - variables[i].lower) / (2 * .pi)).rounded(.down)
            let values = stride(from: first, through: variables[i].upper, by: 2 * .pi).filter { abs($0 - q[i]) > 1 }.prefix(most)
            for value in values {
                for other in result where other[i] == q[i] && result.count < most {
                    var other = other
                    other[i] = value
                    result.append(other)
                }
            }
        }
        return result
    }

    /// The same posture in other turns, those nearest to another configuration first: joints without limits in the nearest turn and those beside it, joints
    /// with limits in every turn that these have room for, or as they are.
    ///
    /// - Parameters:
    ///   - turnsLimited: whether joints with limits are turned.
    ///   - most: how many configurations there are at most.
    package func windings(of q: [Double], near reference: [Double], turnsLimited: Bool, most: Int) -> [[Double]] {
        var found = [(square: 0.0, configuration: q)]
        for i in q.indices {
            let values = turns(i, q[i], near: reference[i], turnsLimited)
            var next: [(square: Double, configuration: [Double])] = []
            for way in found {
                for value in values {
                    next.append((way.square + (value - reference[i]) * (value - reference[i]), way.configuration))
                    next[next.count - 1].configuration[i] = value
                }
            }
            // What is nearest in all joints is among the nearest in the first ones.
            if values.count > 1 { next = Array(next.enumerated().sorted { ($0.element.square, $0.offset) < ($1.element.square, $1.offset) }.map(\.element).prefix(most)) }
            found = next
        }
        return found.map(\.configuration)
    }

    /// Values of a variable that differ by whole turns, the nearest to another one first.
    private func turns(_ index: Int, _ value: Double, near: Double, _ turnsLimited: Bool) -> [Double] {
        let variable = variables[index], isLimited = variable.kind != .continuous
        guard repeats[index], turnsLimited || !isLimited else { return [value] }
        let nearest = unwound(index, value, near: near), turn = ((nearest - value) / (2 * .pi)).rounded(), reach = isLimited ? 2 : 1
        let others = (-reach...reach).filter { $0 != 0 }.map { value + 2 * .pi * (turn + Double($0)) }.filter {
            !isLimited || ($0 >= variable.lower && $0 <= variable.upper)
        }
        return [nearest] + others.sorted { abs($0 - near) < abs($1 - near) }
    }
}

/// Distances between configurations: √Σ w_i·d_i², continuous joints the short way round.
public struct ConfigurationMetric: Sendable {
    public let weights: [Double]
    let wraps: [Bool]

    /// - Parameter weights: one positive number per variable; nil: ones.
    public init(_ chain: Chain, weights: [Double]? = nil) { self.init(chain.variables, weights: weights) }

    /// - Parameter weights: one positive number per variable; nil: ones.
    public init(_ variables: [Chain.Variable], weights: [Double]? = nil) {
        precondition(weights.map { $0.count == variables.count } ?? true, "a weight is missing")
        self.weights = weights ?? Array(repeating: 1, count: variables.count)
        wraps = variables.map { $0.kind == .continuous }
    }

    /// The difference of one variable, from `a` to `b`.
    @inline(__always)
    public func difference(_ index: Int, from a: Double, to b: Double) -> Double { wraps[index] ? (b - a).wrapped : b - a }

    /// The square of the distance.
    public func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in weights.indices {
            let d = difference(i, from: a[i], to: b[i])
            sum += weights[i] * d * d
        }
        return sum
    }

    /// The distance √Σ w_i·d_i² of two configurations, with d_i the differences of variables, those without limits wrapped into ±π.
    public func distance(_ a: [Double], _ b: [Double]) -> Double { squaredDistance(a, b).squareRoot() }

    /// The largest difference of a single variable, weights apart.
    public func greatestDifference(_ a: [Double], _ b: [Double]) -> Double {
        weights.indices.reduce(0) { max($0, abs(difference($1, from: a[$1], to: b[$1]))) }
    }

    /// The radius, in each variable's own unit, within which all lies that is no farther than a distance.
    func radius(of distance: Double) -> Double { distance / (weights.min() ?? 1).squareRoot() }
}
