import ConditionalInference
import ConditionalModels
import Mixtures
import Networks
import Numerics

/// The memory that training steps of one model and one phase work in; steps allocate nothing large.
public final class TrainingWorkspace: @unchecked Sendable {
    let batch: BatchWorkspace
    let problem: TrainingProblem
    /// The density of the last step and its widths.
    private var density: (any ConditionalDensity)?
    private var measuring: (any MeasuringDensity)?
    private var widths: TargetWidths?
    private let registers = Registers()
    /// The configurations of the batch, feature-major like the batch's activations.
    let configurations: UnsafeMutablePointer<Float>
    let gradient: GradientWorkspace
    /// What the component objective works in; nil where the phase is without it.
    let variational: VariationalWorkspace?
    private let scratch: UnsafeMutablePointer<Lanes>
    private let scratchCount: Int
    let losses: UnsafeMutablePointer<Double>
    /// Outputs of the parameters before a step, and what measuring its change works in; made when first needed.
    private var formerOutputs: UnsafeMutablePointer<Float>?
    private var changeScratch: UnsafeMutablePointer<Lanes>?

    /// - Precondition: the problem's pairs have the model's dimension and inputs.
    public init(_ model: ConditionalMixture, problem: TrainingProblem, settings: TrainingSettings) {
        precondition(problem.source.dimension == model.dimension && problem.source.inputCount == model.encoder.inputCount,
                     "the source of pairs does not fit the model")
        self.problem = problem
        batch = BatchWorkspace(model.network, batch: settings.batch)
        configurations = registers.take(model.dimension * batch.stride, repeating: 0)
        let loss = ForwardDivergence(components: model.components, projection: model.projection)
        scratchCount = loss.scratchCount
        scratch = registers.take(scratchCount * batch.shardCount, repeating: .zero)
        losses = registers.take(batch.shardCount, repeating: 0)
        gradient = GradientWorkspace([batch], starts: [0], optimizer: settings.optimizer)
        variational = problem.densities == nil || settings.variational.isIdle ? nil : VariationalWorkspace(
            model, batch: batch, samples: max(1, Int(settings.variational.samples.range.upperBound.rounded())))
    }

    /// Whether a step of this state can work here; its components, its batch and its samples may have changed since.
    public func serves(_ state: TrainingState) -> Bool {
        guard batch.network == state.model.network, batch.batch == state.settings.batch,
              gradient.optimizer == state.settings.optimizer else { return false }
        let knobs = state.settings.variational
        guard let variational else { return problem.densities == nil || knobs.isIdle }
        return variational.samples >= knobs.sampleCount(at: state.progress)
    }

    /// The problem's density with a step's widths; nil where there is none. One that can take on other widths is made once.
    func density(_ widths: TargetWidths) -> (any ConditionalDensity)? {
        guard let densities = problem.densities else { return nil }
        if widths != self.widths {
            if !(measuring?.take(widths) ?? false) {
                density = densities.density(widths)
                measuring = density as? any MeasuringDensity
            }
            self.widths = widths
        }
        if let measuring { return measuring }
        return density
    }

    /// What a step asks of every shard.
    struct Task {
        var forward: ForwardDivergence
        /// The weight of the forward divergence, from 0 to 1.
        var forwardShare: Double
        /// Nil where the component objective takes no part.
        var components: VariationalWorkspace.Task?
        /// Leaves a shard as it is, which is of no use then.
        var cancellation = Cancellation.never
    }

    /// Draws a shard's pairs, and takes them forward to the loss and back to every layer.
    func process(shard: Int, stream: RandomStream, task: Task, _ parameters: UnsafePointer<Float>, snapshot: UnsafePointer<Float>?) {
        var stream = stream
        let columns = batch.columns(ofShard: shard)
        let offset = columns.lowerBound
        problem.source.draw(columns.count, using: &stream, configurations: configurations + offset, contexts: batch.input + offset,
                    stride: batch.stride)
        batch.forward(shard: shard, parameters)
        if task.cancellation.isRequested { return }
        guard problem.source.hasPoints else {
            climb(shard: shard, stream: &stream, task: task, parameters, snapshot: snapshot)
            return
        }
        let biases = parameters + batch.network.layers.last!.biases
        let weight = Float(task.forwardShare) / Float(batch.batch)
        improve(shard: shard, stream: &stream, task: task, parameters, snapshot: snapshot)
        if task.cancellation.isRequested { return }
        let scratch = scratch + shard * scratchCount
        var total = 0.0
        for column in stride(from: offset, to: columns.upperBound, by: laneCount) {
            total += Double(task.forward.evaluate(
                outputs: batch.output + column, biases: biases, x: UnsafePointer(configurations + column),
                stride: batch.stride, weight: weight, scratch: scratch).sum())
        }
        losses[shard] = total
        if let variational, task.components != nil { variational.addGradient(shard: shard, to: batch) }
        batch.backward(shard: shard, parameters)
    }

