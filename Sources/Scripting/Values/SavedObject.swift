import Files
import ModelFiles
import VariationalInference

/// What a file of tensors holds, by what it says of itself, and the function that reads it.
enum SavedObject: String {
    case inference = "avips.vips", mixture = "avips.mixture", model = "avips.model", network = "avips.network"

    /// Nil for files of other programs.
    init?(_ file: Safetensors) {
        if InferenceState.isHeld(by: file) {
            self = .inference
        } else if let format = file.metadata["format"] {
            guard format.hasPrefix("avips ") else { return nil }
            self = format.hasPrefix("avips network") ? .network : .model
        } else {
            guard file.doubles["weights"] != nil, file.doubles["means"] != nil else { return nil }
            self = .mixture
        }
    }

    private var noun: String {
        switch self {
        case .inference: "an inference"
        case .mixture: "a mixture"
        case .model: "a model"
        case .network: "a network"
        }
    }

    /// The call that reads a file of the kind.
    func call(_ path: String) -> String { self == .inference ? "\(rawValue)(\"\(path)\", { target = ... })" : "\(rawValue) \"\(path)\"" }

    /// Refuses a file that holds something else.
    func check(_ file: Safetensors, path: String) throws(SafetensorsError) {
        guard let held = SavedObject(file), held != self else { return }
        throw held.refusal(path)
    }

    /// What is said of a file of the kind where another one is expected.
    func refusal(_ path: String) -> SafetensorsError { SafetensorsError(path: path, reason: "holds \(noun): \(call(path)) reads it") }
}
