extension Ticks {
    /// Multiples of parts of the circle, where the span is wide enough for them; else as any other numbers.
    static func degrees(_ span: Span, wanted: Int, typography: Typography) -> Ticks {
        let steps = [5, 10, 15, 30, 45, 60, 90, 180, 360, 720, 1440]
        guard span.length >= 20, span.length < 10_000, isNearZero(span), let step = bestStep(steps.map(Double.init), span, wanted) else {
            return linear(span, wanted: wanted, typography: typography)
        }
        return Ticks(
            ticks: multiples(of: step, in: span).map { index in
                let value = index * Int(step)
                return Tick(place: Double(value), label: value < 0 ? typography.minus + String(-value) : String(value))
            },
            exponent: 0)
    }

    /// Multiples of simple fractions of π, as fractions in lowest terms.
    static func fractionsOfPi(_ span: Span, wanted: Int, typography: Typography) -> Ticks {
        let steps = [(1, 24), (1, 12), (1, 8), (1, 6), (1, 4), (1, 3), (1, 2), (1, 1), (2, 1), (4, 1), (8, 1), (16, 1)]
        let values = steps.map { Double($0.0) / Double($0.1) }
        guard span.length < 200, isNearZero(span), let step = bestStep(values, span, wanted), let index = values.firstIndex(of: step) else {
            return linear(span, wanted: wanted, typography: typography)
        }
        let (numerator, denominator) = steps[index]
        return Ticks(
            ticks: multiples(of: step, in: span).map { multiple in
                Tick(
                    place: Double(multiple * numerator) / Double(denominator),
                    label: typography.fractionOfPi(multiple * numerator, denominator))
            },
            exponent: 0)
    }

    /// Names at whole values; all of them, or every second, fifth and so on.
    static func named(_ names: [String], _ span: Span, wanted: Int) -> Ticks {
        let lower = max(0, Int(min(max(span.lower, -1), Double(names.count)).rounded(.up)))
        let upper = min(names.count - 1, Int(min(max(span.upper, -1), Double(names.count)).rounded(.down)))
        guard lower <= upper else { return .none }
        let skip = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].first { (upper - lower) / $0 < max(1, wanted) } ?? 1000
        return Ticks(
            ticks: stride(from: lower, through: upper, by: skip).map { Tick(place: Double($0), label: names[$0]) }, exponent: 0)
    }

    /// The step that has about so many multiples in the span, at least two; nil if none has.
    private static func bestStep(_ steps: [Double], _ span: Span, _ wanted: Int) -> Double? {
        var best: (step: Double, misfit: Double)?
        for step in steps {
            let count = multiples(of: step, in: span).count
            guard count >= 2 else { continue }
            let misfit = max(Double(count) / Double(wanted), Double(wanted) / Double(count))
            if best.map({ misfit < $0.misfit }) ?? true { best = (step, misfit) }
        }
        // As many again as wanted do not fit; then other numbers do.
        return best.flatMap { $0.misfit <= 2.5 ? $0.step : nil }
    }

    /// Whether multiples of steps in a span can be counted.
    private static func isNearZero(_ span: Span) -> Bool { max(abs(span.lower), abs(span.upper)) < 1e9 }

    private static func multiples(of step: Double, in span: Span) -> ClosedRange<Int> {
        let lower = Int((span.lower / step - 1e-9).rounded(.up))
        return lower...max(lower, Int((span.upper / step + 1e-9).rounded(.down)))
    }
}

extension Typography {
    /// A fraction of π in lowest terms: "0", "π", "−3π/4".
    func fractionOfPi(_ numerator: Int, _ denominator: Int) -> String {
        guard numerator != 0 else { return "0" }
        var (a, b) = (numerator.magnitude, denominator.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        let (top, bottom) = (numerator.magnitude / a, denominator.magnitude / a)
        let pi = unicode ? "π" : "pi"
        return (numerator < 0 ? minus : "") + (top == 1 ? "" : String(top)) + pi + (bottom == 1 ? "" : "/" + String(bottom))
    }
}
