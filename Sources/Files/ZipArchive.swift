import CZlib

/// Named members in a zip file: what NumPy's `.npz` files are.
///
/// Members are read stored or deflated, and written stored, by a date of 1980, so that equal members give equal bytes. Neither encrypted
/// archives nor those beyond four gigabytes are read.
public struct ZipArchive: Sendable {
    /// A file of the archive.
    public struct Member: Sendable, Equatable {
        /// Its path in the archive.
        public var name: String
        /// Its contents, uncompressed.
        public var bytes: [UInt8]

        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// Why bytes are no archive that can be read.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The members, in the order of the directory at the end.
    public var members: [Member]

    public init(members: [Member] = []) { self.members = members }

    private static let localMark: UInt32 = 0x0403_4b50, centralMark: UInt32 = 0x0201_4b50, endMark: UInt32 = 0x0605_4b50

    // MARK: Reading

    /// - Parameters:
    ///   - limit: the bytes that all members may have together.
    ///   - isCancelled: asked every few megabytes; where it returns true, reading ends with a failure.
    public init(_ bytes: [UInt8], limit: Int = 1 << 30, isCancelled: () -> Bool = { false }) throws(Failure) {
        let reader = ByteReader(bytes)
        // The end record has 22 bytes and a comment of up to 65 535.
        let earliest = max(0, bytes.count - 22 - 65_535)
        guard bytes.count >= 22,
              let end = stride(from: bytes.count - 22, through: earliest, by: -1).first(where: { reader.word($0) == Self.endMark })
        else { throw Failure(description: "is no zip archive: it has no directory at its end") }
        var position = Int(reader.word(end + 16)!), total = 0
        members = []
        for _ in 0..<Int(reader.half(end + 10)!) {
            guard reader.word(position) == Self.centralMark, let nameLength = reader.half(position + 28), let extra = reader.half(position + 30),
                  let comment = reader.half(position + 32), let start = reader.word(position + 42),
                  let name = reader.bytes(position + 46, Int(nameLength))
            else { throw Failure(description: "has a damaged directory") }
            let text = String(decoding: name, as: UTF8.self)
            guard reader.half(position + 8)! & 1 == 0 else { throw Failure(description: "has an encrypted member, \"\(text)\"") }
            let size = Int(reader.word(position + 24)!)
            guard size <= limit - total else { throw Failure(description: "has members of more than \(limit) bytes") }
            total += size
            let packed = try Self.packed(reader, at: Int(start), count: Int(reader.word(position + 20)!), name: text)
            let data = try Self.unpacked(packed, method: Int(reader.half(position + 10)!), size: size, name: text, isCancelled)
            let sum = Self.checksum(data, isCancelled)
            guard !isCancelled() else { throw Failure(description: "was not read to its end") }
            guard sum == reader.word(position + 16)! else { throw Failure(description: "has a damaged member, \"\(text)\"") }
            members.append(Member(name: text, bytes: data))
            position += 46 + Int(nameLength) + Int(extra) + Int(comment)
        }
    }

    private static func packed(_ reader: ByteReader, at start: Int, count: Int, name: String) throws(Failure) -> ArraySlice<UInt8> {
        guard reader.word(start) == localMark, let nameLength = reader.half(start + 26), let extra = reader.half(start + 28),
              let data = reader.bytes(start + 30 + Int(nameLength) + Int(extra), count)
        else { throw Failure(description: "ends within its member \"\(name)\"") }
        return data
    }

    private static func unpacked(_ data: ArraySlice<UInt8>, method: Int, size: Int, name: String, _ isCancelled: () -> Bool) throws(Failure) -> [UInt8] {
        switch method {
        case 0:
            guard data.count == size else { throw Failure(description: "has a damaged member, \"\(name)\"") }
            return Array(data)
        case 8:
            guard let result = inflated(data, size: size, isCancelled) else {
                throw Failure(description: isCancelled() ? "was not read to its end" : "has a damaged member, \"\(name)\"")
            }
            return result
        default:
            throw Failure(description: "has a member, \"\(name)\", packed by method \(method); stored and deflated ones are read")
        }
    }

    /// The number of bytes that are inflated, or summed up, between two polls for cancellation.
    private static let piece = 1 << 23

