import Mixtures

/// A mixture as scripts hold it: over a robot's configurations, or over the variables of a target.
struct Prediction {
    /// The robot whose configurations it is about; nil for other variables.
    let robot: Robot?
    /// What the variables are called; nil where that is not known, or is told by the robot.
    var names: [String]?
    let mixture: GaussianMixture
    /// What a reader must know of it; nil where there is nothing.
    var note: String?
}

extension Prediction {
    /// The variables' names where they say more than the numbers "x1", "x2", ... and are not a robot's.
    var ownNames: [String]? {
        guard robot == nil, let names, names != names.indices.map({ "x\($0 + 1)" }) else { return nil }
        return names
    }
}
