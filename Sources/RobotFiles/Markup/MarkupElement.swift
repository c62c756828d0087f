/// An element of an XML document, with the line on which its start tag begins; text between elements is dropped unless it is asked for.
struct MarkupElement: Sendable {
    var name: String
    var attributes: [String: String]
    var line: Int
    var children: [MarkupElement] = []
    /// The bytes between its tags that belong to no child, entities as they are written; empty where text is dropped.
    var text: ArraySlice<UInt8> = []

    /// The first child element of a name.
    func child(_ name: String) -> MarkupElement? { children.first { $0.name == name } }

    /// The child elements of a name, in order.
    func children(_ name: String) -> [MarkupElement] { children.filter { $0.name == name } }

    /// Reads a document and returns its root.
    ///
    /// - Throws: ``URDFError`` with problem ``URDFError/Problem/xml(_:)`` at the line of the first fault.
    static func root(of bytes: [UInt8], source: String) throws(URDFError) -> MarkupElement {
        guard !bytes.isEmpty else { throw URDFError(source: source, line: nil, problem: .xml("the document is empty")) }
        do {
            var reader = try MarkupReader(bytes)
            return try reader.document()
        } catch {
            throw URDFError(source: source, line: error.line, problem: .xml("\(error.message) (column \(error.column))"))
        }
    }
}

/// Why a document is no XML, and where: lines and columns (in characters) count from one.
struct MarkupFault: Error, Equatable {
    var message: String
    var line: Int
    var column: Int
}
