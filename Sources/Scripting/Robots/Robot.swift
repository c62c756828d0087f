import Collision
import Figures
import Numerics

/// A robot as scripts hold it: its chain, and the workspaces that queries of it need.
final class Robot: Jointed {
    static let part = "joint"

    let chain: Chain
    /// What was chosen and assumed in building the chain, one sentence each.
    let notes: [String]
    /// What the chain was found in; nil for parts of robots and robots of models.
    let description: RobotDescription?
    /// Of one thread, as the session is.
    private(set) lazy var solver = InverseKinematics(chain)
    /// Not lazy: the accessor of a lazy value copies it, and its workspace with it, on every change.
    private var evaluator: ChainEvaluator
    private(set) lazy var reach = chain.reach
    /// The largest distance of the tip from where the robot stands, m: ``reach`` but for robots that are mounted far from the base's origin.
    private(set) lazy var ownReach = chain.standing.robot.reach
    /// Its shapes, once something has asked for them.
    var shapes: CollisionModel?

    var name: String { chain.name }
    var variables: [Chain.Variable] { chain.variables }

    init(_ chain: Chain, notes: [String] = [], description: RobotDescription? = nil) {
        self.chain = chain
        evaluator = ChainEvaluator(chain)
        self.notes = notes
        self.description = description
    }

    /// The pose of the tip at a configuration of the right length.
    func pose(_ q: UnsafeBufferPointer<Double>) -> Pose {
        evaluator.evaluate(q)
        return evaluator.tip
    }

    /// The 6 × dof Jacobian at a configuration of the right length.
    func jacobian(_ q: [Double]) -> Matrix {
        q.withUnsafeBufferPointer { evaluator.evaluate($0) }
        var result = Matrix(rows: 6, columns: chain.degreesOfFreedom)
        result.elements.withUnsafeMutableBufferPointer { evaluator.jacobian(into: $0) }
        return result
    }
}
