import Mixtures
import Numerics

extension InferenceState {
    /// What a component's samples say.
    private struct Finding: Sendable {
        var moments = WeightedBlocks.Moments()
        var natural: NaturalGradient?
        var ridge = 0.0
    }

    /// What became of a component.
    private struct Outcome: Sendable {
        var gaussian: Gaussian?
        var divergence = 0.0
        var acceleration = ScaleAcceleration()
    }

    /// At most this share of a component's weight is left out of its sums: where many components overlap, most samples hold less of it.
    private static let negligibleShare = 1e-3

    /// Updates all components and the weights from weighted samples.
    mutating func improve(_ samples: WeightedBlocks, _ info: inout InferenceInfo) {
        let findings = findings(samples)
        adaptStepSizes(findings)
        let outcomes = outcomes(findings)
        for (index, outcome) in outcomes.enumerated() {
            components[index].ridge = findings[index].ridge
            components[index].updates += 1
            components[index].acceleration = outcome.acceleration
            guard let gaussian = outcome.gaussian else {
                info.failures += 1
                continue
            }
            components[index].gaussian = gaussian
            info.greatestDivergence = max(info.greatestDivergence, outcome.divergence)
        }
        updateWeights(findings, samples, &info)
    }

    private func findings(_ samples: WeightedBlocks) -> [Finding] {
        let components = components, estimate = settings.estimate
        return mapped(components.count) { index in
            let component = components[index]
            var finding = Finding(moments: samples.moments(of: index), natural: nil, ridge: component.ridge)
            guard finding.moments.weight > 0 else { return finding }
            let entries = samples.entries[index]
            switch estimate {
            case .stein:
                guard let slopes = samples.slopes else { return finding }
                finding.natural = SteinSums(
                    mean: component.gaussian.mean, places: samples.places, slopes: slopes, entries: entries, weights: samples.weights,
                    least: Self.negligibleShare * finding.moments.weight / Double(samples.places.count)
                ).estimate(for: component.gaussian, effectiveSamples: finding.moments.effectiveSamples)
            case .more:
                (finding.natural, finding.ridge) = QuadraticRegression.estimate(
                    for: component.gaussian, in: samples, entries: entries, ridge: component.ridge)
            }
            return finding
        }
    }

    private mutating func adaptStepSizes(_ findings: [Finding]) {
        for (index, finding) in findings.enumerated() {
            let component = components[index]
            let reward = finding.moments.ratio + component.logWeight
            components[index].stepSize = settings.stepSize.next(
                component.stepSize, improved: component.rewards.last.map { reward > $0 }, updates: component.updates)
            components[index].rewards.append(reward)
        }
        let rewards = components.map { $0.rewards.last ?? 0 }
        let greatest = rewards.max() ?? 0
        let total = greatest + Elementary.log(rewards.reduce(0) { $0 + Elementary.exp($1 - greatest) })
        for index in components.indices {
            components[index].weights.append(max(Elementary.exp(components[index].logWeight), Elementary.exp(rewards[index] - total)))
        }
    }

    private func outcomes(_ findings: [Finding]) -> [Outcome] {
        let components = components, update = settings.update, accelerates = settings.acceleratesScale
        return mapped(components.count) { index in
            let component = components[index]
            var outcome = Outcome(acceleration: component.acceleration)
            guard var natural = findings[index].natural else { return outcome }
            if accelerates { outcome.acceleration.accelerate(&natural) }
            guard let result = update.apply(natural, to: component.gaussian, stepSize: component.stepSize) else {
                outcome.acceleration = ScaleAcceleration()
                return outcome
            }
            // A step that the trust region has cut short says nothing of how fast full ones would converge.
            if accelerates { outcome.acceleration.note(isFull: result.divergence < 0.5 * component.stepSize) }
            outcome.gaussian = result.gaussian
            outcome.divergence = result.divergence
            return outcome
        }
    }

    private mutating func updateWeights(_ findings: [Finding], _ samples: WeightedBlocks, _ info: inout InferenceInfo) {
        let weights = components.map { Elementary.exp($0.logWeight) }
        info.bound = zip(weights, findings).reduce(0) { $0 + $1.0 * $1.1.moments.ratio }
        info.entropy = -zip(weights, findings).reduce(0) { $0 + $1.0 * $1.1.moments.logDensity }
        info.stepSize = zip(weights, components).reduce(0) { $0 + $1.0 * $1.1.stepSize }
        weightStepSize = settings.weightStepSize.next(
            weightStepSize, improved: bound.map { info.bound > $0 }, updates: weightUpdates)
        bound = info.bound
        var rewards = findings.map(\.moments.ratio), logWeights = components.map(\.logWeight)
        for sweep in 1...settings.weightSweeps {
            let step = settings.weightUpdate.apply(rewards, to: logWeights, stepSize: weightStepSize)
            logWeights = step.logWeights
            info.weightDivergence = max(info.weightDivergence, step.divergence)
            guard sweep < settings.weightSweeps else { break }
            rewards = samples.ratios(logWeights: logWeights)
        }
        weightUpdates += 1
        info.weightStepSize = weightStepSize
        for index in components.indices { components[index].logWeight = logWeights[index] }
        normaliseWeights()
    }

    // Results by index, computed on several threads.
    private func mapped<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        let results = UnsafeMutablePointer<Result?>.allocate(capacity: max(1, count))
        results.initialize(repeating: nil, count: max(1, count))
        defer {
            results.deinitialize(count: max(1, count))
            results.deallocate()
        }
        let shared = Unchecked(results)
        parallelFor(count, threads: settings.threads) { shared.value[$0] = body($0) }
        return (0..<count).compactMap { results[$0] }
    }
}
