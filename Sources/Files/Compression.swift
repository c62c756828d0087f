import CZlib

/// What PNG, PDF and pages of views pack their data with.
public enum Compression {
    /// The bytes in the zlib format (RFC 1950).
    public static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var size = compressBound(uLong(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(size))
        let status = result.withUnsafeMutableBufferPointer { result in
            bytes.withUnsafeBufferPointer { compress2(result.baseAddress, &size, $0.baseAddress, uLong($0.count), 9) }
        }
        precondition(status == Z_OK, "zlib has no memory")
        return Array(result.prefix(Int(size)))
    }

    /// The cyclic redundancy check of PNG's chunks.
    public static func checksum(_ bytes: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer { crc32(crc32(0, nil, 0), $0.baseAddress, uInt($0.count)) })
    }
}
