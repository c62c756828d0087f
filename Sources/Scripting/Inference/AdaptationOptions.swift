import LuaBridge
import VariationalInference

/// The options of avips.vips about how the number of components follows the target.
struct AdaptationOptions {
    private let given: LuaBridge.Options

    init(_ given: LuaBridge.Options) { self.given = given }

    /// Whether the number changes, as scripts say it.
    private enum Choice: String, CaseIterable { case addAndDelete = "add_and_delete", fixed }

    private static let usual = AddAndDelete()
    private static let adaptation = OptionKey<Choice>.choice("adaptation", default: .addAndDelete, "the number of components")
    private static let addInterval = OptionKey.integer(
        "add_interval", in: 1...1_000_000_000, default: usual.addInterval, "iterations between additions")
    private static let additions = OptionKey.integer("additions", in: 1...1000, default: usual.additions, "components added at a time")
    private static let deleteInterval = OptionKey.integer(
        "delete_interval", in: 1...100_000, default: usual.deleteInterval, "iterations without weight and without improvement after which a component is removed")
    private static let maxComponents = OptionKey.integer(
        "max_components", in: 1...InferenceLimits.components, "the largest number of components, at least the initial number",
        otherwise: "\(usual.greatestCount), or those at the start where they are more")
    private static let candidates = OptionKey.integer(
        "candidates", in: 1...1_000_000, default: usual.candidates, "stored samples that are tried as the mean of a new component")
    private static let priorCandidates = OptionKey.integer(
        "prior_candidates", in: 0...1_000_000, default: usual.priorCandidates, "samples of the Gaussian with mean and deviation that are tried in addition")
    private static let newShape = OptionKey.choice(
        "new_shape", default: usual.shape, "the covariance of a new component: \"isotropic\", or as that of the \"nearest\" one")
    private static let newWeight = OptionKey.number(
        "new_weight", in: 1e-30...0.5, default: usual.initialWeight,
        "the weight of a new component; a larger one than the default helps if the component has little left to improve")
    private static let addThresholds = OptionKey.numbers(
        "add_thresholds", count: 1...1000, each: .above(0, orInfinity: true), default: usual.thresholds,
        "thresholds in nats, used in turn by successive additions: a new mean maximises log p - max(log q, greatest log q - threshold); math.huge looks for distant modes")

    static var declared: [any DeclaredOption] {
        [adaptation, addInterval, additions, deleteInterval, maxComponents, candidates, priorCandidates, newShape, newWeight, addThresholds]
    }

    /// - Parameter components: the components at the start.
    func value(components: Int) throws -> ComponentAdaptation {
        var knobs = Self.usual
        knobs.addInterval = try given[Self.addInterval]
        knobs.additions = try given[Self.additions]
        knobs.deleteInterval = try given[Self.deleteInterval]
        knobs.greatestCount = try given[Self.maxComponents] ?? max(components, knobs.greatestCount)
        guard components <= knobs.greatestCount else {
            throw given.invalid(Self.maxComponents, "must be at least \(components), the components at the start, got \(knobs.greatestCount)")
        }
        knobs.candidates = try given[Self.candidates]
        knobs.priorCandidates = try given[Self.priorCandidates]
        knobs.shape = try given[Self.newShape]
        knobs.initialWeight = try given[Self.newWeight]
        knobs.thresholds = try given[Self.addThresholds]
        return switch try given[Self.adaptation] {
        case .addAndDelete: .addAndDelete(knobs)
        case .fixed: .fixed
        }
    }
}
