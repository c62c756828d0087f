import ConditionalModels
import Kinematics
import Numerics

/// The context of a model of a whole body: the position of one tip, while a task is met as well.
public struct BodyContext: Sendable, Equatable, Codable {
    public var body: Body
    /// The task besides the tip's position.
    public var task: BodyTask
    /// The tip whose place is the context, an index into the body's tips.
    public var tip: Int
    /// The box that places are trained in, m.
    public var lower: SIMD3<Double>
    public var upper: SIMD3<Double>

    public init(_ body: Body, task: BodyTask, tip: Int, lower: SIMD3<Double>, upper: SIMD3<Double>) {
        self.body = body
        self.task = task
        self.tip = tip
        self.lower = lower
        self.upper = upper
        self.task.aims.removeAll { $0.tip == tip }
    }

    /// The whole task with the tip at a place.
    public func task(at place: SIMD3<Double>) -> BodyTask { task.aiming(.position(place), tip: tip) }

    /// Why an untrusted context cannot be used; nil where it can.
    package var fault: String? {
        if let fault = body.fault ?? body.fault(of: task) { return fault }
        guard body.tips.indices.contains(tip) else { return "its tip does not exist" }
        guard lower.isFinite, upper.isFinite, (0..<3).allSatisfy({ lower[$0] <= upper[$0] }) else { return "its box of places is no box" }
        return nil
    }

    /// Inputs of zero mean and unit variance for places that are uniform in the box.
    var encoding: PoseEncoding {
        let middle = (lower + upper) / 2, deviation = (upper - lower) / Double(12).squareRoot(), least = 1e-3 * body.lengthUnit
        return PoseEncoding(
            kind: .position, offset: (0..<3).map { Float(middle[$0]) }, scale: (0..<3).map { Float(1 / max(deviation[$0], least)) })
    }
}

extension ConditionalMixture {
    /// An untrained model of a whole body.
    ///
    /// - Parameter cancellation: makes a model that is of no use.
    public init(body context: BodyContext, configuration: ModelConfiguration, cancellation: Cancellation = .never) throws(ModelError) {
        var configuration = configuration
        configuration.isBounded = false
        if let fault = context.fault { throw .invalidConfiguration(fault) }
        if let variable = context.body.variables.first(where: { !($0.lower < $0.upper) }) {
            throw .invalidConfiguration("\(variable.name) of \(context.body.name) has no range: a model needs joints that can move")
        }
        try self.init(identity: RobotIdentity(context), encoding: context.encoding, configuration: configuration, cancellation: cancellation)
    }
}

// Places of tips, which single precision is too coarse for far from the origin.
extension PoseEncoding {
    /// The inputs for a place.
    ///
    /// - Precondition: the encoding is that of a ``BodyContext``.
    func inputs(at place: SIMD3<Double>) -> [Float] { (0..<3).map { Float((place[$0] - Double(offset[$0])) * Double(scale[$0])) } }

    /// The encoding that gives places the same inputs where they are measured from another origin, m.
    func measured(from origin: SIMD3<Double>) -> PoseEncoding {
        PoseEncoding(kind: kind, offset: (0..<3).map { Float(Double(offset[$0]) - origin[$0]) }, scale: scale)
    }
}
