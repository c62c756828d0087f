import Files
import LuaBridge
import Scripting

/// What the program does instead of running Lua that it is given.
enum SideTask {
    case reference
    case stub
    case check(path: String)

    init?(_ options: CommandLineOptions) {
        if let path = options.check { self = .check(path: path) }
        else if options.reference { self = .reference }
        else if options.stub { self = .stub }
        else { return nil }
    }

    /// What is to be printed, and the exit code.
    func run(in session: Session) throws -> (text: String, exitCode: Int32) {
        switch self {
        case .reference: return (session.reference, 0)
        case .stub: return (session.stub, 0)
        case .check(let path):
            let bytes: [UInt8]
            do { bytes = try FileReading(path: path).bytes() } catch { throw LuaError("cannot read \"\(path)\": \(error)") }
            let check = try TranscriptCheck(String(decoding: bytes, as: UTF8.self), in: session)
            return (check.text.harmless() + "\n", check.differences.isEmpty ? 0 : 1)
        }
    }
}
