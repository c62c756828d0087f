import ConditionalInference
import ConditionalModels
import Kinematics
import Mixtures
import ModelTraining
import Numerics

/// The targets of a whole body: its tip at the context's place, the rest of its task met, and the variables within soft limits.
public struct BodyTargets: DensityFamily {
    private let context: BodyContext
    private let encoding: PoseEncoding

    /// - Throws: ``ModelError`` where the model is not one of a whole body.
    public init(_ model: ConditionalMixture) throws(ModelError) {
        guard let context = model.robot.whole else { throw .invalidConfiguration("the model is not one of a whole body") }
        self.context = context
        encoding = model.encoding
    }

    /// The density with the tip at a place, in double precision the same as ``density(_:)`` in single.
    public func density(at place: SIMD3<Double>, _ widths: TargetWidths) -> BodyDensity {
        let task = context.task(at: place)
        // The context's goal comes last among the task's aims and is named first here, so that its place among the goals is known.
        let aims = [task.aims.last!] + task.aims.dropLast()
        var factors = aims.map { BodyDensity.Factor.goal($0, position: widths.position, rotation: widths.rotation) }
        if let balance = task.balance { factors.append(.balance(balance, around: nil, deviation: widths.position)) }
        factors.append(.limits(variables: Array(0..<context.body.degreesOfFreedom), deviation: widths.limit, integral: false))
        return BodyDensity(context.body, factors: factors)
    }

    public func density(_ widths: TargetWidths) -> any ConditionalDensity {
        BodyContextDensity(density(at: (context.lower + context.upper) / 2, widths), encoding: encoding)
    }
}

/// The density of a body's task, with the place of the first goal taken from the context.
///
/// Evaluations are shared out among evaluators, so that threads do not meet.
final class BodyContextDensity: MeasuringDensity {
    /// Of places as the evaluators measure them.
    private let encoding: PoseEncoding
    private let middle: [Float]
    private let halfRange: [Float]
    private let evaluators: WorkspacePool<LaneDensityEvaluator>

    init(_ density: BodyDensity, encoding: PoseEncoding) {
        evaluators = WorkspacePool { LaneDensityEvaluator(density) }
        self.encoding = encoding.measured(from: density.laneOrigin)
        middle = density.body.variables.map { Float(($0.lower + $0.upper) / 2) }
        halfRange = density.body.variables.map { Float(($0.upper - $0.lower) / 2) }
    }

    var dimension: Int { middle.count }
    var contextCount: Int { encoding.inputCount }
    var scratchCount: Int { dimension }

    func evaluate(_ x: UnsafePointer<Lanes>, inputs: UnsafePointer<Float>, stride: Int, gradient: UnsafeMutablePointer<Lanes>,
                  scratch: UnsafeMutablePointer<Lanes>) -> DensityValue {
        for i in 0..<dimension { scratch[i] = Lanes(repeating: middle[i]).fma(x[i], Lanes(repeating: halfRange[i])) }
        let frame = encoding.decode(inputs, stride: stride).frame
        return evaluators.withWorkspace { evaluator in
            evaluator.setGoal(0, x: frame.px, y: frame.py, z: frame.pz)
            let value = evaluator.evaluate(scratch, gradient: gradient)
            for i in 0..<dimension { gradient[i] *= Lanes(repeating: halfRange[i]) }
            let errors = evaluator.goalErrors
            return DensityValue(logDensity: value, distance: errors.position, angle: errors.rotation)
        }
    }
}
