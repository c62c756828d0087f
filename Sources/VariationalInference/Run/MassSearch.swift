import Mixtures
import Numerics

/// Looks for a density's mass farther away than an approximation has come, from its samples.
///
/// For every shift s, E_q[ log p̃(x + s) − log p̃(x) ] is minus a divergence where q = p, and at most KL(q ‖ p) for any q. Where it is far above zero for a
/// shift of many scales, and lower again for longer ones, the approximation is on its way to mass that lies there; unless the divergence is as great,
/// as at the start of a training: what lies there must be denser than any of the samples, and than any place near where the approximation began.
package struct MassSearch {
    private let density: any TargetDensity
    private let origin: [Double]
    private let scales: [Double]

    /// Samples that a search looks at; more are left out.
    package static let sampleCount = 8
    /// Shifts are so many scales at least, and so many times longer from one to the next.
    private static let leastShift = 10.0, factor = 4.0
    private static let shifts = 16
    private static let refiningSteps = 12
    /// Places around the origin that what is found must be denser than, always the same ones.
    private static let originPlaces = 256
    /// The nats that samples must gain, which no approximation that is near lacks.
    private static let leastGain = 10.0

    /// - Parameters:
    ///   - origin: where the approximation began; one number for each variable.
    ///   - scales: how far it was thought to reach, likewise, above zero.
    package init(_ density: any TargetDensity, origin: [Double], scales: [Double]) {
        self.density = density
        self.origin = origin
        self.scales = scales
    }

    /// Where samples would better be.
    package struct Finding: Sendable, Equatable {
        /// Their mean there.
        package var place: [Double]
        /// By how many nats log p̃ is greater.
        package var gain: Double
        /// How many scales the place is from where the approximation began, at most over the variables.
        package var distance: Double
    }

    /// Where the mass lies; nil where it is at the samples, or is found nowhere.
    ///
    /// - Parameter places: samples, one per row.
    /// - Throws: what the density throws.
    package func find(_ places: Matrix) throws -> Finding? {
        let rows = min(places.rows, Self.sampleCount)
        let all = Matrix(rows: rows, columns: places.columns, elements: Array(places.elements.prefix(rows * places.columns)))
        let values = try evaluate(all), kept = values.indices.filter { values[$0].isFinite }
        guard !kept.isEmpty else { return nil }
        let samples = Matrix(rows: kept.count, columns: places.columns, elements: kept.flatMap { Array(all.row($0)) })
        let level = mean(kept.map { values[$0] })
        let centre = origin.indices.map { column in mean((0..<samples.rows).map { samples[$0, column] }) }
        // Onwards from where the approximation began, and uphill.
        var best: (place: [Double], value: Double)?
        for direction in [origin.indices.map { (centre[$0] - origin[$0]) / scales[$0] }, try slope(at: samples)] {
            let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 0, length.isFinite else { continue }
            let unit = origin.indices.map { direction[$0] / length * scales[$0] }
            guard let (shift, value) = try search(samples, along: unit), value > best?.value ?? level + Self.leastGain else { continue }
            best = (origin.indices.map { centre[$0] + shift * unit[$0] }, value)
        }
        guard let (place, value) = best, value > (try greatestLogDensity(at: places)) + Self.leastGain else { return nil }
        let distance = origin.indices.reduce(0) { max($0, abs(place[$1] - origin[$1]) / scales[$1]) }
        return Finding(place: place, gain: value - level, distance: distance)
    }

    /// The greatest log p̃ of samples, and of places that are a scale from the origin on average.
    private func greatestLogDensity(at places: Matrix) throws -> Double {
        var stream = RandomStream(seed: 0)
        let start = GaussianMixture(weights: [1], components: [Gaussian(mean: origin, deviations: scales)]).samples(Self.originPlaces, using: &stream)
        return try (evaluate(places) + evaluate(start)).filter { !$0.isNaN }.max() ?? -.infinity
    }

    /// The shift that is best, where longer ones are worse, and the mean of log p̃ there.
    private func search(_ samples: Matrix, along unit: [Double]) throws -> (shift: Double, value: Double)? {
        var shifts = [Self.leastShift]
        while shifts.count < Self.shifts { shifts.append(shifts[shifts.count - 1] * Self.factor) }
        let values = try shifts.map { try value(samples, shifted: $0, along: unit) }
        guard let top = values.max(), top.isFinite, let index = values.firstIndex(of: top), index < shifts.count - 1 else { return nil }
        var best = (shift: shifts[index], value: top), step = Self.factor
        for _ in 0..<Self.refiningSteps {
            step = step.squareRoot()
            for shift in [best.shift / step, best.shift * step] where shift >= Self.leastShift {
                let found = try value(samples, shifted: shift, along: unit)
                if found > best.value { best = (shift, found) }
            }
        }
        return best
    }

    /// The mean of log p̃ at shifted samples; −∞ where any of them has no density, or none that is a number.
    private func value(_ samples: Matrix, shifted shift: Double, along unit: [Double]) throws -> Double {
        var moved = samples
        for row in 0..<moved.rows { for i in unit.indices { moved[row, i] += shift * unit[i] } }
        let result = mean(try evaluate(moved))
        return result.isNaN ? -.infinity : result
    }

    /// The mean slope of log p̃ over the samples in units of the scales; zero in a variable where it is none.
    private func slope(at samples: Matrix) throws -> [Double] {
        try origin.indices.map { variable in
            var step = Array(repeating: 0.0, count: origin.count)
            step[variable] = scales[variable]
            let difference = try value(samples, shifted: 0.1, along: step) - value(samples, shifted: -0.1, along: step)
            return difference.isFinite ? difference : 0
        }
    }

    private func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }

    private func evaluate(_ places: Matrix) throws -> [Double] {
        var values = [Double](repeating: 0, count: places.rows)
        try density.evaluate(places.elements, count: places.rows, into: &values, gradients: nil)
        return values
    }
}
