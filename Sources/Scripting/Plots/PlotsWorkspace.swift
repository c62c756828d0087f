import Figures
import Kinematics
import LuaBridge
import Numerics
import RobotModels

// avips.plot.workspace.

extension FigureEntries {
    var workspacePlot: Function {
        Function(
            "avips.plot.workspace", "Maps a model's quality over a slice of the workspace: the error of its samples, its success rate, modes found.",
            parameters: [
                Parameter("model", "Model, FactoredModel, SampledModel, Robot or table", "a model; a robot, for search from uniform starts; or a table with x and y (each { from, to } in m) and lists of rows by the names of quantities"),
                .options(WorkspaceSurvey.declared + [Self.titleOption]),
            ],
            returns: "Figure",
            example: "print(avips.plot.workspace(avips.robot \"planar_3link\", { resolution = 8, count = 4 }))"
        ) { arguments in
            let slot = arguments[1]
            let options = try arguments.options(2)
            let title = try options[Self.titleOption]
            if slot.kind == .table { return .object(holding: try Figure.workspace(slice(slot), subject: plotData.name(slot) ?? "Workspace", title: title)) }
            let survey: WorkspaceSurvey
            if let model = try slot.boxIfPresent(Model.self)?.read() {
                survey = try WorkspaceSurvey(robot: model.robot, query: model.query(), options: options)
            } else if let model = try slot.boxIfPresent(FactoredModel.self)?.read() {
                survey = try WorkspaceSurvey(robot: model.robot, query: model.query, options: options)
            } else if let model = try slot.boxIfPresent(SampledModel.self)?.read(), let robot = model.robot {
                survey = try WorkspaceSurvey(robot: robot, query: model.sampler(of: robot), options: options)
            } else if slot.kind == .string || slot.boxIfPresent(Robot.self) != nil {
                survey = try WorkspaceSurvey(robot: robot(slot), query: nil, options: options)
            } else {
                throw slot.mismatch("a Model of any kind, a Robot or a table")
            }
            return .object(holding: try Figure.workspace(survey.slice(cancellation).cropped, subject: survey.subject, title: title))
        }
    }

    /// A slice that a script has computed.
    private func slice(_ slot: Slot) throws -> WorkspaceSlice {
        let data = plotData
        func side(_ name: String) throws -> ClosedRange<Double> {
            guard let ends = try data.series(slot, name), ends.count == 2, ends[0] < ends[1], (ends[1] - ends[0]).isFinite else {
                throw slot.invalid("must have \(name) = { from, to }, in m")
            }
            return ends[0]...ends[1]
        }
        let (x, y) = (try side("x"), try side("y"))
        var size: (columns: Int, rows: Int)?
        let quantities = try data.named(slot) { name, value -> WorkspaceSlice.Quantity? in
            guard name != "x", name != "y", value.kind == .table || value.boxIfPresent(Matrix.self) != nil else { return nil }
            let rows = try data.rows(value)
            let shape = (columns: rows.first?.count ?? 0, rows: rows.count)
            guard shape.columns > 0, rows.allSatisfy({ $0.count == shape.columns }), size.map({ $0 == shape }) ?? true else {
                throw slot.invalid("must have rows of one length, and as many for each quantity; \(name) differs")
            }
            size = shape
            let quantity = PlottedQuantity(name)
            return WorkspaceSlice.Quantity(
                title: name.prefix(1).uppercased() + name.dropFirst().split(separator: "_").joined(separator: " "), label: quantity.label,
                values: rows.flatMap { $0.map { $0 * quantity.factor } }, isLowerBetter: quantity.better == .lower)
        }.compactMap { $0 }
        guard let size else { throw slot.invalid("must have a list of rows by the name of a quantity") }
        return WorkspaceSlice(x: x, y: y, columns: size.columns, rows: size.rows, quantities: quantities)
    }
}

/// Asks a model, or a search without one, for solutions in every cell of a slice through a robot's workspace.
private struct WorkspaceSurvey {
    private enum Plane: String, CaseIterable {
        case xy, xz, yz

        /// The indices of the axes across and up, and of the one that is cut.
        var axes: (Int, Int, Int) {
            switch self {
            case .xy: (0, 1, 2)
            case .xz: (0, 2, 1)
            case .yz: (1, 2, 0)
            }
        }
    }

