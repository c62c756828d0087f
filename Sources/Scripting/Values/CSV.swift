import LuaBridge
import Numerics

// avips.csv

extension Session {
    func addCSV() throws {
        let separator = Parameter("separator", "string", "one character", default: "\",\"")
        try state.register(Function(
            "avips.csv.read", "Reads a file of comma-separated values; fields that are numbers become numbers.",
            parameters: [
                Parameter("path", "string", "the file"),
                .options([Parameter("header", "boolean", "whether the first line names the columns", default: "true"), separator]),
            ],
            returns: "list of tables by column name; without a header a list of lists",
            example: """
                local path = os.tmpname()
                avips.csv.write(path, { { x = 1, name = "a" }, { x = 2.5, name = "b" } })
                assert(avips.csv.read(path)[2].x == 2.5)
                os.remove(path)
                """
        ) { [unowned self] arguments in
            let path = try arguments[1].path()
            let options = try arguments.options(2)
            let hasHeader = try options["header"]?.boolean() ?? true
            let separator = try separatorByte(options)
            do {
                let records = try CSVText.records(files.read(path), separator: separator)
                return try hasHeader ? named(records) : .list(records.map { .list($0.fields.map(fieldValue)) })
            } catch let failure as CSVText.Failure {
                throw CSVText.Failure(description: "\"\(path)\", \(failure)")
            }
        })
        try state.register(Function(
            "avips.csv.write", "Writes rows as comma-separated values, numbers in the shortest form that reads back as the same; the old file stays where that fails.",
            parameters: [
                Parameter("path", "string", "the file"),
                Parameter("rows", "Matrix, list of lists, or list of tables", "what to write"),
                .options([
                    Parameter("columns", "list of strings", "the header, and for tables the fields to write", default: "for tables all fields, sorted"),
                    separator,
                ]),
            ],
            returns: "the path",
            example: """
                local path = os.tmpname()
                avips.csv.write(path, avips.matrix{ {1, 2}, {3, 4} }, { columns = {"x", "y"} })
                assert(avips.csv.read(path)[2].y == 4)
                os.remove(path)
                """
        ) { [unowned self] arguments in
            let path = try arguments[1].path()
            let options = try arguments.options(3)
            let separator = try separatorByte(options)
            let records = try records(arguments[2], columns: options["columns"].map(strings))
            let lines = records.map { $0.map { CSVText.quoted($0, separator: separator) }.joined(separator: String(UnicodeScalar(separator))) }
            try files.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
            return .string(path)
        })
    }
}

// MARK: Reading

private func separatorByte(_ options: Options) throws -> UInt8 {
    guard let slot = options["separator"] else { return UInt8(ascii: ",") }
    let text = try slot.bytes()
    guard text.count == 1, text[0] < 128, text[0] != UInt8(ascii: "\""), text[0] >= 32 || text[0] == 9 else {
        throw slot.mismatch("one character, such as \",\" or \"\\t\"")
    }
    return text[0]
}

private func named(_ records: [CSVText.Record]) throws -> Value {
    guard let header = records.first else { return .list([]) }
    return .list(try records.dropFirst().map { record in
        guard record.fields.count == header.fields.count else {
            throw CSVText.Failure(description: "line \(record.line): \(record.fields.count) fields, but the header has \(header.fields.count)")
        }
        return .record(zip(header.fields, record.fields).map { ($0, fieldValue($1)) })
    })
}

private func fieldValue(_ text: String) -> Value {
    guard let first = text.utf8.first, first.isDigit || [UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: ".")].contains(first) else {
        return .string(text)
    }
    if let integer = Int(text) { return .integer(integer) }
    guard !text.utf8.contains(where: { $0 | 32 == UInt8(ascii: "x") }), let number = Double(text) else { return .string(text) }
    return .number(number)
}

// MARK: Writing

private func strings(_ slot: Slot) throws -> [String] {
    let count = try slot.length()
    guard count > 0 else { throw slot.mismatch("a list of strings") }
    return try (1...count).map { try slot.withElement($0) { try $0.string() } }
}

private func records(_ slot: Slot, columns: [String]?) throws -> [[String]] {
    if slot.boxIfPresent(Matrix.self) != nil {
        let matrix = try slot.matrix(columns: columns?.count)
        return (columns.map { [$0] } ?? []) + (0..<matrix.rows).map { matrix.row($0).map { "\($0)" } }
    }
    guard slot.kind == .table else { throw slot.mismatch("a Matrix, a list of lists or a list of tables") }
    let count = try slot.length()
    guard count > 0 else { return columns.map { [$0] } ?? [] }
    var columns = columns
    let areLists = try slot.withElement(1) { first in try first.kind != .table || first.length() > 0 }
    if !areLists, columns == nil { columns = try slot.withElement(1) { try fieldNames($0) } }
    let rows = try (1...count).map { position in
        try slot.withElement(position) { row in
            if !areLists { return try (columns ?? []).map { name in try row.withField(.string(name)) { try fieldText($0) } } }
            if row.boxIfPresent(MatrixRow.self) != nil { return try row.vector(count: columns?.count).map { "\($0)" } }
            let length = try row.length()
            if let columns, columns.count != length { throw row.invalid("must have \(columns.count) values, one a column, got \(length)") }
            return try stride(from: 1, through: length, by: 1).map { try row.withElement($0) { try fieldText($0) } }
        }
    }
    return (columns.map { [$0] } ?? []) + rows
}

private func fieldNames(_ row: Slot) throws -> [String] {
    var names: [String] = []
    try row.forEachEntry { key, _ in names.append(try key.string()) }
    return names.sorted()
}

private func fieldText(_ slot: Slot) throws -> String {
    switch slot.kind {
    case .nil, .none: return ""
    case .boolean: return try slot.boolean() ? "true" : "false"
    case .string: return try slot.string()
    case .number:
        if case .integer(let number) = slot.value { return "\(number)" }
        if case .number(let number) = slot.value { return "\(number)" }
        return ""
    default: throw slot.mismatch("a number, a string or a boolean")
    }
}
