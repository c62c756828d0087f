import Files
import LuaBridge

/// What `avips.csv.write` is given, as a header and rows of text.
struct CSVTable {
    private var header: [String]?
    private var rows: [[String]] = []

    /// - Parameters:
    ///   - columns: the header; of what has named columns, those to write.
    ///   - place: where the columns come from, for messages.
    init(_ slot: Slot, columns: [String]?, at place: Slot?) throws {
        if slot.kind == .userdata {
            try take(slot.dataTable())
        } else {
            guard slot.kind == .table else { throw slot.mismatch("a Matrix, a list of lists or tables, a table of lists, or an object with rows") }
            switch try Form(of: slot) {
            case .nothing: break
            case .objects: try take(objectsOf: slot)
            case .records: try take(recordsOf: slot, columns: columns, at: place)
            case .lists: try take(listsOf: slot, columns: columns)
            case .columns: try take(columnsOf: slot)
            }
        }
        try choose(columns, at: place)
    }

    /// The text of the file.
    ///
    /// - Throws: `LuaError` of kind `interrupt` where running code was asked to stop.
    func text(separator: UInt8) throws -> String {
        let sign = String(UnicodeScalar(separator))
        var text = ""
        for row in (header.map { [$0] } ?? []) + rows {
            try Interrupt.process.stopIfRaised()
            text += row.map { CSVField.quoted($0, separator: separator) }.joined(separator: sign) + "\n"
        }
        return text
    }

    /// What a table's elements are.
    private enum Form {
        case nothing, objects, records, lists, columns

        init(of slot: Slot) throws {
            let length = try slot.length(), names = try slot.names()
            guard length > 0 || !names.isEmpty else {
                guard try !slot.hasOtherKeys(than: 0) else { throw slot.hasGaps }
                self = .nothing
                return
            }
            guard length > 0 else {
                self = .columns
                return
            }
            if let name = names.min() { throw slot.invalid("has both list elements and the field \(name)") }
            guard try !slot.hasOtherKeys(than: length) else { throw slot.hasGaps }
            self = try slot.withElement(1) { first in
                if first.kind == .userdata { return .objects }
                return try first.kind == .table && first.length() == 0 ? .records : .lists
            }
        }
    }

    // MARK: Objects

    private mutating func take(_ table: DataTable) throws {
        header = table.columns
        rows = try table.rows.map { row in
            try Interrupt.process.stopIfRaised()
            return row.map(CSVTable.text)
        }
    }

    /// The rows of all objects, one below the other; where one has several, a first column says which object they are of.
    private mutating func take(objectsOf slot: Slot) throws {
        let tables = try (1...slot.length()).map { position in
            try slot.withElement(position) { element in (table: try element.dataTable(), element: element.found) }
        }
        let columns = tables[0].table.columns
        for (index, other) in tables.enumerated() where other.table.columns != columns {
            throw slot.invalid("has other columns in element \(index + 1), \(other.element), than in element 1, \(tables[0].element)")
        }
        let isNumbered = columns != nil && tables.contains { $0.table.rows.count != 1 }
        header = columns.map { isNumbered ? ["item"] + $0 : $0 }
        rows = tables.enumerated().flatMap { index, item in
            item.table.rows.map { (isNumbered ? ["\(index + 1)"] : []) + $0.map(CSVTable.text) }
        }
    }

    /// Puts the columns that are wanted in their order; those without names get names.
    private mutating func choose(_ columns: [String]?, at place: Slot?) throws {
        guard let columns, let place, header != columns else { return }
        guard let names = header else {
            if let row = rows.firstIndex(where: { $0.count != columns.count }) {
                throw place.invalid("must have a name a column, got \(columns.count) for \(rows[row].count) columns")
            }
            return header = columns
        }
        let positions = try columns.map { name in
            guard let position = names.firstIndex(of: name) else { throw unknown(name, among: names, at: place) }
            return position
        }
        header = columns
        rows = rows.map { row in positions.map { row[$0] } }
    }

