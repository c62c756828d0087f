import Mixtures
import Numerics

extension InferenceState {
    /// Statistics of a component's samples.
    struct Finding: Sendable {
        var moments = WeightedBlocks.Moments()
        var natural: NaturalGradient?
        var ridge = 0.0

        /// Whether samples at which the density is above zero say anything.
        var isKnown: Bool { moments.weight > 0 }
    }

    /// What became of a component.
    private struct Outcome: Sendable {
        var gaussian: Gaussian?
        var divergence = 0.0
        var acceleration = ScaleAcceleration()
    }

    /// At most this share of a component's weight is left out of its sums: where many components overlap, most samples hold less of it.
    private static let negligibleShare = 1e-3

    /// Updates all components and the weights from weighted samples and what they say.
    mutating func improve(_ findings: [Finding], _ samples: WeightedBlocks, _ info: inout InferenceInfo) {
        let rewards = rewards(findings, ratios: findings.map(\.moments.ratio))
        adaptStepSizes(rewards)
        let outcomes = outcomes(findings)
        for (index, outcome) in outcomes.enumerated() {
            components[index].ridge = findings[index].ridge
            components[index].updates += 1
            components[index].acceleration = outcome.acceleration
            components[index].zeroShare = ZeroDensityPenalty.average(components[index].zeroShare, with: findings[index].moments.zeroShare)
            components[index].lostIterations = findings[index].moments.zeroShare == 1 ? components[index].lostIterations + 1 : 0
            guard let gaussian = outcome.gaussian else {
                info.failures += 1
                continue
            }
            components[index].gaussian = gaussian
            info.greatestDivergence = max(info.greatestDivergence, min(outcome.divergence, .greatestFiniteMagnitude))
        }
        updateWeights(findings, rewards, samples, &info)
    }

    /// E[log p̃ − log q] of every component, less what its share of points of density zero costs; that of the mixture where its samples say nothing.
    private func rewards(_ findings: [Finding], ratios: [Double]) -> [Double] {
        let costs = findings.map { settings.zeroPenalty * $0.moments.zeroShare }
        var total = 0.0, sum = 0.0
        for (index, finding) in findings.enumerated() where finding.isKnown {
            let weight = Elementary.exp(components[index].logWeight)
            total += weight
            sum += weight * (ratios[index] - costs[index])
        }
        let average = total > 0 ? sum / total : 0
        return findings.indices.map { findings[$0].isKnown ? ratios[$0] - costs[$0] : average - costs[$0] }
    }

    /// - Parameter cancellation: asked component by component; where it is requested, what was not reached says nothing.
    func findings(_ samples: WeightedBlocks, _ cancellation: Cancellation) -> [Finding] {
        let components = components, penalty = ZeroDensityPenalty(nats: settings.zeroPenalty)
        return parallelMap(components.count, threads: settings.threads) { index in
            let component = components[index]
            guard !cancellation.isRequested else { return Finding() }
            var finding = Finding(moments: samples.moments(of: index), natural: nil, ridge: component.ridge)
            guard finding.isKnown else { return finding }
            let entries = samples.entries[index]
            if let slopes = samples.slopes {
                finding.natural = SteinSums(
                    mean: component.gaussian.mean, places: samples.places, slopes: slopes, entries: entries, weights: samples.weights,
                    least: Self.negligibleShare * finding.moments.weight / Double(samples.places.count)
                ).estimate(for: component.gaussian, effectiveSamples: finding.moments.effectiveSamples)
            } else {
                (finding.natural, finding.ridge) = QuadraticRegression.estimate(
                    for: component.gaussian, in: samples, entries: entries, ridge: component.ridge)
            }
            if finding.moments.zeroShare > 0, var natural = finding.natural {
                penalty.add(to: &natural, of: component.gaussian, samples, component: index)
                finding.natural = natural.isFinite ? natural : nil
            }
            return finding
        }
    }

    private mutating func adaptStepSizes(_ rewards: [Double]) {
        for index in components.indices {
            let component = components[index], reward = rewards[index] + component.logWeight
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
        return parallelMap(components.count, threads: settings.threads) { index in
            let component = components[index]
            var outcome = Outcome(acceleration: component.acceleration)
            guard var natural = findings[index].natural else { return outcome }
            if accelerates { outcome.acceleration.accelerate(&natural) }
            let stepSize = update == .trustRegion
                ? ZeroDensityPenalty.bound(component.stepSize, zeroShare: component.zeroShare + findings[index].moments.zeroShare) : component.stepSize
            guard let result = update.apply(natural, to: component.gaussian, stepSize: stepSize) else {
                outcome.acceleration = ScaleAcceleration()
                return outcome
            }
            // A step that the trust region has cut short says nothing of how fast full ones would converge.
            if accelerates { outcome.acceleration.note(isFull: result.divergence < 0.5 * stepSize) }
            outcome.gaussian = result.gaussian
            outcome.divergence = result.divergence
            return outcome
        }
    }

    private mutating func updateWeights(
        _ findings: [Finding], _ first: [Double], _ samples: WeightedBlocks, _ info: inout InferenceInfo
    ) {
        measure(findings, &info)
        let weights = components.map { Elementary.exp($0.logWeight) }
        let reached = zip(weights, first).reduce(0) { $0 + $1.0 * $1.1 }
        weightStepSize = settings.weightStepSize.next(
            weightStepSize, improved: objective.map { reached > $0 }, updates: weightUpdates)
        objective = reached
        var rewards = first, logWeights = components.map(\.logWeight)
        for sweep in 1...settings.weightSweeps {
            let step = settings.weightUpdate.apply(rewards, to: logWeights, stepSize: weightStepSize)
            logWeights = step.logWeights
            info.weightDivergence = max(info.weightDivergence, step.divergence)
            guard sweep < settings.weightSweeps else { break }
            rewards = self.rewards(findings, ratios: samples.ratios(logWeights: logWeights))
        }
        weightUpdates += 1
        info.weightStepSize = weightStepSize
        for index in components.indices { components[index].logWeight = logWeights[index] }
        normaliseWeights()
    }

    /// What the samples say of the mixture as it was.
    private mutating func measure(_ findings: [Finding], _ info: inout InferenceInfo) {
        let weights = components.map { Elementary.exp($0.logWeight) }
        var known = 0.0, sum = 0.0, zeros = 0.0
        for (weight, finding) in zip(weights, findings) {
            let inside = weight * (1 - finding.moments.zeroShare)
            zeros += weight * finding.moments.zeroShare
            known += inside
            sum += inside * (finding.moments.ratio + finding.moments.excess)
        }
        info.zeroShare = min(1, zeros)
        // Of a mixture without a sample in reach of the density nothing is known but that it was better before.
        info.bound = zeros > 0 ? (known > 0 ? sum / known + Elementary.log(known / (known + zeros)) : bound ?? 0) : sum
        info.entropy = -zip(weights, findings).reduce(0) { $0 + $1.0 * $1.1.moments.logDensity }
        info.stepSize = zip(weights, components).reduce(0) { $0 + $1.0 * $1.1.stepSize }
        bound = info.bound
        zeroShare = info.zeroShare
    }
}
