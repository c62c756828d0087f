import Foundation
import LuaBridge
import Testing

/// Writing into what a property of an object has just made is an error, and no other writing is.
@Suite struct LostWritesTests {
    private struct Thing {}

    private func state() throws -> LuaState {
        let state = try LuaState()
        try state.register(ObjectType(
            "Thing", of: Thing.self, "A thing.", describe: { _ in "thing" },
            properties: [
                ObjectProperty("list", "list of numbers", "numbers") { _ in .numbers([1, 2, 3]) },
                ObjectProperty("rows", "list of lists", "lists") { _ in .list([.numbers([1, 2])]) },
                ObjectProperty("record", "table", "fields") { _ in .record(["a": 1, "b": .numbers([1])]) },
                ObjectProperty("parts", "list of Things", "objects") { _ in .list([.object(holding: Thing())]) },
            ]))
        try state.setField("thing", to: .object(holding: Thing()))
        return state
    }

    @Test(arguments: [
        "thing.list[1] = 5", "thing.list[ 1 ]=5", "local i = 2\nthing.list[i] = thing.rows[1][1]", "thing.rows[1][2] = 0", "thing.record.a = 2",
        "thing.record.b[1] = 2", "for i = 1, 3 do thing.list[i] = 0 end", "local t = { thing }\nt[1].list[#t[1].list + 1] = 4",
        "thing.list[1] = 5 print(thing.list[1])", "assert(thing.list[1] == 1) thing.list[1] = thing.list[2] + 1", "local t = { thing } t[1].list[1] = t[1].list[2]",
        "thing.parts[1] = nil", "thing.parts[2] = thing.parts[1]",
    ])
    func isAnErrorThatNamesTheField(_ code: String) throws {
        let error = try #require(#expect(throws: LuaError.self) { try state().run(code) })
        #expect(error.message.contains("is a copy, and what is written to it here is lost") && error.message.contains(" of a Thing"), "\(error)")
    }

    @Test func objectsInAListSayForThemselvesThatTheyAreReadOnly() throws {
        let error = try #require(#expect(throws: LuaError.self) { try state().run("thing.parts[1].size = 2") })
        #expect(error.message.contains("a Thing has no field 'size'"), "\(error)")
    }

    @Test(arguments: [
        "local list = thing.list\nlist[1] = 5 assert(list[1] == 5)", "assert(thing.list[1] == 1)", "if thing.list[1] <= 2 then end",
        "local own = { list = {} }\nown.list[1] = thing.list[1]", "local own = { list = { 0 }, record = {} }\nown.list[1] = 2 own.record.a = 3",
        "local t = {} t[thing.list[1]] = 2", "local t = { [thing.list[2]] = thing.list[1] }", "local x <const> = thing.list\nx[2] = 1", "local t = {} t.x = thing.record.a",
        "-- thing.list[1] = 5\nlocal list = thing.list",
        "local ng = { list = {} } for i = 1, 3 do ng.list[i] = thing.list[i] end", "local own = { list = {} } own.list[#thing.list] = 0",
        "local own = { parts = {} } own.parts[#thing.parts] = 0", "local x = 'thing.list[1] = ' .. thing.list[1]",
        "assert(thing.list[1] ~= nil, 'thing.list[1] = nil')", "local x = thing.list[1] -- thing.list[1] = 5", "local x = thing.list[1] --[[ thing.list[1] = 5 ]]",
        "local x = [[ thing.list[1] = 5 ]] .. thing.list[1]", "local own = { list = {} } own.list[1] = thing['list'][1]",
    ])
    func otherwiseNothingIsRefused(_ code: String) throws { try state().run(code) }

    /// Files and texts that a script loads itself are looked at like those that it is started with.
    @Test(arguments: ["dofile(path)", "loadfile(path)()", "package.path = folder .. '/?.lua' require 'lost'", "load(io.open(path):read 'a')()", "load(io.open(path):read 'a', '=part')()"])
    func whateverLoadsIt(_ code: String) throws {
        let folder = NSTemporaryDirectory() + "lost-writes-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "local first = 1\nthing.list[first] = 5\n".write(toFile: folder + "/lost.lua", atomically: true, encoding: .utf8)
        let state = try state()
        let error = try #require(#expect(throws: LuaError.self) { try state.run("folder, path = '\(folder)', '\(folder)/lost.lua' " + code) })
        #expect(error.message.contains("is a copy, and what is written to it here is lost"), "\(error)")
        #expect(error.message.contains(":2:"), "\(error)")
    }

    /// An entry of the prompt is judged by itself, a file by its own lines.
    @Test func laterTextsOfTheSameNameTakeThePlace() throws {
        let state = try state()
        #expect(throws: LuaError.self) { try state.run("thing.list[1] = 5", name: "=stdin") }
        try state.run("local list = thing.list", name: "=stdin")
        try state.run("function first(x) return x.list[1] end", name: "=stdin")
        try state.run("own = { list = {} }", name: "=stdin")
        try state.run("own.list[1] = first(thing)", name: "=stdin")
    }
}
