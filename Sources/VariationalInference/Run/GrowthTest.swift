import Mixtures
import Numerics

/// Tells of an approximation that is far wider than its start, or far from it, whether its evidence bound would be higher still were it more so.
///
/// Of x ~ q taken to A(x), the bound E[log p̃ − log q] is greater by
///
///     E_q[ log p̃(A(x)) − log p̃(x) ] + log |det A|
///
/// For q = p it is minus a divergence, whatever A is, and at most KL(q ‖ p) for any q. Where it is far above zero q is still on its way; where q has been
/// on its way for as long as its start is left behind, p̃ has no finite integral, but for one whose mass lies farther away still. A density such as
/// 1/|x|, whose integral grows by the same amount from each scale to the next, gives zero and is not told.
package struct GrowthTest {
    /// Where the approximation began.
    private let start: InitialMixture
    private let density: any TargetDensity
    /// Variables that are known to be angles.
    private let periodic: [Int]

    package init(_ density: any TargetDensity, from start: InitialMixture, periodic: [Int] = []) {
        self.density = density
        self.start = start
        self.periodic = periodic
    }

    /// What an approximation left behind.
    package struct Departure: Sendable, Equatable {
        /// How many times the start's deviation that of a variable is, at most over the variables.
        package var widening: Double
        /// How many of the start's deviations its mean is from the start's, likewise.
        package var distance: Double

        /// Whether the start is left behind.
        ///
        /// - Parameter distance: how far the mean is from there at least.
        package func isFar(distance least: Double = 1000) -> Bool { widening >= Self.leastWidening || distance >= least }

        private static let leastWidening = 100.0
    }

    /// A linear map, told in units of the start's deviations: x is taken by a factor from a centre, along one direction or in all.
    private struct Move {
        var factor: Double
        var centre: [Double]
        var direction: [Double]?
        /// The nats that the bound must grow by.
        var leastGain: Double
    }

    /// Samples that a test asks for.
    package static let sampleCount = 256

    package func departure(mean: [Double], covariance: Matrix) -> Departure {
        var result = Departure(widening: 0, distance: 0)
        for i in mean.indices {
            result.widening = max(result.widening, covariance[i, i].squareRoot() / start.deviations[i])
            result.distance = max(result.distance, abs(mean[i] - start.mean[i]) / start.deviations[i])
        }
        return result
    }

    /// Whether the bound would be higher were the approximation farther from its start.
    ///
    /// - Parameters:
    ///   - places: its samples, one per row.
    ///   - mean: its moments.
    /// - Throws: what the density throws.
    package func growsOn(_ places: Matrix, mean: [Double], covariance: Matrix) throws -> Bool {
        let values = try evaluate(places)
        let widest = widest(covariance)
        let moves = [
            Move(factor: 2, centre: mean, direction: widest, leastGain: 0.3),
            Move(factor: 2, centre: start.mean, direction: widest, leastGain: 0.3),
            Move(factor: 2, centre: start.mean, direction: nil, leastGain: 0.3),
            Move(factor: 1000, centre: start.mean, direction: nil, leastGain: 1),
        ]
        for move in moves where try gain(of: move, places, values) > move.leastGain { return true }
        return false
    }

    /// Whether the density has mass without end: in a tenth of the directions from the start, or more, it has more mass a billion times as far as the samples
    /// are than at the best of them, and than a million times as far. A density that falls off, or has its mass between, has not; angles do not count.
    ///
    /// - Parameter places: samples of an approximation, wherever it is, one per row.
    /// - Throws: what the density throws.
    package func hasMassWithoutEnd(_ places: Matrix) throws -> Bool {
        guard let best = try evaluate(places).filter(\.isFinite).max() else { return false }
        let angles = try angles(places), lines = angles.count { !$0 }
        guard lines > 0 else { return false }
        func masses(_ factor: Double) throws -> [Double] {
            var far = moved(places, by: Move(factor: factor, centre: start.mean, leastGain: 0))
            for row in 0..<far.rows {
                for i in angles.indices where angles[i] { far[row, i] = places[row, i] }
            }
            return try evaluate(far).map { $0 + Double(lines) * Elementary.log(factor) }
        }
        let near = try masses(1e6), far = try masses(1e9)
        return 10 * zip(near, far).filter { $1 > best + 1 && $1 > $0 + 1 }.count >= places.rows
    }

    /// Which variables are angles: those that are known to be, and those over whose values the density repeats itself at every turn, as over those of a
    /// robot's joints. It is an approximation's business to stay within one.
    private func angles(_ places: Matrix) throws -> [Bool] {
        let count = min(places.rows, 4)
        let few = Matrix(rows: count, columns: places.columns, elements: Array(places.elements.prefix(count * places.columns))), values = try evaluate(few)
        return try start.mean.indices.map { i in
            func isSame(_ step: Double) throws -> Bool {
                var stepped = few
                for row in 0..<few.rows { stepped[row, i] += step }
                return try zip(values, evaluate(stepped)).allSatisfy { $0 == $1 || abs($0 - $1) <= 1e-6 * max(1, abs($0)) }
            }
            // A density that does not depend on a variable repeats itself, too.
            return try periodic.contains(i) || isSame(2 * .pi) && !isSame(1)
        }
    }

    /// By how much the bound grows, nats, over the samples at which the density is above zero.
    ///
    /// A few samples where the density is far lower than at most, as beyond a wall, would decide alone. The bound of an approximation cut to a part of itself
    /// is at most the logarithm of one over that part's share above what is said of the whole, whatever the part: so they are left out, at that price.
    private func gain(of move: Move, _ places: Matrix, _ values: [Double]) throws -> Double {
        let moved = try evaluate(self.moved(places, by: move))
        let sorted = values.filter(\.isFinite).sorted()
        guard !sorted.isEmpty else { return -.infinity }
        let floor = sorted.highMedian - Self.leastDepth - Double(start.mean.count)
        var sum = 0.0, count = 0.0
        for (before, after) in zip(values, moved) where before.isFinite && before >= floor {
            guard after.isFinite else { return -.infinity }
            sum += after - before
            count += 1
        }
        return sum / count + Elementary.log(count / Double(sorted.count)) + Double(move.direction == nil ? start.mean.count : 1) * Elementary.log(move.factor)
    }

    /// How far below the median a log density must be for its sample to be left out, but for a nat a variable.
    private static let leastDepth = 20.0

    private func moved(_ places: Matrix, by move: Move) -> Matrix {
        var result = places
        for row in 0..<places.rows {
            guard let direction = move.direction else {
                for i in move.centre.indices { result[row, i] = move.centre[i] + move.factor * (places[row, i] - move.centre[i]) }
                continue
            }
            var along = 0.0
            for i in direction.indices { along += direction[i] * (places[row, i] - move.centre[i]) / start.deviations[i] }
            for i in direction.indices { result[row, i] += (move.factor - 1) * along * direction[i] * start.deviations[i] }
        }
        return result
    }

    private func evaluate(_ places: Matrix) throws -> [Double] {
        var values = [Double](repeating: 0, count: places.rows)
        try density.evaluate(places.elements, count: places.rows, into: &values, gradients: nil)
        return values
    }

    /// The direction of the greatest variance in units of the start's deviations, by the power method.
    private func widest(_ covariance: Matrix) -> [Double] {
        let n = start.mean.count
        func scaled(_ i: Int, _ j: Int) -> Double { covariance[i, j] / start.deviations[i] / start.deviations[j] }
        let first = (0..<n).max { scaled($0, $0) < scaled($1, $1) } ?? 0, greatest = scaled(first, first)
        var direction = (0..<n).map { scaled($0, first) / greatest }
        for _ in 0..<Self.powerSteps {
            let next = (0..<n).map { i in (0..<n).reduce(0.0) { $0 + scaled(i, $1) / greatest * direction[$1] } }
            let norm = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard norm > 0, norm.isFinite else { break }
            direction = next.map { $0 / norm }
        }
        return direction
    }

    private static let powerSteps = 50
}

