import Files

/// A table as it is shown, and in full: what a person reads, and one row a cell for programs.
public struct ShownTable: Sendable, Equatable {
    /// The heading and the rows.
    public var fields: [[String]]
    /// How many columns on the left are labels.
    public var labels: Int
    /// What the cells show, in words.
    public var note: String
    /// The names of the columns of the full table.
    public var header: [String]
    public var rows: [[Datum]]

    public init(fields: [[String]], labels: Int, note: String, header: [String], rows: [[Datum]]) {
        self.fields = fields
        self.labels = labels
        self.note = note
        self.header = header
        self.rows = rows
    }

    /// Columns under one another, for a terminal.
    public var text: String {
        let widths = fields[0].indices.map { column in fields.map { $0[column].count }.max() ?? 0 }
        let lines = fields.map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return column < labels ? row[column] + padding : padding + row[column]
            }.joined(separator: "   ").withoutTrailingSpace
        }
        return (lines + ["(\(note))"]).joined(separator: "\n")
    }

    public var markdown: String {
        func line(_ fields: [String]) -> String { "| " + fields.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |" }
        let rule = fields[0].indices.map { $0 < labels ? ":--" : "--:" }
        return ([line(fields[0]), line(rule)] + fields.dropFirst().map(line)).joined(separator: "\n") + "\n"
    }

    /// A tabular environment, with the rules of the package booktabs.
    public var latex: String {
        let alignment = String(repeating: "l", count: labels) + String(repeating: "r", count: fields[0].count - labels)
        func line(_ fields: [String]) -> String { "  " + fields.map(\.escapedForTeX).joined(separator: " & ") + " \\\\" }
        return (["\\begin{tabular}{\(alignment)}", "  \\toprule", line(fields[0]), "  \\midrule"] + fields.dropFirst().map(line)
            + ["  \\bottomrule", "\\end{tabular}"]).joined(separator: "\n") + "\n"
    }

    /// The full table as comma-separated values; what is unknown is empty.
    public var csv: String {
        func field(_ datum: Datum) -> String {
            switch datum {
            case .null: ""
            case .number(let number): CSVField.text(number)
            default: CSVField.quoted(datum.label)
            }
        }
        return ([header.map { .text($0) }] + rows).map { $0.map(field).joined(separator: ",") + "\n" }.joined()
    }

    /// The full table as a list of records.
    public var json: Datum { .list(rows.map { .record(zip(header, $0).map { Datum.Member($0, $1) }) }) }
}

extension String {
    fileprivate var withoutTrailingSpace: String { String(reversed().drop { $0 == " " }.reversed()) }

    /// The text with what TeX takes for commands spelled out.
    fileprivate var escapedForTeX: String {
        reduce(into: "") { text, character in
            switch character {
            case "&", "%", "#", "_", "{", "}", "$": text += "\\\(character)"
            case "\\": text += "\\textbackslash{}"
            case "~": text += "\\textasciitilde{}"
            case "^": text += "\\textasciicircum{}"
            case "–": text += "--"
            case "±": text += "$\\pm$"
            case "−": text += "$-$"
            case "<": text += "$<$"
            default: text.append(character)
            }
        }
    }
}
