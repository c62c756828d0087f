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

        private func message(_ code: Int) -> String {
            var text = switch XMLParser.ErrorCode(rawValue: code) {
            case .emptyDocumentError, .documentStartError: "the document does not start with an element"
            case .tagNameMismatchError: "an end tag does not match its start tag"
            case .gtRequiredError: "a tag is not closed with '>'"
            case .attributeRedefinedError: "an attribute is given twice in one tag"
            case .attributeNotStartedError: "an attribute's value does not start with a quote"
            case .attributeNotFinishedError: "an attribute's value is not closed with a quote"
            case .lessThanSymbolInAttributeError: "an attribute's value contains '<'"
            case .undeclaredEntityError: "an entity (&...;) is not declared"
            case .invalidCharacterError: "a character is not allowed in XML"
            case .unknownEncodingError, .invalidEncodingError: "the character encoding is not supported or broken"
            case .commentNotFinishedError: "a comment is not closed with '-->'"
            default: "the XML is not well formed (parser code \(code))"
            }
            if let last = open.last { text += "; <\(last.name)> of line \(last.line) is still open" }
            return text
        }
    }
}
