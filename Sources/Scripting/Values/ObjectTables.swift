import Evaluation
import Kinematics
import LuaBridge
import ModelTraining
import Mixtures
import Numerics

// What objects are as rows and columns, in files of comma-separated values.

extension DataTable {
    /// A matrix: its columns have no names.
    ///
    /// - Throws: `LuaError` of kind `interrupt` where running code was asked to stop.
    init(_ matrix: Matrix) throws {
        self.init(columns: nil, rows: try (0..<matrix.rows).map { row in
            if row % 1024 == 0 { try Interrupt.process.stopIfRaised() }
            return matrix.row(row).map { .number($0) }
        })
    }

    /// One row a variable of a configuration.
    init(_ variables: [Chain.Variable]) {
        self.init(columns: ["name", "type", "lower", "upper"], rows: variables.map {
            [.string($0.name), .string($0.kind.rawValue), .number($0.lower), .number($0.upper)]
        })
    }

    /// One configuration per row, a column per variable under its name, then what is known of the configuration.
    init(_ solutions: [Solution], variables: [Chain.Variable]) {
        let measures = ["position_error", "rotation_error", "component", "limit_margin", "distance", "manipulability", "clearance"]
        self.init(columns: variables.map(\.name) + measures, rows: solutions.map { solution in
            solution.configuration.map { .number($0) } + [
                .number(solution.positionError), .number(solution.rotationError), solution.component.map { .integer($0 + 1) } ?? .nil,
                .number(solution.limitMargin), solution.distance.map { .number($0) } ?? .nil, .number(solution.manipulability),
                solution.clearance.map { .number($0) } ?? .nil,
            ]
        })
    }

    init(_ pose: Pose) {
        self.init(
            columns: ["x", "y", "z", "qw", "qx", "qy", "qz"],
            rows: [(pose.position.list + pose.rotation.quaternion.components).map { .number($0) }])
    }

    /// One row a pose of the path.
    init(_ item: TrackItem) {
        let track = item.track
        let (jumps, unreached) = (Set(track.jumps), Set(track.unreached))
        self.init(
            columns: item.subject.variables.map(\.name) + ["position_error", "rotation_error", "jump", "reached", "time"],
            rows: track.configurations.indices.map { index in
                track.configurations[index].map { .number($0) } + [
                    .number(track.positionErrors[index]), .number(track.rotationErrors[index]),
                    .boolean(jumps.contains(index)), .boolean(!unreached.contains(index)), item.times.map { .number($0[index]) } ?? .nil,
                ]
            })
    }

    /// One row per component: its weight, its mean, and the upper triangle of its covariance.
    init(_ mixture: GaussianMixture) {
        let dimension = mixture.dimension
        let pairs = (0..<dimension).flatMap { row in (row..<dimension).map { (row, $0) } }
        self.init(
            columns: ["component", "weight"] + (0..<dimension).map { "mean_\($0 + 1)" } + pairs.map { "covariance_\($0.0 + 1)_\($0.1 + 1)" },
            rows: mixture.components.indices.map { index in
                let component = mixture.components[index], covariance = component.covariance
                return [.integer(index + 1), .number(mixture.weights[index])] + component.mean.map { .number($0) }
                    + pairs.map { .number(covariance[$0.0, $0.1]) }
            })
    }

    init(_ log: TrainingLog) {
        self.init(columns: TrainingLog.columns.map(\.name), rows: log.rows.map { row in
            zip(TrainingLog.columns, row).map { column, number in column.isWhole ? whole(number) : .number(number) }
        })
    }

    init(_ log: InferenceLog) {
        let counts = ["iteration", "evaluations", "components"]
        let columns = InferenceLog.columns.map { (name: $0, numbers: log.column($0)) }
        self.init(columns: columns.map(\.name), rows: log.rows.indices.map { row in
            columns.map { counts.contains($0.name) ? whole($0.numbers[row]) : .number($0.numbers[row]) }
        })
    }

    /// One row per context: its numbers, then what was measured there.
    init(_ evaluation: ConditionalEvaluation) {
        let figures = ConditionalModelEntries.figures, count = evaluation.rows.first?.context.count ?? 0
        self.init(columns: (0..<count).map { "context_\($0 + 1)" } + figures.map(\.name), rows: evaluation.rows.map { row in
            row.context.map { .number($0) } + figures.map { figure in figure.value(evaluation, row).map { .number($0) } ?? .nil }
        })
    }

    /// One row: the target, what of the orientation matters, and the slack.
    init(_ goal: Goal) {
        let pose = DataTable(goal.pose)
        self.init(
            columns: pose.columns! + ["rotation", "slack_x", "slack_y", "slack_z", "rotation_slack"],
            rows: [pose.rows[0] + [.string(GoalEntries.name(of: goal.orientation))] + (goal.positionSlack.list + [goal.rotationSlack]).map { .number($0) }])
    }

    /// One row a hundredth of the training.
    init(_ schedule: Schedule) {
        self.init(columns: ["progress", "value"], rows: (0...100).map { [.number(Double($0) / 100), .number(schedule.value(at: Double($0) / 100))] })
    }

    /// One row of figures.
    init(_ evaluation: BodyFigures) {
        self.init(columns: BodyFigures.all.map(\.name), rows: [BodyFigures.all.map { $0.value(evaluation) }])
    }

    /// One row a way of sampling, each figure beside its standard error.
    init(_ evaluation: Evaluation) {
        typealias Figure = (name: String, estimate: (Evaluation.Mode) -> Estimate?)
        let figures: [Figure] = [
            ("position_mean", { $0.position.mean }), ("position_median", { $0.position.median }), ("position_p95", { $0.position.percentile95 }),
            ("rotation_mean", { $0.rotation.mean }), ("rotation_median", { $0.rotation.median }), ("rotation_p95", { $0.rotation.percentile95 }),
            ("inside", { $0.inside }), ("answers", { $0.answers }), ("mmd", { $0.discrepancy }),
            ("mmd_multistart", { $0.multistartDiscrepancy }), ("entropy", { $0.entropy }), ("elbo", { $0.evidenceBound }),
        ]
        self.init(columns: ["mode"] + figures.flatMap { [$0.name, $0.name + "_standard_error"] }, rows: evaluation.modes.map { mode in
            [.string(mode.name)] + figures.flatMap { figure -> [Value] in
                let estimate = figure.estimate(mode)
                return [estimate.map { .number($0.value) } ?? .nil, estimate.map { .number($0.standardError) } ?? .nil]
            }
        })
    }
}

/// A count that is kept among measurements.
private func whole(_ number: Double) -> Value { Int(exactly: number).map { .integer($0) } ?? .number(number) }
