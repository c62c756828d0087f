import Mixtures
import Numerics

// From the network's outputs to samples.
extension PathObjective {
    /// Reads the current mixture and draws samples into `memory.places`.
    ///
    /// - Parameter uniform: a number in [0, 1) a context, for the choice of components.
    @inline(__always)
    func draw<S: LaneArithmetic>(_ outputs: OutputRows<S>, uniform: S, _ memory: PathMemory<S>) {
        load(outputs, memory)
        if drawsSome { choose(uniform: uniform, memory) }
        let n = dimension, t = triangleCount(n)
        for slot in 0..<drawn {
            let mean = (drawsSome ? memory.drawnMeans : memory.means) + slot * n
            let factor = (drawsSome ? memory.drawnFactors : memory.factors) + slot * t
            for pair in slot * pairs..<(slot + 1) * pairs {
                let deviation = memory.deviations + pair * n, x = memory.places + 2 * pair * n
                for i in 0..<n { deviation[i] = memory.noise[pair * n + i] }
                PackedTriangle.solveTransposed(n, factor, deviation)
                for i in 0..<n {
                    x[i] = mean[i] + deviation[i]
                    x[n + i] = mean[i] - deviation[i]
                }
            }
        }
    }

    /// Reads weights, means and factors.
    @inline(__always)
    private func load<S: LaneArithmetic>(_ outputs: OutputRows<S>, _ memory: PathMemory<S>) {
        let k = components, n = dimension, t = triangleCount(n), rawCount = projection.rawCount
        var largest = S(-1e30), total = S(0.0)
        for o in 0..<k {
            memory.logWeights[o] = outputs[o]
            largest = largest.atLeast(memory.logWeights[o])
        }
        for o in 0..<k { total = total + (memory.logWeights[o] - largest).exponential }
        let logarithm = total.logarithm + largest
        let normaliser = S(-0.5 * Double(n) * Elementary.log(2 * .pi)), least = S(shareFloor / Double(k))
        var sum = S(0.0)
        for o in 0..<k {
            let logWeight = memory.logWeights[o] - logarithm
            memory.logWeights[o] = logWeight
            memory.weights[o] = logWeight.exponential
            memory.shares[o] = memory.weights[o].atLeast(least)
            sum = sum + memory.shares[o]
            let row = k + o * (n + rawCount)
            for i in 0..<n { memory.means[o * n + i] = outputs[row + i] }
            for i in 0..<rawCount { memory.raw[i] = outputs[row + n + i] }
            let factor = memory.factors + o * t
            projection.projectTriangle(memory.raw, into: factor, scratch: memory.packed)
            var offset = logWeight + normaliser
            for i in 0..<n { offset = offset + factor[triangleIndex(i, i)].logarithm }
            memory.offsets[o] = offset
        }
        for o in 0..<k { memory.shares[o] = memory.shares[o] / sum }
    }

    /// Systematic sampling of components from their shares, each context for itself.
    @inline(__always)
    private func choose<S: LaneArithmetic>(uniform: S, _ memory: PathMemory<S>) {
        let width = PathMemory<S>.width, n = dimension, t = triangleCount(n)
        withUnsafePointer(to: uniform) { uniform in
            let numbers = UnsafeRawPointer(uniform).assumingMemoryBound(to: S.Number.self)
            let shares = Self.numbers(memory.shares), means = Self.numbers(memory.means), factors = Self.numbers(memory.factors)
            let drawnMeans = Self.numbers(memory.drawnMeans), drawnFactors = Self.numbers(memory.drawnFactors)
            let drawnShares = Self.numbers(memory.drawnShares)
            for lane in 0..<width {
                var component = 0, sum = shares[lane]
                for slot in 0..<drawn {
                    let place = (S.Number(slot) + numbers[lane]) / S.Number(drawn)
                    while component + 1 < components, sum <= place {
                        component += 1
                        sum += shares[component * width + lane]
                    }
                    memory.choices[slot * width + lane] = Int32(component)
                    drawnShares[slot * width + lane] = shares[component * width + lane]
                    for i in 0..<n { drawnMeans[(slot * n + i) * width + lane] = means[(component * n + i) * width + lane] }
                    for i in 0..<t { drawnFactors[(slot * t + i) * width + lane] = factors[(component * t + i) * width + lane] }
                }
            }
        }
    }

    @inline(__always)
    static func numbers<S: LaneArithmetic>(_ registers: UnsafeMutablePointer<S>) -> UnsafeMutablePointer<S.Number> {
        UnsafeMutableRawPointer(registers).assumingMemoryBound(to: S.Number.self)
    }
}
