import Foundation
import Networks

extension FactoredMixture {
    static let formatName = "avips factored mixture 1"

    /// Whether a file holds a model in two parts.
    public static func isHeld(by file: Safetensors) -> Bool { file.metadata["format"] == formatName }

    /// Both parts in one file: their tensors begin with `lead.` and `rest.`, their metadata are JSON objects of these names.
    public func encoded() -> Safetensors {
        var file = Safetensors(tensors: [:])
        file.metadata["format"] = Self.formatName
        for (name, part) in [("lead", lead.encoded()), ("rest", rest.encoded())] {
            for (key, tensor) in part.tensors { file.tensors["\(name).\(key)"] = tensor }
            file.metadata[name] = json(part.metadata)
        }
        return file
    }

    /// Rebuilds a model from tensors and metadata, all of which are checked.
    public init(_ file: Safetensors, path: String) throws(ModelError) {
        func part(_ name: String) throws(ModelError) -> ConditionalMixture {
            guard let text = file.metadata[name], let metadata = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
                throw .invalidFile(path: path, reason: "its metadata '\(name)' are missing or cannot be read")
            }
            let prefix = name + "."
            var own = Safetensors(tensors: [:])
            for (key, tensor) in file.tensors where key.hasPrefix(prefix) { own.tensors[String(key.dropFirst(prefix.count))] = tensor }
            own.metadata = metadata
            return try ConditionalMixture(own, path: path)
        }
        guard Self.isHeld(by: file) else {
            throw .invalidFile(path: path, reason: "its format is '\(file.metadata["format"] ?? "unknown")', not '\(Self.formatName)'")
        }
        try self.init(lead: part("lead"), rest: part("rest"))
    }

    /// Writes the model; a file that stood there stays until the new one is complete.
    public func write(to path: String) throws { try encoded().write(to: path) }
}
