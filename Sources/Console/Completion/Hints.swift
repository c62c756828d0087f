import LuaBridge
import Scripting

/// What a user probably meant by a name that holds nothing.
struct Hints {
    let state: LuaState

    /// The error with a suggestion, where Lua complains about a value that is nil and names what it found it under.
    func explained(_ error: any Error) -> any Error {
        guard var error = error as? LuaError, error.kind == .runtime, error.message.contains("a nil value"),
              let (kind, name) = Hints.subject(of: error.message)
        else { return error }
        if state.options.isHarmless, let withheld = Hints.withheld(kind, name) {
            // Lua names the field, but not the table, which may be another one.
            error.message += "; a safe session has no \(withheld)" + (kind == "field" ? ", if that is meant" : "")
            return error
        }
        let isCalled = error.message.contains("attempt to call")
        let hint = kind == "global" ? state.registry.suggestion(forGlobal: name, among: globals, isCalled: isCalled) : suggestion(for: name, among: names(for: kind))
        guard !hint.isEmpty else { return error }
        error.message += hint
        return error
    }

    /// The full name of what the standard libraries have, but not in a safe session; nil for other names.
    private static func withheld(_ kind: String, _ name: String) -> String? {
        switch kind {
        case "global": ["io", "debug", "package", "require", "dofile", "loadfile", "collectgarbage"].contains(name) ? name : nil
        case "field": ["execute", "exit", "getenv", "remove", "rename", "setlocale", "tmpname"].contains(name) ? "os." + name : nil
        default: nil
        }
    }

    /// A sentence on a global that does not exist, where a name is near to it.
    func onMissing(global name: String) -> String? {
        let hint = state.registry.suggestion(forGlobal: name, among: globals)
        return hint.isEmpty ? nil : "there is no '\(name)'" + hint
    }

    /// What Lua says the nil value was: "attempt to call a nil value (global 'pirnt')".
    static func subject(of message: String) -> (kind: String, name: String)? {
        for kind in ["global", "field", "method"] {
            guard let start = message.firstRange(of: "(\(kind) '") else { continue }
            let name = message[start.upperBound...].prefix { $0 != "'" }
            return name.isEmpty ? nil : (kind, String(name))
        }
        return nil
    }

    private var globals: [String] { state.names(in: state.globals).map(\.name) }

    private func names(for kind: String) -> [String] {
        // The table is not known: the standard libraries' names are the likely ones. Tables of avips have errors of their own.
        let libraries = kind == "method" ? ["string"] : ["string", "table", "math", "io", "os", "coroutine", "utf8", "debug"]
        return libraries.flatMap { library -> [String] in
            guard case .reference(let table) = state.field(library, of: state.globals) else { return [] }
            return state.names(in: table).map(\.name)
        }
    }
}