    /// Raw deflated data, nil unless it gives exactly so many bytes.
    private static func inflated(_ data: ArraySlice<UInt8>, size: Int, _ isCancelled: () -> Bool) -> [UInt8]? {
        // Deflate packs at most 1032 to 1: what says more is damaged, and no memory is taken for it.
        guard size / 1040 <= data.count else { return nil }
        var stream = z_stream()
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var input = Array(data), output = [UInt8](repeating: 0, count: max(1, size))
        let status = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(input.count)
                var status = Z_OK, start = 0
                stream.next_out = output.baseAddress
                while status == Z_OK || status == Z_BUF_ERROR, start < output.count, !isCancelled() {
                    let count = min(piece, output.count - start)
                    stream.avail_out = uInt(count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    guard stream.avail_out < count else { break }
                    start += count - Int(stream.avail_out)
                }
                // The end may stand behind the last byte.
                if status == Z_OK { status = inflate(&stream, Z_FINISH) }
                return status
            }
        }
        guard status == Z_STREAM_END, Int(stream.total_out) == size else { return nil }
        return size == output.count ? output : Array(output.prefix(size))
    }

    private static func checksum(_ bytes: [UInt8], _ isCancelled: () -> Bool = { false }) -> UInt32 {
        var sum = crc32(0, nil, 0)
        bytes.withUnsafeBufferPointer { bytes in
            for start in stride(from: 0, to: bytes.count, by: piece) where !isCancelled() {
                sum = crc32(sum, bytes.baseAddress! + start, uInt(min(piece, bytes.count - start)))
            }
        }
        return UInt32(truncatingIfNeeded: sum)
    }

    // MARK: Writing

    /// The archive's bytes.
    ///
    /// - Throws: where there are more than 65 535 members, or four gigabytes.
    public func encoded() throws(Failure) -> [UInt8] {
        let total = members.reduce(0) { $0 + $1.bytes.count + 2 * $1.name.utf8.count + 76 }
        guard members.count <= 65_535, total < Int(UInt32.max), members.allSatisfy({ $0.name.utf8.count < 65_536 }) else {
            throw Failure(description: "would be beyond the format: at most 65535 members and 4 GB")
        }
        var bytes: [UInt8] = [], directory: [UInt8] = []
        bytes.reserveCapacity(total)
        for member in members {
            let start = UInt32(bytes.count), size = UInt32(member.bytes.count), name = Array(member.name.utf8)
            // Version 2.0, names in UTF-8, stored, the first of January 1980, checksum, sizes.
            var common: [UInt8] = []
            for half in [20, 0x0800, 0, 0, 0x0021] as [UInt16] { common.append(little: half) }
            for word in [Self.checksum(member.bytes), size, size] { common.append(little: word) }
            for half in [UInt16(name.count), 0] { common.append(little: half) }
            bytes.append(little: Self.localMark)
            bytes += common + name
            bytes += member.bytes
            directory.append(little: Self.centralMark)
            directory.append(little: 20 as UInt16)
            directory += common
            for half in [0, 0, 0] as [UInt16] { directory.append(little: half) }
            directory.append(little: 0 as UInt32)
            directory.append(little: start)
            directory += name
        }
        let start = UInt32(bytes.count)
        bytes += directory
        bytes.append(little: Self.endMark)
        for half in [0, 0, UInt16(members.count), UInt16(members.count)] { bytes.append(little: half) }
        bytes.append(little: UInt32(directory.count))
        bytes.append(little: start)
        bytes.append(little: 0 as UInt16)
        return bytes
    }
}

/// Little-endian numbers at places of a buffer; nil beyond its end.
private struct ByteReader {
    private let content: [UInt8]

    init(_ content: [UInt8]) { self.content = content }

    func bytes(_ start: Int, _ count: Int) -> ArraySlice<UInt8>? {
        start >= 0 && count >= 0 && start <= content.count && count <= content.count - start ? content[start..<start + count] : nil
    }

    func half(_ start: Int) -> UInt16? { bytes(start, 2)?.reversed().reduce(0) { $0 << 8 | UInt16($1) } }
    func word(_ start: Int) -> UInt32? { bytes(start, 4)?.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
}

extension [UInt8] {
    fileprivate mutating func append(little number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
