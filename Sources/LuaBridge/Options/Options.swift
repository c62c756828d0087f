import CLua
import CLuaSupport

/// A table of options, its keys checked against those that the function declares.
public struct Options {
    private let state: LuaState
    private let table: Int32?
    /// The options that were given, by today's names: most that a function asks for are absent, and Lua need not be asked for those.
    private var names: [String] = []
    /// The earlier names that were given, by today's.
    private var formerNames: [String: String] = [:]

    init(state: LuaState, table: Int32?) {
        self.state = state
        self.table = table
    }

    /// The options in a table inside another one.
    ///
    /// - Throws: `ArgumentError` for what is no table, for an unknown key (with a suggestion), for a value without a name.
    public init(_ slot: Slot, declared parameter: Parameter) throws {
        state = slot.state
        if slot.isNil {
            guard parameter.isOptional else { throw slot.mismatch("a table { \(parameter.options.map { $0.name + "=" }.joined(separator: ", ")) }") }
            table = nil
            return
        }
        guard slot.kind == .table else { throw slot.mismatch(parameter.type == "table" ? "a table of options" : parameter.type.withArticle) }
        table = slot.index
        try checkKeys(of: slot, parameter)
    }

    private mutating func checkKeys(of slot: Slot, _ parameter: Parameter) throws {
        let L = state.current
        try state.reserve(4)
        lua_pushnil(L)
        // Nothing between the steps changes the table or lets Lua allocate, so none of them can raise.
        while lua_next(L, slot.index) != 0 {
            let key = lua_gettop(L) - 1
            guard lua_type(L, key) == LUA_TSTRING else {
                let value = Slot(state: state, index: key + 1, place: .value)
                throw ArgumentError("\(slot.place) has a value without a name, \(value.found); name it: \(parameter.options.first?.name ?? "name") = ...")
            }
            let name = state.string(at: key)
            if parameter.options.contains(where: { $0.name == name }) { names.append(name) } else { try acceptFormer(name, parameter) }
            avips_pop(L, 1)
        }
        for (name, former) in formerNames {
            guard self[name, true] == nil else { throw ArgumentError("give \(name) or \(former), its earlier name, not both") }
            state.noteRenaming(of: "option \(former)", to: name)
        }
    }

    /// - Throws: `ArgumentError` where the key is no earlier name of an option either.
    private mutating func acceptFormer(_ name: String, _ parameter: Parameter) throws {
        if let option = parameter.options.first(where: { $0.formerNames.contains(name) }) {
            guard formerNames.updateValue(name, forKey: option.name) == nil else {
                throw ArgumentError("option \(option.name) is given twice, by names of earlier versions")
            }
            names.append(option.name)
            return
        }
        let names = parameter.options.map(\.name)
        let near = suggestion(for: name, among: names)
        throw ArgumentError("unknown option '\(name)'" + (near.isEmpty ? "; the options are " + names.joined(separator: ", ") : near))
    }

    /// The value of an option; nil where it was not given.
    subscript(name: String) -> Slot? {
        guard names.contains(name) else { return nil }
        return self[formerNames.isEmpty ? name : formerNames[name] ?? name, true]
    }

    /// The value of a key as it is written; nil where there is none.
    private subscript(name: String, _: Bool) -> Slot? {
        guard let table else { return nil }
        let L = state.current
        guard lua_checkstack(L, 4) != 0 else { return nil }
        lua_pushstring(L, name)
        if lua_rawget(L, table) == LUA_TNIL {
            avips_pop(L, 1)
            return nil
        }
        return Slot(state: state, index: lua_gettop(L), place: .option(name))
    }
}
