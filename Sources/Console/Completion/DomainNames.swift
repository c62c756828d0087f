import LuaBridge
import Scripting

/// The names that strings may hold where a function takes them: robots, models, demos, links, topics, and the words that the
/// description of an argument gives in quotation marks.
struct DomainNames {
    let resources: Resources
    let registry: () -> Registry

    /// The names that suit the string argument of a function, or one of its options.
    ///
    /// - Parameter firstArgument: the string that the call has as its first argument, where the word is not that itself.
    func names(for function: Function, option: String?, firstArgument: String?) -> [String] {
        switch (function.name, option) {
        case ("avips.robot", nil), (_, "robot"): robotNames
        case ("avips.robot", "base"), ("avips.robot", "tip"): firstArgument.map(linkNames) ?? []
        case ("avips.model", nil): resources.modelNames
        case ("avips.demo", nil): resources.demoNames
        case ("avips.help", nil), ("avips.example", nil): registry().all.map(\.spokenName) + registry().types.map(\.name)
        default: words(of: function, option)
        }
    }

    private var robotNames: [String] {
        fileNames(in: resources.robots).filter { $0.hasSuffix(".urdf") }.map { String($0.dropLast(".urdf".count)) }
    }

    private func linkNames(of robot: String) -> [String] {
        resources.linkNames(ofRobot: robot)
    }

    /// The words in quotation marks in the description of an option, or of the first parameter: `"pose" or "position"`.
    private func words(of function: Function, _ option: String?) -> [String] {
        let parameter = option.map { name in function.parameters.flatMap(\.options).first { $0.name == name } } ?? function.parameters.first
        if let choices = parameter?.choices, !choices.isEmpty { return choices }
        let parts = (parameter?.summary ?? "").split(separator: "\"", omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }.filter { !$0.contains(" ") }
    }
}
