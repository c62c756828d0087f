import Expressions
import LuaBridge
import Networks
import Numerics

/// avips.network and the Network type.
struct NetworkEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(networkType)
        try state.register(Function(
            "avips.network",
            "Makes a small network of dense layers, for critics, decoders and regressions, or reads one from a file; Adam trains it, and a traced logdensity may call it.",
            parameters: [Parameter(
                "network", "string or table", "the path of a network's file, or the sizes of a new one", options: NetworkOptions.declared)],
            returns: "Network",
            example: """
                local net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, activation = "silu", seed = 1 }
                assert(#net{0.5, -1} == 1 and net.parameters == 65)
                """
        ) { arguments in
            guard arguments[1].kind == .string else { return try NetworkOptions.network(arguments.options(1), in: session).value }
            return try Network(contentsOf: files.source(arguments[1].path())).value
        })
    }

    /// What examples start from.
    static let example = "local net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, seed = 1 }\n"

    private var networkType: ObjectType {
        ObjectType(
            "Network", of: Network.self,
            "A network of dense layers; net(x) is net:forward(x). Weights are 32-bit floats, values are computed in 64 bits outside of training.",
            describe: { $0.text },
            operators: [(.call, { arguments in try forward(arguments.operand(1, Network.self), arguments[1]) })],
            properties: [
                ObjectProperty("inputs", "integer", "how many numbers it takes") { .integer($0.perceptron.inputs) },
                ObjectProperty("outputs", "integer", "the number of outputs") { .integer($0.perceptron.outputs) },
                ObjectProperty("hidden", "list of integers", "the widths of the hidden layers") { .list($0.perceptron.hidden.map { .integer($0) }) },
                ObjectProperty("activation", "string", "the activation function of hidden units") { .string($0.perceptron.activation.rawValue) },
                ObjectProperty("parameters", "integer", "how many weights and biases it has") { .integer($0.perceptron.parameterCount) },
                ObjectProperty("steps", "integer", "how many Adam steps it took") { .integer($0.optimizer.steps) },
                ObjectProperty("weights", "list of Matrices", "the layers' weights, outputs x inputs") { .list($0.layers.map { .matrix($0.weights) }) },
                ObjectProperty("biases", "list of lists of numbers", "the layers' biases") { .list($0.layers.map { .numbers($0.biases) }) },
            ],
            methods: [forward, gradient, train, step, copy, assign, save])
    }

    // MARK: Values

    private var forward: Function {
        Function(
            "Network:forward", "The outputs at a point, or at every row. With symbols, as in a traced logdensity, the network becomes part of the formula, which follows later changes of its weights; net:copy() freezes them.",
            parameters: [Parameter("x", "list of numbers or Symbols, or Matrix", "a point, or several as rows")],
            returns: "list of numbers or Symbols; for several points a Matrix with a row for each",
            example: Self.example + """
                assert(#net:forward{1, 2} == 1 and net(avips.matrix{ {1, 2}, {3, 4} }).rows == 2)
                local target = avips.target{ dimension = 2, logdensity = function(x) return -x[1]^2 - x[2]^2 + net{x[1], x[2]}[1] end }
                assert(target.traced)
                """
        ) { arguments in try forward(arguments.receiver(Network.self), arguments[1]) }
    }

    private func forward(_ network: Network, _ slot: Slot) throws -> Value {
        let count = network.perceptron.inputs
        if slot.hasSymbols {
            let x = try slot.quantities()
            guard x.count == count else { throw slot.wrongLength(x.count, "a list of \(count.counted("number")) or Symbols") }
            if let graph = try Quantity.graph(of: x) {
                return .list(graph.apply(network.primitive, to: x.map { $0.expression(in: graph) }).map { Quantity.symbol($0).value })
            }
        }
        let (points, isOne) = try points(slot, of: network)
        let values = try inChunks(points, columns: network.perceptron.outputs) { network.primitive.values(atRows: $0) }
        return isOne ? .numbers(values.elements) : .matrix(values)
    }

    private var gradient: Function {
        Function(
            "Network:gradient", "The derivatives of the output with respect to the inputs; with weights, those of the weighted sum of several outputs (a vector-Jacobian product), to backpropagate further.",
            parameters: [
                Parameter("x", "list of numbers or Matrix", "a point, or several as rows"),
                Parameter("weights", "list of numbers or Matrix", "a weight for each output, for all points or as rows", default: "1, for a network with one output"),
            ],
            returns: "list of numbers; for several points a Matrix with a row for each",
            example: Self.example + """
                local slope = net:gradient{0.3, 0.4}[1]
                assert(math.abs((net{0.301, 0.4}[1] - net{0.299, 0.4}[1]) / 0.002 - slope) < 1e-5)
                """
        ) { arguments in
            let network = try arguments.receiver(Network.self), outputs = network.perceptron.outputs
            let (points, isOne) = try points(arguments[1], of: network)
            let weights: Matrix
            if let slot = arguments.optional(2) {
                let given = slot.isVector ? Matrix(rows: 1, columns: outputs, elements: try slot.vector(count: outputs)) : try slot.matrix(columns: outputs)
                guard given.rows == 1 || given.rows == points.rows else { throw slot.invalid("must have a row, or one for each of the \(points.rows) points, got \(given.rows)") }
                guard given.elements.allSatisfy(\.isFinite) else { throw slot.invalid("must have finite numbers") }
                weights = given
            } else {
                guard outputs == 1 else { throw ArgumentError("the network has \(outputs) outputs: say by weights which sum of them is meant, net:gradient(x, {1, 0, ...})") }
                weights = Matrix(rows: 1, columns: 1, repeating: 1)
            }
            let gradients = try inChunks(points, columns: points.columns, beside: weights) { network.primitive.pulledBack($1, atRows: $0) }
            return isOne ? .numbers(gradients.elements) : .matrix(gradients)
        }
    }

    /// A point or several, as rows of finite numbers.
    private func points(_ slot: Slot, of network: Network) throws -> (points: Matrix, isOne: Bool) {
        let count = network.perceptron.inputs
        if slot.isVector {
            return (Matrix(rows: 1, columns: count, elements: try slot.vector(count: count, expected: "a list of \(count.counted("number")), as the network has inputs")), true)
        }
        let points = try slot.matrix(columns: count)
        guard points.rows <= Limits.elements / max(count, network.perceptron.outputs) else { throw slot.invalid("has too many rows, \(points.rows)") }
        guard points.elements.allSatisfy(\.isFinite) else { throw slot.invalid("must have finite numbers") }
        return (points, false)
    }

    private func inChunks(_ points: Matrix, columns: Int, _ body: (Matrix) -> Matrix) throws -> Matrix {
        try inChunks(points, columns: columns, beside: Matrix(rows: 1, columns: 0)) { points, _ in body(points) }
    }

    /// Results for rows, chunk by chunk, so that an interrupt is heeded.
    ///
    /// - Parameter other: a row for each of the points, or one for all.
    private func inChunks(_ points: Matrix, columns: Int, beside other: Matrix, _ body: (Matrix, Matrix) -> Matrix) throws -> Matrix {
        var elements: [Double] = []
        elements.reserveCapacity(points.rows * columns)
        for start in stride(from: 0, to: points.rows, by: 512) {
            try state.stopIfInterrupted()
            let rows = start..<min(start + 512, points.rows)
            func part(_ matrix: Matrix) -> Matrix {
                guard matrix.rows == points.rows else {
                    return Matrix(rows: rows.count, columns: matrix.columns, elements: rows.flatMap { _ in matrix.elements })
                }
                return Matrix(
                    rows: rows.count, columns: matrix.columns, elements: Array(matrix.elements[rows.lowerBound * matrix.columns..<rows.upperBound * matrix.columns]))
            }
            elements += body(part(points), part(other)).elements
        }
        return Matrix(rows: points.rows, columns: columns, elements: elements)
    }

    // MARK: Copies and files

    private var copy: Function {
        Function(
            "Network:copy", "An independent copy, with its optimizer state: training one does not change the other, as for the target network of a critic.", returns: "Network",
            example: Self.example + "local slow = net:copy()\nassert(slow{1, 2}[1] == net{1, 2}[1])"
        ) { try $0.receiver(Network.self).copy.value }
    }

    private var assign: Function {
        Function(
            "Network:assign", "Moves the weights to those of another network of the same sizes; formulas that call this network follow. So a target network tracks a critic.",
            parameters: [
                Parameter("other", "Network", "whose weights to take"),
                Parameter("share", "number", "the fraction of the way to them, from 0 to 1", default: "1"),
            ],
            returns: "Network",
            example: Self.example + """
                local slow = net:copy()
                net:step{ inputs = { {1, 2} }, gradients = { {1} } }
                assert(slow:assign(net){1, 2}[1] == net{1, 2}[1])
                """
        ) { arguments in
            let other = try arguments[1].object(Network.self)
            let share = try arguments.optional(2)?.number(in: 0...1) ?? 1
            return try arguments.receiverBox(Network.self).update("training") { network in
                guard other.perceptron.layers == network.perceptron.layers, other.perceptron.activation == network.perceptron.activation else {
                    throw arguments[1].invalid("must be of the same sizes and activation: \(other.text) for \(network.text)")
                }
                network.approach(other, by: share)
                return arguments.receiverValue
            }
        }
    }

    private var save: Function {
        Function(
            "Network:save", "Writes weights and Adam's moments as safetensors, so that avips.network(path) continues exactly where it stopped.",
            parameters: [Parameter("path", "string", "a name that ends in .safetensors")],
            returns: "string, the path",
            example: Self.example + """
                local path = os.tmpname() .. ".safetensors"
                net:save(path)
                assert(avips.network(path){1, 2}[1] == net{1, 2}[1])
                os.remove(path)
                """
        ) { arguments in
            try arguments.receiver(Network.self).save(to: session.modelDestination(arguments[1]))
            return .string(try arguments[1].path())
        }
    }
}
