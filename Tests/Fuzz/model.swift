import AmortizedInference
import Foundation
import Kinematics
import Networks
import Numerics

/// Reads a model from safetensors, and asks a small one for its mixture and for joint angles.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, let file = try? Safetensors(Data(bytes: bytes, count: count), path: "input") else { return 0 }
    if let model = try? FactoredMixture(file, path: "input") { _ = model.parts.count }
    guard let model = try? ConditionalMixture(file, path: "input") else { return 0 }
    guard let chain = model.robot.chain, !model.robot.isPartial, model.components <= 64, chain.degreesOfFreedom <= 16 else { return 0 }
    var stream = RandomStream(seed: 1)
    let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
    var query = PoseQuery(model, chain: chain)
    _ = query.solve(target, options: .init(count: 1), using: &stream)
    return 0
}
