import Mixtures

/// A mixture as scripts hold it: over a robot's configurations, or over the variables of a target.
struct Prediction {
    /// The robot whose configurations it is about; nil for other variables.
    let robot: Robot?
    let mixture: GaussianMixture
    /// What a reader must know of it; nil where there is nothing.
    var note: String?
}
