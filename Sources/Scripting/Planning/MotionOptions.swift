import LuaBridge
import Planning
import Numerics

/// How fast joints may move, as options say it.
enum MotionOptions {
    static let velocity = RawOption("velocity", "number or list of numbers", "the velocity limits of the joints, from 1e-6 to 1e6", unit: "rad/s, m/s", otherwise: "the URDF's, or 1")
    static let acceleration = RawOption("acceleration", "number or list of numbers", "the acceleration limits of the joints, from 1e-6 to 1e6", unit: "rad/s^2, m/s^2", otherwise: "4 times the velocity, per second")

    /// The speeds of the options, of the description, or plain ones.
    static func limits(of subject: some Jointed, _ given: LuaBridge.Options) throws -> MotionLimits {
        func read(_ slot: Slot?) throws -> [Double]? {
            guard let slot else { return nil }
            let count = subject.variables.count
            let numbers = slot.kind == .number
                ? Array(repeating: try slot.positiveNumber(), count: count) : try slot.vector(count: count, expected: "a number, or a list of \(count.counted("number"))")
            guard numbers.allSatisfy({ $0 >= 1e-6 && $0 <= 1e6 }) else { throw slot.invalid("must be from 1e-6 to 1e6") }
            return numbers
        }
        let stated = subject.variables.map { variable in
            subject.description?.joints.first { $0.name == variable.name }?.velocity ?? 1
        }
        let velocity = try read(given[velocity]) ?? stated
        return MotionLimits(velocity: velocity, acceleration: try read(given[acceleration]) ?? velocity.map { 4 * $0 })
    }
}
