import LuaBridge

/// Comma-separated values (RFC 4180).
enum CSVText {
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
    static func records(_ bytes: [UInt8], separator: UInt8) throws -> [Record] {
        var records: [Record] = []
        var field: [UInt8] = []
        var fields: [String] = []
        var (line, firstLine) = (1, 1)
        var (isQuoted, wasQuoted) = (false, false)
        var position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        func endField() throws {
            guard let text = String(validating: field, as: UTF8.self) else { throw Failure(description: "line \(line): the text is not UTF-8") }
            fields.append(text)
            field = []
            wasQuoted = false
        }
        func endRecord() throws {
            guard !Interrupt.process.isRaised else { throw LuaError("interrupted", kind: .interrupt) }
            if fields.isEmpty, field.isEmpty, !wasQuoted { return }
            try endField()
            records.append(Record(line: firstLine, fields: fields))
            fields = []
        }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if isQuoted {
                if byte == quote, position < bytes.count, bytes[position] == quote {
                    field.append(quote)
                    position += 1
                } else if byte == quote {
                    isQuoted = false
                } else {
                    if byte == newline { line += 1 }
                    field.append(byte)
                }
            } else if byte == quote, field.isEmpty, !wasQuoted {
                (isQuoted, wasQuoted) = (true, true)
            } else if byte == separator {
                try endField()
            } else if byte == newline {
                try endRecord()
                line += 1
                firstLine = line
            } else if byte == UInt8(ascii: "\r"), position >= bytes.count || bytes[position] == newline {
                continue
            } else if wasQuoted {
                throw Failure(description: "line \(line): expected a separator after the closing quotation mark")
            } else {
                field.append(byte)
            }
        }
        if isQuoted { throw Failure(description: "line \(firstLine): a quotation mark is not closed") }
        try endRecord()
        return records
    }

    /// A field as it is written: in quotation marks where it needs them.
    static func quoted(_ field: String, separator: UInt8) -> String {
        let needsQuotes = field.isEmpty || field.utf8.contains { $0 == quote || $0 == separator || $0 == newline || $0 == UInt8(ascii: "\r") }
        guard needsQuotes else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
}
