import LuaBridge

// sources: Sources/Scripting/Values/Digits.swift Sources/Scripting/Values/CSVText.swift Sources/Scripting/Values/CSVText+Values.swift Sources/Scripting/Values/CSVTable.swift

nonisolated(unsafe) private let state = try! LuaState()

/// Reads CSV with and without a header, and as a table of numbers; what was read is written, read and written again, which must give the same text.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = Array(UnsafeBufferPointer(start: bytes, count: count))
    for separator in [CSVText.Separator.byte(UInt8(ascii: ",")), .byte(UInt8(ascii: "\t")), .used(in: text)] {
        do {
            let records = try CSVText.records(text, separator: separator)
            check(try CSVText.unnamed(records)) { try CSVText.unnamed($0) }
            check(try CSVText.named(records)) { try CSVText.named($0) }
        } catch let failure as CSVText.Failure {
            precondition(!failure.description.isEmpty)
        } catch {
            fatalError("\(error)")
        }
    }
    return 0
}

private func check(_ value: Value, _ read: ([CSVText.Record]) throws -> Value) {
    let comma = UInt8(ascii: ",")
    let written: String
    do { written = try write(value, separator: comma) } catch { return }
    let again = try! write(read(CSVText.records(Array(written.utf8), separator: .byte(comma))), separator: comma)
    precondition(written == again, "\(written)\n\(again)")
}

private func write(_ value: Value, separator: UInt8) throws -> String {
    try state.withSlot(value) { try CSVTable($0, columns: nil, at: nil).text(separator: separator) }
}
