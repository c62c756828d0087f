import Figures
import LuaBridge

// Figures of trainings: curves, weights, schedule.

extension FigureEntries {
    var trainingPlots: [Function] { [plotCurves, plotWeights, plotSchedule] }

    private static let curveColumns = OptionKey.strings(
        "columns", count: 0...PlotData.seriesLimit, "which quantities, in SI units",
        otherwise: "elbo, loss, position_error, rotation_error, entropy, components_in_use, those there are")
    private static let columnAcross = OptionKey.string("x", "the column of the x axis", otherwise: "\"step\", or \"iteration\"")
    private static let curveLabel = OptionKey.string("label", default: "y", "the label of y in plain tables")
    private static let curveBand = OptionKey<CurveBand>.choice(
        "band", default: .standardDeviation, "what the shaded band around the mean of several runs shows; with quartiles the line is the median")
    private static let logarithmicX = OptionKey.flag("log_x", default: false, "whether the x axis is logarithmic")
    private static let logarithmicY = OptionKey.flag(
        "log_y", "whether the y axes are logarithmic", otherwise: "where all values are positive and span a factor of 50")

    private var plotCurves: Function {
        Function(
            "avips.plot.curves", "Draws quantities over a training, one panel each; several runs are compared, and a list of runs is shown as its mean and spread. For an Experiment, draws all columns that its runs have logged, seeds together.",
            parameters: [
                Parameter("runs", "Log, Experiment, table or list", "a log, an experiment, or a table of columns such as { step = {...}, loss = {...} } or { x = {...}, y = {...} }; a list of them is one group, a table by name several; more may follow", isRepeated: true),
                .options([
                    Self.curveColumns, Self.columnAcross, Self.curveBand, Self.curveLabel, Self.logarithmicX, Self.logarithmicY, RunReader.only, Self.titleOption,
                ]),
            ],
            returns: "Figure",
            example: """
                local function run(seed)
                    local log = { step = {}, loss = {} }
                    for i = 1, 50 do log.step[i], log.loss[i] = 10 * i, 3 * math.exp(-i / 20) + 0.1 * math.sin(i * seed) end
                    return log
                end
                print(avips.plot.curves{ constant = { run(1), run(2), run(3) }, decaying = run(4) })
                """
        ) { arguments in
            let reader = RunReader(data: plotData)
            let (values, options) = try arguments.valuesAndOptions { reader.isRun($0, columns: []) }
            let columns = try options[Self.curveColumns]
            var x = try options[Self.columnAcross]
            guard let first = values.first, !first.isNil else { throw arguments[1].mismatch("a Log, or a table with columns") }
            let groups = try reader.groups(values, columns: (columns ?? []) + [x].compactMap(\.self), only: options[RunReader.only])
            let shown = columns ?? reader.standardColumns(of: groups)
            guard !shown.isEmpty else { throw first.invalid("has none of the columns that are drawn by themselves; name them: columns = {\"loss\"}") }
            if x == nil, groups.contains(where: { $0.runs.contains { $0.columns["iteration"] != nil } }) { x = "iteration" }
            let across = x ?? "step"
            let isLogarithmic = try options[Self.logarithmicY]
            let label = try options[Self.curveLabel]
            let panels = try shown.map { column in
                let quantity = column == "y" ? nil : PlottedQuantity(column)
                return CurvePanel(
                    label: quantity?.label ?? label,
                    groups: try groups.compactMap { group in
                        let curves = try group.runs.compactMap { try $0.curve(column, x: across, factor: quantity?.factor ?? 1) }
                        return curves.isEmpty ? nil : CurveGroup(name: group.name, runs: curves)
                    }, isLogarithmic: isLogarithmic)
            }
            let xLabel = x.map { PlottedQuantity($0).label } ?? (shown == ["y"] && !groups.contains { $0.runs.contains { $0.columns["step"] != nil } } ? "x" : "step")
            return .object(holding: try Figure.curves(
                panels, xLabel: xLabel, isXLogarithmic: options[Self.logarithmicX], band: options[Self.curveBand], title: options[Self.titleOption]))
        }
    }

