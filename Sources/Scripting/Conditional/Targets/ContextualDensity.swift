import LuaBridge
import Mixtures
import Numerics

/// A density p̃(x|c) in double precision, places and contexts in their own units.
protocol ContextualDensity: AnyObject, Sendable {
    var name: String { get }
    var dimension: Int { get }
    var contextCount: Int { get }
    /// Whether several threads may evaluate at once.
    var isConcurrent: Bool { get }
    var hasGradient: Bool { get }

    /// log p̃ and, where asked for, its gradient at places that each have a context of their own.
    ///
    /// - Parameters:
    ///   - places: `count` rows of `dimension` numbers.
    ///   - contexts: `count` rows of `contextCount` numbers.
    func evaluate(
        _ places: UnsafePointer<Double>, contexts: UnsafePointer<Double>, count: Int, into values: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws

    /// The same at places that share a context, which may be a set of more or fewer points than `contextCount` says.
    func evaluate(
        _ places: UnsafePointer<Double>, at context: [Double], count: Int, into values: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws
}

extension ContextualDensity {
    /// - Precondition: the context has `contextCount` numbers.
    func evaluate(
        _ places: UnsafePointer<Double>, at context: [Double], count: Int, into values: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws {
        precondition(context.count == contextCount, "a context of \(context.count) numbers in place of \(contextCount)")
        try evaluate(places, contexts: (0..<count).flatMap { _ in context }, count: count, into: values, gradients: gradients)
    }

    /// Calls a closure with each context and the rows that have it; those of one context follow each other.
    func forEachContext(_ contexts: UnsafePointer<Double>, count: Int, _ body: (_ context: [Double], _ rows: Range<Int>) throws -> Void) rethrows {
        let m = contextCount
        var first = 0
        while first < count {
            var end = first + 1
            while end < count, (0..<m).allSatisfy({ contexts[end * m + $0] == contexts[first * m + $0] }) { end += 1 }
            try body(Array(UnsafeBufferPointer(start: contexts + first * m, count: m)), first..<end)
            first = end
        }
    }
}

/// A conditional density with the context held: a target like any other.
final class DensityAtContext: TargetDensity, @unchecked Sendable {
    let name: String
    let start: InitialMixture
    private let density: any ContextualDensity
    private let context: [Double]

    init(_ density: any ContextualDensity, context: [Double], start: InitialMixture) {
        name = density.name
        self.density = density
        self.context = context
        self.start = start
    }

    var dimension: Int { density.dimension }
    var hasGradient: Bool { density.hasGradient }
    var isConcurrent: Bool { density.isConcurrent }

    func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws {
        let block = 256, n = dimension
        for start in stride(from: 0, to: count, by: block) {
            try density.evaluate(
                points + start * n, at: context, count: min(block, count - start), into: logDensities + start, gradients: gradients.map { $0 + start * n })
        }
    }
}

/// A conditional density that is written in Lua.
///
/// It belongs to the session's thread, the only one that evaluates it.
final class ScriptDensity: ContextualDensity, @unchecked Sendable {
    let name: String
    let dimension: Int
    private let contexts: ContextSet
    private unowned let state: LuaState
    private let logDensity: Reference
    private let gradient: Reference?
    /// Whether the functions take matrices, a row for every place, and return lists.
    private let isBatched: Bool

    init(
        name: String, dimension: Int, contexts: ContextSet, logDensity: Reference, gradient: Reference?, isBatched: Bool, state: LuaState
    ) {
        self.name = name
        self.dimension = dimension
        self.contexts = contexts
        self.logDensity = logDensity
        self.gradient = gradient
        self.isBatched = isBatched
        self.state = state
    }

    var contextCount: Int { contexts.shape.count }
    var isConcurrent: Bool { false }
    var hasGradient: Bool { gradient != nil }

    func evaluate(
        _ places: UnsafePointer<Double>, contexts: UnsafePointer<Double>, count: Int, into values: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws {
        if isBatched { return try evaluateBatch(places, contexts, contextCount, count, values, gradients) }
        try forEachContext(contexts, count: count) { context, rows in
            let context = self.contexts.shape.value(of: context)
            for row in rows { try evaluate(row, of: places, context, values, gradients) }
        }
    }

    func evaluate(
        _ places: UnsafePointer<Double>, at context: [Double], count: Int, into values: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws {
        if isBatched { return try evaluateBatch(places, (0..<count).flatMap { _ in context }, context.count, count, values, gradients) }
        let context = contexts.shape.value(of: context)
        for row in 0..<count { try evaluate(row, of: places, context, values, gradients) }
    }

    private func evaluate(
        _ row: Int, of places: UnsafePointer<Double>, _ context: Value, _ values: UnsafeMutablePointer<Double>, _ gradients: UnsafeMutablePointer<Double>?
    ) throws {
        let x = Value.numbers(Array(UnsafeBufferPointer(start: places + row * dimension, count: dimension)))
        values[row] = try state.logDensity(call(logDensity, [x, context], "logdensity"), target: name)
        guard let gradient, let gradients else { return }
        try state.copyNumbers(call(gradient, [x, context], "gradient"), count: dimension, target: name, "gradient", to: gradients + row * dimension)
    }

    private func evaluateBatch(
        _ places: UnsafePointer<Double>, _ contexts: UnsafePointer<Double>, _ contextCount: Int, _ count: Int, _ values: UnsafeMutablePointer<Double>,
        _ gradients: UnsafeMutablePointer<Double>?
    ) throws {
        func matrix(_ numbers: UnsafePointer<Double>, _ columns: Int) -> Value {
            .matrix(Matrix(rows: count, columns: columns, elements: Array(UnsafeBufferPointer(start: numbers, count: count * columns))))
        }
        let arguments = [matrix(places, dimension), matrix(contexts, contextCount)]
        try state.copyNumbers(call(logDensity, arguments, "logdensity"), count: count, target: name, "logdensity", to: values)
        guard let gradient, let gradients else { return }
        try state.copyGradients(call(gradient, arguments, "gradient"), count: count, dimension: dimension, target: name, to: gradients)
    }

    /// At one place, as the target's maker looks at it.
    var called: CalledDensity {
        { [self] x, context, wantsGradient in
            var value = 0.0
            guard wantsGradient, hasGradient else {
                try evaluate(x, at: context, count: 1, into: &value, gradients: nil)
                return (value, nil)
            }
            var gradient = Array(repeating: 0.0, count: dimension)
            try evaluate(x, at: context, count: 1, into: &value, gradients: &gradient)
            return (value, gradient)
        }
    }

    private func call(_ function: Reference, _ arguments: [Value], _ part: String) throws -> Value {
        try state.result(of: function, arguments, target: name, part)
    }
}
