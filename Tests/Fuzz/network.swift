import Files
import Foundation
import ModelFiles
import Networks

// sources: Tests/Fuzz/Support/TensorMutations.swift

/// Reads a network with its optimizer; what was read is written and read again, which must give the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, let file = try? Safetensors(Data(bytes: bytes, count: count), path: "input"),
          let (network, optimizer) = try? Perceptron.decoded(file, path: "input") else { return 0 }
    let written = network.encoded(with: optimizer)
    let (again, other) = try! Perceptron.decoded(written, path: "written")
    precondition(again.encoded(with: other) == written)
    return 0
}
