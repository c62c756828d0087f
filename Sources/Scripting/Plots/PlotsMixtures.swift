import Figures
import Kinematics
import LuaBridge
import Mixtures
import Numerics

// Figures of mixtures: joints, density.

extension Session {
    var mixturePlots: [Function] { [plotJoints, plotDensity] }

    private static var robotOption: Parameter { Parameter("robot", "Robot", "names the joints and their limits", default: "that of the data, if it has one") }

    private var plotJoints: Function {
        Function(
            "avips.plot.joints", "Draws configurations or a mixture in joint space: a scatter and ellipses at one and two standard deviations; more than two joints as a matrix of pairs.",
            parameters: [
                Parameter("data", "Solutions, Mixture, Matrix or table", "what to draw: configurations as rows, or weights, means and covariances", unit: "rad, m"),
                .options([
                    Session.robotOption,
                    Parameter("joints", "list of integers", "which joints, counted from 1", default: "the first seven"),
                    Parameter("mixture", "Mixture or table", "ellipses on top of configurations", default: "none"),
                    Parameter("samples", "integer", "how many samples of a mixture to draw", default: "200"),
                    Parameter("components", "list of integers", "the component that each configuration is of", default: "those of the solutions"),
                    Parameter("seed", "integer", "the seed of the samples", default: "1"),
                    Session.degreesOption, Session.titleOption,
                ]),
            ],
            returns: "Figure",
            example: Session.exampleModel + "print(avips.plot.joints(student:predict(target), { joints = {1, 2}, seed = 1 }))"
        ) { [unowned self] arguments in
            let options = try arguments.options(2)
            var robot = try options["robot"]?.object(Robot.self)
            let slot = arguments[1]
            var gaussians: [GaussianShape] = []
            var rows: [[Double]] = []
            var components: [Int]?
            if let prediction = try slot.boxIfPresent(Prediction.self)?.read() {
                robot = robot ?? prediction.robot
                gaussians = try plotData.gaussians(slot)
                let count = try options["samples"]?.integer(in: 0...PlottedConfigurations.limit) ?? 200
                var stream = RandomStream(seed: try options["seed"]?.seed() ?? 1)
                let samples = (0..<count).map { _ in prediction.mixture.sample(using: &stream) }
                (rows, components) = (samples.map(\.x), samples.map { $0.component + 1 })
            } else if plotData.hasList(slot, "means") {
                gaussians = try plotData.gaussians(slot)
            } else if let known = try robot ?? slot.boxIfPresent(Answer.self)?.read().robot {
                robot = known
                let drawn = try PlottedConfigurations(slot, of: known, components: options["components"], in: AngleUnit(options))
                (rows, components) = (drawn.rows, drawn.components)
            } else {
                if try AngleUnit(options).isDegrees { throw ArgumentError("option degrees needs to know which columns are angles: give the robot too") }
                rows = try plotData.rows(slot)
                guard rows.count <= PlottedConfigurations.limit else { throw slot.invalid("must have at most \(PlottedConfigurations.limit) rows") }
                components = try options["components"]?.numbers(count: rows.count).map { Int($0.clamped(to: -1e9...1e9)) }
            }
            if let mixture = options["mixture"] { gaussians = try plotData.gaussians(mixture) }
            let dimension = robot?.chain.degreesOfFreedom ?? gaussians.first?.mean.count ?? rows.first?.count ?? 0
            let joints = try options["joints"]?.numbers().map { Int($0.clamped(to: 0...1e6)) - 1 }
            if let joints, joints.count > 8 { throw ArgumentError("option joints must have at most 8 joints, got \(joints.count)") }
            return .object(holding: try Figure.joints(
                subject: robot?.chain.name ?? "Samples", axes: axes(robot, dimension), configurations: rows, components: components,
                gaussians: gaussians, joints: joints, title: options["title"]?.string()))
        }
    }

    private func axes(_ robot: Robot?, _ dimension: Int) -> [JointAxis] {
        if let variables = robot?.chain.variables, variables.count == dimension { return variables.map(JointAxis.init) }
        return (0..<dimension).map { JointAxis(name: "x\($0 + 1)") }
    }

    private var plotDensity: Function {
        Function(
            "avips.plot.density", "Draws a target density over two joints as colours, with the components of a mixture on top.",
            parameters: [
                Parameter("target", "function, Target or Pose", "a function of a list of numbers that returns the log-density, an object with logdensity, or the pose that a robot's tip is to reach"),
                Parameter("mixture", "Mixture or table", "the components; nil for none", isOptional: true),
                .options([
                    Session.robotOption,
                    Parameter("joints", "list of integers", "the joint across and the joint up, counted from 1", default: "{1, 2}"),
                    Parameter("at", "list of numbers", "where the other joints are held", unit: "rad, m", default: "the heaviest component's mean"),
                    Parameter("lower", "list of numbers", "the lower left corner", unit: "rad, m", default: "where there is mass, within the joint limits"),
                    Parameter("upper", "list of numbers", "the upper right corner", unit: "rad, m", default: "as lower"),
                    Parameter("resolution", "integer", "cells each way, 4 to 200", default: "100"),
                    Parameter("position_deviation", "number", "how near a pose is to be reached: the standard deviation of the place", unit: "m", default: "0.05"),
                    Parameter("rotation_deviation", "number", "and of the angle", unit: "rad", default: "0.3"),
                    Session.degreesOption, Session.titleOption,
                ]),
            ],
            returns: "Figure",
            example: """
                local function bananas(x) return -0.5 * ((x[2] - x[1]^2 / 2)^2 / 0.1 + x[1]^2 / 2) end
                print(avips.plot.density(bananas, nil, { lower = {-3, -1}, upper = {3, 4}, resolution = 40 }))
                """
        ) { [unowned self] arguments in
            let options = try arguments.options(3)
            let mixture = arguments[2]
            let shapes = mixture.isNil ? [] : try plotData.gaussians(mixture)
            let robot = try options["robot"]?.object(Robot.self) ?? mixture.boxIfPresent(Prediction.self)?.read().robot
            return .object(holding: try DensityPlot(
                target: arguments[1], shapes: shapes, robot: robot, options: options, session: self).figure())
        }
    }
}

extension Double {
    /// The nearest number of a range; its lower end for NaN.
    func clamped(to range: ClosedRange<Double>) -> Double {
        self > range.lowerBound ? Swift.min(self, range.upperBound) : range.lowerBound
    }
}
