import Foundation

/// An array in the format of NumPy's `.npy` files (versions 1 to 3): a magic word, a header in Python's syntax, then the numbers.
///
/// Numbers are read from NumPy's integers, its floats of up to 64 bits and booleans, in either byte order, and written as 64-bit floats.
public struct NumPyArray: Sendable, Equatable {
    /// The length of every dimension; none for a single number.
    public var shape: [Int]
    /// The numbers, the last index running fastest.
    public var values: [Double]
    /// The first whole number of a file that no 64-bit float is equal to, in digits; nil where all were read as they are.
    public private(set) var rounded: String?

    /// - Precondition: as many values as the shape says.
    public init(shape: [Int], values: [Double]) {
        precondition(shape.reduce(1, *) == values.count, "\(values.count) values do not make an array of shape \(shape)")
        self.shape = shape
        self.values = values
    }

    /// Why bytes are not such an array.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Reads a file's bytes.
    ///
    /// - Throws: What is wrong, in words.
    public init(_ bytes: some RandomAccessCollection<UInt8>) throws(Failure) {
        let bytes = Array(bytes)
        guard bytes.starts(with: Self.magic), bytes.count >= 10 else { throw Failure(description: "is no NumPy array: it does not begin with \\x93NUMPY") }
        let major = bytes[6]
        guard (1...3).contains(major) else { throw Failure(description: "has version \(major) of the format, 1 to 3 are read") }
        let lengthSize = major == 1 ? 2 : 4
        guard bytes.count >= 8 + lengthSize else { throw Failure(description: "ends within its header") }
        let length = bytes[8..<8 + lengthSize].reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = 8 + lengthSize
        guard length <= bytes.count - start else { throw Failure(description: "ends within its header") }
        let header = try NumPyHeader(bytes[start..<start + length])
        let data = bytes[(start + length)...]
        let needed = header.count.multipliedReportingOverflow(by: header.type.size)
        guard !needed.overflow, data.count >= needed.partialValue else {
            throw Failure(description: "has \(data.count) bytes of numbers, its shape \(header.shapeText) needs more")
        }
        shape = header.shape
        let read = header.type.numbers(data.prefix(needed.partialValue), count: header.count)
        rounded = header.type.firstRounded(data.prefix(needed.partialValue), count: header.count)
        values = header.isColumnMajor ? Self.byRows(read, shape: header.shape) : read
    }

    /// Numbers whose first index ran fastest, with the last one fastest.
    private static func byRows(_ values: [Double], shape: [Int]) -> [Double] {
        guard shape.count > 1, !values.isEmpty else { return values }
        var index = [Int](repeating: 0, count: shape.count)
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
        return values.indices.map { _ in
            let value = values[zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }]
            var axis = shape.count - 1
            index[axis] += 1
            while axis > 0, index[axis] == shape[axis] {
                index[axis] = 0
                axis -= 1
                index[axis] += 1
            }
            return value
        }
    }

    /// The file's bytes: version 1, 64-bit floats, little-endian, the numbers at a multiple of 64.
    public var encoded: [UInt8] {
        let list = shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
        var header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(list), }"
        header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
        var bytes = Self.magic + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)] + Array(header.utf8)
        bytes.reserveCapacity(bytes.count + 8 * values.count)
        if NumPyType.isNative {
            values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        } else {
            for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        }
        return bytes
    }
}
