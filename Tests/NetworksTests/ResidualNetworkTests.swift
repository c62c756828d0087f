import Networks
import Numerics
import Testing

/// The network's outputs for one context, in double precision and written plainly.
private func evaluate(_ network: ResidualNetwork, _ parameters: [Double], _ input: [Double]) -> [Double] {
    var h = input
    for (index, layer) in network.layers.enumerated() {
        let sums = (0..<layer.outputs).map { row in
            (0..<layer.inputs).reduce(parameters[layer.biases + row]) {
                $0 + parameters[layer.weights + row * layer.inputs + $1] * h[$1]
            }
        }
        if index == network.hidden.count { return sums }
        let values = sums.map { $0 / (1 + Elementary.exp(-$0)) }
        h = network.isResidual(index) ? zip(h, values).map(+) : values
    }
    return h
}

@Suite struct ResidualNetworkTests {
    /// Widths that change and repeat: residual layers and plain ones, several shards, a narrow last shard.
    @Test func passesAgreeWithFiniteDifferencesOfAPlainEvaluation() {
        let network = ResidualNetwork(inputs: 3, hidden: [16, 16, 32, 32], outputs: 5)
        let batch = 272
        var stream = RandomStream(seed: 11)
        var parameters = network.initialParameters(outputGain: 1, using: &stream)
        for layer in network.layers {
            for row in 0..<layer.outputs { parameters[layer.biases + row] = Float(0.3 * stream.normal()) }
        }
        let workspace = BatchWorkspace(network, batch: batch)
        #expect(workspace.shardCount == 3)
        let weights = (0..<network.outputs * batch).map { _ in Float(stream.normal()) }
        for column in 0..<batch {
            for row in 0..<3 { workspace.input[row * workspace.stride + column] = Float(stream.normal()) }
        }
        let inputs = (0..<batch).map { c in (0..<3).map { Double(workspace.input[$0 * workspace.stride + c]) } }
        parameters.withPointer { pointer in
            for shard in 0..<workspace.shardCount { workspace.forward(shard: shard, pointer) }
        }
        let exact = parameters.array.map(Double.init)
        for column in [0, 15, 128, 271] {
            let expected = evaluate(network, exact, inputs[column])
            for row in 0..<network.outputs {
                // The workspace leaves the output layer's biases to the loss.
                let found = Double(workspace.output[row * workspace.stride + column]) + exact[network.layers[4].biases + row]
                #expect(abs(found - expected[row]) < 1e-4)
            }
        }
        // The loss: a weighted sum of all outputs.
        for row in 0..<network.outputs {
            for column in 0..<batch { workspace.output[row * workspace.stride + column] = weights[row * batch + column] }
        }
        parameters.withPointer { pointer in
            for shard in 0..<workspace.shardCount { workspace.backward(shard: shard, pointer) }
        }
        let squares = (0..<workspace.blockCount).reduce(0) { $0 + workspace.accumulateGradient(block: $1) }
        func loss(_ parameters: [Double]) -> Double {
            var sum = 0.0
            for column in 0..<batch {
                let outputs = evaluate(network, parameters, inputs[column])
                for row in 0..<network.outputs { sum += Double(weights[row * batch + column]) * outputs[row] }
            }
            return sum
        }
        for layer in network.layers {
            for _ in 0..<6 {
                for index in [layer.weights + Int(stream.next() % UInt64(layer.inputs * layer.outputs)),
                              layer.biases + Int(stream.next() % UInt64(layer.outputs))] {
                    var above = exact, below = exact
                    above[index] += 1e-5
                    below[index] -= 1e-5
                    let numeric = (loss(above) - loss(below)) / 2e-5
                    #expect(abs(numeric - Double(workspace.gradient[index])) < 1e-3 * (1 + abs(numeric)), "parameter \(index)")
                }
            }
        }
        let direct = (0..<network.parameterCount).reduce(0.0) { $0 + Double(workspace.gradient[$1]) * Double(workspace.gradient[$1]) }
        #expect(abs(squares - direct) < 1e-4 * direct)
    }

    @Test func layoutCountsEveryParameterOnce() {
        let network = ResidualNetwork(inputs: 9, hidden: [256, 256], outputs: 1152)
        #expect(network.trainableCount == 10 * 256 + 257 * 256 + 257 * 1152)
        let sorted = network.layers.flatMap { [($0.weights, $0.inputs * $0.outputs), ($0.biases, $0.outputs)] }.sorted { $0.0 < $1.0 }
        for (left, right) in zip(sorted, sorted.dropFirst()) { #expect(left.0 + left.1 <= right.0) }
        #expect(network.parameterCount % 16 == 0)
    }
}
