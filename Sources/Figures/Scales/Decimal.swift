import Numerics

/// Decimal numbers without locale: powers, logarithms and text.
package enum Decimal {
    /// 10 to the power, correctly rounded; 0 or infinity beyond a double's range.
    package static func power(_ exponent: Int) -> Double {
        Double("1e\(exponent)") ?? (exponent < 0 ? 0 : .infinity)
    }

    /// The decimal logarithm.
    static func logarithm(_ value: Double) -> Double { Elementary.log(value) / Elementary.log(10) }

    /// The power of ten of a positive value's first digit.
    package static func exponent(of value: Double) -> Int {
        let guess = Int(logarithm(value).rounded(.down))
        if power(guess + 1) <= value { return guess + 1 }
        return power(guess) > value ? guess - 1 : guess
    }

    /// The text of `mantissa · 10^exponent` with so many decimals; a zero has no sign.
    ///
    /// - Precondition: the mantissa has no digits beyond the decimals, and `exponent` is below 18.
    package static func text(mantissa: Int, exponent: Int, decimals: Int, minus: String = "-") -> String {
        var scaled = mantissa.magnitude
        for _ in 0..<max(0, exponent + decimals) { scaled *= 10 }
        var digits = String(scaled)
        if decimals > 0 {
            let missing = decimals + 1 - digits.count
            if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
        }
        return mantissa < 0 ? minus + digits : digits
    }

    /// A number for words: with so many significant digits, in decimals where that is short, else with a power of ten.
    package static func significant(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return value.isNaN ? "none" : value < 0 ? "−∞" : "∞" }
        guard value != 0 else { return "0" }
        // The powers of ten that the smallest numbers need have few digits themselves, or none.
        let shift = value.magnitude < 1e-290 ? 300 : 0
        let scaled = value * power(shift)
        var first = exponent(of: scaled.magnitude)
        var mantissa = Int((scaled / power(first - digits + 1)).rounded())
        if String(mantissa.magnitude).count > digits {
            mantissa /= 10
            first += 1
        }
        first -= shift
        var lowest = first - digits + 1
        while mantissa % 10 == 0 && lowest < 0 || mantissa % 10 == 0 && !(-4...5).contains(first) {
            mantissa /= 10
            lowest += 1
        }
        if (-4...5).contains(first) { return text(mantissa: mantissa, exponent: lowest, decimals: max(0, -lowest), minus: "−") }
        let places = String(mantissa.magnitude).count - 1
        return text(mantissa: mantissa, exponent: -places, decimals: places, minus: "−") + "e\(first)"
    }

    /// Appends the value in tenths as a number with at most one decimal, and none that is 0.
    package static func append(tenths: Int, to bytes: inout [UInt8]) {
        if tenths < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(tenths.magnitude / 10, to: &bytes)
        if tenths % 10 != 0 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(UInt8(ascii: "0") + UInt8(tenths.magnitude % 10))
        }
    }

    private static func appendDigits(_ value: UInt, to bytes: inout [UInt8]) {
        if value >= 10 { appendDigits(value / 10, to: &bytes) }
        bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
    }
}
