extension String {
    /// The text as a terminal may be given it, whatever it was made of: names of links, comments of files, arguments.
    ///
    /// Control characters, which move the cursor, set the window's title or ask the terminal to type, are written as Lua
    /// writes them: `\27`. So are the marks that change the direction of text, as `\u{202E}`. Lines and tabs stay.
    ///
    /// - Parameter keepingColors: whether sequences that set colours, `ESC [ digits m`, stay as well: for drawings.
    public func harmless(keepingColors: Bool = false) -> String {
        guard mayHarm else { return self }
        var result = String.UnicodeScalarView()
        var rest = Substring.UnicodeScalarView(unicodeScalars[...])
        while let scalar = rest.first {
            if keepingColors, scalar == "\u{1B}", let end = rest.endOfColor {
                result += rest[..<end]
                rest = rest[end...]
                continue
            }
            rest.removeFirst()
            if scalar.isHarmful { result += scalar.spelledOut.unicodeScalars } else { result.append(scalar) }
        }
        return String(result)
    }
}

extension String {
    /// Whether a byte may belong to a character that is not to be shown; most texts, and long ones, have none.
    fileprivate var mayHarm: Bool {
        var text = self
        return text.withUTF8 { bytes in
            bytes.contains { byte in
                switch byte {
                case 0x09, 0x0A: false
                case ..<0x20, 0x7F, 0xC2, 0xD8, 0xE2, 0xEF, 0xF3: true
                default: false
                }
            }
        }
    }
}

extension Unicode.Scalar {
    /// Whether the character is more to a terminal than a sign to be shown.
    fileprivate var isHarmful: Bool {
        switch value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true  // direction of text; separators of lines
        case 0xE0000...0xE007F, 0xFFF9...0xFFFB: true  // tags and annotations, which are not shown
        default: false
        }
    }

    fileprivate var spelledOut: String { value < 0x80 ? "\\\(value)" : "\\u{\(String(value, radix: 16, uppercase: true))}" }
}

extension Substring.UnicodeScalarView {
    /// The end of the sequence that begins here, where that sets colours.
    fileprivate var endOfColor: Index? {
        var place = index(after: startIndex)
        guard place < endIndex, self[place] == "[" else { return nil }
        repeat { place = index(after: place) } while place < endIndex && (self[place] == ";" || ("0"..."9").contains(self[place]))
        return place < endIndex && self[place] == "m" ? index(after: place) : nil
    }
}
