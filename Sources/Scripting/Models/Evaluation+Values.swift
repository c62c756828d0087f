import Evaluation
import LuaBridge

extension Value {
    /// A number; `nil` for what is none, so that a table of figures can be written as JSON.
    fileprivate static func figure(_ number: Double) -> Value { number.isFinite ? .number(number) : .nil }

    fileprivate static func estimate(_ estimate: Estimate?) -> Value {
        guard let estimate else { return .nil }
        return .record(["value": figure(estimate.value), "standard_error": figure(estimate.standardError)])
    }

    fileprivate static func summary(_ summary: ErrorSummary) -> Value {
        .record([
            "mean": estimate(summary.mean), "median": estimate(summary.median), "p95": estimate(summary.percentile95),
            "quantiles": .numbers(summary.quantiles.filter(\.isFinite)),
        ])
    }
}

extension Evaluation {
    /// Everything, as scripts see it.
    var tableValue: Value {
        .record([
            "robot": .string(robot), "dof": .integer(degreesOfFreedom), "redundancy": .integer(redundancy), "parameters": .integer(parameters),
            "training": .record(["seconds": .figure(trainingSeconds), "steps": .integer(trainingSteps)]),
            "poses": .integer(poses), "samples": .integer(samples), "references": .integer(referencePoses),
            "seed": .integer(Int(Int64(bitPattern: seed))), "machine": .string(machine), "elapsed": .figure(elapsed),
            "mmd_draws": .integer(discrepancyDraws), "coverage_draws": .integer(coverageDraws), "coverage_radii": .numbers(coverageRadii),
            "timed_counts": .list(timedCounts.map { .integer($0) }), "timed_poses": .integer(timedPoses),
            "elbo_target": .record([
                "position": .figure(densityPosition), "rotation": .figure(densityRotation), "limit": .figure(densityLimit),
            ]),
            "modes": modesValue, "floors": floorsValue, "components": componentsValue, "solving": solvingValue,
        ])
    }

    var modesValue: Value { .list(modes.map { value(of: $0) }) }

    func value(of mode: Mode) -> Value {
        .record([
            "name": .string(mode.name), "position": .summary(mode.position), "rotation": .summary(mode.rotation),
            "inside": .estimate(mode.inside), "answers": .estimate(mode.answers), "mmd": .estimate(mode.discrepancy),
            "mmd_multistart": .estimate(mode.multistartDiscrepancy), "coverage": .list(mode.coverage.map { .estimate($0) }),
            "entropy": .estimate(mode.entropy), "elbo": .estimate(mode.evidenceBound), "seconds": .list(mode.seconds.map { .estimate($0) }),
            "median_seconds": .numbers(mode.medianSeconds),
        ])
    }

    var floorsValue: Value {
        .record([
            "mmd": .estimate(floors.exact), "mmd_multistart": .estimate(floors.multistart), "mmd_between": .estimate(floors.exactMultistart),
            "coverage": .list(floors.coverage.map { .estimate($0) }),
            "coverage_multistart": .list(floors.multistartCoverage.map { .estimate($0) }),
        ])
    }

    var componentsValue: Value {
        .record([
            "count": .integer(components.count), "in_use": .estimate(components.inUse),
            "in_use_overall": .figure(components.inUseOverall),
        ])
    }

    var solvingValue: Value {
        .list(solving.map {
            .record([
                "position_tolerance": .figure($0.positionTolerance), "rotation_tolerance": .figure($0.rotationTolerance),
                "solved": .integer($0.solved), "poses": .integer($0.poses), "median": .figure($0.medianSeconds),
                "p95": .figure($0.percentile95Seconds),
            ])
        })
    }
}
