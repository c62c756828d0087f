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

    /// An axis title that tells what its tick labels are to be multiplied by.
    package func title(_ label: String, exponent: Int) -> String {
        guard exponent != 0 else { return label }
        return (label.isEmpty ? "" : label + " ") + (unicode ? "×" : "x") + powerOfTen(exponent)
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