    private static let planeOption = OptionKey<Plane?>.choice(
        "plane", of: Plane.self, "the plane of the slice", otherwise: "\"xz\"; \"xy\" for a planar robot")
    private static let atOption = OptionKey<Double?>.number("at", in: -1e6...1e6, "where the plane cuts the third axis", unit: "m", otherwise: "through the robot's base")
    private static let orientationOption = OptionKey<Pose?>.value(
        "orientation", "Pose", "the orientation of the tip", otherwise: "pointing down; as the base for a planar robot") { try $0.pose() }
    private static let resolutionOption = OptionKey.integer("resolution", in: 4...100, default: 24, "cells along the longer side")
    private static let posesOption = OptionKey.integer(
        "poses", in: 1...100, default: 8, "poses per cell, from which the success rate is estimated")
    private static let startsOption = OptionKey.integer(
        "starts", in: 1...10_000, default: 16, "the largest number of samples tried per pose; sixteen are processed at once")
    private static let countOption = OptionKey.integer(
        "count", in: 1...200, default: 16, "solutions requested at the centre of a cell, of which the modes are counted")
    private static let refineOption = OptionKey.integer("refine", in: 0...100, default: 0, "evidence updates of the mixture")
    private static let seedOption = OptionKey.seed("the seed of the samples").defaulting(to: 1)

    static var declared: [any DeclaredOption] {
        [planeOption, atOption, orientationOption, resolutionOption, posesOption, startsOption, countOption, refineOption, seedOption]
    }

    private let robot: Robot
    private let query: (any PoseSampler)?
    private let plane: Plane
    /// Where the robot stands, m.
    private let base: SIMD3<Double>
    private let at: Double
    private let rotation: Rotation
    private let isPlanar: Bool
    /// Whether the orientation was given.
    private let isTurned: Bool
    private let resolution: Int
    private let poses: Int
    private let starts: Int
    private let count: Int
    private let refine: Int
    private let seed: UInt64

    init(robot: Robot, query: (any PoseSampler)?, options: LuaBridge.Options) throws {
        self.robot = robot
        self.query = query
        let isPlanar = robot.chain.degreesOfFreedom <= 3 || robot.isPlanar
        self.isPlanar = isPlanar
        isTurned = try options[Self.orientationOption] != nil
        plane = try options[Self.planeOption] ?? (isPlanar ? .xy : .xz)
        base = robot.chain.standing.place.position
        at = try options[Self.atOption] ?? base[plane.axes.2]
        rotation = try options[Self.orientationOption]?.rotation ?? (isPlanar ? .identity : Rotation(roll: .pi, pitch: 0, yaw: 0))
        resolution = try options[Self.resolutionOption]
        poses = try options[Self.posesOption]
        starts = try options[Self.startsOption]
        count = try options[Self.countOption]
        refine = try options[Self.refineOption]
        seed = try options[Self.seedOption]
    }

    var subject: String { query == nil ? "\(robot.chain.name), uniform starts" : "\(robot.chain.name) model" }

    /// - Throws: `LuaError` where it is interrupted.
    func slice(_ cancellation: Cancellation) throws -> WorkspaceSlice {
        let reach = robot.ownReach > 0 && robot.ownReach.isFinite ? robot.ownReach : 1
        let (across, up, cut) = plane.axes
        let names = ["x", "y", "z"]
        let side = 2 * reach / Double(resolution)
        // Little lies below a robot on the ground; cells stay squares.
        let below = plane == .xy ? resolution / 2 : max(1, resolution / 6)
        let rows = plane == .xy ? resolution : resolution / 2 + below
        let left = base[across] - reach, bottom = base[up] - (plane == .xy ? reach : side * Double(below))
        var errors: [Double] = [], shares: [Double] = [], modes: [Double] = []
        var stream = RandomStream(seed: seed)
        for row in 0..<rows {
            for column in 0..<resolution {
                if cancellation.isRequested { throw LuaError("interrupted", kind: .interrupt) }
                var position = SIMD3<Double>.zero
                position[across] = left + side * (Double(column) + 0.5)
                position[up] = bottom + side * (Double(row) + 0.5)
                position[cut] = at
                let pose = Pose(position: position, rotation: rotation)
                var cell = cell(pose, &stream, cancellation)
                let chance = chance(around: pose, side: side, &stream, cancellation)
                // Where the middle is out of reach and others of the cell's poses are not, the first of those stands for it.
                if cell == nil, let other = chance.reached { cell = self.cell(other, isReachable: true, &stream, cancellation) }
                errors.append(cell?.error ?? .nan)
                shares.append(chance.share)
                modes.append(cell?.modes ?? .nan)
            }
        }
        var quantities: [WorkspaceSlice.Quantity] = []
        if query != nil { quantities.append(.init(title: "Error of samples, bright is small", label: "median (mm)", values: errors, isLowerBetter: true)) }
        quantities.append(.init(title: "Success", label: "solved (%)", values: shares, limits: 0...100))
        quantities.append(.init(
            title: query == nil ? "Solutions" : "Modes", label: query == nil ? "found" : "components", values: modes))
        return WorkspaceSlice(
            x: left...(left + 2 * reach), y: bottom...(bottom + side * Double(rows)), names: (names[across], names[up]), columns: resolution,
            rows: rows, quantities: quantities, base: Place(base[across], base[up]), place: "\(names[cut]) = \(NumberText.short(at)) m, \(isTurned ? "tip as asked for" : plane == .xy && isPlanar ? "tip along x" : "tip pointing down")")
    }

