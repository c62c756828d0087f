import Networks
import Numerics
import Testing

@Suite struct SoapTests {
    private let network = ResidualNetwork(inputs: 12, hidden: [48, 48], outputs: 20)

    private final class Buffers {
        let parameters: UnsafeMutablePointer<Float>
        let first: UnsafeMutablePointer<Float>
        let second: UnsafeMutablePointer<Float>
        let average: UnsafeMutablePointer<Float>

        init(_ start: AlignedFloats) {
            func buffer() -> UnsafeMutablePointer<Float> {
                let result = UnsafeMutablePointer<Float>.allocate(capacity: start.count)
                result.initialize(repeating: 0, count: start.count)
                return result
            }
            (parameters, first, second, average) = (buffer(), buffer(), buffer(), buffer())
            start.withPointer {
                parameters.update(from: $0, count: start.count)
                average.update(from: $0, count: start.count)
            }
        }

        deinit { for buffer in [parameters, first, second, average] { buffer.deallocate() } }

        var adam: Adam.Buffers { Adam.Buffers(parameters: parameters, first: first, second: second, average: average) }
    }

    /// Fits outputs that are a fixed smooth function of the inputs, whose scales differ a hundredfold; returns the parameters and the losses.
    private func fit(_ steps: Int, soap: Bool, threads: Int = 1) -> (parameters: [Float], losses: [Double], state: Soap.State) {
        var stream = RandomStream(seed: 4)
        let batch = BatchWorkspace(network, batch: 256), buffers = Buffers(network.initialParameters(using: &stream))
        let workspace = SoapWorkspace(network)
        var state = Soap.State(network), losses: [Double] = []
        for step in 0..<steps {
            for column in 0..<256 {
                for row in 0..<12 {
                    batch.input[row * batch.stride + column] = Float(stream.normal() * Elementary.exp(-0.4 * Double(row)))
                }
            }
            for shard in 0..<batch.shardCount { batch.forward(shard: shard, buffers.parameters) }
            var loss = 0.0
            let biases = buffers.parameters + network.layers.last!.biases
            for row in 0..<20 {
                for column in 0..<256 {
                    let x = batch.input[(row % 12) * batch.stride + column] * Float(Elementary.exp(0.4 * Double(row % 12)))
                    let y = batch.input[(row * 5 % 12) * batch.stride + column]
                    let difference = batch.output[row * batch.stride + column] + biases[row] - Float(Elementary.cos(Double(x + y)))
                    loss += Double(difference * difference) / 5120
                    batch.output[row * batch.stride + column] = difference / 2560
                }
            }
            losses.append(loss)
            for shard in 0..<batch.shardCount { batch.backward(shard: shard, buffers.parameters) }
            for block in 0..<batch.blockCount { _ = batch.accumulateGradient(block: block) }
            if soap {
                Soap().update(buffers.adam, &state, gradient: batch.gradient, rate: 3e-3, scale: 1, step: step, workspace: workspace, threads: threads)
            } else {
                for chunk in 0..<(network.parameterCount + Adam.chunkSize - 1) / Adam.chunkSize {
                    Adam().update(buffers.adam, chunk: chunk, count: network.parameterCount, gradient: batch.gradient, rate: 3e-3, scale: 1, step: step)
                }
            }
        }
        return (Array(UnsafeBufferPointer(start: buffers.parameters, count: network.parameterCount)), losses, state)
    }

    @Test func aBadlyScaledRegressionFallsFasterThanByAdam() {
        let soap = fit(400, soap: true).losses.suffix(50).reduce(0, +), adam = fit(400, soap: false).losses.suffix(50).reduce(0, +)
        #expect(soap < 0.85 * adam, "\(soap / 50) against \(adam / 50)")
    }

    @Test func basesStayOrthonormalAndDiagonaliseTheCurvatures() {
        let state = fit(300, soap: true).state
        // The left side of the first layer comes first.
        let side = 48, basis = state.bases.array, curvature = state.curvatures.array
        var offDiagonal = 0.0, diagonal = 0.0, standard = 0.0
        for i in 0..<side {
            for j in 0..<side {
                var product = 0.0
                for k in 0..<side { product += Double(basis[i * side + k] * basis[j * side + k]) }
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-4)
                var value = 0.0
                for k in 0..<side { for l in 0..<side { value += Double(basis[i * side + k]) * Double(curvature[k * side + l]) * Double(basis[j * side + l]) } }
                if i == j { diagonal += value * value } else {
                    offDiagonal += value * value
                    standard += Double(curvature[i * side + j]) * Double(curvature[i * side + j])
                }
            }
        }
        #expect(offDiagonal < 0.2 * standard && offDiagonal < 0.2 * diagonal, "\(offDiagonal) of \(standard)")
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() {
        let one = fit(25, soap: true), four = fit(25, soap: true, threads: 4)
        #expect(one.parameters == four.parameters && one.state == four.state)
        let used = Set(network.layers.flatMap { Array($0.weights..<$0.weights + $0.inputs * $0.outputs) + Array($0.biases..<$0.biases + $0.outputs) })
        #expect(one.parameters.indices.allSatisfy { used.contains($0) || one.parameters[$0] == 0 })
    }

    @Test func storedMatricesOfAnotherNetworkAreRefused() {
        let state = Soap.State(network), other = ResidualNetwork(inputs: 12, hidden: [64, 48], outputs: 20)
        #expect(Soap.State(network, curvatures: state.curvatures, bases: state.bases, step: 3) != nil)
        #expect(Soap.State(other, curvatures: state.curvatures, bases: state.bases, step: 3) == nil)
        #expect(Soap.State(network, curvatures: state.curvatures, bases: state.bases, step: -1) == nil)
    }
}