    /// How far the parameters' mixtures have moved, on average over the contexts of the batch's first shard, nats.
    func change(from former: AlignedFloats, to parameters: AlignedFloats, _ change: MixtureChange) -> Double {
        let columns = batch.columns(ofShard: 0), width = columns.count, biases = batch.network.layers.last!.biases, outputs = batch.network.outputs
        if formerOutputs == nil {
            formerOutputs = registers.take(outputs * width, repeating: 0)
            changeScratch = registers.take(change.scratchCount, repeating: .zero)
        }
        guard let formerOutputs, let changeScratch else { return .nan }
        var sum = 0.0
        former.withPointer { former in
            batch.forward(shard: 0, former)
            for row in 0..<outputs { (formerOutputs + row * width).update(from: batch.output + row * batch.stride, count: width) }
            parameters.withPointer { parameters in
                batch.forward(shard: 0, parameters)
                for column in stride(from: 0, to: width, by: laneCount) {
                    let after = MixtureChange.Outputs(values: batch.output + column, biases: parameters + biases, stride: batch.stride)
                    let before = MixtureChange.Outputs(values: formerOutputs + column, biases: former + biases, stride: width)
                    sum += Double(change.evaluate(after, before: before, scratch: changeScratch).sum())
                }
            }
        }
        return sum / Double(width)
    }

    /// Evaluates the objective beside the forward divergence, where there is one.
    private func improve(shard: Int, stream: inout RandomStream, task: Task, _ parameters: UnsafePointer<Float>, snapshot: UnsafePointer<Float>?) {
        guard let variational, let components = task.components else { return }
        switch components.choice {
        case .component:
            guard let snapshot else { return }
            variational.process(
                shard: shard, stream: &stream, task: components, forward: task.forward, batch: batch, parameters, snapshot: snapshot)
        case .path:
            guard let path = components.path else { return }
            variational.climbPaths(shard: shard, stream: &stream, task: components, objective: path, batch: batch, parameters)
        case .reverse:
            variational.descendReverse(shard: shard, stream: &stream, task: components, batch: batch, parameters)
        }
    }

    /// A shard's pass where contexts come without points: the objective alone, whose loss is that of the step.
    private func climb(shard: Int, stream: inout RandomStream, task: Task, _ parameters: UnsafePointer<Float>, snapshot: UnsafePointer<Float>?) {
        improve(shard: shard, stream: &stream, task: task, parameters, snapshot: snapshot)
        if task.cancellation.isRequested { return }
        let columns = batch.columns(ofShard: shard)
        for row in 0..<batch.network.outputs {
            (batch.output + row * batch.stride + columns.lowerBound).update(repeating: 0, count: columns.count)
        }
        variational?.addGradient(shard: shard, to: batch)
        losses[shard] = variational.map { $0.sums[shard].loss } ?? 0
        batch.backward(shard: shard, parameters)
    }
}

extension TrainingWorkspace {
    /// The most numbers that the activations of a batch may take: 4 GiB.
    package static let largestActivationCount = 1 << 30

    /// Throws where a batch needs too much memory.
    static func checkMemory(_ settings: TrainingSettings, _ model: ConditionalMixture) throws(TrainingError) {
        let network = model.network
        let rows = network.inputs + network.outputs + 2 * network.hidden.reduce(0, +) + 2 * (network.hidden.max() ?? 0)
            + (network.front?.activationRows ?? 0)
        let largest = largestActivationCount / rows / laneCount * laneCount
        guard settings.batch <= largest else {
            throw .invalidSettings("a batch of \(settings.batch) needs too much memory for this network; at most \(largest) fit")
        }
    }
}
