import ConditionalModels
import ModelTraining
import Networks
import Numerics

/// A generative model whose networks are trained by gradients of a loss over batches.
public protocol TrainableModel: GenerativeModel, Equatable {
    associatedtype Configuration: Sendable, Equatable, Codable

    /// The choices that the model is built from.
    var configuration: Configuration { get }
    /// The parameters of all networks that take part in training.
    var parameters: AlignedFloats { get set }
    /// The networks, and where the parameters of each begin.
    var networks: [(network: ResidualNetwork, start: Int)] { get }

    /// What a training of a phase works in.
    ///
    /// - Throws: ``TrainingError/invalidSettings(_:)`` where the problem lacks what the model learns from, or too much memory is needed.
    func makeWorkspace(_ settings: TrainingSettings, at progress: Double, on problem: TrainingProblem) throws(TrainingError) -> any ModelWorkspace
}

extension TrainableModel {
    /// Whether both are the same model with the same parameters.
    public static func == (left: Self, right: Self) -> Bool {
        left.subject.equals(right.subject) && left.space == right.space && left.encoder.equals(right.encoder)
            && left.configuration == right.configuration && left.parameters == right.parameters && left.history == right.history
    }

    /// Whether both are of one type and equal.
    public func equals(_ other: any TrainableModel) -> Bool { (other as? Self) == self }

    /// How values become coordinates.
    var coordinates: ModelCoordinates { ModelCoordinates(space, symmetry: encoder.symmetry) }

    /// Draws parameters to start from, network by network.
    ///
    /// - Parameters:
    ///   - outputGain: that of the output layers (``ResidualNetwork/initialParameters(gain:outputGain:using:cancellation:)``).
    ///   - cancellation: leaves parameters that are of no use.
    mutating func drawParameters(outputGain: Double, using stream: inout RandomStream, cancellation: Cancellation) {
        for (network, start) in networks {
            parameters.replace(from: start, with: network.initialParameters(outputGain: outputGain, using: &stream, cancellation: cancellation))
        }
    }
}

/// The memory that training steps of one model and one phase work in; steps allocate nothing large.
public protocol ModelWorkspace: AnyObject, Sendable {
    /// The activations of the model's networks, in their order.
    var batches: [BatchWorkspace] { get }

    /// Whether steps with these settings can work here.
    func serves(_ settings: TrainingSettings, at progress: Double) -> Bool

    /// Draws a batch, takes it forward to the loss and back to every layer; the bits do not depend on the number of threads.
    ///
    /// - Returns: nil where that was cancelled.
    func process(
        _ settings: TrainingSettings, at progress: Double, stream: RandomStream, _ parameters: UnsafePointer<Float>, threads: Int,
        cancellation: Cancellation
    ) -> ModelLoss?
}

/// What a batch gave.
public struct ModelLoss: Sendable {
    public var loss: Double
    /// Whether the target's density was defined somewhere, or takes no part.
    public var isTargetDefined = true
    public var measures = TrainingMeasures()

    public init(loss: Double) { self.loss = loss }
}
