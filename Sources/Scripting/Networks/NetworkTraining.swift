import LuaBridge
import Networks
import Numerics

// Network:train and Network:step.

/// The options of the steps of a network.
private enum NetworkTrainingOptions {
    static let inputs = OptionKey<Matrix?>.value("inputs", "Matrix or list of rows", "points, a row each", otherwise: "must be given") { try $0.matrix() }
    static let targets = OptionKey<Matrix?>.value(
        "targets", "Matrix or list of rows", "what the outputs should be, a row for each point; probabilities for cross_entropy and bernoulli", otherwise: "must be given"
    ) { try $0.matrix() }
    static let gradients = OptionKey<Matrix?>.value(
        "gradients", "Matrix or list of rows", "the loss's derivatives with respect to the outputs, one row per point; the step descends their mean", otherwise: "must be given"
    ) { try $0.matrix() }
    static let steps = OptionKey.integer("steps", in: 1...1_000_000, default: 1000, "how many steps to take")
    static let batch = OptionKey.integer("batch", in: 1...65536, default: 64, "points per step, drawn without replacement until all were seen")
    static let rate = OptionKey.number("learning_rate", in: .init(1e-12...1), default: 1e-3, "Adam's learning rate")
    static let seed = OptionKey<UInt64?>.seed("the seed of the order of the points")
    static let loss = OptionKey.choice(
        "loss", default: PerceptronLoss.squared,
        "the loss: the squared distance, the cross entropy of the outputs' softmax (of one output, its sigmoid), or the sum of all outputs' sigmoid cross entropies (bernoulli), in nats; the mean over points")

    /// The rows of an option as 32-bit floats.
    static func rows(
        _ option: OptionKey<Matrix?>, _ options: LuaBridge.Options, columns: Int, count: Int? = nil
    ) throws -> (values: [Float], count: Int) {
        guard let matrix = try options[option] else { throw ArgumentError("option \(option.name) must be given, a matrix with a row for each point") }
        guard matrix.columns == columns else { throw options.invalid(option, "must have rows of \(columns.counted("number")), got \(matrix.rows) × \(matrix.columns)") }
        guard matrix.rows > 0 else { throw options.invalid(option, "must have at least one row") }
        if let count, count != matrix.rows { throw options.invalid(option, "must have a row for each of the \(count) inputs, got \(matrix.rows)") }
        let values = matrix.elements.map { Float($0) }
        guard values.allSatisfy(\.isFinite) else { throw options.invalid(option, "must have numbers that are finite in 32 bits") }
        return (values, matrix.rows)
    }
}

extension NetworkEntries {
    var train: Function {
        Function(
            "Network:train", "Fits the outputs to targets by Adam, whose moments are kept from call to call; Ctrl-C keeps what was learned.",
            parameters: [.options(isOptional: false, [
                NetworkTrainingOptions.inputs, NetworkTrainingOptions.targets, NetworkTrainingOptions.steps, NetworkTrainingOptions.batch, NetworkTrainingOptions.rate, NetworkTrainingOptions.loss, NetworkTrainingOptions.seed,
            ])],
            returns: "list of numbers: the loss of every step's points before the step",
            example: """
                local net = avips.network{ inputs = 1, hidden = {16}, outputs = 1, seed = 1 }
                local x, y = {}, {}
                for i = 1, 50 do x[i], y[i] = { i / 25 - 1 }, { (i / 25 - 1)^2 } end
                local losses = net:train{ inputs = x, targets = y, steps = 400, batch = 50, learning_rate = 0.01, seed = 1 }
                assert(losses[#losses] < 0.01)
                """
        ) { arguments in
            let options = try arguments.options(1)
            return try arguments.receiverBox(Network.self).update("training") { try train(&$0, options) }
        }
    }

