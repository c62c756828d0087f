import LuaBridge
import Mixtures

/// A density as scripts hold it.
struct Target {
    let density: any TargetDensity
    /// The robot whose configurations it is about, where they are.
    var robot: Robot?

    init(density: any TargetDensity, robot: Robot? = nil) {
        self.density = density
        self.robot = robot
    }
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

    /// - Parameters:
    ///   - logDensity: takes a list of numbers and returns a number.
    ///   - gradient: takes the same and returns a list of as many.
    init(name: String, dimension: Int, start: InitialMixture, logDensity: Reference, gradient: Reference?, state: LuaState) {
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
        for index in 0..<count {
            let x = Value.numbers(Array(UnsafeBufferPointer(start: points + index * dimension, count: dimension)))
            logDensities[index] = try number(call(logDensity, x, "logdensity"))
            guard let gradient, let gradients else { continue }
            try copy(call(gradient, x, "gradient"), to: gradients + index * dimension)
        }
    }

    private func call(_ function: Reference, _ x: Value, _ part: String) throws -> Value {
        do {
            return try state.call(function, [x]).first ?? .nil
        } catch let error as LuaError {
            if error.kind == .interrupt { throw error }
            throw TargetError(target: name, "raised an error in \(part): \(error.message)")
        }
    }

    private func number(_ value: Value) throws -> Double {
        switch value {
        case .number(let number): return number
        case .integer(let number): return Double(number)
        default:
            let found = try state.withSlot(value) { $0.found }
            throw TargetError(target: name, "must return a number from logdensity, got \(found)")
        }
    }

    private func copy(_ value: Value, to gradient: UnsafeMutablePointer<Double>) throws {
        try state.withSlot(value) { slot in
            func complaint(_ found: String) -> TargetError {
                TargetError(target: name, "must return a list of \(dimension) numbers from gradient, got \(found)")
            }
            guard slot.kind == .table else { throw complaint(slot.found) }
            let length = try slot.length()
            guard length == dimension else { throw complaint("a list of \(length)") }
            for index in 0..<dimension {
                switch try slot.withElement(index + 1, { $0.value }) {
                case .number(let number): gradient[index] = number
                case .integer(let number): gradient[index] = Double(number)
                default: throw complaint("a list whose element \(index + 1) is no number")
                }
            }
        }
    }
}
