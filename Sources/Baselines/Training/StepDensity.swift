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
        let next = densities.widths(knobs, at: progress)
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

    /// What a point counts with where the density is zero or undefined, nats. It enters the loss, whose leaps are taken for failures
    /// (``TrainingCourse/isPlausible(_:)``): a lower one would let a few such points fail a step.
    private static let leastLogDensity: Float = -1e4

    /// Takes the lanes without a density out: they count as very unlikely, and move nothing.
    ///
    /// - Returns: 1 in lanes with a density and 0 in the others, and how many the others are.
    @inline(__always)
    static func amend(
        _ value: inout DensityValue, _ gradient: UnsafeMutablePointer<Lanes>, dimension: Int
    ) -> (defined: Lanes, undefined: Int) {
        isFinite(value.logDensity, gradient, dimension) ? (Lanes(repeating: 1), 0) : amendLanes(&value, gradient, dimension)
    }

    private static func isFinite(_ value: Lanes, _ gradient: UnsafePointer<Lanes>, _ dimension: Int) -> Bool {
        var total = value * 0
        for i in 0..<dimension { total = total.fma(gradient[i], .zero) }
        return total.sum() == 0
    }

    private static func amendLanes(_ value: inout DensityValue, _ gradient: UnsafeMutablePointer<Lanes>, _ dimension: Int) -> (Lanes, Int) {
        var defined = Lanes(repeating: 1), undefined = 0
        for lane in 0..<laneCount {
            let isDefined = value.logDensity[lane].isFinite && (0..<dimension).allSatisfy { gradient[$0][lane].isFinite }
            guard !isDefined else { continue }
            undefined += 1
            value.logDensity[lane] = leastLogDensity
            defined[lane] = 0
            for i in 0..<dimension { gradient[i][lane] = 0 }
        }
        return (defined, undefined)
    }
}
