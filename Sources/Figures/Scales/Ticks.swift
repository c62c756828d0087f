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
    /// What labels are counted from, as the subtraction that the axis title tells: " − 1234"; empty for most.
    package var offset = ""

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

    /// - Parameter power: the power of ten that the values are counted in.
    static func linear(_ span: Span, power: Int = 0, wanted: Int, typography: Typography) -> Ticks {
        let origin = TickOrigin(span), start = origin?.value ?? 0
        let counted = Span(lower: span.lower - start, upper: span.upper - start)
        var wanted = wanted, found = TickSearch.best(in: counted, wanted: wanted, onlyInside: true)
        func place(_ mantissa: Int) -> Double { start + Double(mantissa) * Decimal.power(found.exponent) }
        func isBeside(_ mantissa: Int, by distance: Double) -> Bool { ((place(mantissa) - start) - Double(mantissa) * Decimal.power(found.exponent)).magnitude > distance }
        // Where numbers are nearly as far apart as ticks, fewer ticks stand evenly, or some have no place.
        while wanted > 2, found.mantissas.count > 1, found.mantissas.contains(where: { isBeside($0, by: 0.1 * (place(found.mantissas[1]) - place(found.mantissas[0]))) }) {
            wanted -= 1
            found = TickSearch.best(in: counted, wanted: wanted, onlyInside: true)
        }
        found.mantissas = found.mantissas.filter { !isBeside($0, by: 0.1 * span.length) }
        while found.mantissas.contains(where: { $0 != 0 }) && found.mantissas.allSatisfy({ $0 % 10 == 0 }) {
            found.mantissas = found.mantissas.map { $0 / 10 }
            found.exponent += 1
        }
        guard let largest = found.mantissas.map(\.magnitude).max(), largest > 0 else { return .none }
        // The power of ten of the largest label's first digit.
        let leading = String(largest).count - 1 + found.exponent + power
        let shift = (-4...5).contains(leading) ? 0 : leading
        let exponent = found.exponent + power - shift
        var ticks = Ticks(
            ticks: found.mantissas.map { mantissa in
                Tick(
                    place: place(mantissa),
                    label: Decimal.text(
                        mantissa: mantissa, exponent: exponent, decimals: max(0, -exponent),
                        minus: typography.minus))
            },
            exponent: shift)
        if let origin { ticks.offset = typography.subtracted(mantissa: origin.mantissa, exponent: origin.exponent + power) }
        return ticks
    }

    /// Powers of ten, thinned evenly; where fewer than three are inside, round values between them.
    private static func decades(_ span: Span, wanted: Int, typography: Typography) -> Ticks {
        let first = Int((span.lower - 1e-9).rounded(.up))
        let last = Int((span.upper + 1e-9).rounded(.down))
        guard last > first else {
            if span.length > 1, let steps = rounds(span, wanted: wanted, typography: typography) { return steps }
            return values(span, wanted: wanted, typography: typography)
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

    /// The ticks of the values themselves, at their logarithms.
    private static func values(_ span: Span, wanted: Int, typography: Typography) -> Ticks {
        // Values near the ends of the range of numbers are counted in a power of ten.
        let power = span.largest > 290 ? Int(span.lower.rounded()) : 0
        let values = Span(lower: decimalPower(span.lower - Double(power)), upper: decimalPower(span.upper - Double(power)))
        var ticks = linear(values, power: power, wanted: wanted, typography: typography)
        ticks.ticks = ticks.ticks.compactMap { tick in
            guard tick.place > 0 else { return nil }
            let place = Double(power) + Decimal.logarithm(tick.place)
            return Tick(place: min(max(place, span.lower), span.upper), label: tick.label)
        }
        return ticks
    }

    private static func decimalPower(_ exponent: Double) -> Double {
        let whole = exponent.rounded(.down)
        return Decimal.power(Int(whole)) * Elementary.exp((exponent - whole) * Elementary.log(10))
    }
}
