import CLineEditor
import LuaBridge

/// Candidates for the word before the cursor, from the registry and from live tables.
///
/// Tables are read without metamethods and objects are known by their registered types, so that completing never runs code.
final class Completer {
    struct Candidates: Equatable {
        var words: [String] = []
        /// What follows the word when it is the only candidate.
        var ending: UInt8?
    }

    private let state: LuaState
    private let names: DomainNames

    init(state: LuaState, names: DomainNames) {
        self.state = state
        self.names = names
    }

    /// The candidates for a context, each beginning with the context's prefix.
    func candidates(for context: CompletionContext) -> Candidates {
        switch context.subject {
        case .global:
            return Candidates(words: matching(context.prefix, globals(context.prefix)))
        case .member(let path, let isMethod):
            return Candidates(words: matching(context.prefix, members(of: path, onlyCallable: isMethod)))
        case .optionKey(let callee):
            return optionKeys(of: callee, context.prefix)
        case .stringKey(let path):
            return Candidates(words: matching(context.prefix, keys(of: path).map(\.name)), ending: context.quote)
        case .string(let callee, let option):
            return strings(callee, option, context)
        }
    }

    private func matching(_ prefix: String, _ words: [String]) -> [String] {
        words.filter { $0.hasPrefix(prefix) }
    }

    // MARK: Names

    private func globals(_ prefix: String) -> [String] {
        let globals = state.names(in: state.globals).map(\.name).filter(isName)
        // The long list of an empty prefix spares the reader what nobody looks for in it.
        return prefix.isEmpty ? globals.filter { !$0.hasPrefix("_") } : globals + keywords
    }

    private func members(of path: ValuePath, onlyCallable: Bool) -> [String] {
        switch resolve(path) {
        case .type(let type):
            return type.methods.map(\.shortName) + (onlyCallable ? [] : type.properties.map(\.name))
        case .value(.string):
            guard onlyCallable, case .reference(let library) = state[global: "string"] else { return [] }
            return state.names(in: library).map(\.name)
        default:
            return keys(of: path).filter { !onlyCallable || $0.kind == .function }.map(\.name).filter(isName)
        }
    }

    private func keys(of path: ValuePath) -> [(name: String, kind: Kind)] {
        guard case .value(.reference(let table)) = resolve(path), table.kind == .table else { return [] }
        return state.names(in: table)
    }

    private func isName(_ key: String) -> Bool {
        guard let first = key.utf8.first, first.startsName else { return false }
        return key.utf8.allSatisfy(\.continuesName) && !keywords.contains(key)
    }

    // MARK: Arguments

    private func optionKeys(of callee: ValuePath, _ prefix: String) -> Candidates {
        let options = function(at: callee)?.parameters.flatMap(\.options).map(\.name) ?? []
        let keys = matching(prefix, options)
        // A value may stand there as well, but rarely does where a key fits.
        return keys.isEmpty
            ? Candidates(words: matching(prefix, globals(prefix))) : Candidates(words: keys, ending: UInt8(ascii: "="))
    }

    private func strings(_ callee: ValuePath?, _ option: String?, _ context: CompletionContext) -> Candidates {
        let known = callee.flatMap(function).map { names.names(for: $0, option: option, firstArgument: context.firstArgument) } ?? []
        let words = matching(context.prefix, known) + filePaths(beginningWith: context.prefix)
        let isDirectory = words.count == 1 && words[0].hasSuffix("/")
        return Candidates(words: words, ending: isDirectory ? nil : context.quote)
    }

    // MARK: Help

    /// What `?` explains: functions and methods by their names, types, and global objects with their members.
    func topics(beginningWith prefix: String) -> Candidates {
        let registry = state.registry
        var words = registry.all.map(\.spokenName) + registry.functions.map { String($0.name.drop(prefix: "avips.")) }
            + registry.types.map(\.name) + registry.namespaces
        if let split = prefix.lastIndex(where: { $0 == "." || $0 == ":" }) {
            let path = ValuePath(root: String(prefix[..<split]))
            words += members(of: path, onlyCallable: prefix[split] == ":").map { String(prefix[...split]) + $0 }
        } else {
            words += state.names(in: state.globals).map(\.name).filter { typed(state[global: $0]).isType }
        }
        return Candidates(words: matching(prefix, words))
    }

