import LuaBridge
import Mixtures
import Numerics
import VariationalInference

/// Tells a density without a finite integral by how an inference goes: the mixture widens without end, or its heaviest component moves away without end,
/// and the bound rises meanwhile.
struct InferenceGrowth {
    /// What an iteration left.
    private struct Course {
        var entropy: Double
        var bound: Double
        /// How far the heaviest component's mean is from the start's, in its deviations, at most over the variables.
        var distance: Double
    }

    private var first: Double?
    /// The last iterations, the oldest first.
    private var recent: [Course] = []

    private static let window = 20
    /// How many times wider than at its beginning the mixture must be in every direction.
    private static let leastWidening = 100.0
    /// The nats that entropy and bound must have grown by over the window, and the share of the entropy's growth that the bound must have.
    private static let leastGrowth = 1.0
    private static let leastShare = 0.5
    /// How many of the start's deviations from it the mixture must be, and how much farther than before the window.
    private static let leastDistance = 1000.0
    private static let leastDeparture = 1.05
    private static let advice = "the density seems to have no finite integral; bound its variables, or add the logarithm of a prior"
    private static let endless = "the density does not fall off: a billion times as far from the start as the mixture is, more of its mass lies than there, and still more "
        + "farther on: it has no finite integral; bound its variables, or add the logarithm of a prior"
    private static let wideAdvice = "; where it is so wide, begin with such a deviation"
    private static let distantAdvice = "; where it lies so far away, begin there with mean and deviation"
    /// What the last iterations say; nil where they say nothing. A wide or distant density is suspected for a while, until the mixture is there.
    private var current: String?
    /// What was said last, and was not withdrawn: growth that has become slow, or has come to where numbers end, is no convergence.
    private var standing: String?
    /// What is to be said by now; nil where nothing is.
    var complaint: String? { current ?? standing }

    /// Iterations from one review to the next.
    private static let reviewInterval = 50

    /// Judges a mixture whose iterations say nothing. Of one that is far wider than its start, or far from it: whether its bound would be higher were it
    /// more so; where a run ends, of any other, whether the density has mass without end. Nothing else withdraws what was said, and a mixture out of a file
    /// needs no iterations to be judged.
    ///
    /// - Parameter isLast: reviews whatever the iteration is, where a run ends.
    /// - Throws: an interruption of the density's evaluation; its other errors leave what was said.
    mutating func review(_ state: InferenceState, _ density: any TargetDensity, isLast: Bool) throws {
        guard current == nil, isLast || state.iteration % Self.reviewInterval == 0 else { return }
        let test = GrowthTest(density, from: state.start), mixture = state.mixture, departure = test.departure(of: mixture)
        var stream = RandomStream(seed: state.settings.seed).split(state.iteration).split(-7)
        guard departure.isFar(distance: Self.leastDistance) else {
            let isEndless = try isLast ? unlessFailing { try test.hasMassWithoutEnd(mixture, using: &stream) } ?? false : false
            standing = isEndless ? Self.endless : nil
            return
        }
        guard let grows = try unlessFailing({ try test.growsOn(mixture, using: &stream) }) else { return }
        standing = grows
            ? "the mixture is \(NumberText.significant(max(1, departure.widening))) times as wide as its start, and \(NumberText.significant(departure.distance)) of the start's "
                + "deviations from it, and its ELBO would be higher still if it were wider or farther away: \(Self.advice)"
                + (departure.distance > Self.leastDistance ? Self.distantAdvice : Self.wideAdvice)
            : nil
    }

    /// Takes up an iteration.
    mutating func note(_ info: InferenceInfo, _ state: InferenceState) {
        defer { standing = current ?? standing }
        current = nil
        guard info.entropy.isFinite, info.bound.isFinite else { return }
        first = first ?? info.entropy
        let now = Course(entropy: info.entropy, bound: info.bound, distance: Self.distance(state))
        recent.append(now)
        guard recent.count > Self.window else { return }
        let before = recent.removeFirst()
        let entropy = now.entropy - before.entropy, bound = now.bound - before.bound
        func rising(_ what: String, or other: String) -> String {
            "\(what), and the ELBO rises with it, by \(NumberText.significant(bound / Double(Self.window))) nats an iteration: \(Self.advice)\(other)"
        }
        let widening = now.entropy - first! - Double(state.dimension) * Elementary.log(Self.leastWidening)
        if widening > 0, entropy > Self.leastGrowth, bound > Self.leastShare * entropy {
            current = rising("the mixture widens without end", or: Self.wideAdvice)
        } else if now.distance > max(Self.leastDistance, Self.leastDeparture * before.distance), bound > Self.leastGrowth {
            current = rising(
                "the mixture moves away without end, its heaviest component being \(NumberText.significant(now.distance)) deviations of the start from it by now",
                or: Self.distantAdvice)
        }
    }

    private static func distance(_ state: InferenceState) -> Double {
        guard let heaviest = state.components.max(by: { $0.logWeight < $1.logWeight }) else { return 0 }
        var result = 0.0
        for (index, mean) in heaviest.gaussian.mean.enumerated() { result = max(result, abs(mean - state.start.mean[index]) / state.start.deviations[index]) }
        return result
    }
}

extension InferenceState {
    /// Samples of the mixture from which a density's mass is searched for, and how many of the start's deviations from it mass is far.
    private static let searchingSamples = 64
    private static let leastMassDistance = 100.0

    /// Where the target's mass lies, far from the start, that the mixture has not come to; nil where it has, or where none is found.
    ///
    /// - Throws: an interruption of the density's evaluation; its other errors find nothing.
    func distantMass(of density: any TargetDensity) throws -> MassSearch.Finding? {
        var stream = RandomStream(seed: settings.seed).split(iteration).split(-8)
        let samples = mixture.samples(Self.searchingSamples, using: &stream)
        let found = try unlessFailing { try MassSearch(density, origin: start.mean, scales: start.deviations).find(samples) } ?? nil
        return found.flatMap { $0.distance >= Self.leastMassDistance ? $0 : nil }
    }
}

/// The result of a closure that evaluates a density; nil where it throws anything but an interruption.
func unlessFailing<Result>(_ body: () throws -> Result) throws -> Result? {
    do { return try body() } catch let error as LuaError where error.kind == .interrupt {
        throw error
    } catch { return nil }
}
