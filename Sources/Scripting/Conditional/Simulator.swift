import LuaBridge
import Mixtures
import Numerics

/// A function that answers parameters with an observation, and where the parameters come from.
final class Simulator {
    /// The prior: draws of parameters.
    enum Prior {
        case normal(mean: [Double], deviations: [Double])
        case box(lower: [Double], upper: [Double])
        /// A function of how many and a seed that returns a matrix.
        case sampler(Reference, dimension: Int)
    }

    let prior: Prior
    private let function: Reference
    /// Whether the function takes a matrix with a row for each simulation.
    private let isBatched: Bool
    /// Simulations that a training learns from.
    private let count: Int
    private var drawn: (seed: UInt64, contexts: Matrix, values: Matrix)?

    init(prior: Prior, function: Reference, isBatched: Bool, count: Int) {
        self.prior = prior
        self.function = function
        self.isBatched = isBatched
        self.count = count
    }

    /// Simulations of a training: observations, and the parameters that they are of.
    func draw(seed: UInt64, in state: LuaState) throws -> (contexts: Matrix, values: Matrix) {
        if let drawn, drawn.seed == seed { return (drawn.contexts, drawn.values) }
        let pairs = try simulate(count, seed: seed, in: state)
        drawn = (seed, pairs.contexts, pairs.values)
        return pairs
    }

    /// So many simulations.
    func simulate(_ count: Int, seed: UInt64, in state: LuaState) throws -> (contexts: Matrix, values: Matrix) {
        let stream = RandomStream(seed: seed)
        let values = try parameters(count, stream: stream.split(0), in: state)
        if isBatched {
            let result = try state.call(function, [.matrix(values), .object(holding: ScriptStream(stream.split(1)))]).first ?? .nil
            let contexts = try state.withSlot(result) { slot in
                do { return try slot.matrix() } catch { throw ArgumentError("the simulator must return a matrix with a row for each simulation: \(error)") }
            }
            guard contexts.columns > 0 else { throw ArgumentError("the simulator must return a number at least for each simulation, and returned rows without numbers") }
            guard contexts.rows == count else { throw ArgumentError("the simulator was asked for \(count) simulations and returned \(contexts.rows)") }
            return (contexts, values)
        }
        var elements: [Double] = [], columns = 0
        for row in 0..<count {
            try state.stopIfInterrupted()
            let own = Value.object(holding: ScriptStream(stream.split(row + 1)))
            let result = try state.call(function, [.numbers(Array(values.row(row))), own]).first ?? .nil
            let observation = try state.withSlot(result) { slot -> [Double] in
                if case .number(let number) = result { return [number] }
                if case .integer(let number) = result { return [Double(number)] }
                do { return try slot.vector() } catch { throw ArgumentError("the simulator must return a list of finite numbers: \(error)") }
            }
            guard !observation.isEmpty else { throw ArgumentError("the simulator must return a number at least, and returned an empty list") }
            if row == 0 { columns = observation.count }
            guard observation.count == columns else {
                throw ArgumentError("the simulator must return as many numbers every time, and returned \(observation.count) after \(columns)")
            }
            elements += observation
        }
        return (Matrix(rows: count, columns: columns, elements: elements), values)
    }

    private func parameters(_ count: Int, stream: RandomStream, in state: LuaState) throws -> Matrix {
        var stream = stream
        switch prior {
        case .normal(let mean, let deviations):
            return try state.rows(count, columns: mean.count) { size in
                Matrix(rows: size, columns: mean.count, elements: (0..<size).flatMap { _ in
                    mean.indices.map { mean[$0] + deviations[$0] * stream.normal() }
                })
            }
        case .box(let lower, let upper):
            return try state.rows(count, columns: lower.count) { size in
                Matrix(rows: size, columns: lower.count, elements: (0..<size).flatMap { _ in
                    lower.indices.map { lower[$0] + (upper[$0] - lower[$0]) * stream.uniform() }
                })
            }
        case .sampler(let function, let dimension):
            return try ContextSet.call(function, drawing: .parameters, count: count, columns: dimension, seed: stream.next(), in: state)
        }
    }
}
