import LuaBridge
import Scripting

/// The names that strings may hold where a function takes them: robots, models, demos, links, topics, and the words that the
/// description of an argument gives in quotation marks.
struct DomainNames {
    let session: Session
    private var resources: Resources { session.resources }
    private var registry: Registry { session.state.registry }

    /// The names that suit the string argument of a function, or one of its options.
    ///
    /// - Parameter firstArgument: the string that the call has as its first argument, where the word is not that itself.
    func names(for function: Function, option: String?, firstArgument: String?) -> [String] {
        switch (function.name, option) {
        case ("avips.robot", nil), (_, "robot"): robotNames
        case ("avips.robot", "base"), ("avips.robot", "tip"), ("avips.robot", "tips"), ("avips.robot", "stance"): firstArgument.map(linkNames) ?? []
        case ("avips.model", nil): resources.modelNames
        case ("avips.demo", nil): resources.demoNames
        case ("avips.help", nil), ("avips.example", nil): registry.all.map(\.spokenName) + registry.types.map(\.name)
        default: words(of: function, option)
        }
    }

    /// The names of the joints that are keys, or elements, of an option's table: of the object that a method is called on, or of the robot that is loaded.
    func joints(for function: Function, option: String, firstArgument: String?, receiver: Value?) -> [String] {
        switch (function.name, option) {
        case ("avips.robot", "limits"): firstArgument.map(resources.jointNames(ofRobot:)) ?? []
        case (_, "locked"): receiver.map(session.jointNames(of:)) ?? []
        default: []
        }
    }

    /// Whether an option has a few words as its values, and nothing else.
    func isClosed(_ function: Function, option: String?) -> Bool {
        guard let option, let parameter = function.parameters.flatMap(\.options).first(where: { $0.name == option }) else { return false }
        return !parameter.choices.isEmpty
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
