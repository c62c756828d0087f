/// Finds the encoding of an XML document and makes UTF-8 of it.
///
/// No byte is refused. A byte order mark comes first, then the pattern of the first `<`, then the declaration. What is not UTF-8 in a document
/// that should be is read as Windows-1252, which holds Latin-1: editors on old systems write comments in it and declare nothing.
enum MarkupEncoding {
    /// The document in UTF-8, without a byte order mark.
    static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        func begins(_ prefix: UInt8...) -> Bool { bytes.starts(with: prefix) }
        if begins(0xff, 0xfe, 0, 0) { return wide(bytes.dropFirst(4), littleEndian: true) }
        if begins(0, 0, 0xfe, 0xff) { return wide(bytes.dropFirst(4), littleEndian: false) }
        if begins(0xff, 0xfe) { return sixteen(bytes.dropFirst(2), littleEndian: true) }
        if begins(0xfe, 0xff) { return sixteen(bytes.dropFirst(2), littleEndian: false) }
        if begins(0x3c, 0, 0, 0) { return wide(bytes[...], littleEndian: true) }
        if begins(0, 0, 0, 0x3c) { return wide(bytes[...], littleEndian: false) }
        if begins(0x3c, 0) { return sixteen(bytes[...], littleEndian: true) }
        if begins(0, 0x3c) { return sixteen(bytes[...], littleEndian: false) }
        let text = begins(0xef, 0xbb, 0xbf) ? bytes.dropFirst(3) : bytes[...]
        if text.allSatisfy({ $0 < 0x80 }) { return Array(text) }
        return declaresOneByte(text) ? singleBytes(text) : mixed(text)
    }

    /// Whether the XML declaration names one of the encodings with a byte per character that are in use.
    private static func declaresOneByte(_ text: ArraySlice<UInt8>) -> Bool {
        let start = String(decoding: text.prefix(200).map { $0 < 0x80 ? $0 : 0x3f }, as: UTF8.self).lowercased()
        guard start.hasPrefix("<?xml"), let declaration = start.split(separator: ">").first,
              let place = declaration.firstRange(of: "encoding") else { return false }
        let value = declaration[place.upperBound...].drop { $0 == " " || $0 == "=" || $0 == "'" || $0 == "\"" }
        return ["iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252"].contains { value.hasPrefix($0) }
    }

    /// Characters of two bytes; half a surrogate pair becomes the replacement character, an odd byte at the end is dropped.
    private static func sixteen(_ bytes: ArraySlice<UInt8>, littleEndian: Bool) -> [UInt8] {
        let first = bytes.startIndex
        let units = (0..<bytes.count / 2).map { index in
            let (a, b) = (UInt16(bytes[first + 2 * index]), UInt16(bytes[first + 2 * index + 1]))
            return littleEndian ? a | b << 8 : a << 8 | b
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// Characters of four bytes; numbers that are no characters become the replacement character.
    private static func wide(_ bytes: ArraySlice<UInt8>, littleEndian: Bool) -> [UInt8] {
        let first = bytes.startIndex
        let units = (0..<bytes.count / 4).map { index in
            let part = (0..<4).map { UInt32(bytes[first + 4 * index + $0]) }
            return littleEndian ? part[0] | part[1] << 8 | part[2] << 16 | part[3] << 24 : part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3]
        }
        return Array(String(decoding: units, as: UTF32.self).utf8)
    }

    private static func singleBytes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes { append(byte, to: &result) }
        return result
    }

    /// UTF-8 with stray bytes of Windows-1252 among it.
    private static func mixed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let length = lengthOfCharacter(bytes[place...])
            if length > 0 {
                result += bytes[place..<place + length]
            } else {
                append(bytes[place], to: &result)
            }
            place += max(length, 1)
        }
        return result
    }

    /// The number of bytes of the UTF-8 character with which bytes begin; zero where they begin with none (Unicode 16, table 3-7).
    private static func lengthOfCharacter(_ bytes: ArraySlice<UInt8>) -> Int {
        let first = bytes[bytes.startIndex]
        let length: Int, second: ClosedRange<UInt8>
        switch first {
        case 0..<0x80: return 1
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: return 0
        }
        let tail = bytes.dropFirst().prefix(length - 1)
        guard tail.count == length - 1, second.contains(tail.first!), tail.dropFirst().allSatisfy({ (0x80...0xbf).contains($0) }) else { return 0 }
        return length
    }

    private static func append(_ byte: UInt8, to result: inout [UInt8]) {
        if byte < 0x80 { return result.append(byte) }
        let code = byte < 0xa0 ? windows1252[Int(byte) - 0x80] : UInt16(byte)
        result += Array(String(Character(Unicode.Scalar(code) ?? "\u{fffd}")).utf8)
    }

    /// The characters 0x80 to 0x9f of Windows-1252; the five that it leaves out are those of Latin-1.
    private static let windows1252: [UInt16] = [
        0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
        0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
    ]
}
