import Baselines
import ConditionalModels
import Files

extension ModelEnsemble {
    static let formatName = "avips ensemble 1"

    /// Whether a file holds an ensemble.
    public static func isHeld(by file: Safetensors) -> Bool { file.metadata["format"] == formatName }

    /// All members in one file: the tensors of member m begin with `members.m.`, its metadata are the JSON object of this name.
    ///
    /// - Throws: ``ModelError/invalidConfiguration(_:)`` where a member is of a kind that has no files.
    public func encoded() throws(ModelError) -> Safetensors {
        var file = Safetensors(tensors: [:])
        file.metadata["format"] = Self.formatName
        file.metadata["members"] = String(members.count)
        for (index, member) in members.enumerated() {
            let part: Safetensors
            switch member {
            case let mixture as ConditionalMixture: part = mixture.encoded()
            case let model as any TrainableModel: part = model.encoded()
            default: throw .invalidConfiguration("member \(index + 1) is of a kind that has no files")
            }
            file.add(part, as: "members.\(index)")
        }
        return file
    }

    /// Rebuilds an ensemble from tensors and metadata, all of which are checked.
    public init(_ file: Safetensors, path: String) throws(ModelError) {
        guard Self.isHeld(by: file) else {
            throw .invalidFile(path: path, reason: "its format is '\(file.metadata["format"] ?? "unknown")', not '\(Self.formatName)'")
        }
        guard let count = Int(file.metadata["members"] ?? ""), Self.memberRange.contains(count) else {
            throw .invalidFile(path: path, reason: "the number of its members is missing or not from \(Self.memberRange.lowerBound) to \(Self.memberRange.upperBound)")
        }
        var members: [any GenerativeModel] = []
        for index in 0..<count {
            let part = try file.part("members.\(index)", path: path)
            members.append(StoredModel.isHeld(by: part) ? try StoredModel.model(part, path: path) : try ConditionalMixture(part, path: path))
        }
        do {
            try self.init(members)
        } catch {
            throw .invalidFile(path: path, reason: "its members make no ensemble: \(error)")
        }
    }

    /// Writes the ensemble; a file that stood there stays until the new one is complete.
    public func write(to path: String) throws { try encoded().write(to: path) }
}
