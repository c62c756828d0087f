import Evaluation
import Kinematics
import LuaBridge
import RobotModels

/// What a model has reached at the end of a training, by raw samples at poses that it has not seen.
struct TrainingOutcome: Equatable {
    /// The mean distance from the pose in m, and the mean angle in rad, of samples inside the limits: those outside were drawn anew.
    var position: Double
    /// Nil where positions alone are asked for.
    var rotation: Double?
    /// The share of samples inside the limits.
    var inside: Double
    var poses: Int
    /// Samples a pose.
    var samples: Int

    /// As many as make the standard errors of means a few per cent; and a tenth, where trainings spend a share of their budgets only.
    private static let usualPoses = 200, fewestPoses = 20

    /// Measures a model; a few seconds, or the session's share of them.
    init(_ model: any PoseModel, chain: Chain, in session: Session) throws {
        var settings = EvaluationSettings(seed: 0)
        settings.poses = max(Self.fewestPoses, Int(Double(Self.usualPoses) * session.trainingShare))
        (settings.samples, settings.referencePoses, settings.timedPoses, settings.solvingTolerances) = (50, 0, 0, [])
        settings.modes = [.samples(), .inside]
        let evaluation = try EvaluationEntries(session: session).evaluation(model, chain: chain, settings)
        let (raw, inside) = (evaluation.modes[0], evaluation.modes[1])
        position = inside.position.mean.value
        rotation = model.context == .pose ? inside.rotation.mean.value : nil
        self.inside = raw.inside.value
        (poses, samples) = (settings.poses, settings.samples)
    }

    var value: Value {
        .record([
            ("position", .number(position)), ("rotation", rotation.map { .number($0) } ?? .nil), ("inside", .number(inside)),
            ("poses", .integer(poses)), ("samples", .integer(samples)),
        ])
    }

    /// "0.41 mm, 0.2°, 97 % inside the limits: ..."
    var text: String {
        let errors = [NumberText.length(position)] + (rotation.map { [NumberText.angle($0)] } ?? [])
        return errors.joined(separator: ", ") + ", \(NumberText.fixed(100 * inside, 0)) % inside the limits: means of \(samples) raw samples at each of \(poses) unseen poses"
    }
}
