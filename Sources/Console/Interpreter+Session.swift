import LuaBridge
import Scripting

extension Interpreter {
    static var version: String { "0.1.0" }
    static var banner: String { "avips \(version)\n" }

    convenience init(_ options: CommandLineOptions, root: String?) throws {
        self.init(state: try LuaState())
    }

    var names: DomainNames { DomainNames(root: nil) }

    func text(of values: [Value], for output: OutputStream) -> String {
        values.map { (try? state.text(of: $0)) ?? "?" }.joined(separator: "\t")
    }

    func help(on topic: String, for output: OutputStream) -> String { "\n" }
}
