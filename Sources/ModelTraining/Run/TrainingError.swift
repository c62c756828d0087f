/// Why a training cannot start or continue.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    case invalidSettings(String)
    /// Many steps in a row gave a loss or a gradient that is not finite, or a loss that leapt.
    case diverged(step: Int)
    /// The target gave no finite density at any sample, many steps in a row.
    case targetUndefined(step: Int)
    /// Schedules that are functions of a program must be given again when a training goes on from a file.
    case functionsMissing([String])

    public var description: String {
        switch self {
        case .invalidSettings(let message): message
        case .diverged(let step):
            "the loss stayed infinite, undefined or far above what it had been at step \(step), although the learning rate was halved again and again; "
                + "the model is the last good one"
        case .targetUndefined(let step):
            "the target's density is zero or undefined at every sample, at step \(step) and many before; the model is the last good one"
        case .functionsMissing(let names):
            "this training has schedules that are functions, which no file holds; give them again: \(names.joined(separator: ", "))"
        }
    }
}
