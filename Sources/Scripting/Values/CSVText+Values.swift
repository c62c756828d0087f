import LuaBridge

extension CSVText {
    /// Records after the first one, by the names that it gives.
    ///
    /// - Throws: ``Failure`` where a record has another number of fields than the first one; `LuaError` of kind `interrupt` where running code was
    ///   asked to stop.
    static func named(_ records: [Record]) throws -> Value {
        guard let header = records.first.map({ distinct($0.fields) }) else { return .list([]) }
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

    /// What a field holds: an integer, a number, else text.
    private static func value(_ text: String) -> Value {
        if let integer = integer(text) { return .integer(integer) }
        return number(text).map { .number($0) } ?? .string(text)
    }
}
