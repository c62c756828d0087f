import Foundation
import LuaBridge
import Testing

@Suite struct LibrariesTests {
    @Test func bytecodeIsRefusedByEveryLoader() throws {
        let fixture = try Fixture()
        let path = NSTemporaryDirectory() + "bytecode-\(UUID().uuidString).lua"
        try Data([0x1b, 0x4c, 0x75, 0x61, 0x54, 0x00]).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        fixture.state[global: "path"] = .string(path)
        #expect(try fixture.run("return select(2, load('\\27Lua'))").contains("attempt to load a binary chunk"))
        #expect(try fixture.run("return select(2, load('\\27Lua', 'x', 'b'))").contains("attempt to load a binary chunk"))
        #expect(try fixture.run("return select(2, loadfile(path))").contains("attempt to load a binary chunk"))
        #expect(fixture.message("dofile(path)")?.contains("attempt to load a binary chunk") == true)
        #expect(fixture.message("package.path = path require 'x'")?.contains("attempt to load a binary chunk") == true)
        #expect(try fixture.run("return string.dump, package.loadlib, package.cpath, #package.searchers") == "nil nil  2")
    }

    @Test func textIsLoadedInEachWay() throws {
        let fixture = try Fixture()
        let folder = NSTemporaryDirectory() + "modules-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "return { name = ..., n = 7 }".write(toFile: folder + "/seven.lua", atomically: true, encoding: .utf8)
        fixture.state.packagePath = folder + "/?.lua"
        fixture.state[global: "path"] = .string(folder + "/seven.lua")
        #expect(try fixture.run("return require('seven').n, require('seven').name") == "7 seven")
        #expect(try fixture.run("return dofile(path).n, loadfile(path)().n, loadfile(path, 't', {})().n") == "7 7 7")
        #expect(try fixture.run("return load('return 1 + 1')(), load('return x', 'n', 't', { x = 5 })()") == "2 5")
        #expect(try fixture.run("local parts = { 'return ', '4' } return load(function() return table.remove(parts, 1) end)()") == "4")
        #expect(try fixture.run("return load(function() error('reader') end)").contains("reader"))
        #expect(fixture.message("require 'eight'")?.contains("no file") == true)
    }

    @Test func harmlessStatesReachNothing() throws {
        let fixture = try Fixture(isHarmless: true)
        let text = "return io, package, require, debug, dofile, loadfile, os.execute, os.exit, os.remove, os.getenv, string.dump"
        #expect(try fixture.run(text) == Array(repeating: "nil", count: 11).joined(separator: " "))
        #expect(try fixture.run("return math.max(1, 2), ('x'):rep(3), #host.echo({ 1, 2 }), os.clock() >= 0") == "2 xxx 2 true")
    }

    @Test func memoryLimitIsALuaError() throws {
        let fixture = try Fixture(memoryLimit: 4_000_000)
        let error = #expect(throws: LuaError.self) { try fixture.state.run("local s = ('x'):rep(1 << 30)") }
        #expect(error?.kind == .memory)
        #expect(fixture.message("local t = {} while true do t[#t + 1] = { host.token() } end")?.contains("not enough memory") == true)
        fixture.state.collectGarbage()
        #expect(fixture.counter.count == 0)
        #expect(try fixture.run("return #host.echo('abc')") == "3")
    }
}
