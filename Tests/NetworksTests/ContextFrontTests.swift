import Networks
import Numerics
import Testing

@Suite struct ContextFrontTests {
    private static let fronts: [(String, ContextFront)] = [
        ("picture", .image(height: 9, width: 6, channels: 2)), ("narrow picture", .image(height: 3, width: 20, channels: 1)),
        ("points", .points(count: 5, dimension: 3, width: 16)), ("one point", .points(count: 1, dimension: 2, width: 16)),
    ]

    /// A network with the front, and parameters that are neither small nor zero anywhere.
    private func network(_ front: ContextFront) -> (ResidualNetwork, [Double]) {
        let network = ResidualNetwork(inputs: front.inputCount, hidden: [16], outputs: 3, front: front)
        var stream = RandomStream(seed: 4)
        return (network, (0..<network.parameterCount).map { _ in 0.4 * stream.normal() })
    }

    @Test(arguments: fronts.indices)
    func gradientsAreThoseOfFiniteDifferences(_ index: Int) {
        let (network, parameters) = network(Self.fronts[index].1)
        let front = network.front!, batch = 2
        var stream = RandomStream(seed: 5)
        let input = (0..<front.inputCount * batch).map { _ in stream.normal() }
        let slopes = (0..<front.outputCount * batch).map { _ in stream.normal() }
        func value(_ parameters: [Double]) -> Double {
            var memory = [Double](repeating: 0, count: front.activationRows * batch)
            return memory.withUnsafeMutableBufferPointer { memory in
                let pass = FrontPass<Double>(front, stride: batch, memory: memory.baseAddress!)
                pass.forward(input: input, parameters, columns: 0..<batch)
                return slopes.indices.reduce(0) { $0 + slopes[$1] * pass.output[$1] }
            }
        }
        var gradient = [Double](repeating: 0, count: network.parameterCount)
        var memory = [Double](repeating: 0, count: front.activationRows * batch)
        var squares = 0.0
        memory.withUnsafeMutableBufferPointer { memory in
            let pass = FrontPass<Double>(front, stride: batch, memory: memory.baseAddress!)
            pass.forward(input: input, parameters, columns: 0..<batch)
            pass.backward(slopes, parameters, columns: 0..<batch)
            for (layer, place) in front.layers.enumerated() {
                for start in Swift.stride(from: 0, to: place.outputs, by: 16) {
                    squares += pass.accumulate(layer: layer, rows: start..<min(start + 16, place.outputs), input: input, into: &gradient, batch: batch)
                }
            }
        }
        #expect(abs(squares - gradient.reduce(0) { $0 + $1 * $1 }) < 1e-9 * squares)
        for place in front.layers {
            for offset in [place.weights, place.weights + place.inputs * place.outputs / 2, place.weights + place.inputs * place.outputs - 1, place.biases, place.biases + place.outputs - 1] {
                let step = 1e-5
                var (above, below) = (parameters, parameters)
                above[offset] += step
                below[offset] -= step
                let expected = (value(above) - value(below)) / (2 * step)
                #expect(abs(gradient[offset] - expected) < 1e-6 * max(1, abs(expected)), "\(Self.fronts[index].0), \(offset): \(gradient[offset]), not \(expected)")
            }
        }
    }

    @Test(arguments: fronts.indices)
    func oneContextAndABatchAgree(_ index: Int) {
        let (network, numbers) = network(Self.fronts[index].1)
        let parameters = AlignedFloats(numbers.map { Float($0) })
        let workspace = BatchWorkspace(network, batch: 32), evaluator = NetworkEvaluator(network)
        var stream = RandomStream(seed: 6)
        for row in 0..<network.inputs { for column in 0..<32 { workspace.input[row * workspace.stride + column] = Float(stream.normal()) } }
        parameters.withPointer { parameters in
            workspace.forward(shard: 0, parameters)
            for column in [0, 7, 31] {
                let input = (0..<network.inputs).map { workspace.input[$0 * workspace.stride + column] }
                evaluator.evaluate(input, parameters)
                var outputs = [Float](repeating: 0, count: 3)
                evaluator.outputs(0..<3, parameters, into: &outputs)
                for row in 0..<3 {
                    let batched = workspace.output[row * workspace.stride + column] + parameters[network.layers.last!.biases + row]
                    #expect(abs(batched - outputs[row]) < 1e-3 * max(1, abs(outputs[row])), "\(batched), not \(outputs[row])")
                }
            }
        }
    }

    /// The whole network: the gradient that a training follows, against differences of what queries see.
    @Test(arguments: fronts.indices)
    func aNetworksGradientReachesItsFront(_ index: Int) {
        let (network, numbers) = network(Self.fronts[index].1)
        let workspace = BatchWorkspace(network, batch: 16)
        var stream = RandomStream(seed: 7)
        for row in 0..<network.inputs { for column in 0..<16 { workspace.input[row * workspace.stride + column] = Float(stream.normal()) } }
        let slopes = (0..<3 * 16).map { _ in Float(stream.normal()) }
        func value(_ numbers: [Double]) -> Double {
            AlignedFloats(numbers.map { Float($0) }).withPointer { parameters in
                workspace.forward(shard: 0, parameters)
                return (0..<3).reduce(0.0) { sum, row in
                    (0..<16).reduce(sum) { $0 + Double(slopes[row * 16 + $1] * workspace.output[row * workspace.stride + $1]) }
                }
            }
        }
        _ = value(numbers)
        AlignedFloats(numbers.map { Float($0) }).withPointer { parameters in
            for row in 0..<3 { for column in 0..<16 { workspace.output[row * workspace.stride + column] = slopes[row * 16 + column] } }
            workspace.backward(shard: 0, parameters)
            for block in 0..<workspace.blockCount { _ = workspace.accumulateGradient(block: block) }
        }
        let gradient = (0..<network.parameterCount).map { Double(workspace.gradient[$0]) }
        for place in network.front!.layers {
            for offset in [place.weights + 1, place.weights + place.inputs * place.outputs - 1, place.biases] {
                let step = 1e-2
                var (above, below) = (numbers, numbers)
                above[offset] += step
                below[offset] -= step
                let expected = (value(above) - value(below)) / (2 * step)
                #expect(abs(gradient[offset] - expected) < 0.03 * max(1, abs(expected)), "\(Self.fronts[index].0), \(offset): \(gradient[offset]), not \(expected)")
            }
        }
    }

    @Test func theOrderAndTheNumberOfPointsDoNotMatter() {
        let (network, numbers) = network(.points(count: 4, dimension: 2, width: 16))
        let evaluator = NetworkEvaluator(network)
        AlignedFloats(numbers.map { Float($0) }).withPointer { parameters in
            func outputs(_ input: [Float]) -> [Float] {
                evaluator.evaluate(input, count: input.count, parameters)
                var result = [Float](repeating: 0, count: 3)
                evaluator.outputs(0..<3, parameters, into: &result)
                return result
            }
            let points: [[Float]] = [[0.1, 0.5], [-1, 0.3], [0.7, -0.2], [0, 1]]
            let plain = outputs(points.flatMap(\.self)), reversed = outputs(points.reversed().flatMap(\.self)), twice = outputs((points + points).flatMap(\.self))
            for i in 0..<3 { #expect(abs(plain[i] - reversed[i]) < 1e-4 && abs(plain[i] - twice[i]) < 1e-4) }
            #expect(outputs([0.1, 0.5]) != plain)
        }
    }
}
