import CLua

// What earlier versions called things answers for one version more, and says how it is called now: once a session.

extension LuaState {
    /// Notes that something was asked for by its earlier name.
    ///
    /// - Parameters:
    ///   - former: The earlier name: "option position_width", "Track.greatest_step".
    ///   - name: Today's name.
    func noteRenaming(of former: String, to name: String) {
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

    /// The function of a namespace or a type by an earlier full name; nil where it is none.
    func formerFunction(_ former: String) throws -> Value? {
        guard let (index, name) = formerFunctions[former] else { return nil }
        noteRenaming(of: former, to: name)
        try reserve(4)
        pushFunction(index)
        return .reference(Reference(poppingFrom: current, pool: references))
    }

    /// The field or method that a key names by an earlier name; nil where it is none.
    func formerMember(_ arguments: Arguments, of type: ObjectType) throws -> Value? {
        guard arguments[2].kind == .string else { return nil }
        let former = try arguments[2].string()
        if let method = try formerFunction("\(type.name):\(former)") { return method }
        guard let property = type.properties.first(where: { $0.formerNames.contains(former) }) else { return nil }
        noteRenaming(of: "\(type.name).\(former)", to: property.name)
        return try property.body(arguments)
    }
}
