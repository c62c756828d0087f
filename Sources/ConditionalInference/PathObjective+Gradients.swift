import Mixtures
import Numerics

// From residuals to the gradient of the loss with respect to the network's outputs.
extension PathObjective {
    /// Replaces the outputs by the gradient of the loss with respect to them.
    ///
    /// - Parameters:
    ///   - memory: after ``draw(_:uniform:_:)``, with the density's values and gradients at `memory.places`.
    ///   - weight: a factor of the loss, one over the number of contexts.
    @inline(__always)
    func improve<S: LaneArithmetic>(_ outputs: OutputRows<S>, weight: S, _ memory: PathMemory<S>) -> Summary<S> {
        var summary = Summary<S>(bound: S(0.0), objective: S(0.0), weightEntropy: S(0.0), logErrors: S(0.0), vanished: S(0.0), undefined: S(0.0))
        if let errors { measure(errors, memory) }
        takeResiduals(memory, &summary)
        var largest = S(-1e30), largestValue = S(-1e30)
        for sample in 0..<samples {
            largest = largest.atLeast(memory.residuals[sample])
            largestValue = largestValue.atLeast(memory.values[sample])
        }
        let least = S(-rewardRange), leastBound = S(-Self.boundRange), scale = S(1 / Double(2 * pairs))
        for slot in 0..<drawn {
            var reward = S(0.0), bound = S(0.0)
            for sample in 2 * slot * pairs..<2 * (slot + 1) * pairs {
                reward = reward + (memory.residuals[sample] - largest).atLeast(least)
                bound = bound + (memory.values[sample] - largestValue).atLeast(leastBound)
            }
            memory.rewards[slot] = reward * scale
            memory.bounds[slot] = bound * scale
        }
        // Raw numbers are read again below, so that components come before the logits; a component drawn twice adds up.
        if drawsSome {
            improveDrawn(outputs, weight: weight, memory, &summary)
        } else {
            for o in 0..<components { improveComponent(o, outputs, weight: weight * memory.shares[o], memory) }
            improveWeights(outputs, weight: weight, memory, &summary)
        }
        summary.bound = summary.bound + largestValue
        summary.objective = summary.objective + largest
        for o in 0..<components { summary.weightEntropy = summary.weightEntropy.fnma(memory.weights[o], memory.logWeights[o]) }
        return summary
    }

    /// The mean of v, and the factor's gradient scale·mean (x − m)·vᵀ, of one slot; `memory.meanSlope` and `memory.factorGradient` receive them.
    @inline(__always)
    func gather<S: LaneArithmetic>(_ slot: Int, factor: UnsafePointer<S>, scale: S, _ memory: PathMemory<S>) {
        let n = dimension, t = triangleCount(n), scale = scale * S(1 / Double(2 * pairs))
        for i in 0..<n { memory.meanSlope[i] = S(0.0) }
        for i in 0..<t { memory.factorGradient[i] = S(0.0) }
        for pair in slot * pairs..<(slot + 1) * pairs {
            let v = memory.slopes
            for sign in 0..<2 {
                let own = v + sign * n, gradient = memory.gradients + (2 * pair + sign) * n
                for i in 0..<n { own[i] = gradient[i] }
                PackedTriangle.solve(n, factor, own)
                recede(n, sample: 2 * pair + sign, deviation: memory.deviations + pair * n, factor, own, memory)
                var square = S(0.0)
                for i in 0..<n { square = square.fma(own[i], own[i]) }
                let share = S(slopeLimit) / square.squareRoot().atLeast(S(slopeLimit))
                for i in 0..<n { own[i] = own[i] * share }
            }
            let deviation = memory.deviations + pair * n
            for j in 0..<n {
                memory.meanSlope[j] = memory.meanSlope[j].fma(scale, v[j] + v[n + j])
                // The mirrored sample has the opposite deviation.
                v[j] = scale * (v[j] - v[n + j])
            }
            for i in 0..<n {
                for j in 0...i { memory.factorGradient[triangleIndex(i, j)] = memory.factorGradient[triangleIndex(i, j)].fma(deviation[i], v[j]) }
            }
        }
    }

    /// Draws the component back from where the density vanishes or is undefined: the whitened slope there is −penalty·z, z the sample's noise.
    ///
    /// The density has no slope there, and that of −log q alone would push the component on.
    @inline(__always)
    private func recede<S: LaneArithmetic>(
        _ n: Int, sample: Int, deviation: UnsafePointer<S>, _ factor: UnsafePointer<S>, _ v: UnsafeMutablePointer<S>, _ memory: PathMemory<S>
    ) {
        let vanished = memory.values[sample] + S(Self.greatestLogDensity / 2)
        guard vanished.hasNegative else { return }
        let penalty = S(sample % 2 == 0 ? -Self.vanishingPenalty : Self.vanishingPenalty)
        for c in 0..<n {
            var z = S(0.0)
            for i in c..<n { z = z.fma(factor[triangleIndex(i, c)], deviation[i]) }
            v[c] = (penalty * z).selected(whereNegative: vanished, else: v[c])
        }
    }

