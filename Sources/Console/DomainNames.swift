import LuaBridge

/// The names that strings may hold where a function takes them: robots and models at hand.
struct DomainNames {
    let root: String?

    /// The names that suit the string argument of a function, or one of its options.
    func names(for function: Function, option: String?) -> [String] {
        switch (function.name, option) {
        case ("avips.robot", nil), (_, "robot"): files("robots", ".urdf")
        case ("avips.model", nil): files("share/models", ".safetensors")
        default: []
        }
    }

    private func files(_ directory: String, _ ending: String) -> [String] {
        guard let root else { return [] }
        return fileNames(in: "\(root)/\(directory)").filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
    }
}
