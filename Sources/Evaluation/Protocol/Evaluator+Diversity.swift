import Kinematics
import Numerics
import SolutionSets

extension Evaluator {
    /// What comparing with references gives.
    struct Diversity {
        struct Mode {
            var exact: Estimate
            var multistart: Estimate
            var coverage: [Estimate]
            var entropy: Estimate?
            var evidenceBound: Estimate?
        }

        var modes: [Mode]
        var floors: Evaluation.Floors
        var components: Evaluation.Components
    }

    /// Everything measured at one pose.
    private struct AtPose: Sendable {
        struct Mode: Sendable {
            var exact: Double
            var multistart: Double
            var coverage: [Double]
            var entropy: Double?
            var evidenceBound: Double?
        }

        var modes: [Mode] = []
        var floor: (exact: Double, multistart: Double, mixed: Double) = (.nan, .nan, .nan)
        var coverage: [Double] = []
        var multistartCoverage: [Double] = []
        var weights: [Double] = []
    }

    /// Reference solutions of one pose: two independent sets of each kind.
    private struct References {
        var exact: (Matrix, Matrix)
        var multistart: (Matrix, Matrix)
    }

    /// Compares every mode with reference solutions.
    func measureDiversity(_ poses: [Pose]) throws -> Diversity {
        let evaluator = SendableEvaluator(self)
        let results = try parallelMap(
            poses.count, threads: settings.threads,
            between: { try pass("diversity", $0, poses.count) }
        ) { try evaluator.value.compare(poses[$0], pose: $0) }
        let radii = settings.coverageRadii.indices
        let modes = settings.modes.indices.map { mode in
            let own = results.map { $0.modes[mode] }
            func optional(_ value: (AtPose.Mode) -> Double?) -> Estimate? {
                let known = own.compactMap(value)
                return known.isEmpty ? nil : Estimate(meanOf: known)
            }
            return Diversity.Mode(
                exact: Estimate(meanOf: own.map(\.exact)), multistart: Estimate(meanOf: own.map(\.multistart)),
                coverage: radii.map { radius in Estimate(meanOf: own.map { $0.coverage[radius] }) },
                entropy: optional(\.entropy), evidenceBound: optional(\.evidenceBound))
        }
        let floors = Evaluation.Floors(
            exact: Estimate(meanOf: results.map(\.floor.exact)), multistart: Estimate(meanOf: results.map(\.floor.multistart)),
            exactMultistart: Estimate(meanOf: results.map(\.floor.mixed)),
            coverage: radii.map { radius in Estimate(meanOf: results.map { $0.coverage[radius] }) },
            multistartCoverage: radii.map { radius in Estimate(meanOf: results.map { $0.multistartCoverage[radius] }) })
        return Diversity(modes: modes, floors: floors, components: components(results.map(\.weights)))
    }

    private func components(_ weights: [[Double]]) -> Evaluation.Components {
        func perplexity(_ weights: [Double]) -> Double {
            Elementary.exp(-weights.reduce(0) { $1 > 0 ? $0 + $1 * Elementary.log($1) : $0 })
        }
        let overall = (0..<model.components).map { o in weights.reduce(0) { $0 + $1[o] } / Double(max(weights.count, 1)) }
        return Evaluation.Components(
            count: model.components, inUse: Estimate(meanOf: weights.map(perplexity)),
            inUseOverall: weights.isEmpty ? .nan : perplexity(overall))
    }

    private func references(_ target: Pose, using stream: inout RandomStream) -> References {
        func draw(_ kind: ReferenceKind, _ index: Int) -> Matrix {
            var own = stream.split(index)
            if kind == .multistart {
                return kind.sample(
                    chain, target: target, count: settings.coverageDraws, followsRotation: followsRotation, using: &own,
                    cancellation: cancellation)
            }
            let exact = ExactConditional(
                chain, target: target, followsRotation: followsRotation, effort: settings.effort, using: &own, cancellation: cancellation)
            return exact.sample(settings.coverageDraws, using: &own)
        }
        return References(exact: (draw(.exact, 0), draw(.exact, 1)), multistart: (draw(.multistart, 2), draw(.multistart, 3)))
    }

    private func compare(_ target: Pose, pose: Int) throws -> AtPose {
        var stream = settings.stream(.diversity, pose)
        let references = references(target, using: &stream)
        var result = AtPose()
        let draws = settings.discrepancyDraws
        let exact = references.exact.0.prefix(draws), multistart = references.multistart.0.prefix(draws)
        result.floor = (
            Discrepancy.between(exact, references.exact.1.prefix(draws)), Discrepancy.between(multistart, references.multistart.1.prefix(draws)),
            Discrepancy.between(exact, multistart))
        result.coverage = Coverage.share(of: references.exact.0, by: references.exact.1, within: settings.coverageRadii, on: chain)
        result.multistartCoverage = Coverage.share(
            of: references.exact.0, by: references.multistart.0, within: settings.coverageRadii, on: chain)
        for (index, sampler) in try makeSamplers().enumerated() {
            var own = stream.split(16 + index)
            let rows = sampler.sample(target, count: max(settings.coverageDraws, draws), using: &own)
            let densities = densities(sampler, target, using: &own)
            result.modes.append(AtPose.Mode(
                exact: Discrepancy.between(exact, rows.prefix(draws)), multistart: Discrepancy.between(multistart, rows.prefix(draws)),
                coverage: Coverage.share(
                    of: references.exact.0, by: answers(among: rows.prefix(settings.coverageDraws), to: target),
                    within: settings.coverageRadii, on: chain),
                entropy: densities?.entropy, evidenceBound: densities?.bound))
        }
        result.weights = try model.makeSampler(for: chain).weights(at: target)
        return result
    }

    /// The rows that count as answers.
    private func answers(among rows: Matrix, to target: Pose) -> Matrix {
        Matrix((0..<rows.rows).compactMap { row -> [Double]? in
            let q = Array(rows.row(row))
            let error = chain.forwardKinematics(q).error(to: target)
            return isAnswer(q, position: error.position, rotation: error.rotation) ? q : nil
        }, columns: rows.columns)
    }

    /// −E log q and E[log p̃ − log q] over fresh samples; nil where they have no density in closed form.
    private func densities(
        _ sampler: any ConfigurationSampler, _ target: Pose, using stream: inout RandomStream
    ) -> (entropy: Double, bound: Double)? {
        guard settings.densityDraws > 0 else { return nil }
        let rows = sampler.sample(target, count: settings.densityDraws, using: &stream)
        guard rows.rows > 0, let logs = sampler.logDensities(of: rows, at: target) else { return nil }
        let density = DensityEvaluator(BodyDensity(
            Body(chain), aims: [.init(tip: 0, goal: followsRotation ? Goal(target) : .position(target.position))], position: settings.density.position,
            rotation: settings.density.rotation, limit: settings.density.limit))
        var entropy = 0.0, bound = 0.0
        for (row, log) in logs.enumerated() {
            let q = Array(rows.row(row))
            entropy -= log
            bound += density.evaluate(q, gradient: nil) - log
        }
        let n = Double(rows.rows)
        return (entropy / n, bound / n)
    }
}
