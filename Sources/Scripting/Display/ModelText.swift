import Baselines
import ConditionalModels
import Mixtures
import ModelTraining
import RobotModels

/// Models, mixtures and logs as a person reads them.
enum ModelText {
    static func text(_ model: Model, showsTimes: Bool = true, width: Int) -> String {
        let mixture = model.mixture
        let configuration = mixture.configuration
        var lines = ["\(mixture.robot.name) · \(NumberText.counted(configuration.components, "component")) · "
            + "\(NumberText.count(mixture.parameterCount)) parameters · \(mixture.robot.base) → \(mixture.robot.tip)"]
        var table = TextTable([.left, .left])
        table.add(["network", ([mixture.network.inputs] + configuration.hidden + [mixture.network.outputs]).map(String.init).joined(separator: " → ")])
        table.add(["context", mixture.context.rawValue])
        table.add(["covariance", "\(configuration.covariance.rawValue), standard deviations "
            + "\(NumberText.significant(configuration.leastDeviation)) to \(NumberText.significant(configuration.greatestDeviation)) of the half-ranges"])
        if mixture.robot.isPartial { table.add(["joints", "the first \(mixture.dimension): \(mixture.robot.joints.joined(separator: ", "))"]) }
        addTraining(mixture.history, interrupted: model.interrupted, showsTimes: showsTimes, to: &table)
        lines += table.lines(within: width)
        return lines.joined(separator: "\n")
    }

    /// A model of no robot.
    static func text(_ model: ConditionalModel, showsTimes: Bool = true, width: Int) -> String {
        let mixture = model.mixture, configuration = mixture.configuration
        let header = "\(mixture.subject.name) · \(NumberText.counted(configuration.components, "component")) · "
            + "\(NumberText.count(mixture.parameterCount)) parameters · \(NumberText.counted(mixture.dimension, "variable"))"
        var table = TextTable([.left, .left])
        table.add(["network", ([mixture.network.inputs] + configuration.hidden + [mixture.network.outputs]).map(String.init).joined(separator: " → ")])
        table.add(["context", "\(model.shape)"])
        table.add(["variables", mixture.space.names.prefix(8).joined(separator: ", ") + (mixture.dimension > 8 ? ", …" : "")])
        addTraining(mixture.history, interrupted: model.interrupted, showsTimes: showsTimes, to: &table)
        if model.material == nil { table.add(["target", "not attached; avips.model(path, { target = ... })"]) }
        return ([header] + table.lines(within: width)).joined(separator: "\n")
    }

    /// A flow, or generators.
    static func text(_ model: SampledModel, showsTimes: Bool = true, width: Int) -> String {
        let own = model.model, variables = model.robot == nil ? "variable" : "joint"
        var table = TextTable([.left, .left])
        if let flow = own as? ConditionalFlow {
            let configuration = flow.configuration
            table.add(["flow", "\(NumberText.counted(configuration.blocks, "block")) of two \(configuration.coupling.rawValue) couplings, networks of "
                + configuration.hidden.map(String.init).joined(separator: " → ")])
        } else if let ensemble = own as? GeneratorEnsemble {
            let configuration = ensemble.configuration
            table.add(["generators", "\(configuration.generators) of \(configuration.latents) latents → "
                + configuration.hidden.map(String.init).joined(separator: " → ") + ", discriminator " + configuration.discriminator.map(String.init).joined(separator: " → ")])
        }
        table.add(["context", (own.encoder as? PoseEncoding)?.kind.rawValue ?? model.encoding.map { "\($0.shape)" } ?? ""])
        table.add(["density", own.hasDensity ? "exact" : "none"])
        addTraining(own.history, interrupted: model.interrupted, showsTimes: showsTimes, to: &table)
        if model.robot == nil, model.material == nil { table.add(["target", "not attached; avips.model(path, { target = ... })"]) }
        return (["\(own.subject.name) · \(model.kind.rawValue) · \(NumberText.count(own.parameterCount)) parameters · "
            + NumberText.counted(own.dimension, variables)] + table.lines(within: width)).joined(separator: "\n")
    }

