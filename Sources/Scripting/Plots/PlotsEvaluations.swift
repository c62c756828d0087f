import Figures
import LuaBridge
import Numerics

// Figures of results: errors, compare.

extension FigureEntries {
    var evaluationPlots: [Function] { [plotErrors, plotCompare] }

    private static let markedDistances = OptionKey.numbers("distances", default: [1, 10], "distances to mark", unit: "mm").formerly("millimetres")
    private static let markedAngles = OptionKey.numbers("angles", default: [0.1, 1], "angles to mark", unit: "°").formerly("degrees")

    private var plotErrors: Function {
        Function(
            "avips.plot.errors", "Draws the cumulative distribution of errors in mm and degrees: the share of samples below every error, with thresholds marked. A sample whose error is infinite or not a number has failed: it counts among all samples, and behind the title.",
            parameters: [
                Parameter("errors", "Evaluation, Solutions or table", "an evaluation, solutions, or a table with position_errors and rotation_errors (in m and rad) and a name; by name in a table, or one after the other", isRepeated: true),
                .options([
                    Self.markedDistances, Self.markedAngles, Self.titleOption,
                ]),
            ],
            returns: "Figure",
            example: """
                local panda = avips.robot "panda"
                local near = { name = "joint noise", position_errors = {}, rotation_errors = {} }
                for i = 1, 200 do near.position_errors[i], near.rotation_errors[i] = 0.002 * (i / 100)^2, 0.001 * i end
                print(avips.plot.errors(near))
                """
        ) { arguments in
            let data = plotData
            let (values, options) = try arguments.valuesAndOptions { isErrorSample($0) }
            var samples: [ErrorSample] = []
            for slot in values {
                if slot.kind == .table, !isErrorSample(slot), try slot.length() == 0 {
                    samples += try data.named(slot) { name, value in try errorSamples(value, name: name) }.flatMap { $0 }
                } else if slot.kind == .table, !isErrorSample(slot) {
                    samples += try data.elements(slot) { try errorSamples($0, name: nil) }.flatMap { $0 }
                } else {
                    samples += try errorSamples(slot, name: nil)
                }
            }
            for index in samples.indices where samples[index].name.isEmpty { samples[index].name = samples.count == 1 ? "samples" : "method \(index + 1)" }
            guard !samples.isEmpty else { throw arguments[1].mismatch("an Evaluation, Solutions or a table with position_errors") }
            guard samples.count <= PlotData.seriesLimit else { throw arguments[1].invalid("must have at most \(PlotData.seriesLimit) methods") }
            return .object(holding: try Figure.errors(
                samples, thresholds: (try options[Self.markedDistances], try options[Self.markedAngles]),
                title: options[Self.titleOption]))
        }
    }

    private func isErrorSample(_ slot: Slot) -> Bool {
        slot.kind == .userdata || plotData.hasList(slot, "position_errors") || plotData.hasList(slot, "rotation_errors") || plotData.hasList(slot, "modes")
    }

    /// The errors of a value; of an evaluation one sample a way of sampling.
    private func errorSamples(_ slot: Slot, name: String?) throws -> [ErrorSample] {
        let data = plotData
        if let answer = try slot.boxIfPresent(Answer.self)?.read() {
            return [ErrorSample(
                name: name ?? "solutions", positions: answer.solutions.solutions.map(\.positionError),
                rotations: answer.solutions.solutions.map(\.rotationError))]
        }
        if let samples = try data.withField(slot, "modes", { modes in
            try data.elements(modes) { mode in
                let way = try data.name(mode) ?? "samples"
                func quantiles(_ field: String) throws -> [Double] {
                    try data.withField(mode, field) { try data.series($0, "quantiles") ?? [] } ?? []
                }
                return ErrorSample(name: (name.map { $0 + ", " } ?? "") + way, positions: try quantiles("position"), rotations: try quantiles("rotation"))
            }
        }) { return samples }
        let positions = try data.series(slot, "position_errors"), rotations = try data.series(slot, "rotation_errors")
        guard positions != nil || rotations != nil else {
            throw slot.mismatch("an Evaluation, Solutions, or a table with position_errors or rotation_errors")
        }
        return [ErrorSample(name: try name ?? data.name(slot) ?? "", positions: positions ?? [], rotations: rotations ?? [])]
    }

    private static let comparedMetrics = OptionKey.strings(
        "metrics", count: 0...PlotData.seriesLimit, "which quantities", otherwise: "all that any method has")
    private static let comparedMode = RawOption("mode", "integer or string", "of an evaluation, which way of sampling", otherwise: "1")

