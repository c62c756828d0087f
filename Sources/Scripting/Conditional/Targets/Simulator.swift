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
    /// How far the observations reach that it has answered with.
    let observed = DrawnExtent()
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
        let (observations, parameters) = try answers(count, seed: seed, in: state)
        return (observed.noting(observations, .row(observations.columns)), parameters)
    }

    private func answers(_ count: Int, seed: UInt64, in state: LuaState) throws -> (contexts: Matrix, values: Matrix) {
        let stream = RandomStream(seed: seed)
        let values = try parameters(count, stream: stream.split(0), in: state)
        if isBatched {
            let result = try called(.matrix(values), stream.split(1), of: count.counted("simulation"), in: state)
            let contexts = try state.withSlot(result) { slot in
                do { return try slot.matrix() } catch {
                    let row = slot.firstRow(below: count) { _ = try $0.vector() }
                    throw ArgumentError("the simulator must return a matrix with a row for each simulation: \(error)" + (row.map { "; the parameters there are \(Self.text(values, $0))" } ?? ""))
                }
            }
            guard contexts.columns > 0 else { throw ArgumentError("the simulator must return a number at least for each simulation, and returned rows without numbers") }
            guard contexts.rows == count else { throw ArgumentError("the simulator was asked for \(count) simulations and returned \(contexts.rows)") }
            if let index = contexts.elements.firstIndex(where: { !$0.isFinite }) {
                throw ArgumentError("the simulator must return finite numbers, and returned \(plainText(contexts.elements[index])) for the parameters \(Self.text(values, index / contexts.columns))")
            }
            return (contexts, values)
        }
        var elements: [Double] = [], columns = 0
        for row in 0..<count {
            try state.stopIfInterrupted()
            let parameters = "the parameters \(Self.text(values, row))"
            let result = try called(.numbers(Array(values.row(row))), stream.split(row + 1), of: parameters, in: state)
            let observation = try state.withSlot(result) { slot -> [Double] in
                do { return slot.kind == .number ? [try slot.number()] : try slot.vector() } catch {
                    throw ArgumentError("the simulator must return a list of finite numbers: \(error), for \(parameters)")
                }
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

    /// What the function returns.
    ///
    /// - Parameter what: what it is asked for, in messages.
    private func called(_ parameters: Value, _ stream: RandomStream, of what: String, in state: LuaState) throws -> Value {
        do {
            return try state.call(function, [parameters, .object(holding: ScriptStream(stream))]).first ?? .nil
        } catch let error as LuaError where error.kind != .interrupt && error.kind != .limit {
            throw ArgumentError("the simulator raised an error for \(what): \(error.message)")
        }
    }

    /// A row of parameters, shortly.
    private static func text(_ values: Matrix, _ row: Int) -> String { NumberText.list(Array(values.row(row))) }

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

extension Slot {
    /// The first of so many elements of a list that cannot be read; nil where all can, or where it is no list.
    fileprivate func firstRow(below count: Int, _ read: (Slot) throws -> Void) -> Int? {
        guard kind == .table, let length = try? length() else { return nil }
        return (0..<min(count, length)).first { row in (try? withElement(row + 1, read)) == nil }
    }
}
