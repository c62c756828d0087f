import Numerics

/// The ticks of an axis: where they are and what stands beside them.
package struct Ticks: Equatable {
    package struct Tick: Equatable {
        /// The place in linearized values.
        package var place: Double
        package var label: String
    }

    package var ticks: [Tick]
    /// The power of ten that labels are to be multiplied by, told in the axis title; 0 for most.
    package var exponent: Int

    static let none = Ticks(ticks: [], exponent: 0)

    var hasLabels: Bool { ticks.contains { !$0.label.isEmpty } }

    /// Keeps the ticks without the words beside them.
    mutating func hideLabels() { for index in ticks.indices { ticks[index].label = "" } }

    mutating func shortenLabels(_ shorten: (String) -> String) {
        for index in ticks.indices { ticks[index].label = shorten(ticks[index].label) }
    }

    /// About so many ticks within the span, all with the same number of decimals.
    package init(scale: Scale, span: Span, wanted: Int, typography: Typography) {
        switch scale {
        case .linear: self = Ticks.linear(span, wanted: wanted, typography: typography)
        case .logarithmic: self = Ticks.decades(span, wanted: wanted, typography: typography)
        case .degrees: self = Ticks.degrees(span, wanted: wanted, typography: typography)
        case .fractionsOfPi: self = Ticks.fractionsOfPi(span, wanted: wanted, typography: typography)
        case .categories(let names): self = Ticks.named(names, span, wanted: wanted)
        }
    }

    init(ticks: [Tick], exponent: Int) {
        self.ticks = ticks
        self.exponent = exponent
    }

    static func linear(_ span: Span, wanted: Int, typography: Typography) -> Ticks {
        var found = TickSearch.best(in: span, wanted: wanted, onlyInside: true)
        while found.mantissas.contains(where: { $0 != 0 }) && found.mantissas.allSatisfy({ $0 % 10 == 0 }) {
            found.mantissas = found.mantissas.map { $0 / 10 }
            found.exponent += 1
        }
        guard let largest = found.mantissas.map(\.magnitude).max(), largest > 0 else { return .none }
        // The power of ten of the largest label's first digit.
        let leading = String(largest).count - 1 + found.exponent
        let shift = (-4...5).contains(leading) ? 0 : leading
        let exponent = found.exponent - shift
        return Ticks(
            ticks: found.mantissas.map { mantissa in
                Tick(
                    place: Double(mantissa) * Decimal.power(found.exponent),
                    label: Decimal.text(
                        mantissa: mantissa, exponent: exponent, decimals: max(0, -exponent),
                        minus: typography.minus))
            },
            exponent: shift)
    }

    /// Powers of ten, thinned evenly; where fewer than three are inside, round values between them.
    private static func decades(_ span: Span, wanted: Int, typography: Typography) -> Ticks {
        let first = Int((span.lower - 1e-9).rounded(.up))
        let last = Int((span.upper + 1e-9).rounded(.down))
        guard last > first else {
            if span.length > 1, let steps = rounds(span, wanted: wanted, typography: typography) { return steps }
            let values = Span(lower: decimalPower(span.lower), upper: decimalPower(span.upper))
            var ticks = linear(values.nonDegenerate(), wanted: wanted, typography: typography)
            ticks.ticks = ticks.ticks.compactMap { tick in
                tick.place > 0 ? Tick(place: Decimal.logarithm(tick.place), label: tick.label) : nil
            }
            return ticks
        }
        // Two powers alone leave most of the axis without a number.
        if last - first == 1, let steps = rounds(span, wanted: wanted, typography: typography) { return steps }
        // The least step with few enough ticks among those that meet 10⁰ and one another's multiples.
        let skip = [1, 2, 3, 5, 10, 20, 50, 100, 200].first { (last - first) / $0 < max(2, wanted) } ?? 200
        let start = Int((Double(first) / Double(skip)).rounded(.up)) * skip
        return Ticks(
            ticks: stride(from: start, through: last, by: skip).map { power in
                Tick(place: Double(power), label: typography.powerOfTen(power))
            },
            exponent: 0)
    }

    /// The values 1, 2 and 5 times a power of ten in more than a decade, thinned to 1 and 3; nil where those are too many or fewer than two.
    private static func rounds(_ span: Span, wanted: Int, typography: Typography) -> Ticks? {
        for mantissas in [[1, 2, 5], [1, 3]] {
            var found: [(mantissa: Int, power: Int, place: Double)] = []
            for power in Int(span.lower.rounded(.down))...Int(span.upper.rounded(.down)) {
                for mantissa in mantissas {
                    let place = Double(power) + Decimal.logarithm(Double(mantissa))
                    if place >= span.lower - 1e-9, place <= span.upper + 1e-9 { found.append((mantissa, power, place)) }
                }
            }
            guard found.count >= 2, found.count <= max(3, wanted) else { continue }
            let leading = found[found.count - 1].power
            let shift = (-4...5).contains(leading) ? 0 : leading
            return Ticks(
                ticks: found.map {
                    let exponent = $0.power - shift
                    return Tick(
                        place: $0.place,
                        label: Decimal.text(mantissa: $0.mantissa, exponent: exponent, decimals: max(0, -exponent), minus: typography.minus))
                },
                exponent: shift)
        }
        return nil
    }

    private static func decimalPower(_ exponent: Double) -> Double {
        let whole = exponent.rounded(.down)
        return Decimal.power(Int(whole)) * Elementary.exp((exponent - whole) * Elementary.log(10))
    }
}
