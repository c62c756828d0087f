import CLua
import CLuaSupport

/// A Swift function as Lua reaches it: by its index among the state's callbacks.
final class Callback {
    let name: String
    let parameters: [Parameter]
    let isMethod: Bool
    let body: (Arguments) throws -> Value
    let function: Function?
    /// How many arguments it reads; nil where more may be meant.
    let count: Int?

    /// - Parameter isMethod: whether the first argument is the object that it was called on.
    init(name: String, isMethod: Bool = false, body: @escaping (Arguments) throws -> Value) {
        self.name = name
        parameters = []
        self.isMethod = isMethod
        self.body = body
        function = nil
        count = nil
    }

    /// - Parameter isCalledOnTable: The first argument is then the table that the function is reached by.
    init(_ function: Function, isCalledOnTable: Bool = false) {
        name = function.spokenName
        parameters = function.parameters
        isMethod = function.isMethod || isCalledOnTable
        body = function.body
        self.function = function
        count = function.parameters.contains(where: \.isRepeated) ? nil : function.parameters.count
    }
}

extension LuaState {
    /// Offers a function under its full name, whose namespaces are made where they are missing.
    ///
    /// Where functions are registered below its name, before or after, the name is a table that can be called:
    /// `avips.target{...}` beside `avips.target.pose(...)`.
    public func register(_ function: Function) throws {
        let isNamespace = registry.namespaces.contains(function.name)
        registry.functions.append(function)
        if isNamespace { try makeCallable(function) } else { try setField(function.name, to: add(Callback(function))) }
    }

    // Makes the namespace that a function is named after callable.
    private func makeCallable(_ function: Function) throws {
        try reserve(10)
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        avips_push_globals(current)
        for part in function.name.split(separator: ".") {
            lua_pushstring(current, String(part))
            lua_rawget(current, -2)
        }
        setCall(to: function, of: lua_gettop(current))
    }

    // Sets what a call of a namespace's table does.
    private func setCall(to function: Function, of table: Int32) {
        guard lua_getmetatable(current, table) != 0 else { return }
        pushFunction(add(Callback(function, isCalledOnTable: true)))
        lua_setfield(current, -2, "__call")
        avips_pop(current, 1)
    }

    /// Offers a type of objects.
    public func register(_ type: ObjectType) throws {
        registry.types.append(type)
        try reserve(10)
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        let spoken = type.name.prefix(1).lowercased() + type.name.dropFirst()

        lua_createtable(current, 0, 16)
        let metatable = lua_gettop(current)
        func set(_ name: String, as spokenName: String, isMethod: Bool = false, _ body: @escaping (Arguments) throws -> Value) {
            pushFunction(add(Callback(name: spokenName.isEmpty ? spoken : "\(spoken) \(spokenName)", isMethod: isMethod, body: body)))
            lua_setfield(current, metatable, name)
        }
        try push(.string(type.name))
        lua_setfield(current, metatable, "__name")
        try push(.string(type.name))
        lua_setfield(current, metatable, "__metatable")
        lua_pushcclosure(current, avips_release_object, 0)
        lua_setfield(current, metatable, "__close")
        // What an object is described by may come from a file: the names of a robot's links, the history of a model.
        set("__tostring", as: "as text") { arguments in
            guard case .string(let text) = try type.describe(arguments) else { return .nil }
            return .string(text.harmless(keepingColors: type.isDrawn))
        }
        if !type.operators.contains(where: { $0.0 == .equal }) {
            set("__eq", as: "==") { .boolean($0.anyOperand(1) === $0.anyOperand(2)) }
        }
        for (operation, body) in type.operators { set(operation.rawValue, as: operation.sign, isMethod: operation == .call, body) }
        let members = type.methods.map(\.shortName) + type.properties.map(\.name)
        set("__pairs", as: "") { _ in throw ArgumentError(type.refusalOfPairs) }
        set("__newindex", as: "") { [unowned self] arguments in throw readOnly(arguments[2], of: type, members: members) }

        lua_createtable(current, 0, Int32(type.methods.count + type.properties.count))
        for method in type.methods {
            pushFunction(add(Callback(method)))
            lua_setfield(current, -2, method.shortName)
        }
        for property in type.properties {
            let body: (Arguments) throws -> Value = { [unowned self] arguments in
                let value = try property.body(arguments)
                if !lostWrites.names.isEmpty, lostWrites.names.contains(property.name) { try checkWrite(to: property.name, of: type.name, value) }
                return value
            }
            lua_pushinteger(current, lua_Integer(add(Callback(name: "\(spoken).\(property.name)", body: body))))
            lua_setfield(current, -2, property.name)
        }
        let fallback = add(Callback(name: spoken) { [unowned self] arguments in
            if let element = type.element, arguments[2].kind == .number { return try element(arguments) }
            if let former = try formerMember(arguments, of: type) { return former }
            throw ArgumentError(unknownMember(arguments[2], of: type, members: members))
        })
        avips_push_index_function(current, fallback)
        lua_setfield(current, metatable, "__index")
        lua_rawsetp(current, avips_registry_index(), type.key)
    }

