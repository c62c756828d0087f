import Baselines
import ConditionalModels
import Files
import Foundation
import Kinematics
import ModelFiles
import Numerics
import RobotModels

/// Reads a model from safetensors, and asks a small one for joint angles.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, let file = try? Safetensors(Data(bytes: bytes, count: count), path: "input") else { return 0 }
    _ = try? FactoredMixture(file, path: "input")
    if StoredModel.isHeld(by: file), let sampled = try? StoredModel.model(file, path: "input"), sampled.parameterCount <= 1 << 16 {
        var stream = RandomStream(seed: 1)
        let context = EncodedContext(inputs: Array(repeating: 0.5, count: sampled.encoder.inputCount))
        let generator = sampled.makeGenerator(), rows = generator.sample(at: context, count: 2, using: &stream)
        _ = generator.logDensities(of: Matrix(rows: 2, columns: sampled.dimension, elements: rows.map { Double($0) }), at: context)
        return 0
    }
    guard let model = try? ConditionalMixture(file, path: "input"), model.components <= 64,
          let chain = (model.subject as? RobotIdentity)?.chain, chain.degreesOfFreedom <= 16, let query = try? PoseQuery(model, chain: chain) else { return 0 }
    var stream = RandomStream(seed: 1)
    let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
    _ = query.solve(target, options: .init(count: 1), using: &stream)
    return 0
}