    /// An ensemble: its members in brief.
    static func text(_ model: EnsembleModel, width: Int) -> String {
        let ensemble = model.ensemble
        var table = TextTable([.left, .left])
        table.add(["members", model.kinds])
        table.add(["context", "\(model.shape)"])
        table.add(["variables", ensemble.members[0].space.names.prefix(8).joined(separator: ", ") + (ensemble.dimension > 8 ? ", …" : "")])
        table.add(["density", ensemble.hasDensity ? "the members' average" : "none"])
        let steps = ensemble.members.map(\.history.steps)
        let least = NumberText.count(steps.min()!), most = NumberText.count(steps.max()!)
        table.add(["trained", steps.max()! == 0 ? "not yet; members are trained before" : (least == most ? most : "\(least) to \(most)") + " steps each"])
        return (["\(model.subjectName) · ensemble of \(ensemble.members.count) · \(NumberText.count(ensemble.parameterCount)) parameters · "
            + NumberText.counted(ensemble.dimension, "variable")] + table.lines(within: width)).joined(separator: "\n")
    }

    /// How a model came about, and what goes on.
    private static func addTraining(_ history: TrainingHistory, interrupted: TrainingCourse?, showsTimes: Bool, to table: inout TextTable) {
        if history.steps > 0 {
            var training = "\(NumberText.counted(history.steps, "step")), \(NumberText.count(history.samples)) samples, seed \(history.seed)"
                + (showsTimes ? ", " + NumberText.duration(history.seconds) : "")
            if let loss = history.loss { training += ", loss \(NumberText.fixed(loss, 3))" }
            table.add(["trained", training])
            if showsTimes, !history.machine.isEmpty { table.add(["machine", history.machine]) }
        } else {
            table.add(["trained", "not yet; model:train{ minutes = 5 }"])
        }
        if let interrupted { table.add(["interrupted", "at \(place(interrupted)); model:train() continues"]) }
    }

    /// A model in parts, one a row.
    static func text(_ factored: FactoredModel, showsTimes: Bool = true, width: Int) -> String {
        let model = factored.mixture
        var table = TextTable([.left, .left])
        var first = 1
        for (index, part) in model.parts.enumerated() {
            let last = first + part.dimension - 1
            // From the tip the first part has the last joints.
            let joints = model.isReversed ? model.dimension + 1 - last...model.dimension + 1 - first : first...last
            let link = index < model.links.count ? model.links[index] : nil
            let ends = (link?.chain ?? part.robot.chain).map { "\($0.base) → \($0.tip) · " } ?? ""
            table.add([joints.count == 1 ? "joint \(joints.lowerBound)" : "joints \(joints.lowerBound) to \(joints.upperBound)", ends + "\(NumberText.counted(part.components, "component")) · "
                + "\(NumberText.count(part.parameterCount)) parameters · \(NumberText.counted(part.history.steps, "step"))"])
            if let feasibility = link?.feasibility {
                table.add(["feasibility", "errors to \(NumberText.significant(feasibility.tolerance * 1000)) mm with \(NumberText.significant(feasibility.confidence * 100)) % · "
                    + "\(NumberText.count(feasibility.parameterCount)) parameters · \(NumberText.counted(feasibility.history.steps, "step"))"])
            }
            first = last + 1
        }
        if let interrupted = factored.interrupted {
            table.add(["interrupted", "at \(place(interrupted)); model:train() continues"])
        } else if model.parts.allSatisfy({ $0.history.steps == 0 }) {
            table.add(["trained", "not yet; model:train{ minutes = 15 }"])
        }
        return (["\(model.chain.name) in \(model.parts.count) parts · \(NumberText.count(model.parameterCount)) parameters"] + table.lines(within: width)).joined(separator: "\n")
    }

    /// "step 1 240 of 5 000"; where time is the budget, "step 1 240 (25 % of the time)", with the steps of trainings before.
    static func place(_ course: TrainingCourse) -> String {
        if let total = course.totalSteps { return "step \(NumberText.count(course.stepOfTotal)) of \(NumberText.count(total))" }
        return "step \(NumberText.count(course.step)) (\(NumberText.fixed(100 * course.overallProgress, 0)) % of the time)"
    }

