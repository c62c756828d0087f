import Figures
import Foundation
import Numerics
import Pictures
import Testing

@Suite struct PictureTests {
    private func drawing(_ elements: String, style: String = "") throws -> Drawing {
        try Drawing(svg: "<svg width=\"20\" height=\"10\">\n<style>\n\(style)\n</style>\n\(elements)\n</svg>")
    }

    /// How much black there is, in pixels.
    private func ink(_ elements: String, scale: Double = 1) throws -> Double {
        let style = ".f{fill:#000000}\n.s{stroke:#000000;fill:none;stroke-width:2}\n.d{stroke-dasharray:2 2}"
        let bitmap = try Bitmap(drawing(elements, style: style), scale: scale)
        return stride(from: 0, to: bitmap.bytes.count, by: 3).reduce(0.0) { $0 + 1 - Double(bitmap.bytes[$1]) / 255 }
    }

    /// Elements and their areas.
    static let shapes: [(String, Double)] = [
        ("<rect class=\"f\" x=\"1.25\" y=\"2.5\" width=\"3.5\" height=\"4.25\"/>", 14.875),
        ("<path class=\"f\" d=\"M1 1 9 1 1 9Z\"/>", 32.0),
        ("<path class=\"f\" d=\"M-5 -5 5 -5 5 5 -5 5Z\"/>", 25.0),
        ("<path class=\"f\" d=\"M2.3 1.7h5.2v3.1h-5.2z\"/>", 16.12),
        ("<circle class=\"f\" cx=\"6\" cy=\"5\" r=\"4\"/>", 16 * Double.pi),
        ("<path class=\"f\" d=\"M2 5A4 2 0 1 0 10 5A4 2 0 1 0 2 5\"/>", 8 * Double.pi),
        ("<line class=\"s\" x1=\"3\" y1=\"5\" x2=\"13\" y2=\"5\"/>", 20 + Double.pi),
        ("<path class=\"s\" d=\"M3 3 13 3 13 8\"/>", 30 + Double.pi),
        ("<path class=\"s\" d=\"M5 5h0\"/>", Double.pi),
        ("<line class=\"s\" x1=\"30\" y1=\"5\" x2=\"40\" y2=\"5\"/>", 0),
    ]

    @Test(arguments: shapes)
    func shapesCoverTheirArea(elements: String, area: Double) throws {
        for scale in [1.0, 2, 3.5] {
            let found = try ink(elements, scale: scale) / (scale * scale)
            #expect(abs(found - area) < 0.03 * area + 0.12, "\(found) at \(scale)")
        }
    }

    /// No font may have them, but a reader sees that there is something.
    @Test(arguments: ["関", "\u{10FFFD}", "a\u{1F916}"]) func charactersWithoutAGlyphAreBoxes(text: String) throws {
        func inked(_ text: String) throws -> Double { try ink("<text class=\"f\" x=\"1\" y=\"9\">\(text)</text>", scale: 4) }
        #expect(try inked(text) > inked(text.hasPrefix("a") ? "a" : "\u{3000}") + 20)
        #expect(try inked("a\u{200D}") == inked("a"))
    }

    @Test func dashesAreAsLongAsTheyShould() throws {
        // Strokes of 2 from 2, 6 and 10 on, each with round ends that reach half a unit of width into the gaps.
        let found = try ink("<line class=\"s d\" x1=\"2\" y1=\"5\" x2=\"12\" y2=\"5\"/>", scale: 4) / 16
        #expect(abs(found - 3 * (4 + .pi)) < 0.5)
    }

    @Test func rulesCountBySpecificityAndOrder() throws {
        let style = "rect{fill:none}\n.a{fill:#FF0000}\n.g .a{fill:#00FF00}\n@media screen and (prefers-color-scheme:dark){\n.g .a{fill:#0000FF}\n}\n@keyframes turn{0%{visibility:visible}50%,100%{visibility:hidden}}\n.h{visibility:hidden}"
        let elements = "<g class=\"g\">\n<rect class=\"a\" width=\"2\" height=\"2\"/>\n</g>\n<rect class=\"a\" width=\"2\" height=\"2\"/>\n<rect width=\"2\" height=\"2\"/>\n<g class=\"h\">\n<rect class=\"a\" width=\"2\" height=\"2\"/>\n</g>"
        let svg = "<svg width=\"9\" height=\"9\">\n<style>\n\(style)\n</style>\n\(elements)\n</svg>"
        func colors(isDark: Bool) throws -> [[UInt8]] { try Drawing(svg: svg, isDark: isDark).shapes.map { [$0.color.red, $0.color.green, $0.color.blue] } }
        #expect(try colors(isDark: false) == [[0, 255, 0], [255, 0, 0]])
        #expect(try colors(isDark: true) == [[0, 0, 255], [255, 0, 0]])
    }

    @Test func figuresAreDrawnAsPicturesOfTheirSize() throws {
        for (name, figure) in try Gallery.all() {
            let svg = figure.svg(), drawing = try Drawing(svg: svg), bitmap = try Bitmap(drawing, scale: 1)
            #expect(Double(bitmap.width) == drawing.size.x.rounded(.up) && Double(bitmap.height) == drawing.size.y.rounded(.up), "\(name)")
            #expect(try figure.png(FigureExport(scale: 1)) == bitmap.png(dotsPerInch: 96))
            #expect(drawing.pdf() == (try Drawing(svg: svg).pdf()))
            // A page with marks on it, and a dark one is dark.
            let dark = try Bitmap(Drawing(svg: svg, isDark: true), scale: 1)
            #expect(Set((0..<bitmap.width).map { bitmap[$0, bitmap.height / 2].red }).count > 2, "\(name)")
            #expect(bitmap[1, 1].red > 250 && dark[1, 1].red < 40)
        }
    }

    @Test func figuresTakeTheSizeThatIsAskedFor() throws {
        for (name, figure) in try Gallery.all() {
            for size in [FigureSize(width: 400), FigureSize(width: 1400, height: 900), FigureSize(height: 700)] {
                let svg = figure.svg(size: size), reader = try expectSound(svg: svg, again: figure.svg(size: size))
                #expect(reader.width == size.width ?? 880, "\(name)")
                if let height = size.height { #expect(reader.height >= height && reader.height < 1.6 * height, "\(name) is \(reader.height) high") }
            }
        }
    }

    @Test func sixelsSpellTheirPixels() throws {
        let text = try Bitmap(drawing("<rect class=\"f\" width=\"20\" height=\"3\"/>", style: ".f{fill:#FF0000}"), scale: 1).sixel()
        // Two bands of six rows: the upper half of the first is red, whose bits are 1, 2 and 4.
        #expect(text.hasPrefix("\u{1B}Pq\"1;1;20;10") && text.hasSuffix("-\u{1B}\\"))
        #expect(text.contains("#180;2;100;0;0") && text.contains("#180!20F"))
    }

    @Test func provenanceIsMetadata() throws {
        let provenance = FigureProvenance([("program", "avips 1"), ("script", "a \"b\" <c>.lua")])
        let svg = Gallery.curves.svg(provenance: provenance)
        #expect(svg.contains("<metadata>{\"program\": \"avips 1\", \"script\": \"a \\\"b\\\" &lt;c&gt;.lua\"}</metadata>"))
        #expect(svg.split(separator: "\n").filter { !$0.hasPrefix("<metadata>") } == Gallery.curves.svg().split(separator: "\n"))
    }
}
