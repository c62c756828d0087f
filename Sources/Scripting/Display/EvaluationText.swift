import Evaluation
import Foundation
import Numerics

/// An evaluation as tables: accuracy, diversity, components, solving, times.
struct EvaluationText {
    let evaluation: Evaluation
    /// Columns of the page.
    var width = 100

    var text: String {
        let e = evaluation
        var lines = [
            "\(e.robot) · \(NumberText.counted(e.components.count, "component")) · \(NumberText.counted(e.poses, "pose")) × \(NumberText.counted(e.samples, "sample"))"
                + " · seed \(Int64(bitPattern: e.seed)) · \(NumberText.duration(e.elapsed))"
        ]
        lines += accuracy
        if e.referencePoses > 0 { lines += diversity }
        lines += solving
        if !e.timedCounts.isEmpty { lines += times }
        lines.append("± is a standard error between poses · \(e.machine)")
        return lines.joined(separator: "\n")
    }

    private var accuracy: [String] {
        var table = TextTable([.left] + Array(repeating: .right, count: 7))
        table.add(["", "mean (mm)", "median", "95 %", "mean (°)", "median", "95 %", "inside (%)"])
        for mode in evaluation.modes {
            let degrees = 180 / Double.pi
            table.add([
                mode.name, Self.text(mode.position.mean, 1e3), Self.text(mode.position.median, 1e3, withError: false),
                Self.text(mode.position.percentile95, 1e3, withError: false), Self.text(mode.rotation.mean, degrees),
                Self.text(mode.rotation.median, degrees, withError: false), Self.text(mode.rotation.percentile95, degrees, withError: false),
                Self.text(mode.inside, 100),
            ])
        }
        return ["errors of samples, nothing clipped"] + table.lines(within: width)
    }

    private var diversity: [String] {
        let e = evaluation
        let radii = e.coverageRadii.map { "\(NumberText.short($0)) rad (%)" }
        var table = TextTable([.left] + Array(repeating: .right, count: 4 + radii.count))
        table.add(["", "MMD exact", "MMD multi-start"] + radii + ["entropy", "ELBO"])
        for mode in e.modes {
            table.add(
                [mode.name, Self.text(mode.discrepancy), Self.text(mode.multistartDiscrepancy)] + mode.coverage.map { Self.text($0, 100) }
                    + [mode.entropy, mode.evidenceBound].map { $0.map { Self.text($0) } ?? "" })
        }
        let f = e.floors
        table.add(["exact reference", Self.text(f.exact), Self.text(f.exactMultistart)] + f.coverage.map { Self.text($0, 100) })
        table.add(["multi-start reference", Self.text(f.exactMultistart), Self.text(f.multistart)] + f.multistartCoverage.map { Self.text($0, 100) })
        return ["diversity at \(NumberText.counted(e.referencePoses, "pose")): \(e.discrepancyDraws.counted("draw")) against \(e.discrepancyDraws) for the MMD, "
            + "exact solutions with an answer near among \(e.coverageDraws)"] + table.lines(within: width) + [
                "  ELBO in nats, target: position ± \(NumberText.length(e.densityPosition)), rotation ± \(NumberText.degrees(e.densityRotation)), "
                    + "limits ± \(NumberText.short(e.densityLimit)) rad",
                "  components in use: \(Self.text(e.components.inUse)) a pose, \(NumberText.significant(e.components.inUseOverall)) over all, K = \(e.components.count)",
            ]
    }

    private var solving: [String] {
        var table = TextTable([.left, .right, .right, .right])
        for solving in evaluation.solving {
            table.add([
                "\(NumberText.short(solving.positionTolerance)) m, \(NumberText.short(solving.rotationTolerance)) rad",
                "\(NumberText.count(solving.solved)) of \(NumberText.count(solving.poses))",
                "median \(NumberText.duration(solving.medianSeconds))", "95 % \(NumberText.duration(solving.percentile95Seconds))",
            ])
        }
        return ["exact solving, one solution a pose"] + table.lines(within: width)
    }

    private var times: [String] {
        let counts = evaluation.timedCounts
        var table = TextTable([.left] + Array(repeating: .right, count: counts.count + 1))
        table.add([""] + counts.map { NumberText.counted($0, "solution") } + ["each"])
        for mode in evaluation.modes where mode.medianSeconds.count == counts.count {
            let each = zip(mode.medianSeconds, counts).map { $0 / Double($1) }.last ?? .nan
            table.add([mode.name] + mode.medianSeconds.map { NumberText.duration($0) } + [NumberText.duration(each)])
        }
        return ["time of one pose on one thread, network included, median of \(evaluation.timedPoses)"] + table.lines(within: width)
    }

    /// "44.1 ± 0.3": the error to one or two digits, the value to as many decimals.
    static func text(_ estimate: Estimate, _ scale: Double = 1, withError: Bool = true) -> String {
        let value = estimate.value * scale, error = estimate.standardError * scale
        guard value.isFinite else { return "–" }
        guard error.isFinite, error > 0 else { return NumberText.significant(value) }
        let leading = Int(log10(error).rounded(.down))
        if leading < -5 { return NumberText.significant(value) + (withError ? " ± " + NumberText.significant(error) : "") }
        let decimals = max(0, (error / pow(10, Double(leading)) < 3 ? 1 : 0) - leading)
        return NumberText.fixed(value, decimals) + (withError ? " ± " + NumberText.fixed(error, decimals) : "")
    }
}
