import Mixtures
import Numerics

/// Looks for places between samples where a density leaps from one finite value to another, which its slopes do not show.
///
/// Between two places a and b slopes explain ½·(∇log p̃(a) + ∇log p̃(b))·(b − a) of the difference of log p̃. A segment is halved again and again, towards
/// the half of which they explain less: where log p̃ is smooth nothing is left to explain soon, and where it leaps all of the leap is.
package struct LeapSearch {
    private let density: DifferentiatedTarget

    package init(_ density: any TargetDensity) { self.density = DifferentiatedTarget(density) }

    package struct Finding: Sendable, Equatable {
        /// Where the density leaps.
        package var place: [Double]
        /// By how many nats, above zero.
        package var height: Double
    }

    /// How many samples a search looks at, at most: fewer in many variables, where slopes are by differences.
    package var sampleCount: Int { max(16, min(128, Self.mostEvaluations / 2 / density.evaluationsPerPoint)) }

    /// Evaluations of a search at most, but for those of samples.
    private static let mostEvaluations = 1000
    private static let halvings = 30
    /// The nats that a leap has at least.
    private static let leastHeight = 0.5
    /// The share of a leap that slopes may explain over the last, shortest segment.
    private static let greatestExplained = 0.1
    /// How many nats less dense than either end of its segment a leap may be: elsewhere it is of no account.
    private static let greatestDepth = 3.0

    /// A place, and what the density is there.
    private struct Point {
        var x: [Double]
        var value: Double
        var slope: [Double]
        var isFinite: Bool { value.isFinite && slope.allSatisfy(\.isFinite) }
    }

    /// A leap between two samples that follow each other; nil where none is found.
    ///
    /// - Parameter places: samples, one per row.
    /// - Throws: what the density throws.
    package func find(_ places: Matrix) throws -> Finding? {
        try find((0..<min(places.rows, sampleCount)).map { try point(Array(places.row($0))) })
    }

    /// The same between some samples whose densities and slopes are known.
    func find(_ samples: WeightedSamples, _ indices: [Int]) throws -> Finding? {
        let n = density.dimension
        return try find(indices.map { index in
            let place = index * n..<(index + 1) * n
            return Point(x: Array(samples.places[place]), value: samples.logDensities[index], slope: Array(samples.gradients[place]))
        })
    }

    private func find(_ points: [Point]) throws -> Finding? {
        var evaluations = 0
        for (a, b) in zip(points, points.dropFirst()) where a.isFinite && b.isFinite {
            guard evaluations < Self.mostEvaluations else { break }
            if let found = try find(from: a, to: b, &evaluations) { return found }
        }
        return nil
    }

    private func find(from first: Point, to last: Point, _ evaluations: inout Int) throws -> Finding? {
        var (a, b) = (first, last)
        for _ in 0..<Self.halvings {
            guard abs(unexplained(a, b)) >= Self.leastHeight else { return nil }
            let middle = try point(zip(a.x, b.x).map { 0.5 * $0 + 0.5 * $1 })
            evaluations += density.evaluationsPerPoint
            guard middle.isFinite else { return nil }
            if abs(unexplained(a, middle)) > abs(unexplained(middle, b)) { b = middle } else { a = middle }
        }
        let height = abs(b.value - a.value), explained = abs(half(a.slope, a, b)) + abs(half(b.slope, a, b))
        guard height >= max(Self.leastHeight, 1e-9 * max(abs(a.value), abs(b.value))), explained <= Self.greatestExplained * height,
            max(a.value, b.value) >= min(first.value, last.value) - Self.greatestDepth
        else { return nil }
        return Finding(place: a.x, height: height)
    }

    private func point(_ x: [Double]) throws -> Point {
        let (value, slope) = try density.evaluate(x)
        return Point(x: x, value: value, slope: slope ?? [])
    }

    /// What slopes do not explain of the difference between two places, nats.
    private func unexplained(_ a: Point, _ b: Point) -> Double { b.value - a.value - half(a.slope, a, b) - half(b.slope, a, b) }

    private func half(_ slope: [Double], _ a: Point, _ b: Point) -> Double {
        var sum = 0.0
        for i in slope.indices { sum += slope[i] * (b.x[i] - a.x[i]) }
        return 0.5 * sum
    }
}
