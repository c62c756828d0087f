import Mixtures
import Numerics

// The gradient where every context draws some components of many.
extension PathObjective {
    /// A component drawn counts 1/n: its share is the expected number of its draws. The weights' step is taken to first order,
    /// with the ratio of weight to share correcting for the choice.
    @inline(__always)
    func improveDrawn<S: LaneArithmetic>(_ outputs: OutputRows<S>, weight: S, _ memory: PathMemory<S>, _ summary: inout Summary<S>) {
        let n = dimension, rawCount = projection.rawCount, rows = n + rawCount, width = PathMemory<S>.width, stride = outputs.stride
        let weights = Self.numbers(memory.weights), logWeights = Self.numbers(memory.logWeights)
        // Ratios take the shares' places.
        var total = S(0.0), mean = S(0.0)
        let bonus = S.Number(1 - temperature)
        for slot in 0..<drawn {
            let ratios = Self.numbers(memory.drawnShares + slot), rewards = Self.numbers(memory.rewards + slot)
            let rawReward = memory.rewards[slot]
            for lane in 0..<width {
                let component = Int(memory.choices[slot * width + lane])
                ratios[lane] = weights[component * width + lane] / (S.Number(drawn) * ratios[lane])
                rewards[lane] -= bonus * logWeights[component * width + lane]
            }
            let ratio = memory.drawnShares[slot]
            total = total + ratio
            mean = mean.fma(ratio, memory.rewards[slot])
            summary.objective = summary.objective.fma(ratio, rawReward)
            summary.bound = summary.bound.fma(ratio, memory.bounds[slot])
            summary.logErrors = summary.logErrors.fma(ratio, memory.logErrors[slot])
        }
        let inverse = S(1.0) / total.atLeast(S(1e-9))
        mean = mean * inverse
        summary.objective = summary.objective * inverse
        summary.bound = summary.bound * inverse
        summary.logErrors = summary.logErrors * inverse
        // Advantages of the rule, centred once more as the exponential moves their mean.
        let share = weight * S(1 / Double(drawn)), limit = S.Number(drawnAdvantageLimit)
        var centre = S(0.0)
        for slot in 0..<drawn {
            let advantage = (memory.rewards[slot] - mean).limited(to: limit)
            memory.advantages[slot] = weightRule == .combined ? split(advantage).raised.exponential - S(1.0) + split(advantage).lowered : advantage
            centre = centre.fma(memory.drawnShares[slot], memory.advantages[slot])
        }
        centre = weightRule == .combined ? centre * inverse : S(0.0)
        // Raw numbers are gathered before zeros take their places.
        for slot in 0..<drawn {
            gatherRaw(slot, outputs, into: memory.drawnRaw + slot * rawCount, memory)
        }
        for row in 0..<outputCount { outputs.store(S(0.0), row) }
        for slot in 0..<drawn {
            let factor = memory.drawnFactors + slot * triangleCount(n)
            gather(slot, factor: factor, scale: share, memory)
            for i in 0..<rawCount { memory.raw[i] = memory.drawnRaw[slot * rawCount + i] }
            backpropagate(factor: factor, memory)
            let pull = -(weight * memory.drawnShares[slot] * (memory.advantages[slot] - centre)) * S(weightStep)
            memory.inner[0] = pull
            let pulls = Self.numbers(memory.inner), means = Self.numbers(memory.slopes), raws = Self.numbers(memory.rawGradient)
            for lane in 0..<width {
                let component = Int(memory.choices[slot * width + lane])
                let first = outputs.numbers + (components + component * rows) * stride + lane
                outputs.numbers[component * stride + lane] += pulls[lane]
                for i in 0..<n { first[i * stride] += means[i * width + lane] }
                for i in 0..<rawCount { first[(n + i) * stride] += raws[i * width + lane] }
            }
        }
    }

    /// The raw numbers of the components that a slot holds.
    @inline(__always)
    private func gatherRaw<S: LaneArithmetic>(_ slot: Int, _ outputs: OutputRows<S>, into raw: UnsafeMutablePointer<S>, _ memory: PathMemory<S>) {
        let n = dimension, rows = n + projection.rawCount, width = PathMemory<S>.width, numbers = Self.numbers(raw)
        for lane in 0..<width {
            let row = components + Int(memory.choices[slot * width + lane]) * rows + n
            for i in 0..<projection.rawCount {
                numbers[i * width + lane] = outputs.numbers[(row + i) * outputs.stride + lane] + outputs.biases[row + i]
            }
        }
    }
}
