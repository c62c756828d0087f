import Figures
import Foundation
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// What an SVG reader finds in a figure's text.
final class SVGReader: NSObject, XMLParserDelegate {
    struct Word {
        var text: String
        var x: Double
        var y: Double
        var classes: [String]
        var isTurned: Bool
    }

    private(set) var words: [Word] = []
    private(set) var identifiers: [String] = []
    private(set) var width = 0.0
    private(set) var height = 0.0
    private(set) var elements: [String: Int] = [:]
    private var attributes: [String: String] = [:]
    private var content = ""

    /// Nil where the text is not well-formed XML.
    init?(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        guard parser.parse() else { return nil }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[name, default: 0] += 1
        self.attributes = attributes
        content = ""
        if let identifier = attributes["id"] { identifiers.append(identifier) }
        if name == "svg" {
            width = Double(attributes["width"] ?? "") ?? .nan
            height = Double(attributes["height"] ?? "") ?? .nan
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { content += string }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard name == "text" else { return }
        let turned = attributes["transform"]
        let numbers = (turned ?? "").split { !"0123456789.-".contains($0) }.compactMap { Double($0) }
        words.append(
            Word(
                text: content, x: Double(attributes["x"] ?? "") ?? numbers.first ?? .nan,
                y: Double(attributes["y"] ?? "") ?? numbers.dropFirst().first ?? .nan,
                classes: (attributes["class"] ?? "").split(separator: " ").map(String.init), isTurned: turned != nil))
    }

    /// The box around each word, for a font as wide as Arial.
    var boxes: [(word: Word, left: Double, top: Double, right: Double, bottom: Double)] {
        words.map { word in
            let size = word.classes.contains("title") ? 17.0 : word.classes.contains("panel-title") ? 14
                : word.classes.contains("legend") || word.classes.contains("axis-title") ? 13 : 12
            let width = size * word.text.reduce(0) { $0 + ("iljtfr:.,() ".contains($1) ? 0.3 : 0.57) }
            if word.isTurned {
                return (word, word.x - 0.8 * size, word.y - width / 2, word.x + 0.2 * size, word.y + width / 2)
            }
            let left = word.classes.contains("middle") ? word.x - width / 2
                : word.classes.contains("end") ? word.x - width : word.x
            return (word, left, word.y - 0.75 * size, left + width, word.y + 0.2 * size)
        }
    }
}

/// Expects what holds for every figure: well-formed SVG with a title and a description, unique names, numbers with at
/// most two decimals, all words inside of the page and none on another, and terminal text within its width.
func expectSound(_ figure: Figure, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try expectSound(svg: figure.svg(), again: figure.svg(), sourceLocation: sourceLocation)
    expectSoundText(figure, sourceLocation: sourceLocation)
}

/// What ``expectSound(_:sourceLocation:)`` says of the SVG alone.
@discardableResult
func expectSound(svg: String, again: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> SVGReader {
    let reader = try #require(SVGReader(svg), "not well-formed", sourceLocation: sourceLocation)
    #expect(svg == again, "differs the second time", sourceLocation: sourceLocation)
    #expect(reader.elements["title"] == 1 && reader.elements["desc"] == 1, sourceLocation: sourceLocation)
    #expect(reader.elements["style"] == 1, sourceLocation: sourceLocation)
    #expect(Set(reader.identifiers).count == reader.identifiers.count, sourceLocation: sourceLocation)
    #expect(!svg.contains("nan") && !svg.contains("inf\""), sourceLocation: sourceLocation)
    #expect(svg.firstMatch(of: /="[^"]*\d\.\d\d\d/) == nil, "more than two decimals", sourceLocation: sourceLocation)
    #expect(svg.split(separator: "\n").allSatisfy { $0.components(of: "<") <= 2 }, sourceLocation: sourceLocation)

    let boxes = reader.boxes
    for (index, box) in boxes.enumerated() {
        #expect(
            box.left >= 0 && box.top >= 0 && box.right <= reader.width && box.bottom <= reader.height,
            "\"\(box.word.text)\" is clipped", sourceLocation: sourceLocation)
        for other in boxes[(index + 1)...] {
            let apart = box.right <= other.left || other.right <= box.left || box.bottom <= other.top
                || other.bottom <= box.top
            #expect(apart, "\"\(box.word.text)\" lies on \"\(other.word.text)\"", sourceLocation: sourceLocation)
        }
    }
    return reader
}

/// Expects text that keeps its width, in ASCII where that is wanted.
func expectSoundText(_ figure: Figure, sourceLocation: SourceLocation = #_sourceLocation) {
    for width in [40, 60, 80, 120, 200] {
        for unicode in [false, true] {
            let text = figure.text(style: TerminalStyle(width: width, unicode: unicode))
            #expect(text.hasSuffix("\n"), sourceLocation: sourceLocation)
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= width }, sourceLocation: sourceLocation)
            #expect(unicode || text.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) }, sourceLocation: sourceLocation)
            #expect(text.contains(unicode ? "┘" : "+"), sourceLocation: sourceLocation)
        }
    }
}

extension Substring {
    func components(of part: String) -> Int { split(separator: part, omittingEmptySubsequences: false).count - 1 }
}
