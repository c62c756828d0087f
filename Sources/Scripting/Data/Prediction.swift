import Kinematics
import Mixtures

/// The mixture that a model predicts at a pose, with the robot that it is about.
struct Prediction {
    let robot: Robot
    let mixture: GaussianMixture
}
