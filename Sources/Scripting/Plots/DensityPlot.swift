import Figures
import Kinematics
import LuaBridge
import Numerics

/// Evaluates a target density on a grid over two of its variables.
struct DensityPlot {
    /// The target as scripts give it.
    enum Target {
        /// Of a list of numbers, the log-density.
        case function(Value)
        /// An object with the method `logpdf`, which takes many rows at once.
        case object(Value)
        case pose(Pose, Robot)
    }

    let target: Target
    let dimension: Int
    let axes: [JointAxis]
    let shapes: [GaussianShape]
    let joints: (Int, Int)
    let center: [Double]
    var ranges: (ClosedRange<Double>, ClosedRange<Double>)
    /// Whether the ranges are to be narrowed to where there is mass.
    private let isZoomed: Bool
    /// Whether there is nothing to be seen beyond the ranges.
    private let isBounded: Bool
    var resolution: Int
    let deviations: (position: Double, rotation: Double)
    private let isLabelled: Bool
    private let title: String?
    let session: Session

    private static let jointsOption = OptionKey.integers(
        "joints", count: 2...2, each: 1...TargetEntries.greatestDimension, default: [1, 2], "the joint across and the joint up, counted from 1")
    private static let atOption = RawOption(
        "at", "list of numbers", "the values of the other joints", unit: "rad, m", otherwise: "the heaviest component's mean")
    private static let lowerOption = OptionKey.numbers(
        "lower", count: 2...2, "the lower left corner", unit: "rad, m", otherwise: "where there is mass, within the joint limits")
    private static let upperOption = OptionKey.numbers("upper", count: 2...2, "the upper right corner", unit: "rad, m", otherwise: "as lower")
    private static let resolutionOption = OptionKey.integer("resolution", in: 4...200, default: 100, "cells each way")
    private static let positionDeviation = OptionKey.number(
        "position_deviation", in: 1e-9...1e9, default: 0.05, "for a pose: the standard deviation of the position", unit: "m")
    private static let rotationDeviation = OptionKey.number("rotation_deviation", in: 1e-9...1e9, default: 0.3, "for a pose: the standard deviation of the orientation", unit: "rad")

    private static let labelsOption = OptionKey.flag(
        "labels", default: true, "whether components are numbered and listed with their weights, and colours explained: small panels are clearer without")

    /// The options that this reads, but those of the robot, of degrees and of the title.
    static var declared: [any DeclaredOption] {
        [jointsOption, atOption, lowerOption, upperOption, resolutionOption, positionDeviation, rotationDeviation, labelsOption]
    }

    init(target slot: Slot, shapes: [GaussianShape], robot: Robot?, names: [String]?, options: Options, session: Session) throws {
        let joints = try options[Self.jointsOption].map { $0 - 1 }
        let heaviest = shapes.max { $0.weight < $1.weight }?.mean
        let unit = try AngleUnit(options)
        if unit.isDegrees, robot == nil { throw ArgumentError("option degrees needs to know which variables are angles: give the robot too") }
        let at = try options[Self.atOption].map { slot in try robot.map { try slot.configuration(of: $0, in: unit) } ?? slot.vector() }
        let (target, count) = try Self.target(slot, dimension: heaviest?.count, robot: robot, at: at, session: session)
        guard count >= 2 else { throw slot.invalid("is a density over one variable, and two are drawn; avips.plot.lines draws a curve") }
        guard joints[0] != joints[1], joints.allSatisfy({ (0..<count).contains($0) }) else {
            throw ArgumentError("option joints must be two different variables from 1 to \(count)")
        }
        if let robot, robot.chain.degreesOfFreedom != count {
            throw ArgumentError("option robot must have as many joints as the target has variables: \(robot.chain.name) has "
                + "\(robot.chain.degreesOfFreedom.counted("joint")), the target \(count.counted("variable"))")
        }
        if let at, at.count != count { throw ArgumentError("option at must be a list of \(count.counted("number")), got a list of \(at.count)") }
        guard shapes.allSatisfy({ $0.mean.count == count }) else {
            throw ArgumentError("the mixture is over \(heaviest?.count ?? 0) variables, the target over \(count)")
        }
        self.target = target
        dimension = count
        self.joints = (joints[0], joints[1])
        self.shapes = shapes
        self.session = session
        let variables = robot?.chain.variables ?? []
        let axes = robot == nil ? JointAxis.axes(names, count: count) : variables.map(JointAxis.init)
        self.axes = axes
        center = at ?? heaviest ?? (robot == nil ? Array(repeating: 0, count: count) : variables.map { ($0.lower + $0.upper) / 2 })
        func corner(_ option: OptionKey<[Double]?>) throws -> [Double]? {
            try options[option]?.enumerated().map { side, value in
                robot == nil ? value : value * unit.scale(of: variables[joints[side]])
            }
        }
        let lower = try corner(Self.lowerOption), upper = try corner(Self.upperOption)
        let expected = try slot.spreads() + shapes.map { shape in
            (mean: shape.mean, deviations: (0..<count).map { shape.covariance[$0, $0].squareRoot() })
        }
        let found = zip(joints, 0...).map { joint, side in
            Self.ends(of: joint, axes[joint], lower: lower?[side], upper: upper?[side], around: expected)
        }
        isBounded = zip(joints, 0...).contains { joint, side in
            lower?[side] != nil || upper?[side] != nil || axes[joint].limits != nil || axes[joint].scale == .degrees
        }
        guard found.allSatisfy({ $0.0 < $0.1 && ($0.1 - $0.0).isFinite }) else {
            throw ArgumentError("option upper must lie above option lower in both variables")
        }
        isZoomed = lower == nil && upper == nil
        ranges = (found[0].0...found[0].1, found[1].0...found[1].1)
        resolution = try options[Self.resolutionOption]
        deviations = (try options[Self.positionDeviation], try options.angle(Self.rotationDeviation, in: unit))
        isLabelled = try options[Self.labelsOption]
        title = try options[FigureEntries.titleOption]
    }

