import Baselines
import Files
import Foundation
import ModelFiles
import ModelTraining

/// Reads the checkpoint of a training.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, let file = try? Safetensors(Data(bytes: bytes, count: count), path: "input") else { return 0 }
    _ = try? TrainingState(file, path: "input")
    _ = try? ModelTrainingState(file, path: "input")
    return 0
}
