import Networks
import Numerics

/// What a training optimises, and what the optimiser remembers of it; together with the last such state that is known to be good.
public struct OptimizerState: Sendable {
    /// The parameters that are optimised, their moving average, and Adam's moments.
    public package(set) var parameters: AlignedFloats
    public package(set) var average: AlignedFloats
    public package(set) var first: AlignedFloats
    public package(set) var second: AlignedFloats
    /// The curvatures that ``Optimizer/soap`` has seen, one a network; empty before its first step.
    public package(set) var soap: [Soap.State] = []
    /// Not part of the comparison of states, nor of checkpoints.
    private var lastGood: LastGood?

    /// A state that was finite and had a finite loss, and the step before which it was.
    private final class LastGood: Sendable {
        let step: Int
        let state: OptimizerState

        init(step: Int, state: OptimizerState) { (self.step, self.state) = (step, state) }
    }

    /// Steps from one good state that is kept to the next.
    private static let interval = 200

    /// The start of a training.
    package init(_ parameters: AlignedFloats) {
        self.parameters = parameters
        average = parameters
        first = AlignedFloats(count: parameters.count)
        second = AlignedFloats(count: parameters.count)
    }

    /// Starts the optimiser anew: moments of one are of no use to another.
    mutating func forgetMoments() {
        first = AlignedFloats(count: parameters.count)
        second = AlignedFloats(count: parameters.count)
        soap = []
    }

    /// Whether all that a later step starts from is finite.
    var isSound: Bool { parameters.isFinite && average.isFinite && first.isFinite && second.isFinite && soap.allSatisfy(\.isFinite) }

    /// Keeps the state before a step, whose loss was just found to be good, where the last one kept is old.
    mutating func renewLastGood(step: Int) {
        guard lastGood.map({ step - $0.step >= Self.interval }) ?? true, isSound else { return }
        lastGood = nil
        lastGood = LastGood(step: step, state: self)
    }

    /// Goes back to the last good state; returns the step that it is of, or nil where there is none.
    mutating func returnToLastGood() -> Int? {
        guard let lastGood else { return nil }
        self = lastGood.state
        self.lastGood = lastGood
        return lastGood.step
    }

    mutating func forgetLastGood() { lastGood = nil }
}

extension OptimizerState: Equatable {
    /// Whether both would continue bit for bit.
    public static func == (left: OptimizerState, right: OptimizerState) -> Bool {
        left.parameters == right.parameters && left.average == right.average && left.first == right.first && left.second == right.second
            && left.soap == right.soap
    }
}

extension OptimizerState {
    /// Moves the parameters along a gradient; the bits do not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - scale: a factor for the gradient, from clipping its norm.
    ///   - step: how many steps were taken before.
    mutating func update(along gradient: GradientWorkspace, rate: Double, scale: Double, averageDecay: Double, step: Int, threads: Int) {
        var rule = Soap()
        rule.adam.averageDecay = Float(averageDecay)
        if soap.isEmpty { soap = gradient.soap.map { Soap.State($0.network) } }
        let optimizer = rule, rate = Float(rate), scale = Float(scale)
        Adam.withBuffers(&parameters, &first, &second, &average) { buffers in
            for (index, workspace) in gradient.soap.enumerated() {
                optimizer.update(
                    buffers.advanced(by: gradient.starts[index]), &soap[index], gradient: gradient.batches[index].gradient, rate: rate,
                    scale: scale, step: step, workspace: workspace, threads: threads)
            }
            parallelFor(gradient.chunks.count, threads: threads) { index in
                let (network, chunk) = gradient.chunks[index], batch = gradient.batches[network]
                optimizer.adam.update(
                    buffers.advanced(by: gradient.starts[network]), chunk: chunk, count: batch.network.parameterCount, gradient: batch.gradient,
                    rate: rate, scale: scale, step: step)
            }
        }
    }
}

extension Adam.Buffers {
    /// The parts of the buffers that begin at a place.
    fileprivate func advanced(by start: Int) -> Adam.Buffers {
        Adam.Buffers(parameters: parameters + start, first: first + start, second: second + start, average: average + start)
    }
}
