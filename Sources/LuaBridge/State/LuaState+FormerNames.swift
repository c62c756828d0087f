import CLua

// What earlier versions called things answers for one version more, and says how it is called now: once a session.

extension LuaState {
    /// Notes that something was asked for by its earlier name.
    ///
    /// - Parameters:
    ///   - former: The earlier name: "option position_width", "Track.greatest_step".
    ///   - name: Today's name.
    public func noteRenaming(of former: String, to name: String) {
        guard notedNames.insert(former).inserted else { return }
        note((callerPlace.map { "\($0): " } ?? "") + "\(former) is now called \(name); the earlier name goes with the next version")
    }

    /// The line of a script that called into Swift: "script.lua:12"; nil where no script did.
    private var callerPlace: String? {
        var record = lua_Debug()
        guard lua_getstack(current, 1, &record) != 0, lua_getinfo(current, "Sl", &record) != 0, record.currentline > 0 else { return nil }
        let name = withUnsafeBytes(of: &record.short_src) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return "\(name):\(record.currentline)"
    }

    /// The function of a namespace by an earlier name; nil where it is none.
    func formerFunction(_ former: String, of namespace: String, _ table: Slot) throws -> Value? {
        guard let function = registry.functions.first(where: { $0.owner == namespace && $0.formerNames.contains(former) }) else { return nil }
        noteRenaming(of: "\(namespace).\(former)", to: function.name)
        return try table.withField(.string(function.shortName)) { $0.value }
    }

    /// The field or method of an object that a key names by an earlier name; nil where it is none.
    func formerMember(_ arguments: Arguments, of type: ObjectType) throws -> Value? {
        guard arguments[2].kind == .string else { return nil }
        let former = try arguments[2].string()
        let methods = type.methods.lazy.filter { $0.formerNames.contains(former) }.map(\.shortName)
        let properties = type.properties.lazy.filter { $0.formerNames.contains(former) }.map(\.name)
        guard let name = methods.first ?? properties.first else { return nil }
        noteRenaming(of: "\(type.name).\(former)", to: name)
        return try arguments[1].withMember(name) { $0.value }
    }
}
