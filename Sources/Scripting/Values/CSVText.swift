import Files
import LuaBridge

/// Comma-separated values (RFC 4180), and tables whose columns are apart by other signs.
///
/// Lines end with a line feed, a carriage return, or both; a byte order mark is skipped.
enum CSVText {
    /// What is between two fields.
    enum Separator {
        case byte(UInt8)
        /// Any number of spaces and tabs.
        case blanks

        /// The one that a table of numbers uses, as its text shows: semicolons, commas, else blanks.
        static func used(in bytes: [UInt8]) -> Separator {
            for sign in [UInt8(ascii: ";"), UInt8(ascii: ",")] where bytes.contains(sign) { return .byte(sign) }
            return .blanks
        }
    }

    /// A text that is no CSV: the line, and what is wrong with it.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A record and the line that it starts in.
    struct Record {
        var line: Int
        var fields: [String]
    }

    /// The records of a text; empty lines are skipped.
    static func records(_ bytes: [UInt8], separator: Separator) throws -> [Record] {
        var scanner = Scanner(separator)
        for (index, byte) in bytes.enumerated().dropFirst(bytes.starts(with: CSVField.byteOrderMark) ? CSVField.byteOrderMark.count : 0) {
            if index & 0xffff == 0 { try Interrupt.process.stopIfRaised() }
            try scanner.take(byte, before: index + 1 < bytes.count ? bytes[index + 1] : newline)
        }
        return try scanner.end()
    }

    /// Column names, each of them once: those that were there before have their number behind them, `x`, `x_2`, `x_3`.
    static func distinct(_ names: [String]) -> [String] {
        var taken = Set(names), seen: Set<String> = []
        return names.map { name in
            guard !seen.insert(name).inserted else { return name }
            let other = (2...).lazy.map { "\(name)_\($0)" }.first { !taken.contains($0) } ?? name
            taken.insert(other)
            return other
        }
    }

    // MARK: Numbers

    static func integer(_ text: String) -> Int? { beginsNumber(text) ? Int(text) : nil }

    /// A number in decimal notation, `inf`, `infinity` or `nan` in any case; nil for other text.
    static func number(_ text: String) -> Double? {
        guard beginsNumber(text) else {
            let words = text.drop { $0 == "-" || $0 == "+" }
            guard text.utf8.count - words.utf8.count <= 1 else { return nil }
            switch words.lowercased() {
            case "inf", "infinity": return text.hasPrefix("-") ? -.infinity : .infinity
            case "nan": return .nan
            default: return nil
            }
        }
        // Hexadecimal notation, a payload of nan and what has a zero byte, where Swift ends the number, stay text.
        return text.utf8.contains { $0 | 32 == UInt8(ascii: "x") || $0 == UInt8(ascii: "(") || $0 == 0 } ? nil : Double(text)
    }

    private static func beginsNumber(_ text: String) -> Bool {
        guard let sign = text.utf8.first else { return false }
        let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
        guard let first = isSigned ? text.utf8.dropFirst().first : sign else { return false }
        return first.isDigit || first == UInt8(ascii: ".")
    }

    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let newline = UInt8(ascii: "\n")
}

/// Takes a text byte by byte and cuts it into records.
private struct Scanner {
    private let separator: CSVText.Separator
    private var records: [CSVText.Record] = []
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var line = 1
    private var firstLine = 1
    private var isQuoted = false
    private var wasQuoted = false
    // Whether the next byte belongs to what was taken already.
    private var skipsNext = false

    init(_ separator: CSVText.Separator) { self.separator = separator }

    mutating func take(_ byte: UInt8, before next: UInt8) throws {
        if skipsNext {
            skipsNext = false
        } else if isQuoted {
            takeQuoted(byte, before: next)
        } else if byte == CSVText.quote, field.isEmpty, !wasQuoted {
            (isQuoted, wasQuoted) = (true, true)
        } else if byte == CSVText.newline || byte == UInt8(ascii: "\r") {
            skipsNext = byte == UInt8(ascii: "\r") && next == CSVText.newline
            try endRecord()
        } else if separates(byte) {
            try endField()
        } else if wasQuoted {
            throw CSVText.Failure(description: "line \(line): expected a separator after the closing quotation mark")
        } else {
            field.append(byte)
        }
    }

    private mutating func takeQuoted(_ byte: UInt8, before next: UInt8) {
        if byte == CSVText.quote {
            skipsNext = next == CSVText.quote
            if skipsNext { field.append(byte) } else { isQuoted = false }
            return
        }
        if byte == CSVText.newline || byte == UInt8(ascii: "\r") && next != CSVText.newline { line += 1 }
        field.append(byte)
    }

    mutating func end() throws -> [CSVText.Record] {
        if isQuoted { throw CSVText.Failure(description: "line \(firstLine): a quotation mark is not closed") }
        try endRecord()
        return records
    }

    private func separates(_ byte: UInt8) -> Bool {
        switch separator {
        case .byte(let sign): byte == sign
        case .blanks: byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        }
    }

    private mutating func endField() throws {
        if case .blanks = separator, field.isEmpty, !wasQuoted { return }
        guard let text = String(validating: field, as: UTF8.self) else {
            throw CSVText.Failure(description: "line \(line): the text is not UTF-8")
        }
        fields.append(text)
        field = []
        wasQuoted = false
    }

    private mutating func endRecord() throws {
        defer {
            line += 1
            firstLine = line
        }
        if fields.isEmpty, field.isEmpty, !wasQuoted { return }
        try endField()
        if !fields.isEmpty { records.append(CSVText.Record(line: firstLine, fields: fields)) }
        fields = []
    }
}
