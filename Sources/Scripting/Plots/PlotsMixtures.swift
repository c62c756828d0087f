import Figures
import Kinematics
import LuaBridge
import Mixtures
import Numerics

// Figures of mixtures: joints, density.

extension FigureEntries {
    var mixturePlots: [Function] { [plotJoints, plotDensity] }

    private static let robotOption = RawOption("robot", "Robot or string", "names the joints and their limits", otherwise: "that of the data, if it has one")
    private static let drawnJoints = OptionKey.integers(
        "joints", count: 0...8, each: 1...TargetEntries.greatestDimension, "which joints, counted from 1", otherwise: "the first seven")
    private static let ellipses = RawOption("mixture", "Mixture or table", "ellipses on top of configurations", otherwise: "none")
    private static let drawnSamples = OptionKey.integer(
        "samples", in: 0...PlottedConfigurations.limit, default: 200, "how many samples of a mixture to draw")
    private static let drawnSeed = OptionKey.seed("the seed of the samples").defaulting(to: 1)

    private var plotJoints: Function {
        Function(
            "avips.plot.joints", "Draws configurations or a mixture in joint space: a scatter and ellipses at one and two standard deviations; more than two joints as a matrix of pairs.",
            parameters: [
                Parameter("data", "Solutions, Mixture, Matrix or table", "what to draw: configurations as rows, or weights, means and covariances", unit: "rad, m"),
                .options([
                    Self.robotOption, Self.drawnJoints, Self.ellipses, Self.drawnSamples, PlottedConfigurations.componentsOption,
                    Self.drawnSeed, AngleUnit.degrees, Self.titleOption,
                ]),
            ],
            returns: "Figure",
            example: ModelEntries.example + "print(avips.plot.joints(student:predict(target), { joints = {1, 2}, seed = 1 }))"
        ) { arguments in
            let options = try arguments.options(2)
            var robot = try options[Self.robotOption].map { try self.robot($0) }
            let slot = arguments[1]
            var gaussians: [GaussianShape] = []
            var rows: [[Double]] = []
            var components: [Int]?
            var names: [String]?
            if let prediction = try slot.boxIfPresent(Prediction.self)?.read() {
                robot = robot ?? prediction.robot
                names = prediction.names
                gaussians = try plotData.gaussians(slot)
                let count = try options[Self.drawnSamples]
                var stream = RandomStream(seed: try options[Self.drawnSeed])
                let samples = (0..<count).map { _ in prediction.mixture.sample(using: &stream) }
                (rows, components) = (samples.map(\.x), samples.map { $0.component + 1 })
            } else if plotData.hasList(slot, "means") {
                gaussians = try plotData.gaussians(slot)
            } else if let known = try robot ?? slot.boxIfPresent(Answer.self)?.read().robot {
                robot = known
                let drawn = try PlottedConfigurations(slot, of: known, components: options[PlottedConfigurations.componentsOption], in: AngleUnit(options))
                (rows, components) = (drawn.rows, drawn.components)
            } else {
                if try AngleUnit(options).isDegrees { throw ArgumentError("option degrees needs to know which columns are angles: give the robot too") }
                rows = try plotData.rows(slot)
                guard rows.count <= PlottedConfigurations.limit else { throw slot.invalid("must have at most \(PlottedConfigurations.limit) rows") }
                components = try options[PlottedConfigurations.componentsOption]?.numbers(count: rows.count).map { Int($0.clamped(to: -1e9...1e9)) }
            }
            if let mixture = options[Self.ellipses] { gaussians = try plotData.gaussians(mixture) }
            let dimension = robot?.chain.degreesOfFreedom ?? gaussians.first?.mean.count ?? rows.first?.count ?? 0
            let joints = try options[Self.drawnJoints]?.map { $0 - 1 }
            return .object(holding: try Figure.joints(
                subject: robot?.chain.name ?? "Samples", axes: axes(robot, names, dimension), configurations: rows, components: components,
                gaussians: gaussians, joints: joints, title: options[Self.titleOption]))
        }
    }

    private func axes(_ robot: Robot?, _ names: [String]?, _ dimension: Int) -> [JointAxis] {
        if let variables = robot?.chain.variables, variables.count == dimension { return variables.map(JointAxis.init) }
        return JointAxis.axes(names, count: dimension)
    }

    private var plotDensity: Function {
        Function(
            "avips.plot.density", "Draws a target density over two joints as colours, with the components of a mixture on top.",
            parameters: [
                Parameter("target", "function, Target or Pose", "a function of a list of numbers that returns the log-density, an object with logpdf, or the pose that a robot's tip is to reach"),
                Parameter("mixture", "Mixture or table", "the components; nil for none", isOptional: true),
                .options([
                    Self.robotOption,
                ] + DensityPlot.declared + [AngleUnit.degrees, Self.titleOption]),
            ],
            returns: "Figure",
            example: """
                local function bananas(x) return -0.5 * ((x[2] - x[1]^2 / 2)^2 / 0.1 + x[1]^2 / 2) end
                print(avips.plot.density(bananas, nil, { lower = {-3, -1}, upper = {3, 4}, resolution = 40 }))
                """
        ) { arguments in
            let options = try arguments.options(3)
            let mixture = arguments[2]
            let shapes = mixture.isNil ? [] : try plotData.gaussians(mixture)
            let robot = try options[Self.robotOption].map { try self.robot($0) } ?? mixture.boxIfPresent(Prediction.self)?.read().robot
            let names = try arguments[1].variableNames() ?? mixture.variableNames()
            return .object(holding: try DensityPlot(
                target: arguments[1], shapes: shapes, robot: robot, names: names, options: options, session: session).figure())
        }
    }
}

extension JointAxis {
    /// Axes of so many variables with their names, or with their numbers where there are no names, or not as many.
    static func axes(_ names: [String]?, count: Int) -> [JointAxis] {
        if let names, names.count == count { return names.map { JointAxis(name: $0) } }
        return (0..<count).map { JointAxis(name: "x\($0 + 1)") }
    }
}

extension Slot {
    /// What the variables of a target or a mixture are called; nil of anything else, and where they have no names.
    fileprivate func variableNames() throws -> [String]? {
        try boxIfPresent(Target.self)?.read().names ?? boxIfPresent(Prediction.self)?.read().names
    }
}

extension Double {
    /// The nearest number of a range; its lower end for NaN.
    func clamped(to range: ClosedRange<Double>) -> Double {
        self > range.lowerBound ? Swift.min(self, range.upperBound) : range.lowerBound
    }
}
