import Figures
import Kinematics
import LuaBridge
import Numerics

/// Charts of a script's own numbers: lines, scatter, histogram; and the joints along a track.
struct ChartEntries: Entries {
    unowned let session: Session

    func register() throws { try functions.forEach(state.register) }

    var functions: [Function] { [lines, scatter, histogram, track] }

    private var data: PlotData { plotData }

    private static let x = OptionKey.string("x", default: "x", "the label of the x axis, with its unit")
    private static let y = OptionKey.string("y", default: "y", "the label of the y axis, with its unit")
    private static let logarithmicX = OptionKey.flag("log_x", default: false, "whether the x axis is logarithmic")
    private static let logarithmicY = OptionKey.flag("log_y", default: false, "whether the y axis is logarithmic")
    private static let equal = OptionKey.flag("equal", default: false, "whether both axes have the same scale")
    private static var chartOptions: [any DeclaredOption] { [x, y, logarithmicX, logarithmicY, equal, FigureEntries.titleOption] }

    private func axes(_ options: Options) throws -> ChartAxes {
        ChartAxes(
            x: try options[Self.x], y: try options[Self.y], isXLogarithmic: try options[Self.logarithmicX], isYLogarithmic: try options[Self.logarithmicY],
            equalAspect: try options[Self.equal])
    }

    // MARK: Series

    private static let seriesText = "y values as a list, { x = list, y = list }, or a Matrix whose first column is x and each other one a series; a table of them by name is several series"

    /// The series in a value: those of a table by their names.
    private func series(_ slot: Slot) throws -> [ChartSeries] {
        if slot.kind == .table, try slot.length() == 0, !data.hasList(slot, "y") {
            let named = try data.named(slot) { name, value in try self.one(value, name: name) }
            guard !named.isEmpty else { throw slot.mismatch(Self.seriesText) }
            return named.flatMap(\.self)
        }
        return try one(slot, name: "")
    }

    private func one(_ slot: Slot, name: String) throws -> [ChartSeries] {
        if slot.kind == .table, data.hasList(slot, "y") {
            let y = try data.series(slot, "y") ?? []
            let x = try data.series(slot, "x") ?? y.indices.map { Double($0 + 1) }
            guard x.count == y.count else { throw slot.invalid("has \(x.count.counted("value")) in x and \(y.count) in y: they must be as many") }
            return [ChartSeries(name: name, places: zip(x, y).map { Place($0, $1) })]
        }
        if slot.isVector {
            let y = try slot.kind == .table ? slot.series(limit: PlotData.limit) : slot.vector()
            return [ChartSeries(name: name, places: y.enumerated().map { Place(Double($0 + 1), $1) })]
        }
        let columns = try data.columns(slot, limit: PlotData.seriesLimit + 1, isPadded: false)
        guard columns.count > 1, !columns[0].isEmpty else {
            throw slot.invalid("must have rows of one length with at least two numbers, x and y")
        }
        return try columns.indices.dropFirst().map { column in
            let own = columns.count == 2 ? name : (name.isEmpty ? "" : name + " ") + "column \(column + 1)"
            try state.stopIfInterrupted()
            return ChartSeries(name: own, places: zip(columns[0], columns[column]).map { Place($0, $1) })
        }
    }

    private var lines: Function {
        Function(
            "avips.plot.lines", "Draws lines from a script's own data in one panel; a value that is not a number is a gap in its line, and a line of nothing else is told of behind the title.",
            parameters: [Parameter("series", "list, table or Matrix", Self.seriesText), .options(Self.chartOptions)], returns: "Figure",
            example: """
                local wave = { x = {}, y = {} }
                for i = 1, 100 do wave.x[i], wave.y[i] = i / 10, math.sin(i / 10) end
                print(avips.plot.lines({ sine = wave, line = { x = {0, 10}, y = {-1, 1} } }, { x = "time (s)", y = "angle (rad)" }))
                """
        ) { arguments in
            let options = try arguments.options(2)
            let series = try series(arguments[1]), axes = try axes(options), title = try options[FigureEntries.titleOption]
            return .object(holding: try data.drawn { try Figure.lines(series, axes: axes, title: title) })
        }
    }

