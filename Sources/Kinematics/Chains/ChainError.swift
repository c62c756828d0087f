/// Why a robot has no chain between the links that were asked for.
public enum ChainError: Error, Equatable, Sendable {
    /// The link does not exist; `hint` names those that do, the nearest first.
    case unknownLink(robot: String, link: String, hint: String)
    /// Several branches could be meant; `tips` are their ends.
    case ambiguous(robot: String, base: String, tips: [String])
    /// No joint between the links moves.
    case noMovingJoint(robot: String, base: String, tip: String)
    /// The chain passes a joint that the description leaves unusable, or uses masses that it does.
    case unusable(URDFError)
}

extension ChainError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownLink(let robot, let link, let hint):
            return "robot \"\(robot)\" has no link \"\(link)\"; \(hint)"
        case .ambiguous(let robot, let base, let tips):
            return "robot \"\(robot)\" branches below \"\(base)\"; choose a tip, for example {tip = \"\(tips.first ?? "")\"}; "
                + "candidates: \(tips.prefix(40).joined(separator: ", "))" + (tips.count > 40 ? " and \(tips.count - 40) more" : "")
        case .noMovingJoint(let robot, let base, let tip):
            return base == tip
                ? "robot \"\(robot)\" has no moving joint below \"\(base)\""
                : "robot \"\(robot)\" has no moving joint between \"\(base)\" and \"\(tip)\""
        case .unusable(let fault): return "\(fault)"
        }
    }
}
