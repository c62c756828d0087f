import LuaBridge
import Mixtures
import Numerics

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

    /// Copies the numbers that a target's function returned: a list of so many, or a matrix with as many elements.
    ///
    /// - Parameter part: what the function is called in messages: "logdensity", "gradient".
    /// - Throws: `TargetError` for anything else.
    func copyNumbers(_ value: Value, count: Int, target name: String, _ part: String, to numbers: UnsafeMutablePointer<Double>) throws {
        try withSlot(value) { slot in
            func complaint(_ found: String) -> TargetError {
                TargetError(target: name, "must return a list of \(count.counted("number")) from \(part), got \(found)")
            }
            if let matrix = try slot.boxIfPresent(Matrix.self)?.read() {
                guard matrix.elements.count == count else { throw complaint("a matrix of \(matrix.sizeText)") }
                for (index, number) in matrix.elements.enumerated() { numbers[index] = number }
                return
            }
            guard slot.kind == .table else { throw complaint(slot.found) }
            let length = try slot.length()
            guard length == count else { throw complaint("a list of \(length)") }
            for index in 0..<count {
                switch try slot.withElement(index + 1, { $0.value }) {
                case .number(let number): numbers[index] = number
                case .integer(let number): numbers[index] = Double(number)
                default: throw complaint("a list whose element \(index + 1) is no number")
                }
            }
        }
    }

    /// Copies the gradients that a target's function returned for a batch: a matrix of count × dimension.
    ///
    /// - Throws: `TargetError` for anything else.
    func copyGradients(_ value: Value, count: Int, dimension: Int, target name: String, to gradients: UnsafeMutablePointer<Double>) throws {
        try withSlot(value) { slot in
            guard let rows = try? slot.matrix(columns: dimension), rows.rows == count else {
                let found = (try? slot.matrix()).map { "one of \($0.sizeText)" } ?? slot.found
                throw TargetError(target: name, "must return a matrix of \(count) × \(dimension) numbers from gradient, got \(found)")
            }
            for (index, number) in rows.elements.enumerated() { gradients[index] = number }
        }
    }
}
