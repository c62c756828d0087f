/// The characters that numbers and shortened words are set with.
package struct Typography: Equatable {
    /// Whether signs beyond ASCII may be used.
    package var unicode: Bool

    package init(unicode: Bool) { self.unicode = unicode }

    var minus: String { unicode ? "−" : "-" }
    var ellipsis: String { unicode ? "…" : "..." }

    /// A power of ten, such as "10⁻³" or "1e-3".
    package func powerOfTen(_ exponent: Int) -> String {
        guard unicode else { return "1e\(exponent)" }
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        let raised = String(exponent.magnitude).compactMap { $0.wholeNumberValue.map { digits[$0] } }
        return "10" + (exponent < 0 ? "⁻" : "") + String(raised)
    }

    /// The subtraction of a number, in full with its digits in threes or, where that takes many zeros, with a power of ten:
    /// " − 1234", " − 1 000 000 000", " + 1.5×10³⁰⁰" of a negative one.
    func subtracted(mantissa: Int, exponent: Int) -> String {
        let sign = mantissa < 0 ? " + " : " \(minus) "
        var (digits, exponent) = (Int(mantissa.magnitude), exponent)
        while digits != 0 && digits % 10 == 0 { (digits, exponent) = (digits / 10, exponent + 1) }
        let places = String(digits).count - 1, leading = places + exponent
        if (-5...15).contains(leading) {
            return sign + Typography.inThrees(Decimal.text(mantissa: digits, exponent: exponent, decimals: max(0, -exponent)))
        }
        return sign + Decimal.text(mantissa: digits, exponent: -places, decimals: places) + power(leading)
    }

    /// The digits before the point with a space after every third from the right, where they are five or more.
    private static func inThrees(_ number: String) -> String {
        let whole = number.prefix { $0 != "." }
        guard whole.count > 4 else { return number }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { result += " " }
            result.append(digit)
        }
        return result + number.dropFirst(whole.count)
    }

    /// A power of ten as a factor.
    private func power(_ exponent: Int) -> String { (unicode ? "×" : "x") + powerOfTen(exponent) }

    /// An axis title that names what its tick labels are: the label less an offset, times a power of ten; where it is longer than
    /// `fits`, the label gives way.
    ///
    /// With y = 1 000 000 002 a label "2" stands beside "y − 1 000 000 000", and "5" beside "(y − 1) ×10⁻³" for y = 1.005.
    package func title(_ label: String, exponent: Int, offset: String = "", fits: (String) -> Bool = { _ in true }) -> String {
        let factor = exponent == 0 ? "" : " " + power(exponent)
        func joined(_ label: String) -> String {
            let counted = factor.isEmpty || offset.isEmpty ? label + offset : "(" + label + offset + ")"
            return String((counted + factor).drop { $0 == " " })
        }
        let label = label.isEmpty && !offset.isEmpty ? "value" : label
        return shortened(joined(shortened(label) { fits(joined($0)) }), fits: fits)
    }

    /// The text, cut with an ellipsis to the longest start that `fits`.
    package func shortened(_ text: String, fits: (String) -> Bool) -> String {
        if fits(text) { return text }
        var low = 0
        var high = text.count
        while low < high {
            let middle = (low + high + 1) / 2
            if fits(text.prefix(middle) + ellipsis) { low = middle } else { high = middle - 1 }
        }
        return low == 0 ? "" : text.prefix(low) + ellipsis
    }

    /// The text with an ellipsis for so much of its middle that the rest `fits`: of names that begin alike the ends tell more.
    package func shortenedInside(_ text: String, fits: (String) -> Bool) -> String {
        if fits(text) { return text }
        var low = 0
        var high = text.count - 1
        func cut(_ kept: Int) -> String { text.prefix((kept + 1) / 2) + ellipsis + text.suffix(kept / 2) }
        while low < high {
            let middle = (low + high + 1) / 2
            if fits(cut(middle)) { low = middle } else { high = middle - 1 }
        }
        return low == 0 ? "" : cut(low)
    }

    /// The text in lines that each `fits`, broken at spaces and, in words that are too long, anywhere.
    package func wrapped(_ text: String, fits: (String) -> Bool) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if fits(longer) {
                line = longer
                continue
            }
            if !line.isEmpty { lines.append(line) }
            line = ""
            for character in word {
                if !line.isEmpty && !fits(line + String(character)) {
                    lines.append(line)
                    line = ""
                }
                line.append(character)
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
