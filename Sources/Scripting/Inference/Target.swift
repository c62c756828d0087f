import LuaBridge
import Mixtures
import Numerics

/// A density as scripts hold it.
struct Target {
    let density: any TargetDensity
    /// The robot whose configurations it is about, where they are.
    var robot: Robot?
    /// What the variables are called; nil where that is not known, or is told by the robot.
    var names: [String]?
    /// Why a function was not traced; nil where it was, or where there is none.
    var untraced: Untraced?

    init(density: any TargetDensity, robot: Robot? = nil, names: [String]? = nil, untraced: Untraced? = nil) {
        self.density = density
        self.robot = robot
        self.names = names
        self.untraced = untraced
    }

    /// Whether a function of Lua is evaluated as a formula.
    var isTraced: Bool { density is TracedTarget }
}

/// A density that is written in Lua.
///
/// It belongs to the session's thread, the only one that evaluates it.
final class ScriptTarget: TargetDensity, @unchecked Sendable {
    let name: String
    let dimension: Int
    let start: InitialMixture
    private unowned let state: LuaState
    private let logDensity: Reference
    private let gradient: Reference?
    /// Whether the functions take a matrix, a row for every place.
    private let isBatched: Bool

    /// - Parameters:
    ///   - logDensity: takes a list of numbers and returns a number; of a batch, a matrix and returns a list.
    ///   - gradient: takes the same and returns a list of as many; of a batch, a matrix of the same size.
    init(
        name: String, dimension: Int, start: InitialMixture, logDensity: Reference, gradient: Reference?, isBatched: Bool = false, state: LuaState
    ) {
        self.isBatched = isBatched
        self.name = name
        self.dimension = dimension
        self.start = start
        self.logDensity = logDensity
        self.gradient = gradient
        self.state = state
    }

    var hasGradient: Bool { gradient != nil }
    var isConcurrent: Bool { false }

    func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws {
        if isBatched { return try evaluateBatch(points, count, logDensities, gradients) }
        for index in 0..<count {
            let x = Value.numbers(Array(UnsafeBufferPointer(start: points + index * dimension, count: dimension)))
            logDensities[index] = try state.logDensity(call(logDensity, x, "logdensity"), target: name)
            guard let gradient, let gradients else { continue }
            try state.copyNumbers(call(gradient, x, "gradient"), count: dimension, target: name, "gradient", to: gradients + index * dimension)
        }
    }

    private func evaluateBatch(
        _ points: UnsafePointer<Double>, _ count: Int, _ logDensities: UnsafeMutablePointer<Double>, _ gradients: UnsafeMutablePointer<Double>?
    ) throws {
        let size = count * dimension
        let places = Value.matrix(Matrix(rows: count, columns: dimension, elements: Array(UnsafeBufferPointer(start: points, count: size))))
        try state.copyNumbers(call(logDensity, places, "logdensity"), count: count, target: name, "logdensity", to: logDensities)
        guard let gradient, let gradients else { return }
        try state.copyGradients(call(gradient, places, "gradient"), count: count, dimension: dimension, target: name, to: gradients)
    }

    private func call(_ function: Reference, _ x: Value, _ part: String) throws -> Value {
        try state.result(of: function, [x], target: name, part)
    }
}
