import AmortizedInference
import Kinematics

/// A model in two parts as scripts hold it.
final class FactoredModel {
    let mixture: FactoredMixture
    let robot: Robot
    private(set) lazy var query = FactoredQuery(mixture)

    init(_ mixture: FactoredMixture) {
        self.mixture = mixture
        robot = Robot(mixture.chain)
    }
}
