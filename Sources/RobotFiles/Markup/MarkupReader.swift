/// Reads the elements of an XML document from its bytes.
///
/// Files come from strangers. The reader holds no recursion over what they contain, bounds their size, depth and number of parts, and refuses
/// only what leaves doubt about the elements: comments, processing instructions, declarations and text may hold anything. It reads no other file.
struct MarkupReader {
    /// The largest document in bytes, the deepest nesting, and the largest number of elements and attributes together.
    static let sizeLimit = 64 << 20
    static let depthLimit = 256
    static let partLimit = 2_000_000

    let bytes: [UInt8]
    /// Whether elements get their text; most documents have none that counts.
    private let keepsText: Bool
    var place = 0
    /// Elements that are not closed yet, outermost first.
    private var open: [MarkupElement] = []
    private var partCount = 0
    var entities = MarkupEntities()
    /// Line ends are counted up to here.
    private var counted = (place: 0, line: 1)

    init(_ document: [UInt8], keepsText: Bool = false) throws(MarkupFault) {
        guard document.count <= Self.sizeLimit else {
            throw MarkupFault(message: "the document is larger than \(Self.sizeLimit >> 20) MiB", line: 1, column: 1)
        }
        bytes = MarkupEncoding.utf8(document)
        self.keepsText = keepsText
    }

    /// The root element.
    mutating func document() throws(MarkupFault) -> MarkupElement {
        var root: MarkupElement?
        while true {
            try skipText(insideRoot: !open.isEmpty, afterRoot: root != nil)
            guard place < bytes.count else { break }
            if try skipMarkup() { continue }
            if next(1) == UInt8(ascii: "/") {
                let element = try endTag()
                if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
            } else {
                if root != nil { throw fault("a second element stands behind the root element") }
                if let element = try startTag() {
                    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
                }
            }
        }
        if !open.isEmpty { throw fault("an end tag is missing" + stillOpen) }
        guard let root else { throw fault("the document has no element") }
        return root
    }

    // MARK: Tags

    /// An element without content, or nil where it was opened.
    private mutating func startTag() throws(MarkupFault) -> MarkupElement? {
        let start = place
        place += 1
        let name = try self.name("a name is missing after '<'")
        var element = MarkupElement(name: name, attributes: [:], line: line(at: start))
        try count()
        while true {
            skipBlanks()
            switch next() {
            case UInt8(ascii: ">"):
                place += 1
                guard open.count < Self.depthLimit else { throw fault("elements are nested more than \(Self.depthLimit) deep", at: start) }
                open.append(element)
                return nil
            case UInt8(ascii: "/") where next(1) == UInt8(ascii: ">"):
                place += 2
                return element
            case nil, UInt8(ascii: "<"), UInt8(ascii: "/"):
                throw fault("the tag <\(shown(name))> is not closed with '>'" + stillOpen, at: start)
            default:
                let attribute = try attribute()
                if element.attributes.updateValue(attribute.value, forKey: attribute.name) != nil {
                    throw fault("the attribute \"\(shown(attribute.name))\" is given twice in one tag", at: attribute.start)
                }
                try count()
            }
        }
    }

    private mutating func attribute() throws(MarkupFault) -> (name: String, value: String, start: Int) {
        let start = place
        let name = try self.name("the name of an attribute is missing")
        skipBlanks()
        guard next() == UInt8(ascii: "=") else { throw fault("an attribute has no value in quotes" + stillOpen, at: start) }
        place += 1
        skipBlanks()
        guard let quote = next(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw fault("an attribute has no value in quotes" + stillOpen, at: start)
        }
        place += 1
        let first = place
        while let byte = next(), byte != quote {
            if byte == UInt8(ascii: "<") { throw fault("an attribute's value contains '<'; is a quote missing?" + stillOpen, at: start) }
            if byte < 0x20, !Self.isBlank(byte) { throw fault("a control character is not allowed in XML" + stillOpen) }
            place += 1
        }
        guard place < bytes.count else { throw fault("an attribute's value is not closed with a quote" + stillOpen, at: start) }
        let value = bytes[first..<place]
        place += 1
        do {
            return (name, try entities.text(value), start)
        } catch {
            throw fault(error.message + stillOpen, at: first)
        }
    }

    private mutating func endTag() throws(MarkupFault) -> MarkupElement {
        let start = place
        place += 2
        let name = try self.name("a name is missing after '</'")
        skipBlanks()
        guard let element = open.last, element.name == name else {
            throw fault("an end tag does not match its start tag" + stillOpen, at: start)
        }
        guard next() == UInt8(ascii: ">") else { throw fault("the end tag </\(shown(name))> is not closed with '>'", at: start) }
        place += 1
        open.removeLast()
        return element
    }

    private mutating func count() throws(MarkupFault) {
        partCount += 1
        if partCount > Self.partLimit { throw fault("the document has more than \(Self.partLimit) elements and attributes") }
    }

    // MARK: What is passed over

