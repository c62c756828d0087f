import ConditionalInference
import ModelTraining
import Numerics

/// The density of a problem with the deviations of a step, and the registers in which every shard evaluates it.
struct StepDensity {
    private(set) var density: (any ConditionalDensity)?
    /// The same density, where it measures the errors of samples as well.
    private(set) var measuring: (any MeasuringDensity)?
    private var widths: TargetWidths?
    private var registers = Registers()
    private var memory: UnsafeMutablePointer<Lanes>?
    private var shardCount = 0

    /// Takes on the deviations of a step.
    mutating func prepare(_ densities: any DensityFamily, _ knobs: VariationalSettings, at progress: Double, dimension: Int, shards: Int) {
        let next = TargetWidths(
            position: knobs.positionWidth.value(at: progress), rotation: knobs.rotationWidth.value(at: progress),
            limit: knobs.limitWidth.value(at: progress))
        guard next != widths else { return }
        widths = next
        if measuring?.take(next) ?? false { return }
        let density = densities.density(next)
        self.density = density
        measuring = density as? any MeasuringDensity
        let count = 2 * dimension + density.scratchCount
        guard count > shardCount else { return }
        shardCount = count
        registers = Registers()
        memory = registers.take(count * shards, repeating: .zero)
    }

    /// A shard's registers: D of a point, D of its gradient, and the density's scratch.
    func memory(ofShard shard: Int) -> UnsafeMutablePointer<Lanes> { memory! + shard * shardCount }
}
