import ConditionalModels
import Files
import Foundation
import ModelFiles
import ModelTraining
import Networks
import Testing

/// A place for a test's file.
func temporaryPath(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)").path
}

func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

@Suite struct StorageTests {
    @Test func modelsComeBackBitForBit() throws {
        let path = temporaryPath("model.safetensors")
        defer { remove(path) }
        var model = try state(after: 3, threads: 1).trainedModel
        model.history.machine = "a \"quoted\" machine, naïve"
        try model.write(to: path)
        #expect(try ConditionalMixture(contentsOf: path) == model)
        // A model without a training cannot go on, and says so.
        #expect(throws: ModelError.self) { try TrainingState(checkpoint: path) }
    }

    @Test func wrongContentsAreNamed() throws {
        let model = try smallModel(planarArm())
        func reason(_ change: (inout Safetensors) -> Void) -> String {
            var file = model.encoded()
            change(&file)
            do { _ = try ConditionalMixture(file, path: "x.safetensors") } catch { return error.description }
            return ""
        }
        #expect(reason { _ in } == "")
        #expect(reason { $0.metadata["format"] = nil }.contains("format"))
        #expect(reason { $0.metadata["lower"] = "[1, 2" }.contains("lower"))
        #expect(reason { $0.metadata["lower"] = "[1,2]" }.contains("limits"))
        #expect(reason { $0.metadata["configuration"] = "{}" }.contains("configuration"))
        #expect(reason { $0.tensors["logits.bias"] = nil }.contains("logits.bias"))
        #expect(reason { $0.tensors["logits.bias"] = Tensor(shape: [1], values: [1]) }.contains("shape"))
        #expect(reason { $0.tensors["logits.bias"]!.values[0] = .nan }.contains("not finite"))
        #expect(reason { $0.tensors["encoding.scale"] = nil }.contains("encoding"))
        #expect(reason { $0.metadata["configuration"] = $0.metadata["configuration"]!.replacing("\"components\":6", with: "\"components\":-6") }
            .contains("components"))
    }
}
