import Foundation
import FoundationXML

/// An element of a parsed XML document with the line on which its start tag ends.
struct MarkupElement: Sendable {
    var name: String
    var attributes: [String: String]
    var line: Int
    var children: [MarkupElement] = []

    /// The first child element of a name.
    func child(_ name: String) -> MarkupElement? { children.first { $0.name == name } }

    /// The child elements of a name, in order.
    func children(_ name: String) -> [MarkupElement] { children.filter { $0.name == name } }

    /// Parses a document and returns its root; text between elements is dropped.
    ///
    /// - Throws: ``URDFError`` with problem ``URDFError/Problem/xml(_:)`` at the line of the first fault.
    static func root(of data: Data, source: String) throws(URDFError) -> MarkupElement {
        guard !data.isEmpty else { throw URDFError(source: source, line: nil, problem: .xml("the document is empty")) }
        let builder = Builder()
        let parser = XMLParser(data: data)
        parser.delegate = builder
        let succeeded = parser.parse()
        if let fault = builder.fault {
            throw URDFError(source: source, line: fault.line, problem: .xml(fault.message))
        }
        guard succeeded, let root = builder.root else {
            throw URDFError(source: source, line: nil, problem: .xml("the document has no complete root element"))
        }
        return root
    }

    /// Collects elements; the parser calls it on the thread that parses.
    private final class Builder: NSObject, XMLParserDelegate {
        var root: MarkupElement?
        var fault: (line: Int, message: String)?
        private var open: [MarkupElement] = []
        /// A prefix without a declaration is not a fault of the syntax; what it means is judged later.
        private static let undeclaredPrefix = 201

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            open.append(MarkupElement(name: name, attributes: attributes, line: parser.lineNumber))
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            guard let element = open.popLast() else { return }
            if open.isEmpty { root = root ?? element } else { open[open.count - 1].children.append(element) }
        }

        func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
            let code = (error as NSError).code
            guard fault == nil, code != Self.undeclaredPrefix else { return }
            fault = (parser.lineNumber, message(code))
        }

        /// Words for the faults that editing by hand makes, by the codes of libxml2 (`xmlParserErrors`).
        private func message(_ code: Int) -> String {
            var text = switch code {
            case 4: "the document has no element"
            case 5: "the document ends too early, or goes on behind its root element"
            case 9: "a character is not allowed in XML"
            case 26: "an entity (&...;) is not declared"
            case 31, 32, 81: "the character encoding is not supported or broken"
            case 38: "an attribute's value contains '<'; is a quote missing?"
            case 39, 41: "an attribute has no value in quotes"
            case 40: "an attribute's value is not closed with a quote"
            case 42: "an attribute is given twice in one tag"
            case 45: "a comment is not closed with '-->'"
            case 65: "a blank is missing between attributes"
            case 68: "a name is missing after '<' or '&'"
            case 73: "a tag is not closed with '>'"
            case 76: "an end tag does not match its start tag"
            case 77: "an end tag is missing"
            default: "the XML is not well formed (code \(code) of libxml2)"
            }
            if let last = open.last { text += "; <\(last.name)> of line \(last.line) is still open" }
            return text
        }
    }
}
