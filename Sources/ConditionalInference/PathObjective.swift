import Mixtures
import Numerics

/// The variational objective of a conditional mixture: every component climbs the residual h = β·log p̃ − log q along its own samples.
///
/// With K Gaussians of means m and precision factors A (precision A·Aᵀ), samples come in pairs mirrored at the mean,
///
///     x = m ± A⁻ᵀ·ε,   h(x) = β·log p̃(x|c) − log q(x|c),   g = dh/dx,   v = A⁻¹·g
///
/// where q is the whole current mixture, held fixed: only the path through x is differentiated, so that the estimate has no noise where q
/// equals p̃ (Roeder et al., 2017). For component o with share s_o ∝ max(w_o, floor/K) the gradient of the loss is
///
///     d/dm = −s_o·A·mean v,    d/dA_ij = s_o·mean (x − m)_i·v_j
///
/// and the weights follow their advantages a = mean h − (1 − β)·log w, centred under w (``WeightRule``). While β < 1 the second term of a is a
/// bonus on the entropy of the weights.
///
/// The network's outputs are K logits, then for every component in turn D means and the raw numbers of its factor, as
/// ``PrecisionProjection`` takes them. Densities need products only, a sample one back substitution.
public struct PathObjective: Sendable, Equatable {
    public let components: Int
    public let projection: PrecisionProjection
    /// Mirrored pairs of samples per component.
    public let pairs: Int
    /// How many components a context draws, by systematic sampling from the shares; all where it equals `components`.
    public let drawn: Int
    /// Components count with max(w, shareFloor/K), normalised.
    public var shareFloor = 0.2
    /// The greatest length of v = A⁻¹·g at a sample; inert near the optimum.
    public var slopeLimit = 10.0
    /// Samples count with h ≥ max h − rewardRange at their context.
    public var rewardRange = 100.0
    /// Advantages of the weights are cut to ± this; to ±`drawnAdvantageLimit` where some of many are drawn.
    public var advantageLimit = 20.0
    public var drawnAdvantageLimit = 5.0
    public var weightRule = WeightRule.combined
    /// The length of the step of the weights, 1 for the full one.
    public var weightStep = 1.0
    /// Coordinates that are angles, in units of half a turn: ±1 are one place. A component counts at the winding that is nearest to its mean, without
    /// which components on both sides of ±1 would not see each other.
    public var periodic: [Int] = []
    /// β: the power of p̃, in (0, 1].
    public var temperature = 1.0
    /// Whether annealing starts from a standard normal prior in the network's coordinates: then β·log p̃ + (1 − β)·log N(x; 0, I) is climbed.
    public var annealsFromPrior = false
    /// What tells how large the errors of samples are; nil measures none.
    public var errors: ErrorScale?

    /// - Precondition: 1 ≤ drawn ≤ components, and at least one pair.
    public init(components: Int, projection: PrecisionProjection, pairs: Int = 1, drawn: Int? = nil) {
        let drawn = drawn ?? components
        precondition(components >= 1 && drawn >= 1 && drawn <= components && pairs >= 1, "\(drawn) of \(components) components cannot be drawn")
        self.components = components
        self.projection = projection
        self.pairs = pairs
        self.drawn = drawn
    }

    /// How the weights follow their advantages a.
    public enum WeightRule: String, Sendable, Equatable, Codable, CaseIterable {
        /// The closed-form target w* = softmax(log w + a), a full step of policy search, regressed by cross-entropy: it raises light components
        /// that are needed at once, but takes no more than w from one that does harm, however great.
        case target
        /// The bound's own gradient w·a: it takes the more from a component the more harm that does, but hardly raises light ones.
        case gradient
        /// The target for advantages above zero, the gradient for those below: the target's mean over noisy advantages is that of their exponentials,
        /// which rare, very bad samples hardly lower, while the bound suffers from them in full.
        case combined
    }

    /// What an evaluation found, a context a lane.
    public struct Summary<S: LaneArithmetic> {
        /// The estimated evidence bound Σ w·mean (log p̃ − log q) of the mixture itself, whatever the temperature.
        public var bound: S
        /// Σ s·mean h of the annealed objective.
        public var objective: S
        /// −Σ w·log w.
        public var weightEntropy: S
        /// Σ w·mean ½·log(χ²/count) of the errors (``ErrorScale``): the logarithm of how many standard deviations they are; 0 where not measured.
        public var logErrors: S
        /// Samples at which the density vanished, and those at which it was not a number or +∞.
        public var vanished: S
        public var undefined: S
    }