    private func unknown(_ name: String, among names: [String], at place: Slot) -> any Error {
        place.invalid("names no column (\"\(name)\")" + (nearestName(to: name, among: names).map { "; did you mean '\($0)'?" }
            ?? "; the columns are \(names.joined(separator: ", "))"))
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .boolean(let truth): truth ? "true" : "false"
        case .integer(let number): "\(number)"
        case .number(let number): CSVField.text(number)
        case .string(let text): text
        default: ""
        }
    }

    // MARK: Tables

    /// One row a record; a column for each field that any of them has, in the order of first appearance.
    private mutating func take(recordsOf slot: Slot, columns: [String]?, at place: Slot?) throws {
        let count = try slot.length()
        var names = columns ?? [], known = Set(names)
        for position in stride(from: 1, through: columns == nil ? count : 0, by: 1) {
            let new = try slot.withElement(position) { try $0.fieldNames() }.filter { !known.contains($0) }
            known.formUnion(new)
            names += new
        }
        header = names
        var missing = Set(names)
        rows = try (1...count).map { position in
            try slot.withElement(position) { row in
                guard row.kind == .table, try row.length() == 0 else { throw row.mismatch("a table with named fields, as element 1 is") }
                return try names.map { name in
                    try row.withField(.string(name)) { field in
                        if !missing.isEmpty, !field.isNil { missing.remove(name) }
                        return try field.fieldText()
                    }
                }
            }
        }
        guard columns != nil, let name = names.first(where: missing.contains), let place else { return }
        let fields = try Set((1...count).flatMap { try slot.withElement($0) { try $0.fieldNames() } }).sorted()
        throw unknown(name, among: fields, at: place)
    }

    private mutating func take(listsOf slot: Slot, columns: [String]?) throws {
        header = columns
        var first: Int?
        rows = try (1...slot.length()).map { position in
            try slot.withElement(position) { row in
                let length = try row.length()
                if let columns, columns.count != length { throw row.invalid("must have \(columns.count) values, one a column, got \(length)") }
                if try row.hasOtherKeys(than: length) {
                    guard try !row.names().isEmpty else { throw row.hasGaps }
                    throw length == 0 ? row.mismatch("a list, as element 1 is") : row.invalid("has both list elements and named fields")
                }
                if let first, first != length { throw row.invalid("must have as many values as row 1, \(first), got \(length)") }
                first = length
                return try stride(from: 1, through: length, by: 1).map { try row.withElement($0) { try $0.fieldText() } }
            }
        }
    }

    /// Lists of one length by the names of columns.
    private mutating func take(columnsOf slot: Slot) throws {
        let names = try slot.fieldNames()
        let columns = try names.map { name in
            try slot.withField(.string(name)) { column in
                guard column.kind == .table else { throw column.mismatch("a list, the values of a column") }
                let length = try column.length()
                guard try !column.hasOtherKeys(than: length) else { throw column.hasGaps }
                return try stride(from: 1, through: length, by: 1).map { try column.withElement($0) { try $0.fieldText() } }
            }
        }
        for (name, column) in zip(names, columns) where column.count != columns[0].count {
            throw slot.invalid("has columns of several lengths: \(names[0]) has \(columns[0].count) values, \(name) has \(column.count)")
        }
        header = names
        rows = columns[0].indices.map { row in columns.map { $0[row] } }
    }
}

extension Slot {
    /// The rows and columns of an object that has some.
    func dataTable() throws -> DataTable {
        guard let table = objectType?.data.table else {
            throw mismatch("an object with rows (\(tableTypes.joined(separator: ", ")))")
        }
        return try table(self)
    }

    /// Whether a table has keys besides those of so many elements.
    fileprivate func hasOtherKeys(than length: Int) throws -> Bool {
        var count = 0
        try forEachEntry { _, _ in count += 1 }
        return count != length
    }

    fileprivate var hasGaps: any Error { invalid("must have the elements 1 to n without a gap, or names") }

    fileprivate func fieldNames() throws -> [String] {
        guard kind == .table, try length() == 0 else { throw mismatch("a table with named fields, as element 1 is") }
        var names: [String] = []
        try forEachEntry { key, _ in
            guard key.kind == .string else { throw invalid("has the key \(key.found): the fields of a table have names") }
            names.append(try key.name())
        }
        return names.sorted()
    }

    fileprivate func fieldText() throws -> String {
        switch value {
        case .nil, .none: return ""
        case .boolean(let truth): return truth ? "true" : "false"
        case .integer(let number): return "\(number)"
        case .number(let number): return CSVField.text(number)
        case .string(let text): return text
        default: throw mismatch("a number, a string or a boolean")
        }
    }
}
