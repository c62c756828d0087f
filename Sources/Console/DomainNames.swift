import LuaBridge
import Scripting

/// The names that strings may hold where a function takes them: robots and models at hand.
struct DomainNames {
    let resources: Resources

    /// The names that suit the string argument of a function, or one of its options.
    func names(for function: Function, option: String?) -> [String] {
        switch (function.name, option) {
        case ("avips.robot", nil), (_, "robot"): robotNames
        case ("avips.model", nil): resources.modelNames
        default: []
        }
    }

    private var robotNames: [String] {
        fileNames(in: resources.robots).filter { $0.hasSuffix(".urdf") }.map { String($0.dropLast(".urdf".count)) }
    }
}
