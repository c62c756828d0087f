import Numerics

/// The memory of one thread that evaluates ``PathObjective`` on blocks of sixteen contexts.
public final class PathWorkspace: @unchecked Sendable {
    /// What it was made for; objectives that differ in their rates only are evaluated in it as well.
    public let objective: PathObjective
    private let registers = Registers()
    private let memory: PathMemory<Lanes>
    private let scratch: UnsafeMutablePointer<Lanes>
    private let scratchCount: Int

    public init(_ objective: PathObjective, scratchCount: Int) {
        self.objective = objective
        self.scratchCount = scratchCount
        memory = PathMemory(objective, in: registers)
        scratch = registers.take(scratchCount, repeating: .zero)
    }

    /// Whether an objective can be evaluated here, with a density that needs so much scratch.
    public func serves(_ objective: PathObjective, scratchCount: Int) -> Bool {
        objective.noiseCount == self.objective.noiseCount && objective.outputCount == self.objective.outputCount
            && objective.drawn == self.objective.drawn && scratchCount <= self.scratchCount
    }

    /// The components' weights at the contexts evaluated last, one register each.
    public var weights: UnsafePointer<Lanes> { UnsafePointer(memory.weights) }

    /// Evaluates the objective at sixteen contexts, and replaces the network's outputs by the gradient of the loss.
    ///
    /// - Parameters:
    ///   - outputs: row r of context l at `r·stride + l`, without biases.
    ///   - contexts: what the density reads, rows `contextStride` apart.
    ///   - weight: a factor of the loss, one over the number of contexts of a step.
    ///   - random: draws the samples.
    public func evaluate(
        _ objective: PathObjective, _ density: some ConditionalDensity, outputs: UnsafeMutablePointer<Float>, biases: UnsafePointer<Float>,
        stride: Int, contexts: UnsafePointer<Float>, contextStride: Int, weight: Float, random: inout LaneRandom
    ) -> PathObjective.Summary<Lanes> {
        precondition(objective.noiseCount == self.objective.noiseCount && objective.outputCount == self.objective.outputCount
            && objective.drawn == self.objective.drawn && density.dimension == objective.dimension && density.scratchCount <= scratchCount,
                     "the workspace belongs to another objective")
        let rows = OutputRows<Lanes>(numbers: outputs, biases: biases, stride: stride)
        random.fillNormals(memory.noise, count: objective.noiseCount)
        objective.draw(rows, uniform: random.uniform(), memory)
        density.evaluate(memory.places, count: objective.samples, contexts: contexts, stride: contextStride, values: memory.values,
                         gradients: memory.gradients, scratch: scratch)
        return objective.improve(rows, weight: Lanes(repeating: weight), memory)
    }
}
