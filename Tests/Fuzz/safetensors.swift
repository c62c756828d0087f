import Files
import Foundation

// sources: Tests/Fuzz/Support/TensorMutations.swift

/// Reads a file of tensors; what was read is written and read again, which must give the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let file = try Safetensors(bytes.map { Data(bytes: $0, count: count) } ?? Data(), path: "input")
        let written = try file.encoded()
        precondition(try! Safetensors(written).encoded() == written)
        for text in file.metadata.values {
            _ = Safetensors.value([Double].self, from: text)
            _ = Safetensors.value([String: Double].self, from: text)
        }
    } catch {
        precondition(!error.description.isEmpty)
    }
    return 0
}
