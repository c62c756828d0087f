import LuaBridge
import Scripting

/// Results and errors as rows of JSON on standard output, for programs that read them.
final class JSONRows {
    private let output: OutputStream
    private var count = 0

    init(output: OutputStream) { self.output = output }

    func write(_ value: Value, in session: Session) throws {
        count += 1
        output.write(try session.row(of: value, number: count) + "\n")
    }

    func write(_ error: LuaError, in session: Session) {
        output.write(session.row(of: error) + "\n")
    }

    /// Sends what scripts print to another stream, so that every line of the output is a row.
    static func divertPrinting(of session: Session, to errors: OutputStream) {
        session.state.setGlobal("print") { arguments in
            errors.write(try arguments.all.map { try $0.text() }.joined(separator: "\t") + "\n")
            return .none
        }
    }
}
