import Foundation

extension Safetensors {
    /// Reads a file.
    ///
    /// - Throws: ``SafetensorsError`` that names the file and what is wrong with it.
    public init(contentsOf path: String) throws(SafetensorsError) {
        let bytes: [UInt8]
        do { bytes = try FileReading(path: path, limit: Self.longestFile).bytes() } catch {
            throw SafetensorsError(path: path, reason: Self.reason(error))
        }
        try self.init(bytes, path: path)
    }

    /// The longest file that is read: a checkpoint of the largest model.
    private static let longestFile = 1 << 32

    private static func reason(_ refusal: FileReading.Refusal) -> String {
        switch refusal {
        case .failed(FileFailure(number: ENOENT)), .failed(FileFailure(number: ENOTDIR)): "there is no such file"
        case .failed(let failure): "cannot be read: \(failure)"
        case .isDirectory: "is a directory, not a file"
        case .isNoFile: "is a device or a pipe, not a file"
        case .tooLarge, .interrupted: "cannot be read: \(refusal)"
        }
    }

    /// Decodes a file's bytes; everything that the header says is checked against them.
    public init(_ data: Data, path: String = "") throws(SafetensorsError) { try self.init([UInt8](data), path: path) }

    private init(_ bytes: [UInt8], path: String) throws(SafetensorsError) {
        func fail(_ reason: String) -> SafetensorsError { SafetensorsError(path: path, reason: reason) }
        guard bytes.count >= 8 else { throw fail("is too short for a safetensors file (\(bytes.count) bytes)") }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
        guard length <= UInt64(Self.longestHeader) else { throw fail("is no safetensors file (header of \(length) bytes)") }
        guard bytes.count - 8 >= Int(length) else {
            throw fail("is truncated: the header has \(length) bytes, the file \(bytes.count - 8) after the length")
        }
        let start = 8 + Int(length)
        guard let header = (try? JSONSerialization.jsonObject(with: Data(bytes[8..<start]))) as? [String: Any] else {
            throw fail("has a header that is not a JSON object")
        }
        self.init()
        var entries: [Entry] = []
        for (name, entry) in header {
            if name == "__metadata__" {
                guard let strings = entry as? [String: String] else { throw fail("has metadata that are not strings") }
                metadata = strings
            } else {
                entries.append(try Self.entry(name, entry, available: bytes.count - start, fail))
            }
        }
        try Self.check(&entries, available: bytes.count - start, fail)
        for entry in entries {
            let range = start + entry.range.lowerBound..<start + entry.range.upperBound
            if entry.isDouble {
                doubles[entry.name] = DoubleTensor(shape: entry.shape, values: Self.numbers(in: bytes[range], zero: 0))
            } else {
                tensors[entry.name] = Tensor(shape: entry.shape, values: Self.numbers(in: bytes[range], zero: 0))
            }
        }
    }

    /// What a header says of a tensor: its shape, byte range and width.
    private struct Entry {
        var name: String
        var shape: [Int]
        var range: Range<Int>
        var isDouble: Bool
    }

    /// Tensors must cover the rest of the file without gaps and overlaps; they are sorted by their places.
    ///
    /// This comes before any tensor is copied: a hundred thousand that overlap would take that many times the memory of the file.
    private static func check(_ entries: inout [Entry], available: Int, _ fail: (String) -> SafetensorsError) throws(SafetensorsError) {
        entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound == end else {
                throw fail("has a \(entry.range.lowerBound < end ? "tensor that overlaps another" : "gap before a tensor"): '\(entry.name)'")
            }
            end = entry.range.upperBound
        }
        guard end == available else { throw fail("has \(available - end) bytes behind its last tensor") }
    }

    private static func numbers<Number>(in bytes: ArraySlice<UInt8>, zero: Number) -> [Number] {
        let size = bytes.count / MemoryLayout<Number>.size
        return [Number](unsafeUninitializedCapacity: size) { buffer, count in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
            count = size
        }
    }

    /// A tensor as its entry in the header describes it.
    private static func entry(
        _ name: String, _ entry: Any, available: Int, _ fail: (String) -> SafetensorsError
    ) throws(SafetensorsError) -> Entry {
        guard let fields = entry as? [String: Any], let type = fields["dtype"] as? String,
              let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int], offsets.count == 2 else {
            throw fail("has an incomplete entry for tensor '\(name)'")
        }
        guard type == "F32" || type == "F64" else { throw fail("holds tensor '\(name)' as \(type); only F32 and F64 are read") }
        var size = type == "F64" ? 8 : 4
        for extent in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { throw fail("has an impossible shape \(shape) for tensor '\(name)'") }
            size = product
        }
        guard offsets[0] >= 0, offsets[0] <= offsets[1] else { throw fail("has impossible offsets \(offsets) for tensor '\(name)'") }
        guard offsets[1] <= available else {
            throw fail("is truncated: tensor '\(name)' ends at byte \(offsets[1]) of \(available)")
        }
        guard offsets[1] - offsets[0] == size else {
            throw fail("gives tensor '\(name)' \(offsets[1] - offsets[0]) bytes, while its shape \(shape) needs \(size)")
        }
        return Entry(name: name, shape: shape, range: offsets[0]..<offsets[1], isDouble: type == "F64")
    }
}
