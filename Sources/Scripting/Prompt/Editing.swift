import Files
import Foundation
import LuaBridge

/// avips.edit and avips.pager: the person's editor, and how long texts are shown.
struct EditingEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(editFunction)
        try state.register(pager)
    }

    private var editFunction: Function {
        Function(
            "avips.edit",
            "Opens $VISUAL or $EDITOR on the last entry, on the entry or file that defines a function, or on a file; the changes are run afterwards.",
            parameters: [Parameter("what", "function or string", "a function written in Lua, or the path of a file", isOptional: true)],
            returns: "nothing; at the prompt the edited text is then run as an entry, a file by `dofile`",
            example: "print(avips.help(avips.edit))  -- edit(f), edit \"script.lua\" or edit at the prompt"
        ) { arguments in
            guard !state.options.isHarmless else { throw LuaError("avips.edit: a safe session starts no processes") }
            guard let host = session.host, host.isInteractive else { throw LuaError("avips.edit needs a terminal") }
            session.transcript?.forgetAtEnd()
            guard let slot = arguments.optional(1) else {
                guard let text = session.entered.last else { throw ArgumentError("nothing was entered yet") }
                return try edit(text, line: 1, by: host)
            }
            if slot.kind == .string { return try edit(file: slot.path(), line: 1, by: host) }
            let place = try FunctionPlace(try slot.function(), in: session)
            if let path = place.path { return try edit(file: path, line: place.lines.lowerBound, by: host) }
            guard let text = session.entered.text(withFunctionOn: place.lines, named: name(of: slot)) else {
                throw slot.invalid("was made from a text that is not kept")
            }
            return try edit(text, line: place.lines.lowerBound, by: host)
        }
    }

    /// The name of the global that holds a function; nil where none does.
    private func name(of function: Slot) -> String? {
        let wanted = function.identity
        return state.names(in: state.globals).first { name, kind in
            kind == .function && (try? state.withSlot(state[global: name]) { $0.identity }) == wanted
        }?.name
    }

    /// Edits a text in a file of its own; what comes of it is the next entry.
    private func edit(_ text: String, line: Int, by host: any SessionHost) throws -> Value {
        var template = Array((NSTemporaryDirectory() + "avips-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw LuaError("avips.edit: no directory could be made in \(NSTemporaryDirectory()): \(FileFailure())") }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), path = directory + "/entry.lua"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Array((text + "\n").utf8).withUnsafeBytes { try FileReplacement(path: path).write($0, isDurable: false) }
        try host.edit(path, line: line)
        var edited = String(decoding: try FileReading(path: path).bytes(), as: UTF8.self)
        while edited.last == "\n" { edited.removeLast() }
        if edited == text { session.warn("unchanged; nothing was run") } else if !edited.isEmpty { session.preparedEntries.append(edited) }
        return .none
    }

    /// Edits a file; where it has changed it is run next.
    private func edit(file path: String, line: Int, by host: any SessionHost) throws -> Value {
        let place = FileLocation.expanded(path)
        func contents() -> [UInt8]? { try? FileReading(path: place).bytes() }
        let before = contents()
        try host.edit(place, line: line)
        guard let after = contents() else { return .none }
        if after == before { session.warn("unchanged; nothing was run") } else { session.preparedEntries.append("dofile \(LuaText.quoted(place))") }
        return .none
    }

    private var pager: Function {
        Function(
            "avips.pager", "Gets or sets whether the prompt shows long output page by page; PAGER=cat in the environment also turns this off.",
            parameters: [Parameter("on", "boolean", "true or false, to change it", isOptional: true)], returns: "boolean, whether paging is on",
            example: "assert(avips.pager(false) == false)\nassert(avips.pager(true))"
        ) { arguments in
            if let slot = arguments.optional(1) { session.usesPager = try slot.boolean() }
            return .boolean(session.usesPager)
        }
    }
}

/// Text as Lua source.
enum LuaText {
    /// A string in quotation marks.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            case _ where scalar.value < 32 || scalar.value == 127: result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Where a function was written.
struct FunctionPlace {
    /// The file; nil for what was entered or given as a text.
    let path: String?
    let lines: ClosedRange<Int>

    init(_ function: Reference, in session: Session) throws {
        guard let place = session.state.place(of: function) else { throw ArgumentError("the function is not written in Lua; ? and its name explain it") }
        path = place.source.first == "@" ? String(place.source.dropFirst()) : nil
        lines = place.lines
    }
}
