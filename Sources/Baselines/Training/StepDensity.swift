import ConditionalInference
import ModelTraining
import Numerics

/// The density of a problem with the deviations of a step, and the registers in which every shard evaluates it.
struct StepDensity {
    /// What a point of every lane gave.
    struct Evaluation {
        /// log p̃, nats; very unlikely in lanes without a density.
        let logDensity: Lanes
        /// d log p̃/dx, a register per coordinate; zero in lanes without a density. Valid until the shard's next evaluation.
        let gradient: UnsafePointer<Lanes>
        /// 1 in lanes with a density and 0 in the others.
        let defined: Lanes
        /// The lanes without a density.
        let undefinedCount: Int
        /// The errors that a density measures: m and rad.
        let distance: Lanes
        let angle: Lanes
    }

    private var density: (any ConditionalDensity)?
    /// The same density, where it measures the errors of samples as well.
    private var measuring: (any MeasuringDensity)?
    private var widths: TargetWidths?
    private var registers = Registers()
    private var memory: UnsafeMutablePointer<Lanes>?
    private var shardCount = 0
    private let dimension: Int

    /// - Parameter dimension: the number of coordinates of a point.
    init(dimension: Int) { self.dimension = dimension }

    /// Whether the density measures the errors of samples.
    var isMeasuring: Bool { measuring != nil }

    /// Takes on the deviations of a step.
    mutating func prepare(_ densities: any DensityFamily, _ knobs: VariationalSettings, at progress: Double, shards: Int) {
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

    /// Where a shard writes the point of every lane that it asks for, a register per coordinate.
    func point(ofShard shard: Int) -> UnsafeMutablePointer<Lanes> { memory! + shard * shardCount }

    /// Evaluates the density at a shard's point.
    ///
    /// Lanes without a density count as very unlikely, and move nothing.
    ///
    /// - Parameter contexts: the contexts of the lanes, `stride` numbers from one input to the next.
    @inline(__always)
    func evaluate(shard: Int, contexts: UnsafePointer<Float>, stride: Int) -> Evaluation {
        let point = point(ofShard: shard), gradient = point + dimension, scratch = gradient + dimension
        var value = DensityValue(logDensity: .zero)
        if let measuring {
            value = measuring.evaluate(point, inputs: contexts, stride: stride, gradient: gradient, scratch: scratch)
        } else if let density {
            density.evaluate(
                point, count: 1, contexts: contexts, stride: stride, values: &value.logDensity, gradients: gradient, scratch: scratch)
        }
        let undefined = UndefinedLanes(takenOutOf: &value.logDensity, gradient, dimension: dimension, least: Self.leastLogDensity)
        return Evaluation(
            logDensity: value.logDensity, gradient: gradient, defined: undefined.defined, undefinedCount: undefined.count, distance: value.distance,
            angle: value.angle)
    }

    /// What a point counts with where the density is zero or undefined, nats. It enters the loss, whose leaps are taken for failures
    /// (``TrainingCourse/isPlausible(_:)``): a lower one would let a few such points fail a step.
    private static let leastLogDensity: Float = -1e4
}

/// What the density said of the points of a shard, or of a batch.
struct DensitySums {
    private var undefined = 0
    private var distance = 0.0
    private var angle = 0.0

    mutating func add(_ evaluation: StepDensity.Evaluation) {
        undefined += evaluation.undefinedCount
        distance += Double(evaluation.distance.sum())
        angle += Double(evaluation.angle.sum())
    }

    mutating func add(_ other: DensitySums) {
        undefined += other.undefined
        distance += other.distance
        angle += other.angle
    }

    /// Writes what was learned of `count` points into a step's result.
    func report(_ count: Int, isMeasured: Bool, into result: inout ModelLoss) {
        result.isTargetDefined = undefined < count
        result.measures.zeroShare = Double(undefined) / Double(count)
        if isMeasured {
            result.measures.distance = distance / Double(count)
            result.measures.angle = angle / Double(count)
        }
    }
}
