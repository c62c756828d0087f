import Foundation
import Numerics

/// A table in a text file, its columns apart by commas, semicolons, spaces or tabs, without a header.
struct NumberFile {
    private let path: String
    private let fields: [[Substring]]
    let columns: Int

    /// What is wrong with a file.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ bytes: [UInt8], path: String) throws {
        self.path = path
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(description: "\"\(path)\" is no text in UTF-8") }
        fields = text.split(whereSeparator: \.isNewline)
            .map { $0.split { $0 == "," || $0 == ";" || $0 == " " || $0 == "\t" } }.filter { !$0.isEmpty }
        guard let first = fields.first else { throw Failure(description: "\"\(path)\" has no rows") }
        columns = first.count
        if let row = fields.firstIndex(where: { $0.count != first.count }) {
            throw Failure(description: "\"\(path)\", row \(row + 1): \(fields[row].count) columns, the first row has \(columns)")
        }
    }

    /// The features, and the labels as truth values: of the column's two values the greater one is true.
    ///
    /// - Parameters: columns counted from 0.
    func split(label: Int, skipping skipped: Set<Int>) throws -> (features: Matrix, labels: [Bool]) {
        let used = (0..<columns).filter { $0 != label && !skipped.contains($0) }
        guard !used.isEmpty else { throw Failure(description: "\"\(path)\" has no column beside the label") }
        var elements: [Double] = []
        elements.reserveCapacity(fields.count * used.count)
        for (row, values) in fields.enumerated() {
            for column in used {
                guard let number = Double(values[column]), number.isFinite else {
                    throw Failure(description: "\"\(path)\", row \(row + 1), column \(column + 1): expected a number, got \"\(values[column].prefix(40))\"")
                }
                elements.append(number)
            }
        }
        let found = Set(fields.map { String($0[label]) })
        guard found.count == 2 else {
            throw Failure(description: "\"\(path)\": the label, column \(label + 1), must have two different values, but has \(found.count)")
        }
        let numbers = found.compactMap { text in Double(text).map { (text, $0) } }
        let greater = numbers.count == 2 ? numbers.max { $0.1 < $1.1 }!.0 : found.max()!
        return (Matrix(rows: fields.count, columns: used.count, elements: elements), fields.map { $0[label] == greater })
    }
}
