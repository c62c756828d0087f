import LuaBridge
import Scripting

/// Results and errors as rows of JSON, for programs that read them.
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
}