    private var scatter: Function {
        Function(
            "avips.plot.scatter", "Draws points from a script's own data in one panel; more than 4000 points of a series as their density: small squares, the more opaque the more points lie in them, by the logarithm of their number; points with hardly another around them stay dots.",
            parameters: [Parameter("series", "list, table or Matrix", Self.seriesText), .options(Self.chartOptions)], returns: "Figure",
            example: "print(avips.plot.scatter(avips.random.normal(200, { columns = 2, seed = 1 }), { equal = true }))"
        ) { arguments in
            let options = try arguments.options(2)
            let series = try series(arguments[1]), axes = try axes(options), title = try options[FigureEntries.titleOption]
            return .object(holding: try data.drawn { try Figure.scatter(series, axes: axes, title: title) })
        }
    }

    private static let bins = OptionKey.integer("bins", in: 1...1000, "how many bins", otherwise: "by the interquartile range (Freedman and Diaconis)")
    private static let valueLabel = OptionKey.string("x", default: "value", "the label of the values, with their unit")

    private var histogram: Function {
        Function(
            "avips.plot.histogram", "Draws a histogram: the share of values in each bin of equal width; outliers so far away that nearly all values would stand in one bin are counted behind the title.",
            parameters: [
                Parameter("values", "list, Matrix or table", "numbers; of a Matrix each column is a series, of a table each list under its name"),
                .options([Self.bins, Self.valueLabel, FigureEntries.titleOption]),
            ],
            returns: "Figure",
            example: "print(avips.plot.histogram({ one = avips.random.normal(500, { seed = 1 }), two = avips.random.normal(500, { mean = 2, seed = 2 }) }))"
        ) { arguments in
            let slot = arguments[1]
            let options = try arguments.options(2)
            let values: [(name: String, values: [Double])]
            if slot.kind == .table, try slot.length() == 0 {
                values = try data.named(slot) { ($0, try $1.kind == .table ? $1.series(limit: PlotData.limit) : $1.vector()) }
                guard !values.isEmpty else { throw slot.mismatch("a list of numbers, a Matrix, or a table of lists by name") }
            } else if slot.isVector {
                values = [("", try slot.kind == .table ? slot.series(limit: PlotData.limit) : slot.vector())]
            } else {
                let columns = try data.columns(slot, limit: PlotData.seriesLimit, isPadded: true)
                values = columns.indices.map { (columns.count == 1 ? "" : "column \($0 + 1)", columns[$0]) }
            }
            let label = try options[Self.valueLabel], bins = try options[Self.bins], title = try options[FigureEntries.titleOption]
            return .object(holding: try data.drawn {
                try Figure.histogram(values, label: label, bins: bins, title: title)
            })
        }
    }

    // MARK: Tracks

    private var track: Function {
        Function(
            "avips.plot.track", "Draws the joint values along a track or a plan: angles in degrees in one panel, prismatic joints in metres in another, jumps marked; a plan over time, with its clearance.",
            parameters: [Parameter("track", "Track or Plan", "a track of a robot, a model or a body; or a plan"), .options([FigureEntries.titleOption])],
            returns: "Figure",
            example: """
                local panda = avips.robot "panda"
                local path = {}
                for i = 1, 20 do path[i] = avips.pose{ xyz = {0.4, -0.1 + 0.01 * i, 0.4}, rpy = {math.pi, 0, 0} } end
                print(avips.plot.track(panda:track(path, { seed = 1 })))
                """
        ) { arguments in
            let title = try arguments.options(2)[FigureEntries.titleOption]
            if let item = try arguments[1].boxIfPresent(PlanItem.self)?.read() {
                return .object(holding: try Figure.jointPaths(
                    item.plan.points, variables: item.robot.chain.variables, times: item.plan.times, clearances: item.clearances,
                    title: title ?? "\(item.robot.chain.name): joints and clearance along a plan of \(NumberText.fixed(item.plan.duration, 2)) s"))
            }
            guard let item = try arguments[1].boxIfPresent(TrackItem.self)?.read() else { throw arguments[1].mismatch("a Track or a Plan") }
            return .object(holding: try Figure.jointPaths(
                item.track.configurations, variables: item.subject.variables, jumps: item.track.jumps,
                title: title ?? "\(item.subject.name): joints along a track of \(item.track.configurations.count.counted("pose"))"))
        }
    }
}
