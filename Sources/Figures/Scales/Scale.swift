import Numerics

/// How the values of an axis become places on it.
public enum Scale: Sendable, Equatable {
    case linear
    /// Equal ratios take equal room; values must be positive.
    case logarithmic
    /// Values in radians, shown in degrees.
    case degrees
    /// Values in radians, shown as fractions of π.
    case fractionsOfPi
    /// Names at the whole values 0, 1, 2, ...
    case categories([String])

    /// The greatest magnitude of a value that has a place: beyond it there is no room for what is done with places.
    static let greatest = 1e300

    /// Why a value has no place on an axis, in the words of a note.
    enum Refusal: String, CaseIterable {
        case notFinite = "not finite"
        case beyond = "beyond ±1e300"
        case notPositive = "not above 0"
    }

    /// Nil for a value that has a place on an axis with this scale.
    func refusal(_ value: Double) -> Refusal? {
        if !value.isFinite { return .notFinite }
        if self == .logarithmic && value <= 0 { return .notPositive }
        return value.magnitude <= Scale.greatest ? nil : .beyond
    }

    /// Whether a value has a place on an axis with this scale.
    func accepts(_ value: Double) -> Bool { refusal(value) == nil }

    /// The number that places are proportional to: the value in the unit that is shown, or its decimal logarithm.
    func linearized(_ value: Double) -> Double {
        switch self {
        case .linear, .categories: value
        case .logarithmic: Decimal.logarithm(value)
        case .degrees: value * (180 / .pi)
        case .fractionsOfPi: value / .pi
        }
    }

    /// The values at the ends of a span of places; nil where they are too far apart for numbers.
    func values(of span: Span) -> ClosedRange<Double>? {
        func value(_ place: Double) -> Double {
            switch self {
            case .linear, .categories: place
            case .logarithmic: Elementary.exp(place * Elementary.log(10))
            case .degrees: place * (.pi / 180)
            case .fractionsOfPi: place * .pi
            }
        }
        let (lower, upper) = (value(span.lower), value(span.upper))
        return lower <= upper && accepts(lower) && accepts(upper) ? lower...upper : nil
    }
}

/// The part of an axis that is shown, in linearized values: degrees where
/// it shows degrees, a decimal logarithm where it is logarithmic.
package struct Span: Equatable {
    package var lower: Double
    package var upper: Double

    package init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    package var length: Double { upper - lower }

    /// 0 at the lower end, 1 at the upper.
    package func fraction(_ value: Double) -> Double { (value - lower) / (upper - lower) }

    /// The span with the same middle and another length.
    func resized(to length: Double) -> Span {
        let middle = lower + (upper - lower) / 2
        return Span(lower: middle - length / 2, upper: middle + length / 2)
    }

    /// The least span that holds both.
    func union(_ other: Span) -> Span { Span(lower: min(lower, other.lower), upper: max(upper, other.upper)) }

    /// The greatest magnitude in the span.
    var largest: Double { max(lower.magnitude, upper.magnitude) }

    /// The span, widened where its ends are equal but for rounding: to 1 on a logarithmic axis and around nothing but 0
    /// and what is nearly nothing, else to its largest value.
    package func nonDegenerate(on scale: Scale = .linear) -> Span {
        if scale == .logarithmic { return length <= max(1e-14, 4e-15 * largest) ? resized(to: 1) : self }
        if largest < 1e-307 { return Span(lower: -0.5, upper: 0.5) }
        return isRounding ? resized(to: largest) : self
    }

    /// Whether the ends may be equal but for rounding; whole numbers that doubles tell apart are taken as exact.
    var isRounding: Bool {
        if lower == lower.rounded(), upper == upper.rounded(), largest <= 0x1p54 { return lower == upper }
        return length <= max(1e-308, 1.8e-15 * largest)
    }
}