    /// Samples count in the bound with at least the greatest log p̃ − log q of their context less this, nats, be their density zero.
    @usableFromInline static var boundRange: Double { 1e6 }

    /// How strongly samples without density draw a component back, nats for a deviation.
    @usableFromInline static var vanishingPenalty: Double { 10 }

    /// −A·(mean of v), the gradient with respect to the mean, in `memory.slopes`; that with respect to the raw numbers in `memory.rawGradient`.
    @inline(__always)
    func backpropagate<S: LaneArithmetic>(factor: UnsafePointer<S>, _ memory: PathMemory<S>) {
        let n = dimension
        for i in 0..<n {
            var sum = S(0.0)
            for c in 0...i { sum = sum.fma(factor[triangleIndex(i, c)], memory.meanSlope[c]) }
            memory.slopes[i] = -sum
        }
        if projection.shape == .diagonal {
            for i in 0..<n {
                memory.packed[i] = factor[triangleIndex(i, i)]
                memory.factorGradient[i] = memory.factorGradient[triangleIndex(i, i)]
            }
            projection.backpropagate(memory.raw, factor: memory.packed, factorGradient: memory.factorGradient, scratch: memory.inner, into: memory.rawGradient)
        } else {
            projection.backpropagate(memory.raw, factor: factor, factorGradient: memory.factorGradient, scratch: memory.inner, into: memory.rawGradient)
        }
    }

    @inline(__always)
    private func improveComponent<S: LaneArithmetic>(_ o: Int, _ outputs: OutputRows<S>, weight: S, _ memory: PathMemory<S>) {
        let n = dimension, rawCount = projection.rawCount, row = components + o * (n + rawCount)
        let factor = memory.factors + o * triangleCount(n)
        gather(o, factor: factor, scale: weight, memory)
        for i in 0..<rawCount { memory.raw[i] = outputs[row + n + i] }
        backpropagate(factor: factor, memory)
        for i in 0..<n { outputs.store(memory.slopes[i], row + i) }
        for i in 0..<rawCount { outputs.store(memory.rawGradient[i], row + n + i) }
    }

    /// The part of an advantage that the target of the weights is made with, and the one that acts as a gradient.
    @inline(__always)
    func split<S: LaneArithmetic>(_ advantage: S) -> (raised: S, lowered: S) {
        switch weightRule {
        case .target: (advantage, S(0.0))
        case .gradient: (S(0.0), advantage)
        case .combined: (advantage.atLeast(S(0.0)), -((-advantage).atLeast(S(0.0))))
        }
    }

    /// w − softmax(log w + a⁺) − w·(a⁻ − Σ w·a⁻), a⁺ and a⁻ as ``split(_:)`` has them.
    @inline(__always)
    private func improveWeights<S: LaneArithmetic>(_ outputs: OutputRows<S>, weight: S, _ memory: PathMemory<S>, _ summary: inout Summary<S>) {
        let bonus = S(1 - temperature), limit = S.Number(advantageLimit)
        var mean = S(0.0)
        for o in 0..<components {
            summary.objective = summary.objective.fma(memory.weights[o], memory.rewards[o])
            summary.bound = summary.bound.fma(memory.weights[o], memory.bounds[o])
            summary.logErrors = summary.logErrors.fma(memory.weights[o], memory.logErrors[o])
            memory.rewards[o] = memory.rewards[o].fnma(bonus, memory.logWeights[o])
            mean = mean.fma(memory.weights[o], memory.rewards[o])
        }
        var largest = S(-1e30), total = S(0.0), fall = S(0.0)
        for o in 0..<components {
            let (raised, lowered) = split((memory.rewards[o] - mean).limited(to: limit))
            memory.rewards[o] = memory.logWeights[o].fma(S(weightStep), raised)
            memory.advantages[o] = lowered
            fall = fall.fma(memory.weights[o], lowered)
            largest = largest.atLeast(memory.rewards[o])
        }
        for o in 0..<components {
            memory.rewards[o] = (memory.rewards[o] - largest).exponential
            total = total + memory.rewards[o]
        }
        for o in 0..<components {
            let pull = S(weightStep) * memory.weights[o] * (memory.advantages[o] - fall)
            outputs.store(weight * (memory.weights[o] - memory.rewards[o] / total - pull), o)
        }
    }
}
