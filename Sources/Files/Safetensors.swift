import Foundation

/// A tensor of single-precision numbers with a shape, stored by rows.
public struct Tensor: Sendable, Equatable {
    /// The length of every dimension; none for a single number.
    public var shape: [Int]
    /// The numbers, the last index running fastest.
    public var values: [Float]

    /// - Precondition: as many values as the shape says.
    public init(shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count, "\(values.count) values do not make a tensor of shape \(shape)")
        self.shape = shape
        self.values = values
    }
}

/// A tensor of double-precision numbers with a shape, stored by rows.
public struct DoubleTensor: Sendable, Equatable {
    /// The length of every dimension; none for a single number.
    public var shape: [Int]
    /// The numbers, the last index running fastest.
    public var values: [Double]

    /// - Precondition: as many values as the shape says.
    public init(shape: [Int], values: [Double]) {
        precondition(shape.reduce(1, *) == values.count, "\(values.count) values do not make a tensor of shape \(shape)")
        self.shape = shape
        self.values = values
    }
}

/// Named tensors and metadata in the safetensors format: eight bytes with the header's length (little-endian), the header in
/// JSON, then the numbers.
///
/// 32-bit and 64-bit floats are read and written. Files load in the reference implementation for Python.
public struct Safetensors: Sendable, Equatable {
    /// Tensors of 32-bit floats, by name.
    public var tensors: [String: Tensor]
    /// Tensors of 64-bit floats; no name stands in both.
    public var doubles: [String: DoubleTensor]
    /// Texts that stand in the header beside the tensors.
    public var metadata: [String: String]

    public init(tensors: [String: Tensor] = [:], doubles: [String: DoubleTensor] = [:], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.doubles = doubles
        self.metadata = metadata
    }

    /// The longest header that is read, as in the reference implementation.
    static let longestHeader = 100_000_000

    /// The file's bytes; tensors in the order of their names, those of 64-bit floats first, so that they stay aligned.
    public func encoded() throws(SafetensorsError) -> Data {
        var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
        let names = tensors.keys.sorted(), doubleNames = doubles.keys.sorted()
        var offset = 0
        for name in doubleNames {
            let tensor = doubles[name]!
            let end = offset + 8 * tensor.values.count
            header[name] = ["dtype": "F64", "shape": tensor.shape, "data_offsets": [offset, end]] as [String: Any]
            offset = end
        }
        for name in names {
            let tensor = tensors[name]!
            let end = offset + 4 * tensor.values.count
            header[name] = ["dtype": "F32", "shape": tensor.shape, "data_offsets": [offset, end]] as [String: Any]
            offset = end
        }
        guard var json = try? JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes]) else {
            throw SafetensorsError(path: "", reason: "the metadata cannot be written as JSON")
        }
        // Spaces behind the header keep the numbers aligned.
        json.append(contentsOf: repeatElement(0x20, count: (8 - json.count % 8) % 8))
        var data = Data(capacity: 8 + json.count + offset)
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(json)
        for name in doubleNames {
            doubles[name]!.values.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        for name in names {
            tensors[name]!.values.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        return data
    }

    /// Writes the file so that at every moment either the old or the new contents stand there.
    public func write(to path: String) throws {
        let data = try encoded()
        do {
            try data.withUnsafeBytes { try FileReplacement(path: path).write($0) }
        } catch {
            throw SafetensorsError(path: path, reason: "cannot be written: \(error)")
        }
    }
}

/// Why a file of tensors cannot be read or written.
public struct SafetensorsError: Error, Equatable, CustomStringConvertible {
    /// The file's path; empty for bytes in memory.
    public var path: String
    /// What is wrong, in words.
    public var reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
