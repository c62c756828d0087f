import ConditionalModels
import Files
import Foundation
import Kinematics
import ModelFiles
import ModelTraining
import Numerics
import RobotModels
import Testing

/// Files whose numbers are finite and absurd all the same.
@Suite struct DamagedModelTests {
    @Test(arguments: ["logits.bias", "components.bias", "components.weight", "trunk.0.weight", "trunk.0.bias"])
    func absurdParametersAreRefusedWithTheFilesName(_ tensor: String) throws {
        var file = try smallModel(planarArm()).encoded()
        for i in file.tensors[tensor]!.values.indices { file.tensors[tensor]!.values[i] = i % 2 == 0 ? 3e38 : -3e38 }
        let error = #expect(throws: ModelError.self) { try ConditionalMixture(file, path: "x.safetensors") }
        #expect(error?.description.contains("x.safetensors") == true && error?.description.contains("not finite") == true)
    }

    @Test func checkpointsAreProbedToo() throws {
        let path = temporaryPath("checkpoint.safetensors")
        defer { remove(path) }
        try state(after: 3, threads: 1).writeCheckpoint(to: path)
        var file = try Safetensors(contentsOf: path)
        file.tensors["training.parameters.logits.bias"]!.values[0] = 3e38
        file.tensors["training.parameters.logits.bias"]!.values[1] = -3e38
        file.tensors["training.parameters.components.bias"]!.values = file.tensors["training.parameters.components.bias"]!.values.map { _ in 3e38 }
        #expect(throws: ModelError.self) { try TrainingState(file, path: path) }
    }

    /// A model that answers well near what it was trained on, and not far away.
    private func brittle(_ chain: Chain) throws -> ConditionalMixture {
        var model = try smallModel(chain, context: .pose)
        let layer = model.network.layers[0]
        // A hidden unit that wakes up only where the first input is beyond ten.
        for i in 0..<layer.inputs { model.parameters[layer.weights + i] = i == 0 ? 1e30 : 0 }
        model.parameters[layer.biases] = -1e31
        let head = model.network.layers.last!
        for row in 0..<head.outputs { model.parameters[head.weights + row * head.inputs] = 1e20 }
        return model
    }

    @Test func answersFromOutputsThatAreNotFiniteAreNeverPassedOn() throws {
        let chain = planarArm()
        let model = try brittle(chain)
        let query = try PoseQuery(model, chain: chain)
        var stream = RandomStream(seed: 1)
        _ = query.sample(chain.forwardKinematics([0.3, 0.5, -0.4]), count: 10, refine: 0, using: &stream)
        try query.checkOutputs()
        let far = Pose(position: [1e4, 0, 0], rotation: .identity)
        let samples = query.sample(far, count: 10, refine: 0, using: &stream)
        #expect(samples.elements.allSatisfy { $0.isFinite })
        #expect(throws: ModelError.self) { try query.checkOutputs() }
        let mixture = query.predict(far)
        #expect(mixture.weights.allSatisfy { $0.isFinite })
        #expect(throws: ModelError.self) { try query.checkOutputs() }
        // It is told once for the answers that it concerns.
        _ = query.predict(chain.forwardKinematics([0.3, 0.5, -0.4]))
        try query.checkOutputs()
    }

    @Test func countsThatWouldOverflowAreRefused() throws {
        var file = try smallModel(planarArm()).encoded()
        file.metadata["history"] = file.metadata["history"]!.replacing("\"steps\":0", with: "\"steps\":9223372036854775807")
        let error = #expect(throws: ModelError.self) { try ConditionalMixture(file, path: "x.safetensors") }
        #expect(error?.description.contains("history") == true)
        var scaled = try smallModel(planarArm()).encoded()
        scaled.tensors["encoding.scale"]!.values[0] = 0
        #expect(throws: ModelError.self) { try ConditionalMixture(scaled, path: "x.safetensors") }
    }
}

/// What a file declares is judged by what it holds before anything is allocated.
@Suite struct DeclaredSizeTests {
    @Test func whatAFileLacksIsSaidBeforeAnythingElse() throws {
        var file = try smallModel(planarArm()).encoded()
        var configuration = try #require(try JSONSerialization.jsonObject(with: Data(file.metadata["configuration"]!.utf8)) as? [String: Any])
        configuration["hidden"] = Array(repeating: 8192, count: 2)
        configuration["components"] = 64
        file.metadata["configuration"] = String(decoding: try JSONSerialization.data(withJSONObject: configuration), as: UTF8.self)
        file.tensors = file.tensors.filter { $0.key.hasPrefix("encoding") }
        let error = #expect(throws: ModelError.self) { try ConditionalMixture(file, path: "x.safetensors") }
        #expect(error?.description.contains("tensor 'trunk.0.weight' is missing") == true, "\(String(describing: error))")
    }

    @Test func absurdEncodingsAreNamed() throws {
        for (tensor, value, words) in [("offset", Float(1e30), "subtracts 1e+30"), ("scale", 0, "multiplies by 0.0"), ("scale", .nan, "multiplies by nan")] {
            var file = try smallModel(planarArm()).encoded()
            file.tensors["encoding." + tensor]!.values[0] = value
            let error = #expect(throws: ModelError.self) { try ConditionalMixture(file, path: "x.safetensors") }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
        var file = try smallModel(planarArm()).encoded()
        file.tensors["encoding.scale"] = Tensor(shape: [1], values: [1])
        let error = #expect(throws: ModelError.self) { try ConditionalMixture(file, path: "x.safetensors") }
        #expect(error?.description.contains("has the shape [1] instead of") == true)
    }

    /// A file may say that a joint turns which its model of the first joints does not have.
    @Test func turningVariablesMayLieBeyondThoseOfTheModel() {
        let space = SampleSpace(names: ["a"], middle: [0.5], halfRange: [2])
        let coordinates = ModelCoordinates(space, symmetry: ContextSymmetry(first: 1, last: 7, firstMiddle: 0.1, lastMiddle: 3))
        #expect(coordinates.middle == [0.5] && coordinates.halfRange == [2] && coordinates.wrapped.isEmpty)
    }
}
