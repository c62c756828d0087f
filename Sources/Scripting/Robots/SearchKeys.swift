import Kinematics
import LuaBridge

/// The options of everything that searches for configurations: declared here once, whether robots, bodies or models are asked, for one answer, many
/// or a path.
enum SearchKeys {
    private static let usual = SearchOptions()

    static let count = OptionKey.integer(
        "count", in: 1...1_000_000, default: usual.count,
        "how many distinct solutions to search for; where the target leaves redundancy, up to 512 are a farthest-point subset of more")
    static let positionTolerance = OptionKey.number(
        "position_tolerance", in: .above(0), default: usual.positionTolerance, "the largest distance from the target", unit: "m")
    static let rotationTolerance = OptionKey.number(
        "rotation_tolerance", in: .above(0, orInfinity: true), default: usual.rotationTolerance,
        "the largest angle from the target; math.huge for any orientation", unit: "rad")
    static let minDistance = OptionKey.number(
        "min_distance", in: 0...1e6, default: usual.minimumDistance,
        "solutions nearer to each other count as one; whole turns of a joint are ignored", unit: "rad, m")
    static let seconds = OptionKey.number(
        "seconds", in: .above(0), "the time limit of the whole call; solutions found by then are returned", unit: "s",
        otherwise: "no limit")
    static let seed = OptionKey.seed("the seed of this search")
    static let restarts = OptionKey.integer(
        "restarts", in: 1...10_000_000, "how many starts are tried before the search gives up; where none reaches the target exactly and a tolerance is wide, as many again that aim within it",
        otherwise: "4096, and at least 64 * count")

    static let near = RawOption(
        "near", "list of numbers",
        "a preferred configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits take the turn nearest to it",
        unit: "rad, m")
    static let maxMove = RawOption(
        "max_move", "number or list of numbers", "with near: the largest move of each joint from there; solutions beyond it are dropped", unit: "rad, m",
        range: "above 0, or math.huge", otherwise: "none: as far as the limits allow")
    static let weights = RawOption(
        "weights", "list of numbers or table",
        "how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach",
        range: "each 1e-6 to 1000000", otherwise: "all 1; the closest approach has the least distance, then the least angle; of several tips the least sums of their squares, with the contacts of a stance in place")
    static let locked = RawOption(
        "locked", "table", "joints held at a value, { panda_joint1 = 0.3 }; or a list of names, which are held at their values in near, along a path in start")

    static let world = RawOption(
        "world", "World", "obstacles that solutions avoid; self-collisions are then avoided as well", otherwise: "none")
    static let selfCollision = OptionKey.flag(
        "self_collision", "whether self-collisions are avoided, with or without a world", otherwise: "true with a world, false without")

    /// What holds of every configuration that is an answer or part of a path: a demand or a preference that is to count everywhere is added here and
    /// read in `Preferences.init`.
    static var everywhere: [any DeclaredOption] { [locked, world, selfCollision] }

    /// What a search for answers takes, whoever is asked.
    static var answers: [any DeclaredOption] {
        [count, positionTolerance, rotationTolerance, minDistance, seconds, seed, AngleUnit.degrees, near, maxMove, weights] + everywhere
    }

    /// What the question takes whether there is an answer at all.
    static var verdicts: [any DeclaredOption] {
        [positionTolerance, rotationTolerance, seconds, seed, AngleUnit.degrees, near, maxMove, weights] + everywhere + [restarts]
    }

    /// What following a path takes.
    static var paths: [any DeclaredOption] {
        [start, maxStep, closed, candidates, jointWeights, positionTolerance, rotationTolerance, wholeSeconds, seed, AngleUnit.degrees] + everywhere
            + [MotionOptions.velocity, MotionOptions.acceleration]
    }

    static let closed = OptionKey.flag(
        "closed", default: false, "whether the path ends in the configuration in which it begins, up to full turns of joints without limits; its last pose must be its first one")

    private static let usualTrack = TrackOptions()

    static let start = RawOption("start", "list of numbers", "the initial configuration", unit: "rad, m")
    static let maxStep = OptionKey.number(
        "max_step", in: .above(0), default: usualTrack.greatestStep, "the largest move of a joint from one pose to the next that does not count as a jump", unit: "rad, m")
    static let candidates = OptionKey.integer(
        "candidates", in: 1...256, default: usualTrack.candidates, "distinct solutions searched for at each pose; those carried over from the poses beside it come on top")
    static let jointWeights = RawOption(
        "weights", "list of numbers", "how much each joint counts in distances", range: "each 1e-6 to 1000000", otherwise: "all 1")
    private static let wholeSeconds = seconds.summary(
        "the time limit of the whole path; a track that reaches it ends early and says so")
}
