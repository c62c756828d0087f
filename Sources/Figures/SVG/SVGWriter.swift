/// Writes SVG, one element a line, attributes in the order given, numbers in tenths
/// of a pixel.
struct SVGWriter {
    private(set) var bytes: [UInt8] = []

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Begins an element; follow with attributes and `close` or `openChildren`.
    mutating func begin(_ name: StaticString) {
        raw("<")
        raw(name.description)
    }

    mutating func attribute(_ name: StaticString, _ value: String) {
        beginAttribute(name)
        escape(value, inAttribute: true)
        raw("\"")
    }

    mutating func attribute(_ name: StaticString, _ value: Double) {
        beginAttribute(name)
        number(value)
        raw("\"")
    }

    /// Begins an attribute whose value is written by `raw`, `number` and `point`; end it with `raw("\"")`.
    mutating func beginAttribute(_ name: StaticString) {
        raw(" ")
        raw(name.description)
        raw("=\"")
    }

    mutating func close() { raw("/>\n") }

    mutating func openChildren() { raw(">\n") }

    mutating func end(_ name: StaticString) {
        raw("</")
        raw(name.description)
        raw(">\n")
    }

    /// Ends the begun element with text as its content.
    mutating func close(_ name: StaticString, text: String) {
        raw(">")
        escape(text, inAttribute: false)
        end(name)
    }

    /// - Precondition: the magnitude is below 1e12.
    mutating func number(_ value: Double) {
        Decimal.append(tenths: Int((value * 10).rounded()), to: &bytes)
    }

    mutating func point(_ point: SIMD2<Double>) {
        number(point.x)
        bytes.append(UInt8(ascii: " "))
        number(point.y)
    }

    /// Text with markup characters replaced by entities, and what XML 1.0 does not allow by U+FFFD.
    mutating func escape(_ text: String, inAttribute: Bool) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": raw("&amp;")
            case "<": raw("&lt;")
            case ">": raw("&gt;")
            case "\"" where inAttribute: raw("&quot;")
            case "\t", "\n", "\r": raw(" ")
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": raw("\u{FFFD}")
            default: bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
    }
}
