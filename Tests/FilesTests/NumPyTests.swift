import Files
import Foundation
import Testing

@Suite struct NumPyTests {
    private func file(_ header: String, _ body: [UInt8], version: UInt8 = 1) -> [UInt8] {
        let length = header.utf8.count
        let size: [UInt8] = version == 1 ? [UInt8(length & 255), UInt8(length >> 8)] : [UInt8(length & 255), UInt8(length >> 8), 0, 0]
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(header.utf8) + body
    }

    private func reason(_ bytes: [UInt8]) -> String {
        do { _ = try NumPyArray(bytes) } catch { return error.description }
        return ""
    }

    @Test(arguments: [[], [3], [0], [2, 3], [2, 0], [2, 3, 2]]) func arraysComeBack(shape: [Int]) throws {
        let count = shape.reduce(1, *)
        let array = NumPyArray(shape: shape, values: (0..<count).map { Double($0) - 0.5 })
        #expect(try NumPyArray(array.encoded) == array)
        #expect((array.encoded.count - 8 * count) % 64 == 0)
    }

    @Test func infinitiesAndNaNComeBack() throws {
        let read = try NumPyArray(NumPyArray(shape: [3], values: [.infinity, -.infinity, .nan]).encoded).values
        #expect(read[0] == .infinity && read[1] == -.infinity && read[2].isNaN)
    }

    @Test func wholeNumbersThatAreRoundedAreNamed() throws {
        func rounded(_ type: String, _ numbers: [UInt64]) throws -> String? {
            let isBigEndian = type.first == ">"
            let body = numbers.flatMap { number in withUnsafeBytes(of: isBigEndian ? number.bigEndian : number.littleEndian) { Array($0) } }
            return try NumPyArray(file("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(numbers.count),), }\n", body)).rounded
        }
        let odd = UInt64(1 << 53 + 1)
        #expect(try rounded("<i8", [1, odd, odd + 2]) == "9007199254740993")
        #expect(try rounded(">i8", [1, UInt64(bitPattern: -9_007_199_254_740_993)]) == "-9007199254740993")
        #expect(try rounded("<u8", [.max]) == "18446744073709551615")
        #expect(try rounded("<i8", [1 << 53, 1 << 63, 1 << 60, UInt64(bitPattern: -7)]) == nil)
        #expect(try rounded("<u8", [1 << 63, odd + 1]) == nil)
        #expect(try rounded("<f8", [odd]) == nil)
    }

    @Test func typesAndByteOrdersAreRead() throws {
        func read(_ type: String, _ body: [UInt8], version: UInt8 = 1) throws -> [Double] {
            try NumPyArray(file("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(2),), }\n", body, version: version)).values
        }
        #expect(try read("<i2", [0xff, 0xff, 1, 0]) == [-1, 1])
        #expect(try read(">i2", [0xff, 0xfe, 0, 1]) == [-2, 1])
        #expect(try read("|u1", [255, 7]) == [255, 7])
        #expect(try read("|b1", [1, 0]) == [1, 0])
        #expect(try read("<f4", [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc1], version: 2) == [1, -10])
        #expect(try read("<f2", [0x00, 0x3c, 0x01, 0x00], version: 3) == [1, 0x1p-24])
        #expect(try read(">u8", [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 9]) == [256, 9])
    }

    @Test func columnMajorArraysAreTurned() throws {
        let body = [1, 2, 3, 4, 5, 6].map { UInt8($0) }
        let array = try NumPyArray(file("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", body))
        #expect(array.values == [1, 3, 5, 2, 4, 6])
    }

    @Test func whatIsWrongIsNamed() {
        #expect(reason(Array("hello, world".utf8)).contains("no NumPy array"))
        #expect(reason(file("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", [])).contains("<c16"))
        #expect(reason(file("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", [])).contains("several fields"))
        #expect(reason(file("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000), }", [0])).contains("needs more"))
        #expect(reason(file("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 9), }", [0])).contains("too large"))
        #expect(reason(file("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", [0])).contains("which is none"))
        #expect(reason(file("{'fortran_order': False, 'shape': (1,), }", [])).contains("descr"))
        let whole = NumPyArray(shape: [2, 2], values: [1, 2, 3, 4]).encoded
        for count in 0..<whole.count { #expect(!reason(Array(whole.prefix(count))).isEmpty) }
    }

    // MARK: Archives

    private let archive = ZipArchive(members: [.init(name: "a.npy", bytes: [1, 2, 3]), .init(name: "ü/b", bytes: []), .init(name: "c", bytes: Array(repeating: 7, count: 1000))])

    @Test func membersComeBack() throws {
        let bytes = try archive.encoded()
        #expect(try ZipArchive(bytes).members == archive.members)
        #expect(try archive.encoded() == bytes)
    }

    @Test func everyTruncationAndEveryChangedByteOfDataIsNoticed() throws {
        let bytes = try archive.encoded()
        for count in 0..<bytes.count { #expect(throws: ZipArchive.Failure.self) { try ZipArchive(Array(bytes.prefix(count))) } }
        for index in 35..<38 {
            var damaged = bytes
            damaged[index] ^= 1
            #expect { try ZipArchive(damaged) } throws: { "\($0)".contains("damaged member, \"a.npy\"") }
        }
    }

    @Test func membersBeyondTheLimitAreRefused() throws {
        let bytes = try archive.encoded()
        #expect { try ZipArchive(bytes, limit: 1002) } throws: { "\($0)".contains("1002 bytes") }
    }
}
