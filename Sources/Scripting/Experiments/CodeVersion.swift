import Experiments
import Files
import LuaBridge

/// What tells the version of a Lua function: its text without comments, and what it uses of the script around it.
///
/// Local variables that the function sees count by their values where they are plain data, functions by their text in turn, and so do
/// globals that a script has made and the function names. What is drawn or measured anew at each start, such as `os.time()`, makes
/// another version each time.
struct CodeVersion {
    /// What the version is made of, by name: the function is "run", others are the variables that it sees.
    private(set) var parts: [Datum.Member] = []
    private let session: Session
    private var seen: Set<UnsafeRawPointer> = []
    private var files: [String: [Substring]] = [:]

    init(of function: Reference, in session: Session) throws {
        self.session = session
        try add(function, as: "run")
        parts.sort { $0.name < $1.name }
    }

    /// What stands for the version in identities.
    var code: String { Digest(of: Datum.record(parts).canonical).short }

    /// Where a function stands in a script, and what it sees.
    private static let inspection = """
        local f, getinfo, getupvalue = ..., debug.getinfo, debug.getupvalue
        local info, names, values, index = getinfo(f, "S"), {}, {}, 1
        while true do
          local name, value = getupvalue(f, index)
          if not name then break end
          if name ~= "_ENV" then names[#names + 1] = name; values[#names] = value == nil and "nil" or value end
          index = index + 1
        end
        local ok, dump = pcall(string.dump, f, true)
        return info.source, info.linedefined, info.lastlinedefined, names, values, ok and dump or ""
        """

    private mutating func add(_ function: Reference, as name: String) throws {
        let state = session.state
        guard let identity = try state.withSlot(.reference(function), { $0.identity }), seen.insert(identity).inserted, seen.count < 1000 else { return }
        guard let inspect = try? state.load(CodeVersion.inspection, name: "=version"), let found = try? state.call(inspect, [.reference(function)]), found.count == 6
        else { return parts.append(.init(name, "a function that cannot be looked at")) }
        let tokens = text(source: found[0], first: found[1], last: found[2]).map(LuaSource.tokens)
        parts.append(.init(name, .text(Digest(of: tokens ?? dumped(found[5])).short)))
        if case .reference(let names) = found[3], case .reference(let values) = found[4] { try addVariables(names, values) }
        if let tokens { try addGlobals(LuaSource.names(tokens)) }
    }

    private func dumped(_ value: Value) -> String {
        let bytes: [UInt8] = switch value {
        case .string(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .reference: (try? session.state.withSlot(value) { try $0.bytes() }) ?? []
        default: []
        }
        return Digest(of: bytes).hexadecimal
    }

    /// The lines of a function in its file; nil for one that was typed.
    private mutating func text(source: Value, first: Value, last: Value) -> String? {
        guard case .string(let source) = source, source.hasPrefix("@"), case .integer(let first) = first, case .integer(let last) = last else { return nil }
        let path = String(source.dropFirst())
        if files[path] == nil {
            guard let bytes = try? FileReading(path: path, limit: 1 << 24).bytes() else { return nil }
            files[path] = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        }
        guard let lines = files[path], first >= 1, first <= last, last <= lines.count else { return nil }
        return lines[(first - 1)...(last - 1)].joined(separator: "\n")
    }

    private mutating func addVariables(_ names: Reference, _ values: Reference) throws {
        let found = try session.state.withSlot(.reference(names)) { list in try (0..<list.length()).map { try list.withElement($0 + 1) { try $0.string() } } }
        for (index, name) in found.enumerated() { try add(session.state.field(.integer(index + 1), of: values), as: name) }
    }

    /// Globals that a script has made: those that were there before it are the program's own.
    private mutating func addGlobals(_ names: Set<String>) throws {
        for name in names.sorted() where !session.ownGlobals.contains(name) && name != "arg" {
            let value = session.state[global: name]
            if case .nil = value { continue }
            try add(value, as: name)
        }
    }

    private mutating func add(_ value: Value, as name: String) throws {
        guard case .reference(let reference) = value else { return parts.append(.init(name, CodeVersion.plain(value))) }
        switch reference.kind {
        case .function where session.state.registeredFunction(value) == nil: try add(reference, as: name)
        case .table:
            let text = try session.state.withSlot(value) { slot -> String in
                var writer = JSONWriter(indent: nil, isLenient: true)
                try writer.write(slot)
                return String(decoding: writer.bytes, as: UTF8.self)
            }
            parts.append(.init(name, .text(Digest(of: text).short)))
            for (field, kind) in session.state.names(in: reference).sorted(by: { $0.name < $1.name }) where kind == .function {
                try add(session.state.field(field, of: reference), as: name + "." + field)
            }
        default: parts.append(.init(name, .text(session.state.objectType(of: value)?.name ?? reference.kind.name)))
        }
    }

    private static func plain(_ value: Value) -> Datum {
        switch value {
        case .boolean(let truth): .boolean(truth)
        case .integer(let number): .integer(number)
        case .number(let number): .text("\(number)")
        case .string(let text): .text(text)
        default: .null
        }
    }
}