    /// A mixture as a table of its heaviest components.
    static func text(_ prediction: Prediction, width: Int) -> String {
        let mixture = prediction.mixture
        var lines = ["Mixture · \(NumberText.counted(mixture.components.count, "component")) over \(NumberText.counted(mixture.dimension, prediction.robot == nil ? "variable" : "joint"))"
            + " · \(NumberText.fixed(mixture.componentsInUse, 1)) in use"]
        if let names = prediction.ownNames {
            lines.append(("  variables: " + names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")).wrapped(to: width, hanging: 2))
        }
        if let note = prediction.note { lines.append("  " + note) }
        var table = TextTable([.right, .right, .left, .left])
        table.add(["#", "weight", prediction.robot.map { "mean " + SolutionsText.units($0) } ?? "mean", "deviations"])
        func places(_ numbers: [Double]) -> String {
            if let robot = prediction.robot { return SolutionsText.configuration(numbers, of: robot) }
            // As many as fit a line.
            return numbers.prefix(8).map { NumberText.significant($0) }.joined(separator: " ") + (numbers.count > 8 ? " …" : "")
        }
        let order = mixture.weights.indices.sorted { (mixture.weights[$0], $1) > (mixture.weights[$1], $0) }
        for index in order.prefix(10) {
            let gaussian = mixture.components[index]
            let covariance = gaussian.covariance
            table.add([
                "\(index + 1)", NumberText.fixed(mixture.weights[index], 3),
                places(gaussian.mean), places((0..<mixture.dimension).map { covariance[$0, $0].squareRoot() }),
            ])
        }
        lines += table.lines(within: width)
        let rest = order.dropFirst(10)
        if !rest.isEmpty {
            lines.append("  … \(rest.count) more with weight \(NumberText.fixed(rest.reduce(0) { $0 + mixture.weights[$1] }, 3)) together")
        }
        return lines.joined(separator: "\n")
    }

    /// A log as a table of at most a dozen rows, the first and the last among them.
    ///
    /// Where times are not shown, the end alone, since how many rows there are depends on the time.
    static func text(_ log: TrainingLog, showsTimes: Bool = true, width: Int) -> String {
        var lines = ["Log · \(NumberText.counted(log.rows.count, "row"))"]
        guard !log.rows.isEmpty else { return lines[0] }
        let outcome = log.outcome.map { ["  " + $0.text] } ?? []
        if !showsTimes, let step = log.column("step")?.last, let loss = log.column("loss")?.last {
            return (["Log · to step \(NumberText.count(Int(step))) · loss \(NumberText.significant(loss))"] + outcome).joined(separator: "\n")
        }
        // Columns that say nothing are left out: those never measured, and phases and components that never change.
        let columns = TrainingLog.columns.indices.filter { index in
            let values = log.rows.map { $0[index] }.filter(\.isFinite)
            let isUsual = ["phase", "components"].contains(TrainingLog.columns[index].name) && log.column("elbo")!.allSatisfy(\.isNaN)
            return !values.isEmpty && !(isUsual && values.allSatisfy { $0 == values[0] })
        }
        var table = TextTable(columns.map { _ in .right })
        table.add(columns.map { TrainingLog.columns[$0].heading })
        let shown = min(12, log.rows.count)
        for position in 0..<shown {
            let row = log.rows[shown == 1 ? 0 : position * (log.rows.count - 1) / (shown - 1)]
            table.add(columns.map { column in
                if column < 2 { return NumberText.count(Int(row[column])) }
                let value = row[column] * TrainingLog.columns[column].scale
                return value.isNaN ? "–" : TrainingLog.columns[column].isAveraged ? NumberText.significant(value) : NumberText.short(value)
            })
        }
        lines += table.lines(within: width)
        if shown < log.rows.count { lines.append("  \(shown) of \(NumberText.count(log.rows.count)) rows; log.loss holds the whole column") }
        for warning in log.warnings.suffix(3) { lines.append("  " + warning) }
        lines += outcome
        return lines.joined(separator: "\n")
    }
}
