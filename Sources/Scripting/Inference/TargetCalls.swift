import LuaBridge
import Mixtures

// What targets written in Lua, with a context or without, share.
extension LuaState {
    /// The first result of a target's function.
    ///
    /// - Throws: `TargetError` for an error that the function raises, the `LuaError` of an interruption as it is.
    func result(of function: Reference, _ arguments: [Value], target name: String, _ part: String) throws -> Value {
        do {
            return try call(function, arguments).first ?? .nil
        } catch let error as LuaError {
            if error.kind == .interrupt { throw error }
            throw TargetError(target: name, "raised an error in \(part): \(error.message)")
        }
    }

    /// The number that a target's log density returned.
    ///
    /// - Throws: `TargetError` for anything else.
    func logDensity(_ value: Value, target name: String) throws -> Double {
        switch value {
        case .number(let number): return number
        case .integer(let number): return Double(number)
        default:
            let found = try withSlot(value) { $0.found }
            throw TargetError(target: name, "must return a number from logdensity, got \(found)")
        }
    }
}
