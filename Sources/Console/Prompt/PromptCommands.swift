import LuaBridge
import Scripting

extension Interpreter {
    /// The functions that do something useful when only their names are entered.
    private static let commands = ["avips.help", "avips.who", "avips.demo", "avips.edit"]

    /// The function to be called, where an entry is the bare name of one that needs no arguments.
    func command(_ code: Entry.Code, _ values: [Value]) -> Reference? {
        guard values.count == 1, case .reference(let function) = values[0], code.path != nil,
              let registered = state.registeredFunction(values[0]), Interpreter.commands.contains(registered.name)
        else { return nil }
        return function
    }
}

extension String {
    /// Whether the text is a name, or names with dots between them.
    var isPath: Bool {
        utf8.first?.startsName == true && utf8.allSatisfy { $0.continuesName || $0 == UInt8(ascii: ".") }
    }
}
