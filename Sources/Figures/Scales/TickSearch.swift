/// Evenly spaced tick values that are round, cover the data and are as many as wanted: the extended Wilkinson
/// algorithm (Talbot, Lin and Hanrahan, "An extension of Wilkinson's algorithm for positioning tick labels on axes",
/// IEEE Transactions on Visualization and Computer Graphics 16, 2010), without its term for legibility.
///
/// Ticks are `(start + i·skip) · q · 10^exponent`, so that their digits are exact.
package struct TickSearch {
    /// The found ticks: `mantissas[i] · 10^exponent`.
    package struct Result: Equatable {
        package var mantissas: [Int]
        package var exponent: Int
    }

    /// The preferred steps, best first, in tenths.
    private static let tenths = [10, 50, 20, 25, 40, 30]
    /// The weights of simplicity, coverage and density; the fourth, legibility, is always 1.
    private static let weights = (simplicity: 0.25, coverage: 0.2, density: 0.5, legibility: 0.05)

    let span: Span
    /// How many ticks are wanted, at least 2.
    let wanted: Double
    /// Whether ticks outside of the span are out of the question.
    let onlyInside: Bool

    /// The ticks with the highest score; none where the span's length is beyond what can be divided, or lost beside its place.
    package static func best(in span: Span, wanted: Int, onlyInside: Bool = false) -> Result {
        let largest = span.largest
        // Steps must not be lost below the least numbers.
        if largest > 0, largest < 1e-200 {
            var found = best(in: Span(lower: span.lower * 1e200, upper: span.upper * 1e200), wanted: wanted, onlyInside: onlyInside)
            if !found.mantissas.isEmpty { found.exponent -= 200 }
            return found
        }
        guard span.length > 1e-304, span.length < .infinity, span.length > 1e-12 * largest else { return Result(mantissas: [], exponent: 0) }
        return TickSearch(span: span, wanted: Double(max(2, wanted)), onlyInside: onlyInside).best()
    }

    private func best() -> Result {
        var bestScore = -2.0
        var result = Result(mantissas: [], exponent: 0)
        for skip in 1...50 {
            for (rank, tenth) in Self.tenths.enumerated() {
                let simplest = simplicity(rank: rank, skip: skip) + 1
                if score(simplest, 1, 1) < bestScore { return result }
                for count in 2...200 {
                    if score(simplest, 1, densityBound(count)) < bestScore { break }
                    let step = Double(skip * tenth) / 10
                    let least = span.length / Double(count + 1) / step
                    var exponent = Decimal.exponent(of: least)
                    if Decimal.power(exponent) < least { exponent += 1 }
                    while true {
                        let length = step * Decimal.power(exponent) * Double(count - 1)
                        if score(simplest, coverageBound(length), densityBound(count)) < bestScore { break }
                        // Without this, a search that accepts nothing outside would not end.
                        if length > 4 * span.length { break }
                        let unit = Double(tenth) / 10 * Decimal.power(exponent)
                        let first = (Int((span.upper / (unit * Double(skip))).rounded(.down)) - (count - 1)) * skip
                        let last = Int((span.lower / (unit * Double(skip))).rounded(.up)) * skip
                        for start in stride(from: first, through: last, by: 1) {
                            let lower = Double(start) * unit
                            let upper = lower + length
                            let slack = 1e-9 * span.length
                            if onlyInside && (lower < span.lower - slack || upper > span.upper + slack) { continue }
                            let end = start + skip * (count - 1)
                            let zero = start % skip == 0 && start <= 0 && end >= 0 ? 1.0 : 0
                            let value = score(
                                simplicity(rank: rank, skip: skip) + zero, coverage(lower, upper),
                                density(count, lower, upper))
                            if value > bestScore {
                                bestScore = value
                                let mantissas = (0..<count).map { (start + $0 * skip) * tenth }
                                result = Result(mantissas: mantissas, exponent: exponent - 1)
                            }
                        }
                        exponent += 1
                    }
                }
            }
        }
        return result
    }

    private func score(_ simplicity: Double, _ coverage: Double, _ density: Double) -> Double {
        let weights = Self.weights
        return weights.simplicity * simplicity + weights.coverage * coverage + weights.density * density
            + weights.legibility
    }

    private func simplicity(rank: Int, skip: Int) -> Double {
        1 - Double(rank) / Double(Self.tenths.count - 1) - Double(skip)
    }

    private func coverage(_ lower: Double, _ upper: Double) -> Double {
        let above = (span.upper - upper) / (0.1 * span.length)
        let below = (span.lower - lower) / (0.1 * span.length)
        return 1 - 0.5 * (above * above + below * below)
    }

    private func coverageBound(_ length: Double) -> Double {
        guard length > span.length else { return 1 }
        let half = (length - span.length) / 2 / (0.1 * span.length)
        return 1 - half * half
    }

    private func density(_ count: Int, _ lower: Double, _ upper: Double) -> Double {
        let has = Double(count - 1) / (upper - lower)
        let wants = (wanted - 1) / (max(upper, span.upper) - min(span.lower, lower))
        return 2 - max(has / wants, wants / has)
    }

    private func densityBound(_ count: Int) -> Double {
        Double(count) >= wanted ? 2 - Double(count - 1) / (wanted - 1) : 1
    }
}
