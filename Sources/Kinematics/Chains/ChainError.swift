/// Why a robot has no chain between the links that were asked for.
public enum ChainError: Error, Equatable, Sendable {
    /// The link does not exist; `hint` names those that do, the nearest first.
    case unknownLink(robot: String, link: String, hint: String)
    /// The tip is not carried by the base; `below` are the ends of the branches that are.
    case tipNotBelowBase(base: String, tip: String, tipIsAbove: Bool, below: [String])
    /// Several branches could be meant; `tips` are their ends.
    case ambiguous(robot: String, base: String, tips: [String])
    /// No joint between the links moves.
    case noMovingJoint(robot: String, base: String, tip: String)
}

extension ChainError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownLink(let robot, let link, let hint):
            return "robot \"\(robot)\" has no link \"\(link)\"; \(hint)"
        case .tipNotBelowBase(let base, let tip, let tipIsAbove, let below):
            let why = tipIsAbove
                ? "\"\(base)\" is below \"\(tip)\": a chain runs from a base outward to a tip, so exchange the two"
                : "\"\(tip)\" is in another branch than \"\(base)\""
            return below.isEmpty
                ? "there is no chain from \"\(base)\" to \"\(tip)\": \(why)"
                : "there is no chain from \"\(base)\" to \"\(tip)\": \(why); "
                    + "tips below \"\(base)\": \(below.prefix(8).joined(separator: ", "))"
        case .ambiguous(let robot, let base, let tips):
            return "robot \"\(robot)\" branches below \"\(base)\"; choose a tip, for example {tip = \"\(tips.first ?? "")\"}; "
                + "candidates: \(tips.prefix(12).joined(separator: ", "))"
        case .noMovingJoint(let robot, let base, let tip):
            return base == tip
                ? "robot \"\(robot)\" has no moving joint below \"\(base)\""
                : "robot \"\(robot)\" has no moving joint between \"\(base)\" and \"\(tip)\""
        }
    }
}
