import LuaBridge

extension CSVText {
    /// Records after the first one, by the names that it gives.
    ///
    /// - Throws: ``Failure`` where a record has another number of fields than the first one; `LuaError` of kind `interrupt` where running code was
    ///   asked to stop.
    static func named(_ records: [Record]) throws -> Value {
        guard let header = records.first.map({ distinct($0.fields.map(withoutBlanks)) }) else { return .list([]) }
        return .list(try records.dropFirst().map { record in
            try Interrupt.process.stopIfRaised()
            guard record.fields.count == header.count else {
                throw Failure(description: "line \(record.line): \(record.fields.count) fields, but the header has \(header.count)")
            }
            return .record(zip(header, record.fields).map { ($0, value($1)) })
        })
    }

    /// Records as lists of their fields.
    ///
    /// - Throws: `LuaError` of kind `interrupt` where running code was asked to stop.
    static func unnamed(_ records: [Record]) throws -> Value {
        .list(try records.map { record in
            try Interrupt.process.stopIfRaised()
            return .list(record.fields.map(value))
        })
    }

    /// What to do about a header of one field in which another separator stands; nil for others.
    static func advice(on records: [Record], separator: UInt8) -> String? {
        guard let header = records.first?.fields, header.count == 1 else { return nil }
        let others: [Character] = [";", "\t", ","].filter { $0 != Character(Unicode.Scalar(separator)) }
        guard let other = others.first(where: header[0].contains) else { return nil }
        let text = other == "\t" ? "\\t" : String(other)
        return "where fields are separated by \"\(text)\", give the option separator = \"\(text)\""
    }

    /// What a field holds: an integer or a number, with or without blanks around it, else text.
    private static func value(_ text: String) -> Value {
        let bare = withoutBlanks(text)
        if let integer = integer(bare) { return .integer(integer) }
        return number(bare).map { .number($0) } ?? .string(text)
    }

    private static func withoutBlanks(_ text: String) -> String {
        func isBlank(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard isBlank(text.utf8.first) || isBlank(text.utf8.last) else { return text }
        var bare = text.utf8[...]
        while isBlank(bare.first) { bare.removeFirst() }
        while isBlank(bare.last) { bare.removeLast() }
        return String(decoding: bare, as: UTF8.self)
    }
}