    // MARK: Values

    private enum Resolved {
        case value(Value)
        /// An object, or a property or an element that would be one, of which the type is enough.
        case type(ObjectType)
        /// A list of such.
        case list(of: ObjectType)
        case nothing

        var isType: Bool { if case .type = self { true } else { false } }
    }

    private func resolve(_ path: ValuePath) -> Resolved {
        var found = typed(state[global: path.root])
        for step in path.steps {
            switch (found, step) {
            case (.value(.reference(let table)), .field(let name)): found = typed(state.field(name, of: table))
            case (.value(.reference(let table)), .index(let index)): found = typed(state.field(.integer(index), of: table))
            case (.type(let type), .field(let name)):
                found = type.properties.first { $0.name == name }.map { described($0.type) } ?? .nothing
            case (.type(let type), .index): found = type.elementType.map(described) ?? .nothing
            case (.list(let type), .index): found = .type(type)
            default: return .nothing
            }
        }
        return found
    }

    /// What the words of a property's type mean: "Pose", "Solution or nil", "list of Joints".
    private func described(_ words: String) -> Resolved {
        let isList = words.hasPrefix("list of ")
        if isList, words.dropFirst("list of ".count).drop(while: { $0.isNumber || $0 == " " }).hasPrefix("numbers"),
           let numbers = state.registry.type(named: "Numbers") { return .type(numbers) }
        let type = words.split(separator: " ").lazy.map(String.init).compactMap { [state] word in
            state.registry.type(named: word) ?? (isList && word.hasSuffix("s") ? state.registry.type(named: String(word.dropLast())) : nil)
        }.first
        guard let type, !words.hasPrefix("table") else { return .nothing }
        return isList ? .list(of: type) : .type(type)
    }

    private func typed(_ value: Value) -> Resolved {
        (state.objectType(of: value) ?? state.listType(of: value)).map(Resolved.type) ?? .value(value)
    }

    /// The registered function that a path names.
    private func function(at path: ValuePath) -> Function? {
        guard case .method(let name) = path.steps.last else {
            guard case .value(let value) = resolve(path) else { return nil }
            return state.registeredFunction(value)
        }
        let receiver = ValuePath(root: path.root, steps: Array(path.steps.dropLast()))
        guard case .type(let type) = resolve(receiver) else { return nil }
        return type.methods.first { $0.shortName == name }
    }
}

extension String {
    fileprivate func drop(prefix: String) -> Substring { hasPrefix(prefix) ? dropFirst(prefix.count) : self[...] }
}

extension Completer {
    /// The editor's callback; its context is the completer, unretained.
    static let callback: line_editor_completer = { line, cursor, completions, context in
        guard let line, let context else { return }
        let text = Array(UnsafeRawBufferPointer(start: line, count: cursor))
        let completer = Unmanaged<Completer>.fromOpaque(context).takeUnretainedValue()
        let candidates: Candidates
        if let mark = text.firstIndex(where: { !$0.isBlank }), text[mark] == UInt8(ascii: "?") {
            let start = text[(mark + 1)...].firstIndex { !$0.isBlank } ?? text.endIndex
            candidates = completer.topics(beginningWith: String(decoding: text[start...], as: UTF8.self))
            line_editor_complete_from(completions, start)
        } else {
            guard let word = CompletionContext(text) else { return }
            candidates = completer.candidates(for: word)
            line_editor_complete_from(completions, word.start)
        }
        for candidate in Set(candidates.words) { line_editor_complete_with(completions, candidate) }
        if let ending = candidates.ending { line_editor_complete_ending(completions, CChar(bitPattern: ending)) }
    }
}
