import Foundation

/// Numbers as people read them.
enum NumberText {
    /// Six significant digits, as C's `%.6g` has them.
    static func short(_ number: Double) -> String { formatted("%.6g", number) }

    /// Numbers with six significant digits, or with more where it takes these to tell those apart that differ.
    static func distinct(_ numbers: [Double]) -> [String] {
        let count = Set(numbers).count
        // Fifteen show a decimal number as it was given; all others are shown by seventeen.
        for digits in [6, 12, 15] {
            let texts = numbers.map { formatted("%.\(digits)g", $0) }
            if Set(texts).count == count { return texts }
        }
        return numbers.map { formatted("%.17g", $0) }
    }

    /// The first numbers of a list: {0.5, 1, 2, 3, 4, 5, …}.
    static func list(_ numbers: [Double]) -> String { "{\(numbers.prefix(6).map(short).joined(separator: ", "))\(numbers.count > 6 ? ", …" : "")}" }

    /// The shortest text that reads back as the same number; whole numbers keep their ".0".
    static func full(_ number: Double) -> String { "\(number)" }

    /// So many decimals; from 1e12 on six significant digits, which take one line.
    static func fixed(_ number: Double, _ decimals: Int) -> String {
        guard abs(number) < 1e12 else { return short(number) }
        let text = String(format: "%.\(decimals)f", number)
        // No minus sign for what rounds to zero.
        return text.first == "-" && text.allSatisfy { "-0.".contains($0) } ? String(text.dropFirst()) : text
    }

    /// An angle in degrees: 166.0°.
    static func degrees(_ radians: Double, decimals: Int = 1) -> String {
        guard radians.isFinite else { return radians.isNaN ? "nan" : radians < 0 ? "−∞" : "∞" }
        return fixed(radians * 180 / .pi, decimals) + "°"
    }

    /// A length in the unit that suits it: 1.19 m, 12.3 mm, 0.4 µm.
    static func length(_ metres: Double) -> String {
        switch abs(metres) {
        case 0: "0 m"
        case 1...: significant(metres) + " m"
        case 1e-3...: significant(metres * 1e3) + " mm"
        case 1e-6...: significant(metres * 1e6) + " µm"
        case 1e-9...: significant(metres * 1e9) + " nm"
        default: "< 1 nm"
        }
    }

    /// A small angle in degrees: 0.012°.
    static func angle(_ radians: Double) -> String {
        let degrees = radians * 180 / .pi
        if degrees == 0 { return "0°" }
        return abs(degrees) < 1e-4 ? "< 1e-4°" : significant(degrees) + "°"
    }

    /// A time in the unit that suits it.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case 7200...: fixed(seconds / 3600, 1) + " h"
        case 120...: fixed(seconds / 60, 1) + " min"
        case 1...: significant(seconds) + " s"
        case 1e-3...: significant(seconds * 1e3) + " ms"
        default: significant(seconds * 1e6) + " µs"
        }
    }

    /// A whole number with its thousands apart: 1 240.
    static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result += " " }
            result.append(digit)
        }
        return (number < 0 ? "-" : "") + result
    }

    /// "1 solution", "2 000 solutions"; for the plural as in `Int.counted`.
    static func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String { "\(count(number)) \(number == 1 ? noun : plural ?? noun + "s")" }

    /// Three significant digits.
    static func significant(_ number: Double) -> String { formatted("%.3g", number) }

    /// C keeps the sign of what is no number, which says nothing.
    private static func formatted(_ format: String, _ number: Double) -> String { number.isNaN ? "nan" : String(format: format, number) }
}
