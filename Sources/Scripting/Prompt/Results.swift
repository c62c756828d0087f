import LuaBridge

// The results that stay at hand as globals, and printing that a transcript sees.

extension Session {
    /// The number of results that stay at hand.
    public static let resultCount = 20

    /// Makes a value `_` and `_1`, and moves the earlier results on to `_2` and so forth.
    public func keep(_ value: Value) {
        for index in stride(from: Session.resultCount, to: 1, by: -1) {
            state[global: "_\(index)"] = state[global: "_\(index - 1)"]
        }
        state[global: "_1"] = value
        state[global: "_"] = value
    }

    /// Puts a `print` in place that notes what it prints in the transcript; otherwise it does what Lua's does.
    public func recordPrinting() {
        state.setGlobal("print") { [unowned self] arguments in
            func line() throws -> String { try arguments.all.map { try $0.text() }.joined(separator: "\t") + "\n" }
            write(try line())
            note { (try? line()) ?? "" }
            return .none
        }
    }

    /// Takes all globals that exist now for the program's own, which `avips.who` leaves out.
    public func rememberGlobals() { ownGlobals = Set(state.names(in: state.globals).map(\.name)) }

    /// The names of the variables that were made since, sorted; results are left out.
    var variableNames: [String] {
        state.names(in: state.globals).map(\.name)
            .filter { name in !ownGlobals.contains(name) && !(name.first == "_" && name.dropFirst().allSatisfy(\.isNumber)) }
            .sorted()
    }
}
