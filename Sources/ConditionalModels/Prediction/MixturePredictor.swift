import Mixtures
import Networks
import Numerics

/// Evaluates a conditional mixture at one context at a time, in microseconds.
///
/// The trunk and the logits come first; the outputs that belong to a component are computed only for the components
/// wanted. A value owns its workspace: use one per thread.
public final class MixturePredictor {
    public let model: ConditionalMixture
    private let coordinates: ModelCoordinates
    private let inverseHalfRange: [Float]
    private let turns: [(variable: Int, middle: Float)]
    private var angles = ContextAngles()
    private let network: NetworkEvaluator
    private let registers = Registers()
    private let outputs: UnsafeMutablePointer<Float>
    private let raw: UnsafeMutablePointer<Lanes>
    private let factor: UnsafeMutablePointer<Lanes>

    /// Prepares queries of a model; allocates the workspace of one context.
    public init(_ model: ConditionalMixture) {
        self.model = model
        let coordinates = model.coordinates
        self.coordinates = coordinates
        inverseHalfRange = coordinates.halfRange.map { 1 / $0 }
        turns = coordinates.isPeriodic.indices.filter { coordinates.isPeriodic[$0] }.map { ($0, coordinates.valueMiddle[$0]) }
        network = NetworkEvaluator(model.network)
        outputs = registers.take(max(model.components, model.rowsPerComponent), repeating: 0)
        raw = registers.take(model.rowsPerComponent, repeating: .zero)
        factor = registers.take(model.projection.rawCount, repeating: .zero)
    }

    /// The fault of the network's outputs since the last query of it; whoever shows answers asks.
    private var fault: ModelError?

    /// The fault of the answers given since the last call; they are placeholders then.
    package func takeFault() -> ModelError? {
        defer { fault = nil }
        return fault
    }

    /// The normalised log-weights of all components at a context; keeps the trunk's values and the context's angles for
    /// ``mixture(of:logWeights:inCoordinates:)``.
    ///
    /// - Parameters:
    ///   - inputs: the context as the model's encoder gives it.
    ///   - angles: those that variables are counted from, the same in every lane.
    package func logWeights(at inputs: [Float], angles: ContextAngles = ContextAngles()) -> [Float] {
        self.angles = angles
        model.parameters.withPointer { parameters in
            network.evaluate(inputs, count: inputs.count, parameters)
            network.outputs(0..<model.components, parameters, into: outputs)
        }
        let logits = UnsafeBufferPointer(start: outputs, count: model.components)
        guard logits.allSatisfy({ abs($0) <= 1e30 }) else {
            fault = .undefined(model.subject.name)
            return Array(repeating: -Float(Elementary.log(Double(model.components))), count: model.components)
        }
        let greatest = logits.max() ?? 0
        let total = logits.reduce(0) { $0 + Elementary.exp(Double($1 - greatest)) }
        let normaliser = greatest + Float(Elementary.log(total))
        return logits.map { $0 - normaliser }
    }

    /// Replaces coordinates of the model, `dimension` a row, by values at the context asked for last.
    package func decode(_ rows: inout [Float]) {
        let n = model.dimension, count = rows.count / n
        for first in stride(from: 0, to: count, by: laneCount) {
            for variable in 0..<n {
                var x = Lanes.zero
                for lane in 0..<min(laneCount, count - first) { x[lane] = rows[(first + lane) * n + variable] }
                let values = coordinates.decode(x, variable: variable, angles: angles)
                for lane in 0..<min(laneCount, count - first) { rows[(first + lane) * n + variable] = values[lane] }
            }
        }
    }

    /// The mixture of some components, in the variables' units, or in the model's coordinates.
    ///
    /// - Precondition: the model's coordinates are not bounded, or wanted.
    /// - Parameters:
    ///   - components: which, in the order in which they come out.
    ///   - logWeights: of all components.
    package func mixture(of components: [Int], logWeights: [Float], inCoordinates: Bool = false) -> LaneMixture {
        precondition(inCoordinates || !model.configuration.isBounded, "bounded coordinates have no Gaussians in the variables' units")
        let dimension = model.dimension
        var result = LaneMixture(dimension: dimension, count: components.count)
        if !inCoordinates { result.turns = turns }
        let triangle = triangleCount(dimension)
        let isFull = model.configuration.covariance == .full
        let numbers = UnsafeMutableRawPointer(raw).assumingMemoryBound(to: Float.self)
        model.parameters.withPointer { parameters in
            for block in 0..<result.blocks {
                for lane in 0..<laneCount {
                    let index = block * laneCount + lane
                    // Lanes beyond the last component repeat the one before.
                    if index < components.count {
                        let first = model.firstRow(ofComponent: components[index])
                        network.outputs(first..<first + model.rowsPerComponent, parameters, into: outputs)
                        result.logWeights[index] = logWeights[components[index]]
                    }
                    // Lane by lane in memory: setting a lane of a register costs several times as much.
                    for row in 0..<model.rowsPerComponent { numbers[row * laneCount + lane] = outputs[row] }
                }
                model.projection.project(raw + dimension, into: factor)
                for i in 0..<dimension {
                    result.means[block * dimension + i] = inCoordinates ? raw[i] : coordinates.decode(raw[i], variable: i, angles: angles)
                    for j in 0...i where isFull || i == j {
                        let entry = factor[isFull ? triangleIndex(i, j) : i]
                        result.factors[block * triangle + triangleIndex(i, j)] = inCoordinates ? entry : entry * inverseHalfRange[i]
                    }
                }
            }
        }
        guard result.isSound else {
            fault = .undefined(model.subject.name)
            return result.neutral
        }
        return result
    }
}
