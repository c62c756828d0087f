import Kinematics
import LuaBridge
import Mixtures
import Numerics
import VariationalInference

// avips.target.*

/// The options of targets that are drawn as a published benchmark draws them.
struct DrawnTarget {
    private let dimension: OptionKey<Int>
    private let seed: OptionKey<Int>

    init(dimension: Int, seed: Int) {
        self.dimension = .integer("dimension", in: 1...400, default: dimension, "the number of variables")
        self.seed = .integer("seed", in: 0...Int(UInt32.max), default: seed, "the seed of NumPy's legacy generator")
    }

    var declared: [any DeclaredOption] { [dimension, seed] }

    func read(_ given: LuaBridge.Options) throws -> (dimension: Int, seed: UInt32) { (try given[dimension], UInt32(try given[seed])) }
}

struct PublishedTargetEntries: Entries {
    unowned let session: Session

    private static let planarGoals = OptionKey.integer("goals", in: 1...4, default: 4, "how many of the four goals")
    private static let armGoal = OptionKey.vector("goal", default: [1.2, 0.6], "the goal of the tip", unit: "m")
    private static let armWidth = OptionKey.number(
        "deviation", in: 1e-6...1e3, default: 0.1, "the standard deviation of the tip's position around it", unit: "m"
    ).formerly("width")
    private static let published = DrawnTarget(dimension: 20, seed: 10_000)
    private static let isHard = OptionKey.flag("hard", "whether there are twenty", otherwise: "false; true from 100 variables on")

    func register() throws {
        try state.register(Function(
            "avips.target.planar_robot", "A planar arm of ten links of length 1 whose tip reaches one of up to four goals at distance 7, within 1 cm.",
            parameters: [.options([Self.planarGoals])],
            returns: "Target with 10 variables; the logarithm of its integral is -10.6 for four goals",
            example: "assert(avips.target.planar_robot{ goals = 4 }.dimension == 10)"
        ) { arguments in
            let options = try arguments.options(1)
            let goals = try options[Self.planarGoals]
            return .object(holding: Target(density: PlanarRobot.published(goals: goals)))
        })
        try state.register(Function(
            "avips.target.two_joint_arm", "A planar arm of two links of length 1 that reaches a point with its elbow on either side: a two-dimensional density that can be plotted.",
            parameters: [.options([Self.armGoal, Self.armWidth])],
            returns: "Target with 2 variables, the angles in rad",
            example: "print(avips.target.two_joint_arm():logpdf{0, 0})"
        ) { arguments in
            let options = try arguments.options(1)
            let goal = try options[Self.armGoal]
            let width = try options[Self.armWidth]
            return .object(holding: Target(density: PlanarRobot.twoJoints(goal: SIMD2(goal[0], goal[1]), width: width)))
        })
        try state.register(Function(
            "avips.target.gaussian_mixture", "Ten Gaussians of equal weight, drawn as in the published benchmark.",
            parameters: [.options(Self.published.declared)],
            returns: "Target; the logarithm of its integral is 0", example: "assert(avips.target.gaussian_mixture{ dimension = 5 }.dimension == 5)"
        ) { arguments in
            let (dimension, seed) = try Self.published.read(arguments.options(1))
            return .object(holding: Target(density: MixtureTarget.published(dimension: dimension, seed: seed)))
        })
        try state.register(Function(
            "avips.target.student_mixture", "Student's t-distributions with two degrees of freedom, drawn as in the published benchmark: ten, or twenty that lie farther apart.",
            parameters: [.options(Self.published.declared + [Self.isHard])],
            returns: "Target; the logarithm of its integral is 0", example: "assert(avips.target.student_mixture{ dimension = 5 }.dimension == 5)"
        ) { arguments in
            let options = try arguments.options(1)
            let (dimension, seed) = try Self.published.read(options)
            let isHard = try options[Self.isHard] ?? (dimension >= 100)
            return .object(holding: Target(density: StudentMixture.published(dimension: dimension, isHard: isHard, seed: seed)))
        })
        try registerLiterature()
        try state.register(logisticTarget)
    }

    // MARK: Logistic regression

    private static let labelColumn = RawOption(
        "label", "integer", "the column of the label, which has two different values; the larger one counts as true",
        range: "1 to the number of columns", otherwise: "the last one")
    private static let skippedColumns = OptionKey.integers(
        "skip", each: 1...1_000_000, default: [], "columns that are neither label nor features")
    private static let logisticDeviation = OptionKey.number(
        "deviation", in: 1e-6...1e6, default: 10, "the standard deviation of the prior over weights and bias")
    private static let logisticScaling = OptionKey<LogisticRegression.Scaling>.choice(
        "scale", default: .deviation, "how features are scaled: divided by their standard deviations (\"deviation\"), centred as well (\"standard\"), or not at all (\"none\")")

    private var logisticTarget: Function {
        Function(
            "avips.target.logistic", "The posterior of Bayesian logistic regression on a file of numbers, with a bias.",
            parameters: [
                Parameter("path", "string", "a file without a header; columns are separated by commas, semicolons, spaces or tabs"),
                .options([Self.labelColumn, Self.skippedColumns, Self.logisticDeviation, Self.logisticScaling]),
            ],
            returns: "Target; a bias and one weight per feature",
            example: """
                local path = os.tmpname()
                avips.csv.write(path, { { 1.5, 0 }, { 2.5, 1 }, { 3.5, 1 } })
                assert(avips.target.logistic(path).dimension == 2)
                os.remove(path)
                """
        ) { arguments in
            let path = try arguments[1].path()
            let options = try arguments.options(2)
            let data = try NumberFile(files.read(path), path: path)
            let label = try options[Self.labelColumn]?.integer(in: 1...data.columns) ?? data.columns
            let skipped = try options[Self.skippedColumns]
            let deviation = try options[Self.logisticDeviation]
            let scaling = try options[Self.logisticScaling]
            let (features, labels) = try data.split(label: label - 1, skipping: Set(skipped.map { $0 - 1 }))
            guard features.columns < TargetEntries.greatestDimension else { throw arguments[1].invalid("has \(features.columns) features, at most \(TargetEntries.greatestDimension - 1) are possible") }
            return .object(holding: Target(density: LogisticRegression(
                name: "logistic regression, \(files.lastComponent(path))", features: features, labels: labels, deviation: deviation,
                scaling: scaling)))
        }
    }
}
