import Foundation
import LuaBridge

/// avips.session: transcripts, and what they are made of.
struct TranscriptEntries: Entries {
    unowned let session: Session

    private static let startVersion = OptionKey.string("version", "the version of avips that the transcript is of")
    private static let startSeed = OptionKey.seed("the seed that the session began with").defaulting(to: 0)

    func register() throws {
        try state.register(Function(
            "avips.session.save",
            "Writes what was entered at the prompt so far as a script with seed and version; `avips --check` runs it again and shows differences.",
            parameters: [Parameter("path", "string", "a name that ends in .lua")], returns: "string, the path",
            example: "local path = os.tmpname() .. \".lua\"\navips.session.save(path)\nos.remove(path)"
        ) { arguments in
            let path = try arguments[1].path()
            guard path.hasSuffix(".lua") else { throw arguments[1].invalid("must end in .lua, got \"\(path)\"") }
            session.transcript?.forgetAtEnd()
            var finished = session.transcript ?? Transcript(seed: 0)
            finished.end()
            let text = finished.text(version: Session.version, date: Self.today)
            try files.write(Array(text.utf8), to: path)
            return .string(path)
        })
        try state.register(Function(
            "avips.session.start", "Begins a transcript: seeds all random streams, and keeps results as `_`, `_1` and so forth from then on.",
            parameters: [.options(isOptional: false, [
                Self.startVersion, Self.startSeed,
            ])],
            returns: "nothing", example: "avips.session.start{ version = avips.version, seed = 0 }"
        ) { arguments in
            let options = try arguments.options(1)
            session.startedVersion = try options[Self.startVersion]
            let seed = try options[Self.startSeed]
            session.seed(seed)
            try session.seedLua(seed)
            session.keepsResults = true
            session.installPromptNames()
            return .none
        })
        try state.register(Function(
            "avips.session.run", "Runs text as the prompt does: shows its values, or the message of the error that it ends in.",
            parameters: [Parameter("text", "string", "an expression, or statements")], returns: "nothing",
            example: "avips.session.run \"1 + 1\"\navips.session.run \"error 'told, not raised'\""
        ) { arguments in
            let text = try arguments[1].string()
            do {
                let function = try (try? state.load("return " + text, name: "=stdin")) ?? state.load(text, name: "=stdin")
                let values = try state.call(function)
                session.show(values)
                if session.keepsResults, let first = values.first, !first.isNil { session.keep(first) }
            } catch let error as LuaError where error.kind != .interrupt && error.kind != .limit {
                session.tell(error.message)
            }
            return .none
        })
        try state.register(Function(
            "avips.session.keep", "Keeps a value as `_` and `_1`, as the prompt does, without showing it.",
            parameters: [Parameter("value", "any", "what to keep")], returns: "nothing",
            example: "avips.session.keep(42)\nassert(_ == 42)\n_, _1 = nil"
        ) { arguments in
            let value = arguments[1].value
            if !value.isNil { session.keep(value) }
            return .none
        })
    }

    private static var today: String {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
    }
}

extension Session {
    /// What a person may type at the prompt without `avips.` in front, where nothing has these names yet.
    public func installPromptNames() {
        guard case .reference(let avips) = state[global: "avips"] else { return }
        for name in ["help", "example", "apropos", "who", "demo", "teach", "session", "bench", "reload", "edit"] where state[global: name].isNil {
            state[global: name] = state.field(name, of: avips)
            ownGlobals.insert(name)
        }
    }
}