    /// The target and over how many variables it is.
    ///
    /// - Parameter dimension: the components' dimension, where there are any.
    private static func target(
        _ slot: Slot, dimension: Int?, robot: Robot?, at: [Double]?, session: Session
    ) throws -> (target: Target, dimension: Int) {
        if let pose = try slot.boxIfPresent(Pose.self)?.read() {
            guard let robot else { throw ArgumentError("option robot must be given: a pose is the target of a robot's tip") }
            return (.pose(pose, robot), robot.chain.degreesOfFreedom)
        }
        if slot.kind == .function {
            return (.function(slot.value), dimension ?? robot?.chain.degreesOfFreedom ?? at?.count ?? 2)
        }
        if let type = slot.objectType, type.methods.contains(where: { $0.shortName == "logpdf" && $0.parameters.filter { !$0.isOptional }.count == 1 }) {
            let own = try session.plotData.withField(slot, "dimension") { try $0.integer(in: 1...1000) }
            return (.object(slot.value), try own ?? slot.boxIfPresent(Prediction.self)?.read().mixture.dimension ?? dimension ?? 2)
        }
        throw slot.mismatch("a function, a Target or a Pose")
    }

    /// The figure, its ranges fitted to the mass where no corner is given.
    func figure() throws -> Figure {
        var plot = self
        if isZoomed, !isBounded { plot.ranges = try widened() }
        // A narrow peak is hit by one cell or two: again, until what is seen is no longer much narrower.
        for _ in 0..<3 where isZoomed {
            let (x, y) = try plot.zoomed(), before = plot.ranges
            plot.ranges = (x, y)
            func share(_ part: ClosedRange<Double>, _ whole: ClosedRange<Double>) -> Double { (part.upperBound - part.lowerBound) / (whole.upperBound - whole.lowerBound) }
            if share(x, before.0) > 0.5, share(y, before.1) > 0.5 { break }
        }
        return try plot.drawn()
    }

    private func drawn() throws -> Figure {
        let values = try logDensities()
        guard values.contains(where: { $0 > -.infinity }) else {
            let places = zip([joints.0, joints.1], [ranges.0, ranges.1]).map { "\(axes[$0].name) from \(NumberText.short($1.lowerBound)) to \(NumberText.short($1.upperBound))" }
            throw ArgumentError(
                "the target must have a density somewhere in what is drawn, \(places.joined(separator: ", ")); it is "
                    + (values.allSatisfy(\.isNaN) ? "nan" : "0") + " everywhere there: give lower and upper")
        }
        let greatest = values.filter { $0 < .infinity }.max() ?? 0
        let densities = values.map { $0.isNaN ? .nan : greatest.isFinite ? Elementary.exp(min($0 - greatest, 0)) : 0 }
        let map = Heatmap(x: ranges.0, y: ranges.1, columns: resolution, rows: resolution, values: densities, limits: 0...1)
        return Figure.density(map: map, x: axes[joints.0], y: axes[joints.1], gaussians: drawnShapes, label: label, isLabelled: isLabelled, title: title)
    }

    /// Whether the density is that in a slice through the other variables, rather than of all their values.
    private var isSlice: Bool {
        if case .pose = target, dimension == 3 { return false }
        return dimension > 2
    }

    /// The components over the two variables that are shown: in a slice, as they are there.
    var drawnShapes: [GaussianShape] {
        let (i, j) = joints
        if isSlice, let slice = slicedShapes { return slice }
        return shapes.map { shape in
            GaussianShape(
                number: shape.number, weight: shape.weight, mean: [shape.mean[i], shape.mean[j]],
                covariance: Matrix(rows: 2, columns: 2, elements: [
                    shape.covariance[i, i], shape.covariance[i, j], shape.covariance[j, i], shape.covariance[j, j],
                ]))
        }
    }

    /// The components where the other variables are held, each with the weight that it has there; nil where a covariance is none.
    private var slicedShapes: [GaussianShape]? {
        let slices = shapes.compactMap { $0.slice(joints.0, joints.1, at: center) }
        guard slices.count == shapes.count, let greatest = slices.map(\.logWeight).max(), greatest.isFinite else { return nil }
        let weights = slices.map { Elementary.exp($0.logWeight - greatest) }
        let total = weights.reduce(0, +)
        return zip(slices, weights).map { slice, weight in
            var shape = slice.shape
            shape.weight = weight / total
            return shape
        }
    }

    private var label: String {
        if case .pose = target, dimension == 3 { return "greatest density over the third joint" }
        return isSlice ? "density in a slice / maximum" : "density / maximum"
    }
}
