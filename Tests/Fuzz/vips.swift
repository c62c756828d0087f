import Files
import Foundation
import Mixtures
import ModelFiles
import VariationalInference

// sources: Tests/Fuzz/Support/TensorMutations.swift

/// The target of the inferences in the corpus: -(x² + y²)/2.
private struct Bowl: TargetDensity {
    let name = "bowl"
    let dimension = 2

    func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>, gradients: UnsafeMutablePointer<Double>?
    ) {
        for index in 0..<count {
            let (x, y) = (points[2 * index], points[2 * index + 1])
            logDensities[index] = -(x * x + y * y) / 2
            gradients?[2 * index] = -x
            gradients?[2 * index + 1] = -y
        }
    }
}

/// Reads an inference, and goes on with it where that is cheap; what comes of it is written and read again, which must give the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let target = Bowl()
    guard let bytes, let file = try? Safetensors(Data(bytes: bytes, count: count), path: "input"),
          var state = try? InferenceState(file, target: target, path: "input", threads: 1) else { return 0 }
    let written = try! state.encoded(target: target.name).encoded()
    let again = try! InferenceState(Safetensors(written), target: target, path: "written", threads: 1)
    precondition(try! again.encoded(target: target.name).encoded() == written)
    let settings = state.settings
    guard state.components.count <= 16, settings.selection.count <= 200, settings.weightSweeps <= 10 else { return 0 }
    if case .addAndDelete(let knobs) = settings.adaptation, knobs.priorCandidates + knobs.candidates > 2000 || knobs.additions > 8 { return 0 }
    for _ in 0..<2 { _ = try? state.step(target) }
    precondition(state.components.allSatisfy { Gaussian.isSound(mean: $0.gaussian.mean, precisionFactor: $0.gaussian.precisionFactor) })
    return 0
}