    private func isWithinReach(_ pose: Pose) -> Bool {
        let step = pose.position - base
        return step.dot(step).squareRoot() <= 1.000001 * robot.ownReach
    }

    private func solve(
        _ pose: Pose, _ options: SearchOptions, _ stream: inout RandomStream, _ cancellation: Cancellation
    ) -> Solutions {
        query.map { $0.solve(Goal(pose), options: options, preferences: .init(), refine: refine, using: &stream, cancellation: cancellation) }
            ?? robot.solver.solve(pose, options: options, using: &stream, cancellation: cancellation)
    }

    /// The share of the poses of a cell that are solved, of those that search from many uniform starts reaches, and the first of these; NaN where it
    /// reaches none.
    private func chance(
        around middle: Pose, side: Double, _ stream: inout RandomStream, _ cancellation: Cancellation
    ) -> (share: Double, reached: Pose?) {
        var options = SearchOptions(count: 1, findsClosest: false)
        var (solved, reachable) = (0, 0)
        var reached: Pose?
        for _ in 0..<poses {
            var pose = middle
            let (across, up, _) = plane.axes
            pose.position[across] += side * (stream.uniform() - 0.5)
            pose.position[up] += side * (stream.uniform() - 0.5)
            guard isWithinReach(pose) else { continue }
            options.restarts = starts
            if solve(pose, options, &stream, cancellation).found > 0 {
                solved += 1
                reachable += 1
                reached = reached ?? pose
                continue
            }
            options.restarts = WorkspaceSurvey.exhaustiveStarts
            if robot.solver.solve(pose, options: options, using: &stream, cancellation: cancellation).found > 0 {
                reachable += 1
                reached = reached ?? pose
            }
        }
        return (reachable == 0 ? .nan : 100 * Double(solved) / Double(reachable), reached)
    }

    /// Starts after which a pose counts as out of reach.
    private static let exhaustiveStarts = 1024

    /// What a pose of a cell yields; nil where it cannot be reached, as far as is known.
    private func cell(_ pose: Pose, isReachable: Bool = false, _ stream: inout RandomStream, _ cancellation: Cancellation) -> (error: Double, modes: Double)? {
        guard isWithinReach(pose) else { return nil }
        var options = SearchOptions(count: count, findsClosest: false)
        options.restarts = 20 * count
        let solutions = solve(pose, options, &stream, cancellation)
        guard solutions.found > 0 || isReachable else { return nil }
        guard let query else { return (.nan, Double(solutions.found)) }
        let samples = (query as? PoseQuery)?.sample(pose, count: 32, refine: refine, using: &stream)
            ?? query.sample(pose, count: 32, using: &stream)
        let errors = (0..<samples.rows).map { row -> Double in
            let step = samples.row(row).withUnsafeBufferPointer { robot.pose($0) }.position - pose.position
            return 1000 * step.dot(step).squareRoot()
        }.sorted()
        return (errors.highMedian, Double(Set(solutions.solutions.compactMap(\.component)).count))
    }
}

extension Robot {
    /// Whether its tip stays at one height whatever its joints do.
    fileprivate var isPlanar: Bool {
        var stream = RandomStream(seed: 1)
        let heights = (0..<8).map { _ in chain.forwardKinematics(chain.randomConfiguration(using: &stream)).position.z }
        return (heights.max() ?? 0) - (heights.min() ?? 0) < 1e-9
    }
}