extension GrowthTest {
    /// What a mixture left behind.
    package func departure(of mixture: GaussianMixture) -> Departure {
        let (mean, covariance) = mixture.core.moments
        return departure(mean: mean, covariance: covariance)
    }

    /// The same of a mixture.
    package func growsOn(_ mixture: GaussianMixture, using stream: inout RandomStream) throws -> Bool {
        let core = mixture.core, (mean, covariance) = core.moments
        return try growsOn(core.samples(Self.sampleCount, using: &stream), mean: mean, covariance: covariance)
    }

    /// The same of a mixture.
    package func hasMassWithoutEnd(_ mixture: GaussianMixture, using stream: inout RandomStream) throws -> Bool {
        try hasMassWithoutEnd(mixture.core.samples(Self.sampleCount / 4, using: &stream))
    }
}

extension GaussianMixture {
    /// The components that have a share of the weight: others may be anywhere, and of any width.
    fileprivate var core: GaussianMixture {
        let kept = weights.indices.filter { weights[$0] >= 1e-3 }
        return kept.isEmpty ? self : GaussianMixture(weights: kept.map { weights[$0] }, components: kept.map { components[$0] })
    }

    /// Mean and covariance.
    fileprivate var moments: (mean: [Double], covariance: Matrix) {
        let n = dimension
        var mean = [Double](repeating: 0, count: n), covariance = Matrix(rows: n, columns: n)
        for (weight, gaussian) in zip(weights, components) { for i in 0..<n { mean[i] += weight * gaussian.mean[i] } }
        for (weight, gaussian) in zip(weights, components) {
            let own = gaussian.covariance
            for i in 0..<n {
                for j in 0..<n { covariance[i, j] += weight * (own[i, j] + (gaussian.mean[i] - mean[i]) * (gaussian.mean[j] - mean[j])) }
            }
        }
        return (mean, covariance)
    }
}
