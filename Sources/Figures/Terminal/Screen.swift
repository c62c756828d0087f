/// One character cell of a terminal.
struct Cell: Equatable {
    /// Dots across and up; the unit of length of a terminal's plan.
    static let size = SIMD2<Int>(2, 4)

    /// Where dots are set, one bit each, row by row from the upper left.
    var dots: UInt8 = 0
    /// A character that hides the dots; "" continues a wide character.
    var text: Character?
    var ink: Style?
    /// Whether the dots are those of an area, which lines replace.
    var isFilled = false
    /// The brightness of a heatmap behind all else, from 0 to 1.
    var brightness: Double?
}

/// A grid of cells that lines and words are drawn on, and its text.
struct Screen {
    let columns: Int
    let rows: Int
    let style: TerminalStyle
    private var cells: [Cell]

    init(columns: Int, rows: Int, style: TerminalStyle) {
        self.columns = columns
        self.rows = rows
        self.style = style
        cells = [Cell](repeating: Cell(), count: columns * rows)
    }

    // MARK: Words

    /// Writes text from a cell on; what does not fit on the row is left out.
    mutating func write(_ text: String, column: Int, row: Int, ink: Style? = nil) {
        guard row >= 0 && row < rows else { return }
        var column = column
        for character in text {
            let shown = printable(character)
            let width = TextWidth.columns(shown)
            guard column + width <= columns else { return }
            guard column >= 0, width > 0 else { continue }
            for part in 0..<width {
                let index = row * columns + column + part
                cells[index] = Cell(text: part == 0 ? shown : " ", ink: ink, brightness: cells[index].brightness)
            }
            if width == 2 { cells[row * columns + column + 1].text = Screen.continuation }
            column += width
        }
    }

    private static let continuation: Character = "\u{0}"

