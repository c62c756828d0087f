import Networks
import Numerics
import Testing

/// The outputs for one point, in double precision and written plainly.
private func evaluate(_ network: Perceptron, _ parameters: [Double], _ input: [Double]) -> [Double] {
    var h = input
    for (index, layer) in network.layers.enumerated() {
        let sums = (0..<layer.outputs).map { row in
            (0..<layer.inputs).reduce(parameters[layer.biases + row]) { $0 + parameters[layer.weights + row * layer.inputs + $1] * h[$1] }
        }
        if index == network.layers.count - 1 { return sums }
        h = sums.map { x in
            let e = Elementary.exp(-x)
            return switch network.activation {
            case .relu: max(x, 0)
            case .silu: x / (1 + e)
            case .tanh: (1 - e * e) / (1 + e * e)
            }
        }
    }
    return h
}

private func loss(_ kind: PerceptronLoss, _ y: [Double], _ t: [Double]) -> Double {
    switch kind {
    case .squared: return zip(y, t).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    case .bernoulli,
         .crossEntropy where y.count == 1:
        return zip(y, t).reduce(0) { sum, pair in
            let p = 1 / (1 + Elementary.exp(-pair.0))
            return sum - pair.1 * Elementary.log(p) - (1 - pair.1) * Elementary.log(1 - p)
        }
    case .crossEntropy:
        let total = y.reduce(0) { $0 + Elementary.exp($1) }
        return zip(y, t).reduce(0) { $0 - $1.1 * Elementary.log(Elementary.exp($1.0) / total) }
    }
}

@Suite struct PerceptronTests {
    /// Widths and rows that are no multiples of sixteen, every activation and loss, one output and several.
    @Test(arguments: Perceptron.Activation.allCases, PerceptronLoss.allCases)
    func gradientsAreThoseOfAPlainEvaluation(_ activation: Perceptron.Activation, _ kind: PerceptronLoss) {
        for outputs in [1, 4] {
            var stream = RandomStream(seed: 5)
            let widths = [3, 7, 5, outputs], rows = 13
            let numbers = (0..<Perceptron.parameterCount(widths: widths)).map { _ in Float(0.6 * stream.normal()) }
            let network = Perceptron(widths: widths, activation: activation, parameters: numbers)
            let points = (0..<rows).map { _ in (0..<3).map { _ in Float(stream.normal()) } }
            let targets = (0..<rows).map { _ -> [Float] in
                if kind == .squared { return (0..<outputs).map { _ in Float(stream.normal()) } }
                if outputs == 1 { return [Float(stream.uniform())] }
                let shares = (0..<outputs).map { _ in Float(stream.uniform()) }, sum = shares.reduce(0, +)
                return shares.map { $0 / sum }
            }
            // More room than rows.
            let pass = PerceptronPass(network, capacity: 20)
            for (row, point) in points.enumerated() { for column in 0..<3 { pass.input[row * 3 + column] = point[column] } }
            pass.forward(network, rows: rows)
            let value = kind.evaluate(pass.output, targets: targets.flatMap(\.self), rows: rows, columns: outputs, derivatives: pass.outputGradient)
            pass.backward(network, rows: rows)

            func exact(_ parameters: [Double]) -> Double {
                zip(points, targets).reduce(0) { $0 + loss(kind, evaluate(network, parameters, $1.0.map(Double.init)), $1.1.map(Double.init)) } / Double(rows)
            }
            let parameters = numbers.map(Double.init)
            #expect(abs(value - exact(parameters)) < 1e-5 * (1 + value))
            for index in parameters.indices {
                var (above, below) = (parameters, parameters)
                above[index] += 1e-5
                below[index] -= 1e-5
                let slope = (exact(above) - exact(below)) / 2e-5
                #expect(abs(Double(pass.gradient[index]) - slope) < 2e-5 * (1 + abs(slope)), "\(activation) \(kind) \(outputs): parameter \(index)")
            }
        }
    }