    private var plotCompare: Function {
        Function(
            "avips.plot.compare", "Compares methods, one panel per quantity, with intervals; times and quantities that span decades have a logarithmic axis.",
            parameters: [
                Parameter("methods", "Evaluation, Experiment, list or table", "an experiment, whose settings are compared, with standard errors over the seeds; an evaluation, whose ways of sampling are compared; or evaluations, or tables of quantities; a quantity is a number, { value =, standard_error = }, { value =, lower =, upper = } or a list of repeated measurements; in SI units; in a list with a name each, or by name"),
                .options([Self.comparedMetrics, Self.comparedMode, RunReader.only, Self.titleOption]),
            ],
            returns: "Figure",
            example: """
                print(avips.plot.compare{
                    avips = { position_error = { value = 0.0072, standard_error = 0.0004 }, seconds = 4e-6 },
                    flow = { position_error = {0.0081, 0.0076, 0.0079}, seconds = 1.2e-3 },
                })
                """
        ) { arguments in
            let options = try arguments.options(2)
            let slot = arguments[1]
            let data = plotData
            var methods: [(name: String, values: [(String, Estimate)])] = []
            if let experiment = try slot.boxIfPresent(Experiment.self)?.read() {
                methods = try experiment.compared(options[Self.comparedMetrics], only: options[RunReader.only])
            } else if let ways = try data.withField(slot, "modes", { modes in try data.elements(modes) { (name: try data.name($0) ?? "", values: try evaluated($0)) } }) {
                methods = ways
            } else if slot.kind != .table {
                throw slot.mismatch("an Evaluation, a list of them or a table of them by name")
            } else if try slot.length() > 0 {
                methods = try data.elements(slot) { (name: try data.name($0) ?? "", values: try quantities($0, options)) }
                for index in methods.indices where methods[index].name.isEmpty { methods[index].name = "method \(index + 1)" }
            } else {
                methods = try data.named(slot) { name, value in (name: name, values: try quantities(value, options)) }
            }
            var names = try options[Self.comparedMetrics] ?? []
            if names.isEmpty {
                for name in methods.flatMap({ $0.values.map(\.0) }) where !names.contains(name) { names.append(name) }
                guard names.count <= 12 else { throw slot.invalid("has \(names.count) quantities; name up to 12 of them: metrics = {\"\(names[0])\"}") }
            }
            let metrics = names.map { name in
                var quantity = PlottedQuantity(name)
                if name == "seconds" { quantity.chooseTimeUnit(for: methods.flatMap { $0.values.filter { $0.0 == name }.map(\.1.value) }) }
                return ComparedMetric(
                    label: quantity.label,
                    values: methods.map { method in
                        method.values.first { $0.0 == name }.map { _, estimate in
                            Estimate(estimate.value * quantity.factor, lower: estimate.lower * quantity.factor, upper: estimate.upper * quantity.factor)
                        }
                    }, isLogarithmic: name == "seconds" && methods.count > 1 ? true : nil, better: quantity.better)
            }
            return .object(holding: try Figure.compare(methods: methods.map(\.name), metrics: metrics, title: options[Self.titleOption]))
        }
    }

    /// The quantities of one method, in a settled order.
    private func quantities(_ slot: Slot, _ options: LuaBridge.Options) throws -> [(String, Estimate)] {
        let data = plotData
        if let found = try data.withField(slot, "modes", { modes in try evaluated(modes, options) }) { return found }
        guard slot.kind == .table else { throw slot.mismatch("an Evaluation or a table of quantities") }
        let named = try data.named(slot) { name, value in try estimate(value).map { (name, $0) } }
        let order = ["position_error", "rotation_error", "elbo", "entropy", "inside", "mmd", "seconds"]
        func rank(_ name: String) -> Int { order.firstIndex(of: name) ?? order.count }
        return named.compactMap { $0 }.sorted { (rank($0.0), $0.0) < (rank($1.0), $1.0) }
    }

    /// The quantities of one way of sampling of an evaluation.
    private func evaluated(_ modes: Slot, _ options: LuaBridge.Options) throws -> [(String, Estimate)] {
        let data = plotData
        var wanted = 1
        if let mode = options[Self.comparedMode] {
            if mode.kind == .string {
                let name = try mode.string()
                let names = try data.elements(modes) { try data.name($0) ?? "" }
                guard let found = names.firstIndex(of: name) else { throw mode.mismatch("one of " + names.map { "\"\($0)\"" }.joined(separator: ", ")) }
                wanted = found + 1
            } else {
                wanted = try mode.integer(in: 1...max(1, modes.length()))
            }
        }
        return try modes.withElement(wanted, evaluated)
    }

    private func evaluated(_ mode: Slot) throws -> [(String, Estimate)] {
        let data = plotData
        var result: [(String, Estimate)] = []
        for name in ["position", "rotation"] {
            if let mean = try data.withField(mode, name, { try data.withField($0, "mean", estimate) ?? nil }) ?? nil { result.append((name, mean)) }
        }
        for name in ["inside", "mmd", "entropy", "elbo"] {
            if let value = try data.withField(mode, name, estimate) ?? nil { result.append((name, value)) }
        }
        // Of the counts that were timed, the first: one solution.
        if let first = try data.withField(mode, "seconds", { list in try list.length() > 0 ? try list.withElement(1, estimate) : nil }) ?? nil {
            result.append(("seconds", first))
        }
        return result
    }

    /// A number with its interval; nil for what is none.
    private func estimate(_ slot: Slot) throws -> Estimate? {
        let data = plotData
        if slot.kind == .number { return PlotData.number(slot.value).map { Estimate($0) } }
        guard slot.kind == .table else { return nil }
        if try slot.length() > 0 {
            let values = try slot.series(limit: PlotData.limit).filter(\.isFinite)
            return values.isEmpty ? nil : Estimate(of: values)
        }
        func number(_ name: String) throws -> Double? { try data.withField(slot, name) { PlotData.number($0.value) } ?? nil }
        guard let value = try number("value") else { return nil }
        if let error = try number("standard_error") { return Estimate(value, lower: value - error, upper: value + error) }
        return Estimate(value, lower: try number("lower"), upper: try number("upper"))
    }
}
