import Figures
import Kinematics
import LuaBridge
import Numerics

/// Evaluates a target density on a grid over two of its variables.
struct DensityPlot {
    /// The target as scripts give it.
    private enum Target {
        /// Of a list of numbers, the log-density.
        case function(Value)
        /// An object with the method `logpdf`, which takes many rows at once.
        case object(Value)
        case pose(Pose, Robot)
    }

    private let target: Target
    private let dimension: Int
    private let axes: [JointAxis]
    private let shapes: [GaussianShape]
    private let joints: (Int, Int)
    private let center: [Double]
    private var ranges: (ClosedRange<Double>, ClosedRange<Double>)
    /// Whether the ranges are to be narrowed to where there is mass.
    private let isZoomed: Bool
    /// Whether there is nothing to be seen beyond the ranges.
    private let isBounded: Bool
    private var resolution: Int
    private let deviations: (position: Double, rotation: Double)
    private let isLabelled: Bool
    private let title: String?
    private let session: Session

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

    init(target slot: Slot, shapes: [GaussianShape], robot: Robot?, options: Options, session: Session) throws {
        let joints = try options[Self.jointsOption].map { $0 - 1 }
        let heaviest = shapes.max { $0.weight < $1.weight }?.mean
        let unit = try AngleUnit(options)
        if unit.isDegrees, robot == nil { throw ArgumentError("option degrees needs to know which variables are angles: give the robot too") }
        let at = try options[Self.atOption].map { slot in try robot.map { try slot.configuration(of: $0, in: unit) } ?? slot.vector() }
        if let pose = try slot.boxIfPresent(Pose.self)?.read() {
            guard let robot else { throw ArgumentError("option robot must be given: a pose is the target of a robot's tip") }
            target = .pose(pose, robot)
            dimension = robot.chain.degreesOfFreedom
        } else if slot.kind == .function {
            target = .function(slot.value)
            dimension = heaviest?.count ?? robot?.chain.degreesOfFreedom ?? at?.count ?? 2
        } else if let type = slot.objectType, type.methods.contains(where: { $0.shortName == "logpdf" && $0.parameters.filter { !$0.isOptional }.count == 1 }) {
            target = .object(slot.value)
            let own = try session.plotData.withField(slot, "dimension") { try $0.integer(in: 1...1000) }
            dimension = try own ?? slot.boxIfPresent(Prediction.self)?.read().mixture.dimension ?? heaviest?.count ?? 2
        } else {
            throw slot.mismatch("a function, a Target or a Pose")
        }
        let count = dimension
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
        self.joints = (joints[0], joints[1])
        self.shapes = shapes
        self.session = session
        let variables = robot?.chain.variables ?? []
        let axes = robot == nil ? (0..<count).map { JointAxis(name: "x\($0 + 1)") } : variables.map(JointAxis.init)
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
        let found = zip(joints, 0...).map { joint, side -> (Double, Double) in
            let known = axes[joint].limits
            let reach = expected.compactMap { gaussian -> (Double, Double)? in
                let spread = 3.5 * gaussian.deviations[joint]
                return spread.isFinite ? (gaussian.mean[joint] - spread, gaussian.mean[joint] + spread) : nil
            }
            let low = lower?[side] ?? known?.lowerBound ?? (axes[joint].scale == .degrees ? -.pi : reach.map(\.0).min() ?? -3)
            let high = upper?[side] ?? known?.upperBound ?? (axes[joint].scale == .degrees ? .pi : reach.map(\.1).max() ?? 3)
            return (low, high)
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

    /// How often the ranges may be doubled.
    private static let widenings = 10

    /// The ranges, wide enough that no mass lies at their borders; as they are where it does at any width.
    private func widened() throws -> (ClosedRange<Double>, ClosedRange<Double>) {
        var coarse = self
        coarse.resolution = Self.coarse
        for _ in 0..<Self.widenings {
            let values = try coarse.logDensities(), greatest = values.filter { $0 < .infinity }.max() ?? 0, last = Self.coarse - 1
            var sides = (left: false, right: false, below: false, above: false)
            for (index, value) in values.enumerated() where value > greatest - Self.visible {
                let (column, row) = (index % Self.coarse, index / Self.coarse)
                if column == 0 { sides.left = true }
                if column == last { sides.right = true }
                if row == 0 { sides.below = true }
                if row == last { sides.above = true }
            }
            func wider(_ range: ClosedRange<Double>, _ atStart: Bool, _ atEnd: Bool) -> ClosedRange<Double> {
                let length = range.upperBound - range.lowerBound
                return (range.lowerBound - (atStart ? length : 0))...(range.upperBound + (atEnd ? length : 0))
            }
            let next = (wider(coarse.ranges.0, sides.left, sides.right), wider(coarse.ranges.1, sides.below, sides.above))
            if next == coarse.ranges { return next }
            coarse.ranges = next
        }
        return ranges
    }

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

    /// Cells each way where mass is looked for, and how far below the greatest log-density it is to be seen.
    private static let coarse = 48
    private static let visible = 4.5

    /// The part of the ranges in which there is mass to be seen: cells of a coarse grid with a hundredth of the greatest density, and the
    /// components that count, with some air.
    private func zoomed() throws -> (ClosedRange<Double>, ClosedRange<Double>) {
        var coarse = self
        coarse.resolution = Self.coarse
        let values = try coarse.logDensities()
        let greatest = values.filter { $0 < .infinity }.max() ?? 0
        var (low, high) = ((Double.infinity, Double.infinity), (-Double.infinity, -Double.infinity))
        func include(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>) {
            low = (min(low.0, x.lowerBound), min(low.1, y.lowerBound))
            high = (max(high.0, x.upperBound), max(high.1, y.upperBound))
        }
        func cell(_ range: ClosedRange<Double>, _ index: Int) -> ClosedRange<Double> {
            let side = (range.upperBound - range.lowerBound) / Double(Self.coarse)
            return (range.lowerBound + side * Double(index))...(range.lowerBound + side * Double(index + 1))
        }
        for (index, value) in values.enumerated() where value > greatest - Self.visible {
            include(cell(ranges.0, index % Self.coarse), cell(ranges.1, index / Self.coarse))
        }
        let all = drawnShapes
        for shape in all where shape.weight > 0.01 {
            let spread = (0..<2).map { 2.5 * max(0, shape.covariance[$0, $0]).squareRoot() }
            guard spread.allSatisfy(\.isFinite) else { continue }
            include((shape.mean[0] - spread[0])...(shape.mean[0] + spread[0]), (shape.mean[1] - spread[1])...(shape.mean[1] + spread[1]))
        }
        func part(_ range: ClosedRange<Double>, _ low: Double, _ high: Double) -> ClosedRange<Double> {
            let air = 0.08 * (high - low)
            let (start, end) = (max(range.lowerBound, low - air), min(range.upperBound, high + air))
            return end - start > 1e-9 * (range.upperBound - range.lowerBound) ? start...end : range
        }
        return (part(ranges.0, low.0, high.0), part(ranges.1, low.1, high.1))
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
    private var drawnShapes: [GaussianShape] {
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

    // MARK: Evaluation

    /// Row by row, the lowest first.
    private func logDensities() throws -> [Double] {
        var places: [[Double]] = []
        places.reserveCapacity(resolution * resolution)
        func along(_ range: ClosedRange<Double>, _ index: Int) -> Double {
            range.lowerBound + (range.upperBound - range.lowerBound) * (Double(index) + 0.5) / Double(resolution)
        }
        for row in 0..<resolution {
            for column in 0..<resolution {
                var q = center
                q[joints.0] = along(ranges.0, column)
                q[joints.1] = along(ranges.1, row)
                places.append(q)
            }
        }
        switch target {
        case .function(let function):
            let caller = try session.state.load("local f, x = ... return f(x)", name: "=density")
            return try places.map { place in
                let value = try session.state.call(caller, [function, .numbers(place)]).first ?? .nil
                guard let number = PlotData.number(value) else {
                    let found = try session.state.withSlot(value) { $0.found }
                    throw ArgumentError("the target must return a number, its log-density, got \(found)")
                }
                return number
            }
        case .object(let object):
            let matrix = Matrix(rows: places.count, columns: dimension, elements: places.flatMap { $0 })
            let caller = try session.state.load("local target, x = ... return target:logpdf(x)", name: "=density")
            let values = try session.state.call(caller, [object, .matrix(matrix)]).first ?? .nil
            let found = try session.state.withSlot(values) { try $0.series(limit: PlotData.limit) }
            guard found.count == places.count else {
                throw ArgumentError("the target's logpdf must return a number a row, \(places.count) of them, got \(found.count)")
            }
            return found
        case .pose(let pose, let robot):
            return places.map { density(of: pose, robot, $0) }
        }
    }

    /// The log-density of the errors at a configuration; the greatest over the one joint that is not shown, where there is one.
    private func density(of pose: Pose, _ robot: Robot, _ q: [Double]) -> Double {
        func value(_ q: [Double]) -> Double {
            let tip = q.withUnsafeBufferPointer { robot.pose($0) }
            let step = (tip.position - pose.position) / deviations.position
            let angle = tip.rotation.angle(to: pose.rotation) / deviations.rotation
            return -0.5 * (step.dot(step) + angle * angle)
        }
        guard dimension == 3 else { return value(q) }
        let hidden = 3 - joints.0 - joints.1
        let variable = robot.chain.variables[hidden]
        var q = q
        func along(_ place: Double) -> Double {
            q[hidden] = place
            return value(q)
        }
        let step = (variable.upper - variable.lower) / 48
        let places = (0..<48).map { variable.lower + step * (Double($0) + 0.5) }, values = places.map(along)
        guard let best = values.indices.max(by: { values[$0] < values[$1] }) else { return value(q) }
        // Between the neighbours of the best, by golden sections (Kiefer, "Sequential minimax search for a maximum", 1953): the steps would show as a pattern.
        let ratio = 0.618034
        var (low, high) = (max(variable.lower, places[best] - step), min(variable.upper, places[best] + step))
        var (a, b) = (high - ratio * (high - low), low + ratio * (high - low))
        var (atA, atB) = (along(a), along(b))
        for _ in 0..<10 {
            if atA > atB {
                (high, b, atB) = (b, a, atA)
                a = high - ratio * (high - low)
                atA = along(a)
            } else {
                (low, a, atA) = (a, b, atB)
                b = low + ratio * (high - low)
                atB = along(b)
            }
        }
        return max(values[best], atA, atB)
    }
}

extension Slot {
    /// The means and standard deviations of Gaussians that tell where a density has its mass: a mixture's components, or where inference of a target
    /// starts; none for other values.
    fileprivate func spreads() throws -> [(mean: [Double], deviations: [Double])] {
        if let mixture = try boxIfPresent(Prediction.self)?.read().mixture {
            return mixture.components.map { component in
                (component.mean, component.mean.indices.map { component.covariance[$0, $0].squareRoot() })
            }
        }
        guard let start = try boxIfPresent(Target.self)?.read().density.start else { return [] }
        return [(start.mean, zip(start.deviations, start.componentDeviations).map { max($0, $1) })]
    }
}
