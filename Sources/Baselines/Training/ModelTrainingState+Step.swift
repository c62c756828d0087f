import ModelTraining
import Networks
import Numerics

/// What a step works in besides the model's own workspace: gradient blocks of all networks, and the optimiser's memory.
final class StepMemory: @unchecked Sendable {
    let workspace: any ModelWorkspace
    /// Network and block.
    let blocks: [(network: Int, block: Int)]
    private let registers = Registers()
    let squares: UnsafeMutablePointer<Double>
    /// Network and chunk of its parameters, for Adam.
    let chunks: [(network: Int, chunk: Int)]
    /// What ``Soap`` works in; empty for Adam.
    let soap: [SoapWorkspace]

    init(_ workspace: any ModelWorkspace, optimizer: Optimizer) {
        self.workspace = workspace
        blocks = workspace.batches.enumerated().flatMap { network, batch in (0..<batch.blockCount).map { (network, $0) } }
        chunks = workspace.batches.enumerated().flatMap { network, batch in
            (0..<(batch.network.parameterCount + Adam.chunkSize - 1) / Adam.chunkSize).map { (network, $0) }
        }
        squares = registers.take(blocks.count, repeating: 0)
        soap = optimizer == .soap ? workspace.batches.map { SoapWorkspace($0.network) } : []
    }

}

extension ModelTrainingState {
    /// Takes one step of stochastic gradient descent; the bits of the result do not depend on the number of threads.
    ///
    /// A step whose loss or gradient is not finite changes no parameter; it halves the learning rate, and the next step draws other pairs.
    ///
    /// - Throws: ``TrainingError/diverged(step:)`` or ``TrainingError/targetUndefined(step:)`` after twenty failures in a row.
    mutating func step(_ memory: StepMemory, threads: Int) throws(TrainingError) -> TrainingInfo {
        let workspace = memory.workspace, settings = course.settings, progress = course.progress
        let stream = RandomStream(seed: settings.seed).split(course.step)
        let result = parameters.withPointer { workspace.process(settings, at: progress, stream: stream, $0, threads: threads) }
        parallelFor(memory.blocks.count, threads: threads) { index in
            let (network, block) = memory.blocks[index]
            memory.squares[index] = flushingSubnormals { workspace.batches[network].accumulateGradient(block: block) }
        }
        let norm = (0..<memory.blocks.count).reduce(0) { $0 + memory.squares[$1] }.squareRoot()
        let rate = course.rateFactor * settings.rate(step: course.stepInPhase, progress: progress)
        let succeeded = course.isPlausible(result.loss) && norm.isFinite && result.isTargetDefined
        var info = TrainingInfo(loss: result.loss, learningRate: rate, gradientNorm: norm, succeeded: succeeded)
        info.measures = result.measures
        if succeeded {
            renewLastGood()
            update(memory, rate: rate, scale: min(1, settings.gradientClip.value(at: progress) / max(norm, 1e-30)), threads: threads)
            course.noteSuccess(loss: result.loss)
        } else {
            let consequence = course.noteFailure()
            if consequence.goesBack { info.restoredStep = returnToLastGood() }
            if consequence.givesUp {
                _ = settle()
                throw result.isTargetDefined ? .diverged(step: course.step) : .targetUndefined(step: course.step)
            }
        }
        course.advance()
        return info
    }

    private mutating func update(_ memory: StepMemory, rate: Double, scale: Double, threads: Int) {
        var adam = Adam()
        adam.averageDecay = Float(course.settings.averageDecay.value(at: course.progress))
        if !memory.soap.isEmpty, soap == nil { soap = memory.soap.map { Soap.State($0.network) } }
        let optimiser = adam, step = course.step, networks = model.networks
        Adam.withBuffers(&parameters, &first, &second, &average) { buffers in
            if !memory.soap.isEmpty {
                for (index, place) in networks.enumerated() {
                    var own = Soap()
                    own.adam = optimiser
                    own.update(
                        buffers.advanced(by: place.start), &soap![index], gradient: memory.workspace.batches[index].gradient,
                        rate: Float(rate), scale: Float(scale), step: step, workspace: memory.soap[index], threads: threads)
                }
                return
            }
            parallelFor(memory.chunks.count, threads: threads) { index in
                let (network, chunk) = memory.chunks[index]
                optimiser.update(
                    buffers.advanced(by: networks[network].start), chunk: chunk, count: networks[network].network.parameterCount,
                    gradient: memory.workspace.batches[network].gradient, rate: Float(rate), scale: Float(scale), step: step)
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
