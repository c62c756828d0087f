import Mixtures
import VariationalInference

/// Inferences and their logs as a person reads them.
enum InferenceText {
    static func text(_ inference: Inference, width: Int) -> String {
        let state = inference.state, settings = state.settings
        var lines = ["VIPS · \(inference.target.density.name) · \(NumberText.counted(state.dimension, "variable"))"]
        var table = TextTable([.left, .left])
        table.add(["components", "\(NumberText.count(state.components.count)), \(NumberText.fixed(state.mixture.componentsInUse, 1)) in use"])
        table.add(["reached", "\(NumberText.counted(state.iteration, "iteration")), \(NumberText.counted(state.evaluations, "evaluation")), "
            + NumberText.duration(state.seconds)])
        table.add(["ELBO", state.bound.map { "\(NumberText.nats($0)) nats, from the last iteration's samples" } ?? "not known yet; vips:run{ iterations = 100 }"])
        if state.zeroShare > 0 {
            table.add(["zero density", "at \(NumberText.short(100 * state.zeroShare)) % of those samples; the ELBO is that of the mixture cut to the rest"])
        }
        table.add(["estimate", estimate(inference)])
        table.add(["update", "\(settings.update.rawValue), weights \(settings.weightUpdate.rawValue)"])
        if inference.pending != nil { table.add(["interrupted", "vips:run() continues"]) }
        if let warning = inference.warning { table.add(["warning", warning]) }
        lines += table.lines(within: width)
        return lines.joined(separator: "\n")
    }

    /// The estimate in use, and what is to be said of it: where values are used since slopes do not show what they do, or gradients have to be made.
    private static func estimate(_ inference: Inference) -> String {
        let used: GradientEstimate = inference.state.usesSlopes ? .stein : .more
        return used.rawValue + (inference.state.leaps ? ", since the density leaps" : gradientNote(inference) ?? "")
    }

    /// Said where Stein's estimate has to make gradients itself.
    static func gradientNote(_ inference: Inference) -> String? {
        guard inference.state.usesSlopes, !inference.target.density.hasGradient else { return nil }
        return ", gradients by central differences (\(1 + 2 * inference.state.dimension) evaluations a sample); give the target a gradient, or use \"more\""
    }

    static func text(_ log: InferenceLog, width: Int) -> String {
        var lines = ["InferenceLog · \(NumberText.counted(log.rows.count, "row"))"]
        guard !log.rows.isEmpty else { return lines[0] }
        var table = TextTable(InferenceLog.columns.map { _ in .right })
        table.add(InferenceLog.columns)
        let shown = min(12, log.rows.count)
        for position in 0..<shown {
            let index = shown == 1 ? 0 : position * (log.rows.count - 1) / (shown - 1)
            table.add(log.rows[index].enumerated().map { column, value in
                [0, 1, 3].contains(column) ? NumberText.count(Int(value)) : NumberText.short(value)
            })
        }
        lines += table.lines(within: width)
        if shown < log.rows.count { lines.append("  \(shown) of \(NumberText.count(log.rows.count)) rows; log.elbo holds the whole column") }
        return lines.joined(separator: "\n")
    }
}