    public var dimension: Int { projection.dimension }
    /// Samples a context.
    public var samples: Int { 2 * drawn * pairs }
    /// Normal numbers per context.
    public var noiseCount: Int { drawn * pairs * dimension }
    /// Network outputs.
    public var outputCount: Int { components * (1 + dimension + projection.rawCount) }
    var drawsSome: Bool { drawn < components }
}

/// The registers of one evaluation of ``PathObjective``: sixteen contexts side by side.
///
/// The memory holds no state from one evaluation to the next.
@usableFromInline
struct PathMemory<S: LaneArithmetic> {
    // What callers fill: normal numbers, and what the density says of `places`.
    @usableFromInline let noise: UnsafeMutablePointer<S>
    @usableFromInline let values: UnsafeMutablePointer<S>
    @usableFromInline let gradients: UnsafeMutablePointer<S>
    @usableFromInline let places: UnsafeMutablePointer<S>

    // The mixture: log-weights, weights, shares, log-weights plus normalisers, means, factors.
    let logWeights, weights, shares, offsets, means, factors: UnsafeMutablePointer<S>
    // The components drawn: A⁻ᵀ·ε of every pair, mean reward and bound of each; their own means, factors and numbers where they are some of many.
    let deviations, rewards, bounds, logErrors, advantages: UnsafeMutablePointer<S>
    let drawnMeans, drawnFactors, drawnShares, drawnRaw: UnsafeMutablePointer<S>
    let choices: UnsafeMutablePointer<Int32>
    // One pair of samples under all components: log-densities, whitened differences.
    let logarithms, whitened: UnsafeMutablePointer<S>
    // One component.
    let raw, packed, factorGradient, rawGradient, inner, meanSlope, slopes: UnsafeMutablePointer<S>
    // One context: residuals of all samples.
    let residuals: UnsafeMutablePointer<S>

    /// Numbers in a register.
    static var width: Int { MemoryLayout<S>.stride / MemoryLayout<S.Number>.stride }

    /// - Parameter registers: hold the memory; they must outlive it.
    init(_ objective: PathObjective, in registers: Registers) {
        let k = objective.components, n = objective.dimension, t = triangleCount(n), m = objective.drawn, samples = objective.samples
        let r = objective.projection.rawCount
        let some = objective.drawsSome ? m : 0
        let sizes = [objective.noiseCount, samples, samples * n, samples * n,
                     k, k, k, k, k * n, k * t,
                     m * objective.pairs * n, m, m, m, m,
                     some * n, some * t, m, some * r,
                     2 * k, 2 * k * n,
                     r, t, t, max(r, t), t, n, 2 * n,
                     samples]
        var next = registers.take(sizes.reduce(0, +), repeating: S(0.0)), parts: [UnsafeMutablePointer<S>] = []
        for size in sizes { parts.append(next); next += size }
        noise = parts[0]; values = parts[1]; gradients = parts[2]; places = parts[3]
        logWeights = parts[4]; weights = parts[5]; shares = parts[6]; offsets = parts[7]; means = parts[8]; factors = parts[9]
        deviations = parts[10]; rewards = parts[11]; bounds = parts[12]; logErrors = parts[13]; advantages = parts[14]
        drawnMeans = parts[15]; drawnFactors = parts[16]; drawnShares = parts[17]; drawnRaw = parts[18]
        logarithms = parts[19]; whitened = parts[20]
        raw = parts[21]; packed = parts[22]; factorGradient = parts[23]; rawGradient = parts[24]; inner = parts[25]
        meanSlope = parts[26]; slopes = parts[27]
        residuals = parts[28]
        choices = registers.take(m * Self.width, repeating: 0)
    }
}

/// Where the outputs of the network lie: row r of context l at `numbers + r·stride + l`, without the output layer's biases.
@usableFromInline
struct OutputRows<S: LaneArithmetic> {
    let numbers: UnsafeMutablePointer<S.Number>
    let biases: UnsafePointer<S.Number>
    let stride: Int

    @inline(__always)
    subscript(row: Int) -> S { S(loading: UnsafePointer(numbers + row * stride)) + S(repeating: biases[row]) }

    @inline(__always)
    func store(_ value: S, _ row: Int) { value.store(to: numbers + row * stride) }
}
