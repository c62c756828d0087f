/// An object as rows and columns, for files of comma-separated values.
public struct DataTable {
    /// The names of the columns; nil where they have none, as those of a matrix.
    public var columns: [String]?
    /// A value per column: numbers, strings and booleans; `nil` is an empty field.
    public var rows: [[Value]]

    public init(columns: [String]?, rows: [[Value]]) {
        self.columns = columns
        self.rows = rows
    }
}

/// The representation of an object in files.
public struct ObjectData {
    /// Its JSON value; nil for an object that is written by its fields.
    public let value: ((Slot) throws -> Value)?
    /// Its rows and columns; nil for an object that is no table.
    public let table: ((Slot) throws -> DataTable)?
}

extension Slot {
    /// Puts a value on the stack for the time of a closure that reads it.
    public func withValue<Result>(_ value: Value, _ body: (Slot) throws -> Result) throws -> Result {
        try state.withSlot(value, body)
    }

    /// The names of the registered types that have rows and columns.
    public var tableTypes: [String] { state.registry.types.filter { $0.data.table != nil }.map(\.name) }
}
