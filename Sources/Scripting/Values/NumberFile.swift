import Foundation
import LuaBridge
import Numerics

/// A table of numbers in a text file, its columns apart by commas, semicolons, spaces or tabs, without a header.
struct NumberFile {
    private let path: String
    private let records: [CSVText.Record]
    let columns: Int

    /// What is wrong with a file.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ bytes: [UInt8], path: String) throws {
        self.path = path
        do {
            records = try CSVText.records(bytes, separator: .used(in: bytes)).map { record in
                try Interrupt.process.stopIfRaised()
                return CSVText.Record(line: record.line, fields: record.fields.map { $0.trimmingCharacters(in: .whitespaces) })
            }
        } catch let failure as CSVText.Failure {
            throw Failure(description: "\"\(path)\", \(failure)")
        }
        guard let first = records.first else { throw Failure(description: "\"\(path)\" has no rows") }
        columns = first.fields.count
        if let other = records.first(where: { $0.fields.count != first.fields.count }) {
            throw Failure(description: "\"\(path)\", line \(other.line): \(other.fields.count) columns, the first row has \(columns)")
        }
    }

    /// The features, and the labels as truth values: of the column's two values the greater one is true.
    ///
    /// - Parameters: columns counted from 0.
    func split(label: Int, skipping skipped: Set<Int>) throws -> (features: Matrix, labels: [Bool]) {
        let used = (0..<columns).filter { $0 != label && !skipped.contains($0) }
        guard !used.isEmpty else { throw Failure(description: "\"\(path)\" has no column beside the label") }
        var elements: [Double] = []
        elements.reserveCapacity(records.count * used.count)
        for record in records {
            try Interrupt.process.stopIfRaised()
            for column in used {
                guard let number = CSVText.number(record.fields[column]), number.isFinite else {
                    throw Failure(description: "\"\(path)\", line \(record.line), column \(column + 1): expected a number, got \"\(record.fields[column].prefix(40))\"")
                }
                elements.append(number)
            }
        }
        let found = Set(records.map { $0.fields[label] })
        guard found.count == 2 else {
            throw Failure(description: "\"\(path)\": the label, column \(label + 1), must have two different values, but has \(found.count)")
        }
        let numbers = found.compactMap { text in CSVText.number(text).map { (text, $0) } }
        let greater = numbers.count == 2 ? numbers.max { $0.1 < $1.1 }!.0 : found.max()!
        return (Matrix(rows: records.count, columns: used.count, elements: elements), records.map { $0.fields[label] == greater })
    }
}
