/// The round number that ticks are told from where a span is short beside its place: labels say what values are beyond it.
///
/// It is `mantissa · 10^exponent`, in the span or next to it on the side of 0.
struct TickOrigin {
    let mantissa: Int
    let exponent: Int

    /// Nil for spans that labels of a few digits tell apart.
    init?(_ span: Span) {
        guard span.length < 1e-6 * span.largest, !span.isRounding else { return nil }
        exponent = Decimal.exponent(of: span.length) + 1
        let unit = Decimal.power(exponent)
        let first = (span.lower / unit).rounded(.up), last = (span.upper / unit).rounded(.down)
        mantissa = Int(first <= last || span.upper < 0 ? first : last)
    }

    var value: Double { Double(mantissa) * Decimal.power(exponent) }
}
