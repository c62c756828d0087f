extension String {
    /// The text as a terminal may be given it, whatever it was made of: names of links, comments of files, arguments.
    ///
    /// Control characters, which move the cursor, set the window's title or ask the terminal to type, are written as Lua
    /// writes them: `\27`. So are the marks that change the direction of text, as `\u{202E}`. Lines and tabs stay.
    ///
    /// - Parameter keepingColors: whether sequences that set colours, `ESC [ digits m`, and those that hold a picture whole stay as well: for drawings.
    public func harmless(keepingColors: Bool = false) -> String {
        guard mayHarm else { return self }
        var result = String.UnicodeScalarView()
        var rest = Substring.UnicodeScalarView(unicodeScalars[...])
        while let scalar = rest.first {
            if keepingColors, scalar == "\u{1B}", let end = rest.endOfColor ?? rest.endOfPicture {
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

    /// A part of a sequence that holds a picture: a text, or any number of characters of a kind.
    private enum Part {
        case text(String), digits, packed, visible
    }

    /// The sequences of kitty, in pieces, of iTerm2 and of sixel terminals that hold a picture whole and name no file.
    private static var pictures: [[Part]] { [
        [.text("\u{1B}_Gm=0;"), .packed, .text("\u{1B}\\")], [.text("\u{1B}_Gm=1;"), .packed, .text("\u{1B}\\")],
        [.text("\u{1B}_Ga=T,f=100,q=2,c="), .digits, .text(",m="), .digits, .text(";"), .packed, .text("\u{1B}\\")],
        [.text("\u{1B}]1337;File=inline=1;size="), .digits, .text(";width="), .digits, .text(":"), .packed, .text("\u{07}")],
        [.text("\u{1B}Pq"), .visible, .text("\u{1B}\\")],
    ] }

    /// The end of the sequence that begins here, where that is a picture.
    fileprivate var endOfPicture: Index? { Self.pictures.lazy.compactMap { end(of: $0) }.first }

    private func end(of parts: [Part]) -> Index? {
        var place = startIndex
        for part in parts {
            switch part {
            case .text(let text):
                guard self[place...].starts(with: text.unicodeScalars) else { return nil }
                place = index(place, offsetBy: text.unicodeScalars.count)
            case .digits: while place < endIndex, ("0"..."9").contains(self[place]) { place = index(after: place) }
            case .packed: while place < endIndex, self[place].isPacked { place = index(after: place) }
            case .visible: while place < endIndex, (0x21...0x7E).contains(self[place].value) { place = index(after: place) }
            }
        }
        return place
    }
}

extension Unicode.Scalar {
    /// Whether it is of the 64 that data are written with, or fills their end.
    fileprivate var isPacked: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "+", "/", "=": true
        default: false
        }
    }
}
