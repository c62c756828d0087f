import Numerics
import VariationalInference

/// Tells a density without a finite integral by how an inference goes: the mixture widens without end, and its bound rises by its entropy.
struct InferenceGrowth {
    private var first: Double?
    /// The entropies and bounds of the last iterations, the oldest first.
    private var recent: [(entropy: Double, bound: Double)] = []

    private static let window = 20
    /// How many times wider than at its beginning the mixture must be in every direction.
    private static let leastWidening = 100.0
    /// The nats that the entropy must have grown by over the window, and the share of them that the bound must have.
    private static let leastGrowth = 1.0
    private static let leastShare = 0.5
    /// What is to be said by now; nil where nothing is. A wide density is suspected for a while, until the mixture is as wide.
    private(set) var complaint: String?

    /// Takes up an iteration.
    mutating func note(_ info: InferenceInfo, dimension: Int) {
        complaint = nil
        guard info.entropy.isFinite, info.bound.isFinite else { return }
        first = first ?? info.entropy
        recent.append((info.entropy, info.bound))
        guard recent.count > Self.window else { return }
        recent.removeFirst()
        let entropy = info.entropy - recent[0].entropy, bound = info.bound - recent[0].bound
        guard info.entropy - first! > Double(dimension) * Elementary.log(Self.leastWidening), entropy > Self.leastGrowth, bound > Self.leastShare * entropy else {
            return
        }
        complaint = "the mixture widens without end, and the ELBO rises with it, by \(NumberText.significant(bound / Double(Self.window - 1))) nats an iteration: the "
            + "density seems to have no finite integral; bound its variables, or add the logarithm of a prior"
    }
}
