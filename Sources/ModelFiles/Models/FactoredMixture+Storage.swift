import ConditionalModels
import Files
import Foundation
import Kinematics
import RobotModels

extension FactoredMixture {
    static let formatName = "avips factored mixture 1"

    /// Whether a file holds a model in parts.
    public static func isHeld(by file: Safetensors) -> Bool { file.metadata["format"] == formatName }

    /// All parts in one file: their tensors begin with `lead.`, `rest.` and `feasibility.`, their metadata are JSON objects of these names. A
    /// rest in parts is such a file within the file.
    public func encoded() -> Safetensors {
        var file = Safetensors(tensors: [:])
        file.metadata["format"] = Self.formatName
        file.add(lead.encoded(), as: "lead")
        file.add(rest?.encoded() ?? parts[1].encoded(), as: "rest")
        if let feasibility {
            file.add(feasibility.errors.encoded(), as: "feasibility")
            file.metadata["tolerance"] = Safetensors.json(feasibility.tolerance)
            file.metadata["confidence"] = Safetensors.json(feasibility.confidence)
        }
        // The parts know the chain from the tip to the base.
        if isReversed { file.metadata["chain"] = Safetensors.json(chain) }
        return file
    }

    /// Rebuilds a model from tensors and metadata, all of which are checked.
    public init(_ file: Safetensors, path: String) throws(ModelError) {
        func part(_ name: String) throws(ModelError) -> Safetensors { try file.part(name, path: path) }
        guard Self.isHeld(by: file) else {
            throw .invalidFile(path: path, reason: "its format is '\(file.metadata["format"] ?? "unknown")', not '\(Self.formatName)'")
        }
        let lead = try ConditionalMixture(part("lead"), path: path), rest = try part("rest")
        if Self.isHeld(by: rest) {
            try self.init(lead: lead, rest: FactoredMixture(rest, path: path))
        } else {
            try self.init(lead: lead, rest: ConditionalMixture(rest, path: path))
        }
        if let text = file.metadata["chain"] {
            guard let chain = try? JSONDecoder().decode(Chain.self, from: Data(text.utf8)) else { throw .invalidFile(path: path, reason: "its robot cannot be read") }
            if let fault = chain.fault { throw .invalidFile(path: path, reason: "its robot is not sound: \(fault)") }
            self = try reversed(of: chain)
        }
        guard file.metadata["feasibility"] != nil else { return }
        guard let tolerance = Double(file.metadata["tolerance"] ?? ""), Feasibility.tolerances.contains(tolerance) else {
            throw .invalidFile(path: path, reason: "its tolerance is missing or out of range")
        }
        // Files of before there was a choice were made with the default.
        guard let confidence = Double(file.metadata["confidence"] ?? "0.5"), Feasibility.confidences.contains(confidence) else {
            throw .invalidFile(path: path, reason: "its confidence is out of range")
        }
        let errors = try ConditionalMixture(part("feasibility"), path: path, seenBy: parts[1].robot.chain)
        try adopt(Feasibility(errors: errors, tolerance: tolerance, confidence: confidence))
    }

    /// Writes the model; a file that stood there stays until the new one is complete.
    public func write(to path: String) throws { try encoded().write(to: path) }
}

// Files within files: their tensors begin with a name, and the metadata of that name are a JSON object.
extension Safetensors {
    mutating func add(_ part: Safetensors, as name: String) {
        for (key, tensor) in part.tensors { tensors["\(name).\(key)"] = tensor }
        for (key, tensor) in part.doubles { doubles["\(name).\(key)"] = tensor }
        metadata[name] = Safetensors.json(part.metadata)
    }

    func part(_ name: String, path: String) throws(ModelError) -> Safetensors {
        guard let text = metadata[name], let metadata = Safetensors.value([String: String].self, from: text) else {
            throw .invalidFile(path: path, reason: "its metadata '\(name)' are missing or cannot be read")
        }
        let prefix = name + "."
        var own = Safetensors(tensors: [:])
        for (key, tensor) in tensors where key.hasPrefix(prefix) { own.tensors[String(key.dropFirst(prefix.count))] = tensor }
        for (key, tensor) in doubles where key.hasPrefix(prefix) { own.doubles[String(key.dropFirst(prefix.count))] = tensor }
        own.metadata = metadata
        return own
    }
}