    private var plotWeights: Function {
        Function(
            "avips.plot.weights", "Draws the weights of a mixture's components over a training, stacked, with births and deaths.",
            parameters: [
                Parameter("log", "Log, InferenceLog or table", "has weights, one row per report: a Matrix or a list of lists; a component exists only in the rows in which it has a weight"),
                .options([Self.columnAcross, Self.titleOption]),
            ],
            returns: "Figure",
            example: """
                local log = { step = {}, weights = {} }
                for i = 1, 40 do
                    log.step[i] = i
                    log.weights[i] = { 0.5, i < 30 and 0.3 or false, i > 10 and 0.2 or false }
                end
                print(avips.plot.weights(log))
                """
        ) { arguments in
            let slot = arguments[1]
            let options = try arguments.options(2)
            let data = plotData
            guard let rows = try data.withField(slot, "weights", data.rows) else { throw slot.mismatch("a log with weights, or a table with the field weights") }
            guard rows.count <= 100_000, rows.map(\.count).max() ?? 0 <= 10_000 else {
                throw slot.invalid("must have at most 100000 rows of 10000 weights")
            }
            let x = try options[Self.columnAcross] ?? (data.hasList(slot, "step") ? "step" : data.hasList(slot, "iteration") ? "iteration" : "report")
            let steps = try data.series(slot, x) ?? rows.indices.map { Double($0 + 1) }
            let numbers = try data.withField(slot, "numbers") { try $0.numbers().map { Int($0.clamped(to: -1e9...1e9)) } }
            let history = try WeightHistory(steps: steps, weights: withoutEmptyEnds(rows), numbers: numbers).thinned(to: 150)
            return .object(holding: Figure.weights(history, xLabel: PlottedQuantity(x).label, title: try options[Self.titleOption]))
        }
    }

    /// The rows with NaN in place of the zeros before a component's first weight and after its last one.
    private func withoutEmptyEnds(_ rows: [[Double]]) -> [[Double]] {
        var rows = rows
        for column in 0..<(rows.map(\.count).max() ?? 0) {
            func has(_ row: [Double]) -> Bool { column < row.count && row[column] > 0 }
            let life = (rows.firstIndex(where: has) ?? rows.count)...max(rows.lastIndex(where: has) ?? -1, rows.firstIndex(where: has) ?? rows.count)
            for row in rows.indices where !life.contains(row) && column < rows[row].count { rows[row][column] = .nan }
        }
        return rows
    }

    private var plotSchedule: Function {
        Function(
            "avips.plot.schedule", "Draws rates and bounds over the progress of a training.",
            parameters: [
                Parameter("schedules", "table, function or schedule", "functions of progress in [0,1], numbers or lists of values; by name in a table, or one after the other", isRepeated: true),
                .options([Self.titleOption]),
            ],
            returns: "Figure",
            example: """
                print(avips.plot.schedule{
                    learning_rate = function(t) return 1e-3 * 0.5 * (1 + math.cos(math.pi * t)) end,
                    kl_bound = 0.01,
                })
                """
        ) { arguments in
            let data = plotData
            let (values, options) = try arguments.valuesAndOptions { slot in
                slot.kind == .table && ((try? slot.names().contains { $0 != "title" }) ?? false || (try? slot.length()) ?? 0 > 0)
            }
            var schedules: [(name: String, values: [Double])] = []
            for slot in values {
                if slot.kind == .table, !slot.describesItself, try slot.length() == 0 {
                    schedules += try data.named(slot) { name, value in (name: name, values: try schedule(value, name)) }
                } else {
                    let name = try data.name(slot) ?? "schedule \(schedules.count + 1)"
                    schedules.append((name: name, values: try schedule(slot, name)))
                }
            }
            guard !schedules.isEmpty else { throw arguments[1].mismatch("a table of schedules by name") }
            guard schedules.count <= 24 else { throw arguments[1].invalid("must have at most 24 schedules, got \(schedules.count)") }
            return .object(holding: try Figure.schedules(schedules, title: options[Self.titleOption]))
        }
    }

    /// The values of a schedule at a hundred equal steps of progress.
    private func schedule(_ slot: Slot, _ name: String) throws -> [Double] {
        switch slot.kind {
        case .number: return Array(repeating: try slot.number(), count: 101)
        case .table where !slot.describesItself: return try slot.series(limit: 100_000)
        case .function, .userdata, .table:
            let function = slot.value
            return try (0...100).map { step in
                let value = try plotData.call(function, [.number(Double(step) / 100)])
                guard let number = PlotData.number(value) else {
                    let found = try state.withSlot(value) { $0.found }
                    throw ArgumentError("schedule \(name) must return a number of progress, got \(found)")
                }
                return number
            }
        default: throw slot.mismatch("a number, a schedule or a function of progress")
        }
    }
}

extension WeightHistory {
    /// At most so many rows, evenly; the first and the last are kept.
    fileprivate func thinned(to limit: Int) throws -> WeightHistory {
        guard steps.count > limit else { return self }
        let kept = (0..<limit).map { $0 * (steps.count - 1) / (limit - 1) }
        return try WeightHistory(steps: kept.map { steps[$0] }, weights: kept.map { weights[$0] }, numbers: numbers)
    }
}
