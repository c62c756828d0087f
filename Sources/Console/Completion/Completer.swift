import CLineEditor
import LuaBridge
import Scripting

/// Candidates for the word before the cursor, from the registry and from live tables.
///
/// Tables are read without metamethods and objects are known by their registered types, so that completing never runs code.
final class Completer {
    struct Candidates: Equatable {
        var words: [String] = []
        /// What follows the word when it is the only candidate.
        var ending: UInt8?
    }

    private let session: Session
    private let names: DomainNames
    private var state: LuaState { session.state }
    /// The rows of the entry above the one that is edited.
    var before = ""

    init(session: Session) {
        self.session = session
        names = DomainNames(session: session)
    }

    /// The candidates for a context, each beginning with the context's prefix.
    func candidates(for context: CompletionContext) -> Candidates {
        switch context.subject {
        case .global:
            return Candidates(words: matching(context.prefix, globals(context.prefix)).sorted())
        case .member(let path, let isMethod):
            return Candidates(words: matching(context.prefix, members(of: path, onlyCallable: isMethod)).sorted())
        case .optionKey(let callee):
            return optionKeys(of: callee, context.prefix)
        case .entryKey(let callee, let option):
            return entryKeys(of: callee, option, context)
        case .stringKey(let path):
            return Candidates(words: matching(context.prefix, keys(of: path).map(\.name)).sorted(), ending: context.quote)
        case .string(let callee, let option):
            return strings(callee, option, context)
        }
    }

    private func matching(_ prefix: String, _ words: [String]) -> [String] {
        words.filter { $0.hasPrefix(prefix) }
    }

    // MARK: Names

    private func globals(_ prefix: String) -> [String] {
        let globals = session.debugger.variableNames + state.names(in: state.globals).map(\.name).filter(isName)
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
        let keys = matching(prefix, options.sorted())
        // A value may stand there as well, but rarely does where a key fits.
        return keys.isEmpty
            ? Candidates(words: matching(prefix, globals(prefix))) : Candidates(words: keys, ending: UInt8(ascii: "="))
    }

    /// The keys of a table that is an option's value: a robot's joints; elsewhere a value stands there.
    private func entryKeys(of callee: ValuePath, _ option: String, _ context: CompletionContext) -> Candidates {
        let joints = function(at: callee).map { names.joints(for: $0, option: option, firstArgument: context.firstArgument, receiver: receiver(of: callee)) } ?? []
        let keys = matching(context.prefix, joints.filter(isName))
        return keys.isEmpty ? Candidates(words: matching(context.prefix, globals(context.prefix))) : Candidates(words: keys, ending: UInt8(ascii: "="))
    }

    /// The object that a method is called on; nil where it takes a call to know.
    private func receiver(of callee: ValuePath) -> Value? {
        guard case .method = callee.steps.last else { return nil }
        var value = root(callee.root)
        for step in callee.steps.dropLast() {
            guard case .reference(let table) = value else { return nil }
            switch step {
            case .field(let name): value = state.field(name, of: table)
            case .index(let index): value = state.field(.integer(index), of: table)
            default: return nil
            }
        }
        return value
    }

    /// A robot's name comes before the names of files; where only some words are possible, there are no files.
    private func strings(_ callee: ValuePath?, _ option: String?, _ context: CompletionContext) -> Candidates {
        let called = callee.flatMap(function(at:))
        var known = called.map { names.names(for: $0, option: option, firstArgument: context.firstArgument) } ?? []
        if let callee, let called, let option {
            known += names.joints(for: called, option: option, firstArgument: context.firstArgument, receiver: receiver(of: callee))
        }
        let isClosed = called.map { names.isClosed($0, option: option) } ?? false
        let words = matching(context.prefix, known.sorted()) + (isClosed ? [] : filePaths(beginningWith: context.prefix).sorted())
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
        return Candidates(words: matching(prefix, words).sorted())
    }

    // MARK: Values

    private enum Resolved {
        case value(Value)
        /// An object, or a property or an element that would be one, of which the type is enough.
        case type(ObjectType)
        /// A list of such.
        case list(of: ObjectType)
        /// A function or a method, of which its result is enough.
        case function(Function)
        case nothing

        var isType: Bool { if case .type = self { true } else { false } }
    }

    private func resolve(_ path: ValuePath) -> Resolved {
        var found = typed(root(path.root))
        for step in path.steps {
            switch (found, step) {
            case (.value(let value), .call): found = state.registeredFunction(value).map(Resolved.function) ?? .nothing
            default: break
            }
            switch (found, step) {
            case (.function(let function), .call): found = result(of: function)
            case (.type(let type), .method(let name)):
                found = type.methods.first { $0.shortName == name }.map(Resolved.function) ?? .nothing
            case (.value(.reference(let table)), .element): found = typed(state.field(.integer(1), of: table))
            case (.value(.reference(let table)), .field(let name)): found = typed(state.field(name, of: table))
            case (.value(.reference(let table)), .index(let index)): found = typed(state.field(.integer(index), of: table))
            case (.type(let type), .field(let name)):
                found = type.properties.first { $0.name == name }.map { described($0.type) } ?? .nothing
            case (.type(let type), .index), (.type(let type), .element): found = type.elementType.map(described) ?? .nothing
            case (.list(let type), .index), (.list(let type), .element): found = .type(type)
            default: return .nothing
            }
        }
        return found
    }

    /// A variable of the call that the debugger looks at, or a global.
    private func root(_ name: String) -> Value { session.debugger.value(of: name) ?? state[global: name] }

    /// The first result, as far as the words for what a function returns begin with a type: "Solutions, best first".
    private func result(of function: Function) -> Resolved {
        described(String(function.returns.prefix { !",;:(".contains($0) }))
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
        let completer = Unmanaged<Completer>.fromOpaque(context).takeUnretainedValue()
        let before = Array(completer.before.utf8) + (completer.before.isEmpty ? [] : [UInt8(ascii: "\n")])
        let text = before + Array(UnsafeRawBufferPointer(start: line, count: cursor))
        let candidates: Candidates
        if before.isEmpty, let mark = text.firstIndex(where: { !$0.isBlank }), text[mark] == UInt8(ascii: "?") {
            let start = text[(mark + 1)...].firstIndex { !$0.isBlank } ?? text.endIndex
            candidates = completer.topics(beginningWith: String(decoding: text[start...], as: UTF8.self))
            line_editor_complete_from(completions, start)
        } else {
            guard let word = CompletionContext(text) else { return }
            candidates = completer.candidates(for: word)
            line_editor_complete_from(completions, word.start - before.count)
        }
        var offered: Set<String> = []
        for candidate in candidates.words where offered.insert(candidate).inserted { line_editor_complete_with(completions, candidate) }
        if let ending = candidates.ending { line_editor_complete_ending(completions, CChar(bitPattern: ending)) }
    }
}
