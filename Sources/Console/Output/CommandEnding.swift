/// How a command of the shell ended, by its status as `waitpid` gives it; -1 where the shell could not be started.
enum CommandEnding: CustomStringConvertible {
    case notStarted, exited(code: Int32), killed(signal: Int32)

    init(status: Int32) {
        let signal = status & 0x7F
        self = status == -1 ? .notStarted : signal == 0 ? .exited(code: status >> 8 & 0xFF) : .killed(signal: signal)
    }

    var isSuccess: Bool { if case .exited(code: 0) = self { true } else { false } }

    /// What is told of a command that failed.
    var description: String {
        switch self {
        case .notStarted: "the shell could not be started"
        case .exited(let code): "exit code \(code)"
        case .killed(let signal): "ended by signal \(signal)"
        }
    }
}