    /// Goes to the next `<`. Text counts only where it stands outside the root, or stands for elements.
    private mutating func skipText(insideRoot: Bool, afterRoot: Bool) throws(MarkupFault) {
        let start = place
        defer { if keepsText, insideRoot, place > start { open[open.count - 1].text += bytes[start..<place] } }
        while let byte = next(), byte != UInt8(ascii: "<") {
            if !insideRoot, !Self.isBlank(byte), byte != 0 {
                throw fault(afterRoot ? "the document goes on behind its root element" : "the document does not begin with an element")
            }
            if byte == UInt8(ascii: "&"), entities.standsForElements(bytes[place...]) {
                throw fault("an entity stands for elements, which is not supported" + stillOpen)
            }
            place += 1
        }
    }

    /// Passes over a comment, a processing instruction, a CDATA section or a document type; whether there was one.
    private mutating func skipMarkup() throws(MarkupFault) -> Bool {
        if has("<!--") {
            try skip(opening: 4, through: "-->", "a comment is not closed with '-->'")
        } else if has("<?") {
            try skip(opening: 2, through: "?>", "a processing instruction is not closed with '?>'")
        } else if has("<![CDATA[") {
            if open.isEmpty { throw fault("text stands outside the root element") }
            try skip(opening: 9, through: "]]>", "a CDATA section is not closed with ']]>'")
        } else if has("<!DOCTYPE") {
            try skipDocumentType()
        } else {
            return false
        }
        return true
    }

    private mutating func skip(opening: Int, through end: StaticString, _ message: String) throws(MarkupFault) {
        let start = place
        place += opening
        while place < bytes.count {
            if has(end) {
                place += end.utf8CodeUnitCount
                return
            }
            place += 1
        }
        throw fault(message + stillOpen, at: start)
    }

    /// Passes over a document type, whose entities are kept.
    private mutating func skipDocumentType() throws(MarkupFault) {
        let start = place
        place += 9
        var isInside = false
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "["): isInside = true
            case UInt8(ascii: "]"): isInside = false
            case UInt8(ascii: ">") where !isInside:
                place += 1
                return
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                try skipQuoted(byte, start)
                continue
            case UInt8(ascii: "<"):
                if has("<!--") || has("<?") {
                    _ = try skipMarkup()
                    continue
                }
                if has("<!ENTITY") {
                    try entity()
                    continue
                }
            default: break
            }
            place += 1
        }
        throw fault("the document type is not closed with '>'", at: start)
    }

    private mutating func skipQuoted(_ quote: UInt8, _ start: Int) throws(MarkupFault) {
        place += 1
        while let byte = next(), byte != quote { place += 1 }
        guard place < bytes.count else { throw fault("the document type is not closed with '>'", at: start) }
        place += 1
    }

    /// Keeps an entity that is declared by its text; others, in other files, are left undeclared.
    private mutating func entity() throws(MarkupFault) {
        let start = place
        place += 8
        skipBlanks()
        guard next() != UInt8(ascii: "%") else { return }
        let name = try self.name("the name of an entity is missing")
        skipBlanks()
        guard let quote = next(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return }
        let first = place + 1
        try skipQuoted(quote, start)
        try count()
        entities.declare(name, as: Array(bytes[first..<place - 1]))
    }

    // MARK: Bytes

    func next(_ offset: Int = 0) -> UInt8? { place + offset < bytes.count ? bytes[place + offset] : nil }

    private func has(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[place + $0] == text.utf8Start[$0] }
    }

    private mutating func skipBlanks() { while let byte = next(), Self.isBlank(byte) { place += 1 } }

    /// A name with any prefix; letters beyond ASCII are taken as they come.
    private mutating func name(_ missing: String) throws(MarkupFault) -> String {
        let start = place
        while let byte = next(), Self.isInName(byte) { place += 1 }
        let first = start < place ? bytes[start] : 0
        guard place > start, !(UInt8(ascii: "-")...UInt8(ascii: "9")).contains(first) else { throw fault(missing + stillOpen, at: start) }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

    /// Letters, digits, `_ : - .` and everything beyond ASCII.
    static func isInName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: ":"),
             UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), 0x80...: true
        default: false
        }
    }

    // MARK: Faults

    private var stillOpen: String { open.last.map { "; <\(shown($0.name))> of line \($0.line) is still open" } ?? "" }

    private func shown(_ name: String) -> String { name.count > 40 ? name.prefix(40) + "..." : name }

    /// The line of a place that is not before the last one asked for.
    private mutating func line(at place: Int) -> Int {
        if place < counted.place { counted = (0, 1) }
        for index in counted.place..<place where isLineEnd(index) { counted.line += 1 }
        counted.place = place
        return counted.line
    }

    /// A line feed, or a carriage return without one.
    private func isLineEnd(_ index: Int) -> Bool {
        bytes[index] == 0x0a || (bytes[index] == 0x0d && (index + 1 == bytes.count || bytes[index + 1] != 0x0a))
    }

    private mutating func fault(_ message: String, at start: Int? = nil) -> MarkupFault {
        let place = start ?? self.place
        var first = place
        while first > 0, !isLineEnd(first - 1) { first -= 1 }
        // Every byte but those that continue a character begins one.
        let column = bytes[first..<place].count { $0 & 0xc0 != 0x80 } + 1
        return MarkupFault(message: message, line: line(at: place), column: column)
    }
}
