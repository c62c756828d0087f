import Foundation

extension ReportPage {
    /// The page as an HTML document: equal pages give equal bytes.
    ///
    /// Figures are images within the page, with their description as the alternative text; each follows the reader's preference for
    /// light or dark, as the page does.
    public func html() -> String {
        var writer = SVGWriter()
        writer.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
        writer.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
        writer.begin("title")
        writer.close("title", text: title)
        writer.raw("<style>\n\(ReportPage.style)\n</style>\n</head>\n<body>\n<main>\n")
        writer.begin("h1")
        writer.close("h1", text: title)
        contents(&writer)
        var figures = 0, tables = 0, sections = 0
        for block in blocks {
            switch block {
            case .heading(let text):
                sections += 1
                writer.begin("h2")
                writer.attribute("id", "section-\(sections)")
                writer.close("h2", text: text)
            case .paragraph(let text): writer.paragraph(text)
            case .preformatted(let text): writer.preformatted(text)
            case .figure(let figure, let caption):
                figures += 1
                writer.image(figure.svg(), description: figure.title + ". " + figure.description, caption: "Figure \(figures). " + (caption ?? Self.sentence(figure)))
            case .animation(let animation):
                figures += 1
                writer.image(
                    animation.svg(), description: animation.still.title + ". " + animation.still.description,
                    caption: "Figure \(figures). \(animation.frames.count) frames: " + Self.sentence(animation.still))
            case .table(let table):
                tables += 1
                writer.table(table, number: tables)
            }
        }
        foot(&writer)
        writer.raw("</main>\n</body>\n</html>\n")
        return writer.text
    }

    private static func sentence(_ figure: Figure) -> String { figure.description.isEmpty ? figure.title : figure.description }

    /// Links to the sections, where there are several.
    private func contents(_ writer: inout SVGWriter) {
        let headings = blocks.compactMap { block in if case .heading(let text) = block { text } else { nil } }
        guard headings.count > 1 else { return }
        writer.raw("<nav><ol>\n")
        for (index, heading) in headings.enumerated() {
            writer.raw("<li>")
            writer.begin("a")
            writer.attribute("href", "#section-\(index + 1)")
            writer.close("a", text: heading)
            writer.raw("</li>\n")
        }
        writer.raw("</ol></nav>\n")
    }

    private func foot(_ writer: inout SVGWriter) {
        guard let facts = provenance?.facts, !facts.isEmpty else { return }
        writer.raw("<footer><dl>\n")
        for (name, value) in facts {
            writer.begin("dt")
            writer.close("dt", text: name)
            writer.begin("dd")
            writer.close("dd", text: value)
        }
        writer.raw("</dl></footer>\n")
    }

    private static let style = """
        :root{color-scheme:light dark}
        body{font:16px/1.5 \(SVGFont.families);margin:0;background:#FFFFFF;color:#1B1B1B}
        main{max-width:920px;margin:0 auto;padding:24px 20px 60px}
        h1{font-size:26px;line-height:1.25}
        h2{font-size:20px;margin:36px 0 8px}
        figure{margin:16px 0}
        img{width:100%;height:auto;display:block}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:12px 0}
        caption{text-align:left;padding:4px 0;color:#5A5A5A;min-width:18em}
        th,td{padding:4px 14px 4px 0;text-align:right;border-bottom:1px solid #E4E4E4}
        td.word,th.word{text-align:left}
        nav ol{columns:2;margin:12px 0 24px;padding-left:1.4em}
        a{color:inherit}
        figcaption{font-size:14px;color:#5A5A5A;margin-top:4px}
        footer{margin-top:48px;border-top:1px solid #E4E4E4;font-size:13px;color:#5A5A5A}
        footer dl{display:grid;grid-template-columns:auto 1fr;gap:0 14px}
        dd{margin:0;overflow-wrap:anywhere}
        .scroll,pre{overflow-x:auto}
        pre{font-size:13px;line-height:1.35}
        @media (prefers-color-scheme:dark){
        body{background:#15181C;color:#ECECEC}
        caption,figcaption,footer{color:#A8A8A8}
        th,td,footer{border-color:#30343A}
        }
        @media print{
        figure,table{break-inside:avoid}
        }
        """
}

extension SVGWriter {
    fileprivate mutating func paragraph(_ text: String) {
        // An empty line begins another paragraph, any other line break stays one.
        var lines: [Substring] = []
        func flush() {
            guard !lines.isEmpty else { return }
            raw("<p>")
            for (index, line) in lines.enumerated() {
                if index > 0 { raw("<br/>\n") }
                escape(String(line), inAttribute: false)
            }
            raw("</p>\n")
            lines = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.allSatisfy(\.isWhitespace) { flush() } else { lines.append(line) }
        }
        flush()
    }

    fileprivate mutating func preformatted(_ text: String) {
        raw("<pre>")
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            escape(String(line), inAttribute: false)
            raw("\n")
        }
        raw("</pre>\n")
    }

    fileprivate mutating func image(_ svg: String, description: String, caption: String) {
        raw("<figure><img")
        attribute("alt", description)
        raw(" src=\"data:image/svg+xml;base64,\(Data(svg.utf8).base64EncodedString())\"/>\n")
        begin("figcaption")
        close("figcaption", text: caption)
        raw("</figure>\n")
    }

    fileprivate mutating func table(_ table: ReportTable, number: Int) {
        raw("<div class=\"scroll\"><table>\n")
        begin("caption")
        close("caption", text: "Table \(number). " + table.caption)
        // Numbers end together, words begin together.
        let words = table.columns.indices.map { column in
            table.rows.contains { $0.indices.contains(column) && $0[column].contains(where: \.isLetter) && Double($0[column]) == nil }
        }
        func row(_ fields: [String], _ name: StaticString) {
            raw("<tr>")
            for (column, field) in fields.enumerated() {
                raw(words.indices.contains(column) && words[column] ? "<\(name) class=\"word\">" : "<\(name)>")
                escape(field, inAttribute: false)
                raw("</\(name)>")
            }
            raw("</tr>\n")
        }
        raw("<thead>")
        row(table.columns, "th")
        raw("</thead>\n<tbody>\n")
        for fields in table.rows { row(fields, "td") }
        raw("</tbody>\n</table></div>\n")
    }
}
