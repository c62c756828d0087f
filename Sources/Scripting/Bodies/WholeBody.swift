import Collision
import LuaBridge
import Numerics

/// A whole body as scripts hold it: the body, and the workspaces that queries of it need.
final class WholeBody: Jointed {
    static let part = "variable"

    let body: Body
    /// What was assumed in building the body, one sentence each.
    let notes: [String]
    /// What the body was built from; nil for bodies of models.
    let description: RobotDescription?
    /// Where the base stands in the frame that poses are given in; a floating one while its six variables are zero.
    let mount: Pose
    /// Its shapes, once something has asked for them.
    var shapes: CollisionModel?
    /// Of one thread, as the session is.
    private(set) lazy var evaluator = BodyEvaluator(body)
    private var solver: BodySolver?

    var name: String { body.name }
    var variables: [Chain.Variable] { body.variables }

    init(_ body: Body, notes: [String] = [], description: RobotDescription? = nil, mount: Pose = .identity) {
        self.mount = mount
        self.body = body
        self.notes = notes
        self.description = description
    }

    /// The search for a task; its workspace is kept.
    func solver(for task: BodyTask) -> BodySolver {
        if let solver {
            solver.set(task)
            return solver
        }
        let solver = BodySolver(body, task: task)
        self.solver = solver
        return solver
    }
}

extension RobotDescription {
    /// Whether the robot is meant as a whole body: it names several tips and none of them as its own.
    var isWhole: Bool { tip == nil && tips.count > 1 }
}
