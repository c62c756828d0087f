import Foundation
import Numerics

/// A matrix as aligned columns below a header, the middle left out where it does not fit.
struct MatrixText {
    let matrix: Matrix
    let style: DisplayStyle

    var text: String {
        var lines = [MatrixText.header(matrix)]
        guard matrix.rows > 0, matrix.columns > 0 else { return lines[0] }
        let rows = MatrixText.shown(matrix.rows, atMost: style.rows)
        // A number takes ten places or so; the columns that do not fit are left out in the middle.
        var columnLimit = matrix.columns
        var body = table(rows, MatrixText.shown(matrix.columns, atMost: min(columnLimit, style.width)))
        while columnLimit > 2, (body.map(\.count).max() ?? 0) > style.width {
            columnLimit = min(columnLimit, style.width / 4) - 1
            body = table(rows, MatrixText.shown(matrix.columns, atMost: max(2, columnLimit)))
        }
        lines += body
        return lines.joined(separator: "\n")
    }

    static func header(_ matrix: Matrix) -> String { "Matrix \(matrix.rows) × \(matrix.columns)" }

    /// The indices that are shown; nil stands for those left out.
    static func shown(_ count: Int, atMost limit: Int) -> [Int?] {
        guard count > limit else { return Array(0..<count) }
        let tail = max(1, limit / 4)
        let head = max(1, limit - tail - 1)
        return Array(0..<head) + [nil] + Array(count - tail..<count)
    }

    private func table(_ rows: [Int?], _ columns: [Int?]) -> [String] {
        let decimals = self.decimals(rows, columns)
        var table = TextTable(Array(repeating: .right, count: columns.count))
        for row in rows where row != nil {
            table.add(columns.map { column in
                guard let row, let column else { return "…" }
                return cell(matrix[row, column], decimals)
            })
        }
        var lines = table.lines
        if let gap = rows.firstIndex(of: nil) {
            lines.insert("  … \(NumberText.count(matrix.rows - rows.count + 1)) more rows", at: gap)
        }
        if columns.contains(nil) {
            lines.append("  (… \(NumberText.count(matrix.columns - columns.count + 1)) more columns)")
        }
        return lines
    }

    /// The decimals that all elements are shown with; nil where their sizes differ too much for that.
    private func decimals(_ rows: [Int?], _ columns: [Int?]) -> Int? {
        var largest = 0.0
        var isWhole = true
        for row in rows.compactMap(\.self) {
            for column in columns.compactMap(\.self) {
                let element = matrix[row, column]
                guard element.isFinite else { continue }
                largest = max(largest, abs(element))
                isWhole = isWhole && element == element.rounded()
            }
        }
        if isWhole, largest < 1e9 { return 0 }
        guard largest < 1e5, largest >= 1e-3 else { return nil }
        return largest < 1 ? 6 : 5 - Int(log10(largest))
    }

    private func cell(_ element: Double, _ decimals: Int?) -> String {
        guard element.isFinite, let decimals else { return NumberText.short(element) }
        return NumberText.fixed(element, decimals)
    }
}
