import Baselines
import ConditionalModels
import Files
import Foundation
import Kinematics
import ModelFiles
import Numerics
import RobotModels

// sources: Tests/Fuzz/Support/TensorMutations.swift

/// Reads a model, and asks a small one: for joint angles, or for a mixture.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, let file = try? Safetensors(Data(bytes: bytes, count: count), path: "input") else { return 0 }
    if let model = try? FactoredMixture(file, path: "input") {
        precondition(model.encoded().metadata["format"] == file.metadata["format"])
        ask(model)
    }
    if StoredModel.isHeld(by: file), let sampled = try? StoredModel.model(file, path: "input"), sampled.parameterCount <= 1 << 16 {
        var stream = RandomStream(seed: 1)
        let context = EncodedContext(inputs: Array(repeating: 0.5, count: sampled.encoder.inputCount))
        let generator = sampled.makeGenerator(), rows = generator.sample(at: context, count: 2, using: &stream)
        _ = generator.logDensities(of: Matrix(rows: 2, columns: sampled.dimension, elements: rows.map { Double($0) }), at: context)
        return 0
    }
    guard let model = try? ConditionalMixture(file, path: "input") else { return 0 }
    _ = try! ConditionalMixture(model.encoded(), path: "written")
    if model.components <= 64 { ask(model) }
    return 0
}

private func ask(_ model: ConditionalMixture) {
    var stream = RandomStream(seed: 1)
    if let query = try? ConditionalQuery(model), let encoding = model.encoder as? NumberEncoding, encoding.inputCount <= 64 {
        let context = Array(repeating: 0.5, count: encoding.inputCount)
        _ = try? query.predict(context)
        if let samples = try? query.sample(context, count: 4, using: &stream) { precondition(samples.elements.allSatisfy(\.isFinite)) }
    }
    guard let robot = model.subject as? RobotIdentity else { return }
    if let chain = robot.chain, chain.degreesOfFreedom <= 16, let query = try? PoseQuery(model, chain: chain) {
        let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
        _ = query.solve(target, options: .init(count: 1), using: &stream)
    }
    if let body = robot.whole?.body, body.degreesOfFreedom <= 16 {
        guard let query = try? BodyQuery(model) else { return }
        precondition(query.sample(.zero, count: 4, using: &stream).elements.allSatisfy(\.isFinite) || (try? query.checkOutputs()) == nil)
    }
}

private func ask(_ model: FactoredMixture) {
    let chain = model.chain
    guard chain.degreesOfFreedom <= 16 else { return }
    var stream = RandomStream(seed: 1)
    let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
    _ = FactoredQuery(model).solve(target, options: .init(count: 1), using: &stream)
}
