import Figures
import Foundation
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct DataAndReportTests {
    @Test func dataHaveOneRowAPlace() {
        let layer = Layer(
            name: "a, \"b\"", style: Style(.series(0)),
            marks: [
                .line([[0, 1], [.nan, 0.1]]), .rule(2, .y), .area(lower: [[0, 0]], upper: [[0, 1]]),
                .heatmap(Heatmap(x: 0...2, y: 0...1, columns: 2, rows: 1, values: [5, .nan])), .badge("1", on: [[0, 0]]), .text("x,y", at: [1, 1]),
            ])
        let figure = Figure(title: "t", description: "d", panels: [Panel(name: "p", layers: [layer])])
        let name = "p,\"a, \"\"b\"\"\""
        #expect(figure.csv() == """
            panel,layer,mark,item,x,y,value
            \(name),line,1,0.0,1.0,
            \(name),line,1,,0.1,
            \(name),rule,2,,2.0,
            \(name),lower,3,0.0,0.0,
            \(name),upper,3,0.0,1.0,
            \(name),cell,4,0.5,0.5,5.0
            \(name),cell,4,1.5,0.5,
            \(name),text,6,1.0,1.0,"x,y"

            """)
    }

    @Test func dataAreWrittenBesideTheFigure() throws {
        let directory = URL.temporaryDirectory.appending(path: "figures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Gallery.compare.save(to: directory.appending(path: "a.svg").path(), withData: true)
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: directory.path())) == ["a.svg", "a.csv"])
        #expect(try String(contentsOf: directory.appending(path: "a.csv"), encoding: .utf8) == Gallery.compare.csv())
        let page = ReportPage(title: "r", blocks: [])
        #expect(throws: FigureError.unknownExtension(path: "a.htm", expected: ".html")) { try page.save(to: "a.htm") }
    }

    @Test func aReportNeedsNothingElse() throws {
        let page = ReportPage(
            title: "A <run> & more",
            blocks: [
                .heading("Errors & times"), .paragraph("a < b"), .figure(Gallery.errors), .animation(try Gallery.animation(frames: 3)),
                .table(ReportTable(caption: "c", columns: ["x", "y"], rows: [["1", "<2>"]])), .preformatted("a <b>\n  c\u{1B}[31m"),
            ])
        let html = page.html()
        #expect(html == page.html())
        let parser = XMLParser(data: Data(html.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(!html.contains("<script") && !html.contains("<link") && html.contains("<pre>a &lt;b&gt;\n  c\u{FFFD}[31m\n</pre>"))
        // Every address is one of data within the page.
        let sources = html.matches(of: /(src|href)="([^"]{0,26})/).map { $0.output.2 }
        #expect(sources == ["data:image/svg+xml;base64,", "data:image/svg+xml;base64,"])
        let image = try #require(html.firstMatch(of: /base64,([^"]*)"/)).output.1
        let svg = try #require(Data(base64Encoded: String(image)))
        #expect(String(decoding: svg, as: UTF8.self) == Gallery.errors.svg())
    }

    @Test func aReportHasContentsCaptionsAndItsOrigin() {
        let page = ReportPage(title: "r", blocks: [
            .heading("One"), .paragraph("first\nsecond\n\nthird"), .figure(Gallery.errors), .figure(Gallery.curves, caption: "as asked"), .heading("Two"),
            .table(ReportTable(caption: "c", columns: ["n", "word", "number"], rows: [["1", "a", "2.5"], ["2", "b", "1e-3"]])),
        ], provenance: FigureProvenance([("program", "avips 1"), ("seed", "7")]))
        let html = page.html()
        #expect(html.contains("<li><a href=\"#section-2\">Two</a>") && html.contains("<h2 id=\"section-2\">Two</h2>"))
        #expect(html.contains("<p>first<br/>\nsecond</p>\n<p>third</p>"))
        #expect(html.contains("<figcaption>Figure 1. \(Gallery.errors.description)") && html.contains("<figcaption>Figure 2. as asked</figcaption>"))
        #expect(html.contains("<caption>Table 1. c</caption>") && html.contains("<td>1</td><td class=\"word\">a</td><td>2.5</td>"))
        #expect(html.contains("<dt>seed</dt>\n<dd>7</dd>"))
        #expect(XMLParser(data: Data(html.utf8)).parse())
    }
}
