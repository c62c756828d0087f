import ConditionalModels
import Files
import ModelTraining
import RobotModels

// A checkpoint of a model in parts is its file, and in it that of the stage at work: it loads as a model, and as the training that can go on.
extension PartsTrainingState {
    private struct Summary: Codable {
        var course: TrainingCourse
        var stage: Int
    }

    private static let key = "parts_training"
    private static let stageKey = "stage"

    /// Writes all that is needed to continue.
    ///
    /// - Parameter metadata: what else the file is to say.
    public func writeCheckpoint(to path: String, metadata: [String: String] = [:]) throws {
        var file = trainedModel.encoded()
        file.metadata.merge(metadata) { own, _ in own }
        if let inner { file.add(inner.checkpoint(), as: Self.stageKey) }
        file.metadata[Self.key] = Safetensors.json(Summary(course: course, stage: stage))
        try file.write(to: path)
    }

    /// Whether a file that was read holds a training besides its model.
    public static func isHeld(by file: Safetensors) -> Bool { file.metadata[key] != nil }

    /// Takes up the training of a file that was read.
    ///
    /// - Parameter path: names the file in errors.
    public init(_ file: Safetensors, path: String) throws {
        let model = try FactoredMixture(file, path: path)
        guard let text = file.metadata[Self.key], let summary = Safetensors.value(Summary.self, from: text) else {
            throw ModelError.invalidFile(path: path, reason: "its metadata '\(Self.key)' cannot be read")
        }
        var inner: TrainingState?
        if file.metadata[Self.stageKey] != nil {
            // A feasibility's network is asked with what the next part sees.
            let chain = Self.feasibilityPart(of: model, stage: summary.stage).flatMap { model.parts[$0 + 1].robot.chain }
            inner = try TrainingState(file.part(Self.stageKey, path: path), path: path, seenBy: chain)
        }
        do { try self.init(model, course: summary.course, stage: summary.stage, inner: inner) } catch {
            throw ModelError.invalidFile(path: path, reason: "\(error)")
        }
    }

    private static func feasibilityPart(of model: FactoredMixture, stage: Int) -> Int? {
        let stages = Self.stages(of: model)
        guard stages.indices.contains(stage), case .feasibility(let part) = stages[stage] else { return nil }
        return part
    }
}
