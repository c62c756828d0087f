import LuaBridge

/// avips.csv
struct CSVEntries: Entries {
    unowned let session: Session

    private static let separatorOption = OptionKey<UInt8>.value(
        "separator", "string", default: UInt8(ascii: ","), text: "\",\"", "one character, in ASCII and no quotation mark") { try $0.separator() }
    private static let headerOption = OptionKey.flag("header", default: true, "whether the first line names the columns")
    private static let columnsOption = RawOption(
        "columns", "list of strings", "the header; of tables and objects, the fields to write",
        otherwise: "all fields that occur, in the order in which they do")

    func register() throws {
        try state.register(Function(
            "avips.csv.read", "Reads a file of comma-separated values; fields that are numbers, inf and nan among them and with or without blanks around them, become numbers; the names of columns are taken without such blanks.",
            parameters: [
                Parameter("path", "string", "the file"),
                .options([Self.headerOption, Self.separatorOption]),
            ],
            returns: "list of tables by column name, of columns with the same name the second as name_2; without a header a list of lists",
            example: """
                local path = os.tmpname()
                avips.csv.write(path, { { x = 1, name = "a" }, { x = 2.5, name = "b" } })
                assert(avips.csv.read(path)[2].x == 2.5)
                os.remove(path)
                """
        ) { arguments in
            let path = try arguments[1].path()
            let options = try arguments.options(2)
            let hasHeader = try options[Self.headerOption]
            let separator = try options[Self.separatorOption]
            var advice: String?
            do {
                let records = try CSVText.records(files.read(path), separator: .byte(separator))
                guard hasHeader else { return try CSVText.unnamed(records) }
                advice = CSVText.advice(on: records, separator: separator)
                let rows = try CSVText.named(records)
                if let advice { session.warn("\"\(path)\" has one column; \(advice)") }
                return rows
            } catch let failure as CSVText.Failure {
                throw CSVText.Failure(description: "\"\(path)\", \(failure)" + (advice.map { "; \($0)" } ?? ""))
            }
        })
        try state.register(Function(
            "avips.csv.write", "Writes rows, columns or an object as comma-separated values, numbers in the shortest form that reads back as the same; on failure the old file is kept.",
            parameters: [
                Parameter("path", "string", "the file"),
                Parameter("rows", "Matrix, list of lists, list of tables, table of lists, or object", "what to write: rows, columns by their names, or Solutions, Tracks, Logs, Evaluations, Mixtures, Poses and what else has rows, or a list of such"),
                .options([Self.columnsOption, Self.separatorOption]),
            ],
            returns: "string, the path",
            example: """
                local path = os.tmpname()
                avips.csv.write(path, avips.matrix{ {1, 2}, {3, 4} }, { columns = {"x", "y"} })
                assert(avips.csv.read(path)[2].y == 4)
                os.remove(path)
                """
        ) { arguments in
            let path = try arguments[1].path()
            let options = try arguments.options(3)
            let separator = try options[Self.separatorOption]
            let table = try CSVTable(arguments[2], columns: options[Self.columnsOption].map(strings), at: options[Self.columnsOption])
            try files.write(Array(try table.text(separator: separator).utf8), to: path)
            return .string(path)
        })
    }
}

extension Slot {
    /// The byte that separates fields.
    fileprivate func separator() throws -> UInt8 {
        let text = try bytes()
        guard text.count == 1, text[0] < 128, text[0] != UInt8(ascii: "\""), text[0] >= 32 || text[0] == 9 else {
            throw mismatch("one character, such as \",\" or \"\\t\"")
        }
        return text[0]
    }
}

private func strings(_ slot: Slot) throws -> [String] {
    let count = try slot.length()
    guard count > 0 else { throw slot.mismatch("a list of strings") }
    return try (1...count).map { try slot.withElement($0) { try $0.string() } }
}