    private func train(_ network: inout Network, _ options: LuaBridge.Options) throws -> Value {
        let width = (inputs: network.perceptron.inputs, outputs: network.perceptron.outputs)
        let inputs = try NetworkTrainingOptions.rows(NetworkTrainingOptions.inputs, options, columns: width.inputs)
        let targets = try NetworkTrainingOptions.rows(NetworkTrainingOptions.targets, options, columns: width.outputs, count: inputs.count)
        let loss = try options[NetworkTrainingOptions.loss]
        if loss != .squared { try checkProbabilities(targets.values, columns: width.outputs, loss, options) }
        let (steps, rate) = (try options[NetworkTrainingOptions.steps], try options[NetworkTrainingOptions.rate])
        let batch = min(try options[NetworkTrainingOptions.batch], inputs.count)
        let pass = try pass(of: network, rows: batch)
        var stream = RandomStream(seed: try options[NetworkTrainingOptions.seed] ?? nextSeed())
        var order = Array(0..<inputs.count), place = order.count
        var chosen = Array(repeating: Float(0), count: batch * width.outputs)
        var losses: [Double] = []
        losses.reserveCapacity(steps)
        defer { network.publish() }
        for step in 0..<steps {
            try state.stopIfInterrupted()
            for row in 0..<batch {
                if place == order.count {
                    if batch < order.count { order.shuffle(using: &stream) }
                    place = 0
                }
                let index = order[place]
                place += 1
                for column in 0..<width.inputs { pass.input[row * width.inputs + column] = inputs.values[index * width.inputs + column] }
                for column in 0..<width.outputs { chosen[row * width.outputs + column] = targets.values[index * width.outputs + column] }
            }
            guard pass.forward(network.perceptron, rows: batch, cancellation: cancellation) else { throw interruption(step) }
            let value = loss.evaluate(pass.output, targets: chosen, rows: batch, columns: width.outputs, derivatives: pass.outputGradient)
            guard pass.backward(network.perceptron, rows: batch, cancellation: cancellation) else { throw interruption(step) }
            guard value.isFinite, network.step(pass, rate: rate) != nil else { throw divergence(step) }
            losses.append(value)
        }
        return .numbers(losses)
    }

    private func interruption(_ steps: Int) -> LuaError {
        LuaError("interrupted after \(NumberText.counted(steps, "step")), which were kept", kind: .interrupt)
    }

    private func divergence(_ steps: Int) -> LuaError {
        LuaError("the loss or its gradient is not finite after \(NumberText.counted(steps, "step")), which were kept: give smaller numbers, or a lower learning_rate")
    }

    private func checkProbabilities(_ targets: [Float], columns: Int, _ loss: PerceptronLoss, _ options: LuaBridge.Options) throws {
        guard targets.allSatisfy({ (0...1).contains($0) }) else { throw options.invalid(NetworkTrainingOptions.targets, "must be probabilities, from 0 to 1, for \(loss.rawValue)") }
        guard columns > 1, loss == .crossEntropy else { return }
        for row in 0..<targets.count / columns {
            let sum = targets[row * columns..<(row + 1) * columns].reduce(0.0) { $0 + Double($1) }
            guard abs(sum - 1) < 1e-3 else { throw options.invalid(NetworkTrainingOptions.targets, "must have rows that sum to 1 for cross_entropy, but row \(row + 1) sums to \(NumberText.fixed(sum, 3))") }
        }
    }

    /// Memory for steps of so many rows.
    private func pass(of network: Network, rows: Int) throws -> PerceptronPass {
        let numbers = (network.perceptron.inputs + 2 * network.perceptron.outputs + 4 * network.perceptron.hidden.reduce(0, +)) * rows
        guard numbers <= 4 * Limits.elements else { throw ArgumentError("\(rows) points a step are too many for a network of this size") }
        return PerceptronPass(network.perceptron, capacity: rows)
    }

    var step: Function {
        Function(
            "Network:step", "Takes one Adam step on a loss of your own, given by its derivatives with respect to the outputs: for losses that train does not offer, such as those of critics and autoencoders.",
            parameters: [.options(isOptional: false, [NetworkTrainingOptions.inputs, NetworkTrainingOptions.gradients, NetworkTrainingOptions.rate])],
            returns: "number: the norm of the mean gradient with respect to the parameters",
            example: Self.example + """
                local x = avips.matrix{ {1, 2}, {3, 4} }
                local before = net(x)[1][1]
                net:step{ inputs = x, gradients = { {1}, {1} }, learning_rate = 0.01 }
                assert(net(x)[1][1] < before)
                """
        ) { arguments in
            let options = try arguments.options(1)
            return try arguments.receiverBox(Network.self).update("training") { network in
                let inputs = try NetworkTrainingOptions.rows(NetworkTrainingOptions.inputs, options, columns: network.perceptron.inputs)
                let gradients = try NetworkTrainingOptions.rows(NetworkTrainingOptions.gradients, options, columns: network.perceptron.outputs, count: inputs.count)
                let rate = try options[NetworkTrainingOptions.rate]
                let pass = try pass(of: network, rows: inputs.count)
                pass.input.update(from: inputs.values, count: inputs.values.count)
                guard pass.forward(network.perceptron, rows: inputs.count, cancellation: cancellation) else { throw interruption(0) }
                for (index, gradient) in gradients.values.enumerated() { pass.outputGradient[index] = gradient / Float(inputs.count) }
                guard pass.backward(network.perceptron, rows: inputs.count, cancellation: cancellation) else { throw interruption(0) }
                guard let norm = network.step(pass, rate: rate) else { throw divergence(0) }
                network.publish()
                return .number(norm)
            }
        }
    }
}