    /// Control characters would move the cursor or worse; beyond ASCII only where the terminal shows it.
    private func printable(_ character: Character) -> Character {
        if character.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }) {
            return style.unicode ? "\u{FFFD}" : "?"
        }
        if style.unicode || character.isASCII { return character }
        return switch character {
        case "−", "–", "—": "-"
        case "×": "x"
        case "µ": "u"
        case "·", "•": "."
        case "’", "‘": "'"
        case "“", "”": "\""
        default: "?"
        }
    }

    // MARK: Dots

    /// Sets the dots of a segment, in dots from the screen's upper left corner, inside of a box.
    ///
    /// A stronger style takes a cell from a weaker one, so that it stays readable; equals share it.
    mutating func segment(from start: SIMD2<Double>, to end: SIMD2<Double>, in box: Box, style: Style, phase: inout Int) {
        let delta = end - start
        let grain = self.style.unicode ? 1.0 : 2.0
        let steps = max(1, Int((max(delta.x.magnitude, delta.y.magnitude) / grain).rounded(.up)))
        let dashes = dashes(style)
        for step in 0...steps {
            if step > 0 || phase == 0 { phase += 1 }
            guard dashes[(phase - 1) % dashes.count] else { continue }
            set(start + delta * (Double(step) / Double(steps)), in: box, style: style)
        }
    }

    /// Sets one dot.
    mutating func dot(_ point: SIMD2<Double>, in box: Box, style: Style) { set(point, in: box, style: style) }

    /// Sets the dots of a column of an area, from above to below, in a pattern that tells neighbours apart without colour.
    mutating func fill(column x: Int, from top: Double, to bottom: Double, in box: Box, style: Style) {
        let first = max(Int(top.rounded()), Int(box.y))
        let last = min(Int(bottom.rounded()), Int(box.bottom)) - 1
        guard first <= last, x >= Int(box.x), x < Int(box.right) else { return }
        let pattern = pattern(style)
        for y in first...last where pattern(x, y) {
            guard let (index, bit) = address(x, y) else { continue }
            if cells[index].dots != 0 {
                if !cells[index].isFilled { continue }
                if cells[index].ink != style, !meets(style, in: cells[index]) { cells[index].dots = 0 }
            }
            cells[index].dots |= bit
            cells[index].ink = style
            cells[index].isFilled = true
        }
    }

    /// Whether what is filled in a cell stays where another colour meets it: between coloured areas no gap is to be seen.
    private func meets(_ style: Style, in cell: Cell) -> Bool {
        guard self.style.color, style.emphasis != .faint, case .series = style.ink, let old = cell.ink, old.emphasis != .faint, case .series = old.ink else { return false }
        return true
    }

    private func pattern(_ style: Style) -> (Int, Int) -> Bool {
        guard style.emphasis != .faint, case .series(let index) = style.ink else {
            return { x, y in (x + 2 * y) % 4 == 0 }
        }
        if self.style.color { return { _, _ in true } }
        return switch index % 4 {
        case 0: { x, y in (x + y) % 2 == 0 }
        case 1: { x, y in (x + 2 * y) % 4 == 0 }
        case 2: { _, y in y % 2 == 0 }
        default: { x, y in (x + y) % 4 != 0 }
        }
    }

    /// Sets what lies behind the dots of a cell.
    mutating func shade(column: Int, row: Int, brightness: Double) {
        guard column >= 0 && column < columns && row >= 0 && row < rows else { return }
        // What says that there is no value gives way.
        if cells[row * columns + column].ink?.ink == .blank { cells[row * columns + column] = Cell() }
        cells[row * columns + column].brightness = brightness
    }

    /// What stands where a heatmap has no value.
    static func hatch(isUnicode: Bool) -> Character { isUnicode ? "╱" : "/" }

    /// The cell and the bit of a dot; nil outside of the screen.
    private func address(_ x: Int, _ y: Int) -> (index: Int, bit: UInt8)? {
        let (column, row) = (x / Cell.size.x, y / Cell.size.y)
        guard x >= 0 && y >= 0 && column < columns && row < rows else { return nil }
        return (row * columns + column, UInt8(1) << UInt8((y % Cell.size.y) * Cell.size.x + x % Cell.size.x))
    }

    /// Which of a line's dots are set, again and again: many faint lines would else fill the panel.
    private func dashes(_ style: Style) -> [Bool] {
        switch (style.emphasis, style.ink) {
        case (.faint, .muted): [true, false, false, false]
        case (.faint, _): [true, false, false]
        case (_, .series(let index)): Palette.terminalDashes[Palette.dash(index)]
        case (_, .muted): [true, false]
        default: [true]
        }
    }

    private mutating func set(_ point: SIMD2<Double>, in box: Box, style: Style) {
        // The box's right and lower edge belong to its last dots.
        let x = min(max(Int(point.x.rounded(.down)), Int(box.x)), Int(box.right) - 1)
        let y = min(max(Int(point.y.rounded(.down)), Int(box.y)), Int(box.bottom) - 1)
        guard let (index, bit) = address(x, y) else { return }
        if cells[index].ink?.ink == .blank { cells[index] = Cell() }
        if cells[index].isFilled {
            if !meets(style, in: cells[index]) { cells[index].dots = 0 }
            cells[index].isFilled = false
        } else if let old = cells[index].ink, cells[index].dots != 0 {
            if old.rank > style.rank { return }
            if old.rank < style.rank { cells[index].dots = 0 }
        }
        cells[index].dots |= bit
        cells[index].ink = style
    }

    // MARK: Text

    /// The rows with their line ends; blanks at their ends are left out.
    var text: String {
        var result = ""
        result.reserveCapacity(cells.count * 4)
        for row in 0..<rows {
            let line = cells[(row * columns)..<((row + 1) * columns)]
            let end = line.lastIndex { $0.dots != 0 || $0.brightness != nil || ($0.text != nil && $0.text != " ") }
                ?? line.startIndex - 1
            var code = ""
            for cell in line[line.startIndex..<(end + 1)] where cell.text != Screen.continuation {
                let next = style.color ? Screen.code(cell) : ""
                if next != code {
                    result += next.isEmpty ? "\u{1B}[0m" : "\u{1B}[0;" + next + "m"
                    code = next
                }
                result.append(cell.text ?? (cell.dots != 0 ? character(cell.dots) : shade(cell.brightness)))
            }
            if !code.isEmpty { result += "\u{1B}[0m" }
            result += "\n"
        }
        return result
    }

    /// The parameters of the escape sequence for a cell.
    private static func code(_ cell: Cell) -> String {
        guard let brightness = cell.brightness else { return code(cell.ink) }
        // On a heatmap only black and white are sure to be read.
        let isEmpty = cell.text == nil && cell.dots == 0
        return (isEmpty ? "" : brightness > 0.55 ? "38;5;16;" : "38;5;231;") + "48;5;\(Viridis.terminal(brightness))"
    }

    /// A heatmap's cell: with colour its background says all.
    private func shade(_ brightness: Double?) -> Character {
        guard let brightness, !style.color else { return " " }
        let shades = Array(style.unicode ? "·░▒▓█" : ".:-=+*#%@")
        return shades[min(Int(brightness * Double(shades.count)), shades.count - 1)]
    }

    /// The parameters of the escape sequence for a style.
    private static func code(_ style: Style?) -> String {
        guard let style else { return "" }
        return switch (style.ink, style.emphasis) {
        case (.foreground, _), (.overlay, _): ""
        case (.order(let place), _): "38;5;\(Viridis.terminal(place))"
        case (.muted, _), (.blank, _): "38;5;245"
        case (.series(let index), .faint): "2;38;5;\(Palette.colors[Palette.color(index)].terminal)"
        case (.series(let index), _): "38;5;\(Palette.colors[Palette.color(index)].terminal)"
        }
    }

    private func character(_ dots: UInt8) -> Character {
        guard dots != 0 else { return " " }
        guard style.unicode else {
            // Two dots a cell: the upper and the lower half.
            return switch (dots & 0x0F != 0, dots & 0xF0 != 0) {
            case (true, true): ":"
            case (true, false): "'"
            default: "."
            }
        }
        // Braille counts its dots down the left column, down the right one, and then the lowest two.
        let order: [UInt8] = [0, 3, 1, 4, 2, 5, 6, 7]
        var code: UInt32 = 0x2800
        for (bit, place) in order.enumerated() where dots & (1 << UInt8(bit)) != 0 { code |= 1 << UInt32(place) }
        return Character(Unicode.Scalar(code)!)
    }
}

extension Style {
    /// How often all colours were used before a category's: the index of its dashes and of its disc.
    var turn: Int { if case .series(let index) = ink { Palette.dash(index) } else { 0 } }

    /// Which of two styles a cell shows.
    fileprivate var rank: Int { emphasis.rawValue * 2 + (ink == .muted ? 0 : 1) }
}
