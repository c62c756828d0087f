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
        for block in blocks { writer.block(block) }
        writer.raw("</main>\n</body>\n</html>\n")
        return writer.text
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
        caption{text-align:left;padding:4px 0;color:#5A5A5A}
        th,td{padding:4px 14px 4px 0;text-align:right;border-bottom:1px solid #E4E4E4}
        th:first-child,td:first-child{text-align:left}
        .scroll,pre{overflow-x:auto}
        pre{font-size:13px;line-height:1.35}
        @media (prefers-color-scheme:dark){
        body{background:#15181C;color:#ECECEC}
        caption{color:#A8A8A8}
        th,td{border-color:#30343A}
        }
        @media print{
        figure,table{break-inside:avoid}
        }
        """
}

extension SVGWriter {
    fileprivate mutating func block(_ block: ReportPage.Block) {
        switch block {
        case .heading(let text):
            begin("h2")
            close("h2", text: text)
        case .paragraph(let text):
            begin("p")
            close("p", text: text)
        case .preformatted(let text):
            raw("<pre>")
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                escape(String(line), inAttribute: false)
                raw("\n")
            }
            raw("</pre>\n")
        case .figure(let figure): image(figure.svg(), description: figure.title + ". " + figure.description)
        case .animation(let animation):
            image(animation.svg(), description: animation.still.title + ". " + animation.still.description)
        case .table(let table): self.table(table)
        }
    }

    private mutating func image(_ svg: String, description: String) {
        raw("<figure><img")
        attribute("alt", description)
        raw(" src=\"data:image/svg+xml;base64,\(Data(svg.utf8).base64EncodedString())\"/></figure>\n")
    }

    private mutating func table(_ table: ReportTable) {
        raw("<div class=\"scroll\"><table>\n")
        if !table.caption.isEmpty {
            begin("caption")
            close("caption", text: table.caption)
        }
        func row(_ fields: [String], _ name: StaticString) {
            raw("<tr>")
            for field in fields {
                raw("<\(name)>")
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
