import Numerics

/// The units of a search: its configurations have sliding joints in lengths that it takes for one, all others in rad.
struct SearchUnits {
    /// Metres that count as one.
    let scale: Double
    /// The variables that are lengths; none where the scale is 1.
    let slides: [Int]

    init(scale: Double, _ variables: [Chain.Variable]) {
        self.scale = scale
        slides = scale == 1 ? [] : variables.indices.filter { variables[$0].kind == .prismatic }
    }

    /// A configuration in rad and m in the units of the search.
    func scaled(_ q: [Double]) -> [Double] { multiplied(q, by: 1 / scale) }

    /// A configuration of the search in rad and m.
    func unscaled(_ q: [Double]) -> [Double] { multiplied(q, by: scale) }

    // Scales are powers of two, so that multiplying by the inverse is exact.
    private func multiplied(_ q: [Double], by factor: Double) -> [Double] {
        guard !slides.isEmpty else { return q }
        var q = q
        for i in slides { q[i] *= factor }
        return q
    }
}

/// The sliding joints whose range is so great, against the robot's fixed lengths, that uniform values hardly ever lie near a target.
func wideVariables(_ variables: [Chain.Variable], fixedLength: Double) -> [Int] {
    variables.indices.filter { variables[$0].kind == .prismatic && !(variables[$0].upper - variables[$0].lower <= 2 * fixedLength) }
}

/// The distance to the nearest limit: 0 at a limit, 1 where every variable is in the middle of its range.
func limitMargin(of q: [Double], _ variables: [Chain.Variable]) -> Double {
    q.withUnsafeBufferPointer { limitMargin(of: $0, variables) }
}

func limitMargin(of q: UnsafeBufferPointer<Double>, _ variables: [Chain.Variable]) -> Double {
    var margin = 1.0
    for (value, variable) in zip(q, variables) where variable.kind != .continuous {
        let range = variable.upper - variable.lower
        guard range > 0, range.isFinite else { continue }
        margin = min(margin, 2 * min(value - variable.lower, variable.upper - value) / range)
    }
    return max(margin, 0)
}
