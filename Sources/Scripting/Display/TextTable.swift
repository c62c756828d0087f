/// Columns of text, aligned, that fit the width of a page: narrower where they would not, and in blocks of columns where that is not enough.
struct TextTable {
    enum Alignment { case left, right }

    var alignments: [Alignment]
    var rows: [[String]] = []
    /// What the first row says where its headings are too wide; empty where there is nothing shorter.
    var shortHeadings: [String] = []
    /// Spaces before each row, and between columns.
    var indent = 2
    var gap = 2
    /// Whether the spaces stay as they are where the words of the last column can be broken instead, so that tables one below the other are alike.
    var keepsSpaces = false

    /// A last column of words is broken into lines where this much is left for it.
    private static let leastWords = 24

    init(_ alignments: [Alignment]) { self.alignments = alignments }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// One text a row, without trailing spaces, however wide.
    var lines: [String] { aligned.map { $0.joined(separator: "\n") } }

    /// Whether all rows fit.
    func fits(_ width: Int) -> Bool { self.width <= width }

    private var widths: [Int] {
        alignments.indices.map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    }

    private var width: Int {
        let used = widths.prefix(rows.map(\.count).max() ?? 0)
        return indent + used.reduce(0, +) + gap * max(0, used.count - 1)
    }

    /// The same with shorter headings, and less space between columns, as far as that is needed.
    func narrowed(to width: Int) -> TextTable {
        var table = self
        if !table.fits(width), !shortHeadings.isEmpty, !rows.isEmpty { table.rows[0] = Array(shortHeadings.prefix(rows[0].count)) }
        if !table.fits(width) { (table.indent, table.gap) = (1, 1) }
        return table.fits(width) || !shortHeadings.isEmpty ? table : self
    }

    /// The lines of every row where the table fits a width as it is, or after ``narrowed(to:)``, or with the words of its last column broken; nil
    /// where it does not.
    func rowLines(within width: Int) -> [[String]]? {
        let table = keepsSpaces ? self : narrowed(to: width)
        if table.fits(width) { return table.aligned }
        guard alignments.last == .left else { return nil }
        let left = width - (self.width - (widths.last ?? 0))
        guard left >= Self.leastWords else { return nil }
        let hanging = String(repeating: " ", count: width - left)
        var cut = self
        var rest: [Int: [String]] = [:]
        for (index, row) in rows.enumerated() where row.count == alignments.count {
            let parts = Self.broken(row[row.count - 1], first: left, others: left)
            cut.rows[index][row.count - 1] = parts[0]
            rest[index] = parts.dropFirst().map { hanging + $0 }
        }
        return cut.aligned.enumerated().map { $1 + (rest[$0] ?? []) }
    }

    /// Lines of at most a width: a table that does not fit comes as blocks of columns, one below the other, each with the first column.
    func lines(within width: Int) -> [String] {
        if let rows = rowLines(within: width) { return rows.flatMap(\.self) }
        let widths = narrowed(to: width).widths
        var blocks: [[Int]] = [[0]], used = 1 + widths[0]
        for column in alignments.indices.dropFirst() {
            if used + 1 + widths[column] > width, blocks[blocks.count - 1].count > 1 {
                blocks.append([0])
                used = 1 + widths[0]
            }
            blocks[blocks.count - 1].append(column)
            used += 1 + widths[column]
        }
        return blocks.flatMap { columns in
            var block = TextTable(columns.map { alignments[$0] })
            (block.indent, block.gap) = (1, 1)
            let source = narrowed(to: width).rows
            for row in source { block.add(columns.filter { $0 < row.count }.map { row[$0] }) }
            return block.lines
        }
    }

    private var aligned: [[String]] {
        let widths = widths
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            for (column, cell) in row.enumerated() {
                if column > 0 { line += String(repeating: " ", count: gap) }
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                line += alignments[column] == .left ? cell + padding : padding + cell
            }
            while line.last == " " { line.removeLast() }
            return [line]
        }
    }

    /// A text in lines of at most so many characters, broken at blanks; a word that is longer stays whole.
    static func broken(_ text: String, first: Int, others: Int) -> [String] {
        guard text.count > first else { return [text] }
        var lines: [String] = [], line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty, line.count + 1 + word.count > (lines.isEmpty ? first : others) {
                lines.append(line)
                line = String(word)
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}
