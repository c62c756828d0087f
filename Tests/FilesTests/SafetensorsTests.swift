import Files
import Foundation
import Testing

@Suite struct SafetensorsTests {
    private let file = Safetensors(
        tensors: ["a": Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]), "b": Tensor(shape: [], values: [-0.5]),
                  "c/ü \"": Tensor(shape: [0, 4], values: [])],
        metadata: ["robot": "panda", "note": "line\nbreak \"and\" quotes"])

    /// A file with a header of the caller's and some bytes behind it.
    private func bytes(_ header: String, body: Int, length: UInt64? = nil) -> Data {
        var data = Data()
        withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: header.utf8)
        data.append(Data(count: body))
        return data
    }

    private func reason(_ data: Data) -> String {
        do { _ = try Safetensors(data, path: "f.safetensors") } catch { return error.description }
        return ""
    }

    @Test func filesComeBack() throws {
        let data = try file.encoded()
        #expect(try Safetensors(data) == file)
        let length = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        #expect((8 + length) % 8 == 0)
    }

    @Test func everyTruncationIsNoticed() throws {
        let data = try file.encoded()
        for count in 0..<data.count { #expect(reason(data.prefix(count)).hasPrefix("f.safetensors: ")) }
        #expect(reason(data + Data(count: 4)).contains("behind"))
    }

    @Test func wrongHeadersAreNamed() {
        func entry(_ name: String, _ shape: String, _ from: Int, _ to: Int, type: String = "F32") -> String {
            "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(from),\(to)]}"
        }
        #expect(reason(bytes("{\(entry("a", "[2]", 0, 8))}", body: 8)) == "")
        #expect(reason(bytes("{}", body: 0, length: .max)).contains("header"))
        #expect(reason(bytes("{}", body: 0, length: 1 << 40)).contains("header"))
        #expect(reason(bytes("[1]", body: 0)).contains("JSON"))
        #expect(reason(bytes("{\"__metadata__\":{\"a\":1}}", body: 0)).contains("metadata"))
        #expect(reason(bytes("{\"a\":{\"dtype\":\"F32\"}}", body: 0)).contains("incomplete"))
        #expect(reason(bytes("{\(entry("a", "[2]", 0, 8, type: "F16"))}", body: 8)).contains("F16"))
        #expect(reason(bytes("{\(entry("a", "[3]", 0, 8))}", body: 8)).contains("needs 12"))
        #expect(reason(bytes("{\(entry("a", "[-2]", 0, 8))}", body: 8)).contains("shape"))
        #expect(reason(bytes("{\(entry("a", "[4611686018427387904, 4]", 0, 8))}", body: 8)).contains("shape"))
        #expect(reason(bytes("{\(entry("a", "[2]", 8, 0))}", body: 8)).contains("offsets"))
        #expect(reason(bytes("{\(entry("a", "[2]", -8, 0))}", body: 8)).contains("offsets"))
        #expect(reason(bytes("{\(entry("a", "[2]", 4, 12))}", body: 12)).contains("gap"))
        #expect(reason(bytes("{\(entry("a", "[2]", 0, 8)),\(entry("b", "[2]", 4, 12))}", body: 12)).contains("overlaps"))
        #expect(reason(bytes("{\(entry("a", "[2]", 0, 8))}", body: 4)).contains("truncated"))
    }

    /// A file of five megabytes whose tensors overlap: copied one by one they would take eighty gigabytes.
    @Test func overlappingTensorsTakeNoMemory() {
        let size = 4 << 20
        let entries = (0..<20_000).map { "\"t\($0)\":{\"dtype\":\"F32\",\"shape\":[\(size / 4)],\"data_offsets\":[0,\(size)]}" }
        #expect(reason(bytes("{" + entries.joined(separator: ",") + "}", body: size)).contains("overlaps"))
    }

    @Test func failedWriteKeepsTheOldFile() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("m.safetensors").path
        try file.write(to: path)
        #expect(try Safetensors(contentsOf: path) == file)
        // A folder cannot be replaced by a file: the rename fails after everything was written.
        let occupied = folder.appendingPathComponent("occupied").path
        try FileManager.default.createDirectory(atPath: occupied + "/inner", withIntermediateDirectories: true)
        #expect(throws: SafetensorsError.self) { try file.write(to: occupied) }
        #expect(throws: SafetensorsError.self) { try file.write(to: folder.path + "/missing/m.safetensors") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["m.safetensors", "occupied"])
        #expect(throws: SafetensorsError.self) { try Safetensors(contentsOf: folder.path) }
        #expect(throws: SafetensorsError.self) { try Safetensors(contentsOf: path + ".none") }
    }
}