    @Test func adamFitsAndLeavesTheNetworkWhereAGradientIsNotFinite() {
        var stream = RandomStream(seed: 3)
        var network = Perceptron(widths: [1, 16, 1], activation: .tanh, using: &stream)
        var optimizer = PerceptronOptimizer(network)
        let rows = 32, pass = PerceptronPass(network, capacity: rows)
        let x = (0..<rows).map { Float($0) / 16 - 1 }, y = x.map { $0 * $0 }
        pass.input.update(from: x, count: rows)
        var losses: [Double] = []
        for _ in 0..<500 {
            pass.forward(network, rows: rows)
            losses.append(PerceptronLoss.squared.evaluate(pass.output, targets: y, rows: rows, columns: 1, derivatives: pass.outputGradient))
            pass.backward(network, rows: rows)
            #expect(optimizer.step(&network, gradient: pass.gradient, rate: 0.01) != nil)
        }
        #expect(losses[0] > 0.05 && losses[499] < 1e-3)
        let before = (network, optimizer)
        pass.gradient[0] = .nan
        #expect(optimizer.step(&network, gradient: pass.gradient, rate: 0.01) == nil)
        #expect(before == (network, optimizer))
        // As great as floats are: the step is as long as any.
        pass.gradient[0] = .greatestFiniteMagnitude
        #expect(optimizer.step(&network, gradient: pass.gradient, rate: 0.01) != nil)
        #expect(network.parameters.isFinite && optimizer.second.isFinite)
    }

    @Test func initialWeightsKeepTheSizeOfWhatPasses() {
        for (activation, gain) in [(Perceptron.Activation.relu, 2.0), (.silu, 2), (.tanh, 1)] {
            var stream = RandomStream(seed: 9)
            let network = Perceptron(widths: [100, 100, 10], activation: activation, using: &stream)
            let numbers = network.parameters.array
            let variance = numbers[..<10_000].reduce(0.0) { $0 + Double($1) * Double($1) } / 10_000
            #expect(abs(variance * 100 / gain - 1) < 0.05)
            #expect(numbers[10_000..<10_100].allSatisfy { $0 == 0 })
            #expect(network.parameterCount == 11_110 && network.hidden == [100])
        }
    }

    /// Many rows pass in blocks, so that none takes long: outputs and gradient are those of the blocks by themselves.
    @Test func manyRowsPassInBlocks() {
        var stream = RandomStream(seed: 4)
        let network = Perceptron(widths: [300, 1200, 500], activation: .tanh, using: &stream)
        let rows = 1400, pass = PerceptronPass(network, capacity: rows)
        for i in 0..<rows * 300 { pass.input[i] = Float(stream.normal()) }
        #expect(pass.forward(network, rows: rows))
        for i in 0..<rows * 500 { pass.outputGradient[i] = Float(stream.normal()) }
        #expect(pass.backward(network, rows: rows))
        var sums = [Double](repeating: 0, count: network.parameterCount), outputs: [Float] = []
        for first in stride(from: 0, to: rows, by: 100) {
            let part = PerceptronPass(network, capacity: 100)
            part.input.update(from: pass.input + first * 300, count: 100 * 300)
            part.forward(network, rows: 100)
            outputs += Array(UnsafeBufferPointer(start: part.output, count: 100 * 500))
            part.outputGradient.update(from: pass.outputGradient + first * 500, count: 100 * 500)
            part.backward(network, rows: 100)
            for i in sums.indices { sums[i] += Double(part.gradient[i]) }
        }
        #expect(outputs.indices.allSatisfy { abs(outputs[$0] - pass.output[$0]) < 1e-4 })
        let scale = (sums.reduce(0) { $0 + $1 * $1 } / Double(sums.count)).squareRoot()
        #expect(sums.indices.allSatisfy { abs(Double(pass.gradient[$0]) - sums[$0]) < 1e-3 * scale })
        #expect(!pass.forward(network, rows: rows, cancellation: Cancellation { true }))
        #expect(!pass.backward(network, rows: rows, cancellation: Cancellation { true }))
    }
}
