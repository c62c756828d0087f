import LuaBridge
import RobotModels

// The BodyEvaluation type: what a model of a whole body is worth.

/// What BodyModel:evaluate found.
struct BodyFigures {
    let evaluation: BodyEvaluation
    let usesModel: Bool

    /// A figure as a field and as a column of a file.
    struct Figure {
        let name: String
        let type: String
        let summary: String
        var formerNames: [String] = []
        let value: (BodyFigures) -> Value
    }

    static var all: [Figure] { [
        Figure(name: "places", type: "integer", summary: "how many positions were evaluated") { .integer($0.evaluation.places) },
        Figure(name: "solved", type: "number", summary: "the share of them that were solved") {
            .number(Double($0.evaluation.solved) / Double(max($0.evaluation.places, 1)))
        },
        Figure(name: "median", type: "number or nil", summary: "the median time of one answer, s") { $0.quantile(0.5, $0.evaluation.seconds) },
        Figure(name: "mean", type: "number", summary: "the mean time of one answer, s") {
            .number($0.evaluation.seconds.reduce(0, +) / Double(max($0.evaluation.places, 1)))
        },
        Figure(name: "p95", type: "number or nil", summary: "the 95th percentile of the time of one answer, s") { $0.quantile(0.95, $0.evaluation.seconds) },
        Figure(name: "iterations", type: "number", summary: "iterations of sixteen searches for one answer, on average") { .number($0.evaluation.iterations) },
        Figure(name: "sample_error", type: "number or nil", summary: "the median distance of raw samples from the position, m") {
            $0.quantile(0.5, $0.evaluation.errors)
        },
        Figure(name: "inside", type: "number or nil", summary: "the share of raw samples within the limits; nil without the model") {
            $0.ofModel($0.evaluation.inside)
        },
        Figure(name: "arriving", type: "number or nil", summary: "the share of raw samples from which the search reaches the target; nil without the model") {
            $0.ofModel($0.evaluation.arriving)
        },
        Figure(
            name: "components_in_use", type: "number or nil", summary: "exp of the weights' entropy, on average; nil without the model",
            formerNames: ["in_use"]) { $0.ofModel($0.evaluation.componentsInUse) },
    ] }

    private func quantile(_ share: Double, _ sorted: [Double]) -> Value {
        sorted.isEmpty ? .nil : .number(sorted.quantile(share))
    }

    private func ofModel(_ number: Double) -> Value { usesModel ? .number(number) : .nil }
}

extension BodyModelEntries {
    var evaluationType: ObjectType {
        ObjectType(
            "BodyEvaluation", of: BodyFigures.self, "The measured quality of a model of a whole body: exact answers and raw samples at positions of its box.",
            describe: { figures in
                var table = TextTable([.left, .right])
                for figure in BodyFigures.all {
                    if case .number(let number) = figure.value(figures) { table.add([figure.name, NumberText.significant(number)]) }
                }
                return (["BodyEvaluation · \(NumberText.counted(figures.evaluation.places, "place"))"] + table.lines(within: display.width)).joined(separator: "\n")
            },
            table: { DataTable($0) },
            properties: BodyFigures.all.map { figure in
                figure.formerNames.reduce(ObjectProperty(figure.name, figure.type, figure.summary) { figure.value($0) }) { $0.formerly($1) }
            })
    }
}