    /// Sets a field by its full name, such as "avips.version"; namespaces are made where they are missing.
    public func setField(_ name: String, to value: Value) throws {
        try setField(name) { try push(value) }
    }

    private func setField(_ name: String, to callback: Int32) throws {
        try setField(name) { pushFunction(callback) }
    }

    private func setField(_ name: String, push: () throws -> Void) throws {
        try reserve(10)
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        let parts = name.split(separator: ".").map(String.init)
        avips_push_globals(current)
        for depth in 0..<max(0, parts.count - 1) {
            lua_pushstring(current, parts[depth])
            if lua_rawget(current, -2) == LUA_TTABLE { continue }
            let index = Int(avips_function_index(current, -1))
            avips_pop(current, 1)
            makeNamespace(parts[...depth].joined(separator: "."), in: lua_gettop(current), isTop: depth == 0)
            if index > 0, let function = callbacks[index].function { setCall(to: function, of: lua_gettop(current)) }
        }
        lua_pushstring(current, parts.last ?? name)
        try push()
        lua_rawset(current, -3)
    }

    // Pushes a new table and makes it a field of the table at `parent`. A name that it lacks is an error with a suggestion.
    private func makeNamespace(_ name: String, in parent: Int32, isTop: Bool) {
        let shortName = String(name.split(separator: ".").last ?? "")
        lua_createtable(current, 0, 16)
        lua_pushstring(current, shortName)
        lua_pushvalue(current, -2)
        lua_rawset(current, parent)
        lua_createtable(current, 0, 2)
        let fallback = Callback(name: name) { [unowned self] arguments in
            let key = arguments[2]
            guard key.kind == .string else { throw ArgumentError("has no field [\(key.found)]") }
            let missing = try key.string()
            if let former = try formerFunction(missing, of: name, arguments[1]) { return former }
            let names = try arguments[1].names()
            throw ArgumentError("there is no '\(missing)'" + registry.suggestion(for: missing, among: names)
                + (options.isHarmless ? " (some functions are missing in a safe session)" : ""))
        }
        pushFunction(add(fallback))
        lua_setfield(current, -2, "__index")
        lua_pushboolean(current, 0)
        lua_setfield(current, -2, "__metatable")
        lua_setmetatable(current, -2)
        // Tracebacks name functions by the tables in package.loaded.
        if isTop, lua_getfield(current, avips_registry_index(), "_LOADED") == LUA_TTABLE {
            lua_pushvalue(current, -2)
            lua_setfield(current, -2, shortName)
            avips_pop(current, 1)
        }
    }

    func add(_ callback: Callback) -> Int32 {
        callbacks.append(callback)
        return Int32(callbacks.count - 1)
    }

    func pushFunction(_ index: Int32) { avips_push_function(current, index) }
}

extension LuaState {
    fileprivate func unknownMember(_ key: Slot, of type: ObjectType, members: [String]) -> String {
        guard key.kind == .string, let name = try? key.string() else {
            return "\(type.name.withArticle) has no element for \(key.found)" + (type.element == nil ? "" : "; elements are numbered from 1")
        }
        return "\(type.name.withArticle) has no field or method '\(name)'" + registry.suggestion(for: name, in: type)
    }

    fileprivate func readOnly(_ key: Slot, of type: ObjectType, members: [String]) -> ArgumentError {
        guard key.kind == .string, let name = try? key.string() else { return ArgumentError("the elements of \(type.name.withArticle) are read-only") }
        return ArgumentError(members.contains(name)
            ? "the field '\(name)' of \(type.name.withArticle) is read-only"
            : "\(type.name.withArticle) has no field '\(name)', and none can be added" + registry.suggestion(for: name, in: type))
    }
}

extension ObjectType {
    /// What `pairs` says of an object.
    fileprivate var refusalOfPairs: String {
        let fields = properties.map(\.name), methods = methods.map(\.shortName)
        return "pairs goes through tables, and \(name.withArticle) is none"
            + (fields.isEmpty ? "" : "; its fields are " + fields.joined(separator: ", "))
            + (methods.isEmpty ? "" : "; its methods are " + methods.joined(separator: ", "))
            + (element == nil ? "" : "; its elements are numbered from 1")
    }
}

extension String {
    /// The name with the article that it is spoken with: "a Robot", "an Animation".
    var withArticle: String { (first.map("AEIOaeio".contains) == true ? "an " : "a ") + self }
}
