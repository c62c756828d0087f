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

    @Test func linesOfFilesAreReadAsEver() throws {
        let fixture = try Fixture()
        let path = NSTemporaryDirectory() + "lines-\(UUID().uuidString)"
        try "one\ntwo\n3 4 0x10\nlast".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        fixture.state[global: "path"] = .string(path)
        let all = "local t = {} for line in %@ do t[#t + 1] = line end return table.concat(t, '|')"
        for way in ["io.lines(path)", "io.lines(path, 'l')", "io.open(path):lines()", "io.open(path):lines('*l')"] {
            #expect(try fixture.run(all.replacing("%@", with: way)) == "one|two|3 4 0x10|last", "\(way)")
        }
        #expect(try fixture.run(all.replacing("%@", with: "io.lines(path, 'L')")) == "one\n|two\n|3 4 0x10\n|last")
        #expect(try fixture.run("io.input(path) " + all.replacing("%@", with: "io.lines()")) == "one|two|3 4 0x10|last")
        #expect(try fixture.run("return io.type(io.input()), io.lines(path, 'l', 2)()") == "file one tw")
        #expect(try fixture.run("local f = io.open(path) f:read('l', 'l') return f:lines('n')(), f:read('n'), io.type(f)") == "3 4 file")
        #expect(try fixture.run("return select('#', io.lines(path)), select('#', io.open(path):lines())") == "4 1")
        // The file is closed at its end, and by the loop's fourth value.
        #expect(try fixture.run("local next, _, _, file = io.lines(path) while next() do end return io.type(file)") == "closed file")
        #expect(try fixture.run("local _, _, _, file = io.lines(path) for line in io.lines(path), nil, nil, file do break end return io.type(file)") == "closed file")
        #expect(fixture.message("local next = io.lines(path) while next() do end next()")?.contains("file is already closed") == true)
        #expect(fixture.message("local f = io.open(path) f:close() f:lines()")?.contains("attempt to use a closed file") == true)
        #expect(fixture.message("io.lines(path .. '-missing')")?.contains("No such file") == true)
        #expect(fixture.message("io.lines(path, table.unpack({}, 1, 251))")?.contains("too many arguments") == true)
        #expect(fixture.message("io.lines(path, 'x')()")?.contains("invalid format") == true)
        #expect(fixture.message("io.lines('/tmp')()")?.contains("directory") == true)
        // Every message begins with the line.
        for (call, text) in [
            ("for line in io.lines(path, 'x') do end", "bad argument #2 to 'for iterator' (invalid format)"), ("for line in io.open(path):lines('x') do end", "invalid format"),
            ("for line in io.lines('/tmp') do end", "Is a directory"), ("for line in io.lines(path .. '-missing') do end", "-missing' (No such file or directory)"),
            ("local f = io.open(path) local next = f:lines() f:close() for line in next do end", "file is already closed"), ("local f = io.open(path) f:read('x')", "invalid format"),
            ("io.input(path) io.input():close() for line in io.lines() do end", "attempt to use a closed file"), ("io.lines({})", "string expected, got table"),
        ] {
            let message = try fixture.run("local ok, message = pcall(load([[\(call)]], '=file')) return message")
            #expect(message.hasPrefix("file:1: ") && message.contains(text), "\(call): \(message)")
        }
        for field in 1...6 { _ = try fixture.run("local f = io.lines(path) pcall(debug.setupvalue, f, \(field), 3) pcall(f)") }
    }

    /// Long texts and many values are formatted in parts; that gives what short ones give.
    @Test func longTextsAreFormattedAsShortOnes() throws {
        let fixture = try Fixture()
        _ = try fixture.run("long = ('a\"\\\\\\n\\0\\r1\\0012é'):rep(5000) object = setmetatable({}, { __tostring = function() return 'told' end })")
        #expect(try fixture.run("return load('return ' .. string.format('%q', long))() == long, #string.format('%q', ('x'):rep(20000))") == "true 20002")
        #expect(try fixture.run("return string.format('%s|%5d|%%', long, 7) == long .. '|    7|%', string.format('%.2s%s', 'abc', long) == 'ab' .. long") == "true true")
        #expect(try fixture.run("return string.format('%s %q %x', object, 1.5, 255, long)") == "told 0x1.8p+0 ff")
        #expect(try fixture.run("local t = {} for i = 1, 100 do t[i] = i end return #string.format(('%d '):rep(100), table.unpack(t))") == "292")
        #expect(fixture.message("string.format('%d', 'x', long)")?.contains("bad argument #2") == true)
        #expect(fixture.message("string.format('%s %d', long, 'x')")?.contains("bad argument #3") == true)
        #expect(fixture.message("string.format('%s %d', long)")?.contains("bad argument #3 to 'format' (no value)") == true)
        #expect(fixture.message("string.format('%s %q', long, {})")?.contains("bad argument #3 to 'format' (value has no literal form)") == true)
        #expect(fixture.message("string.format('%5s', long)")?.contains("string contains zeros") == true)
        #expect(fixture.message("string.format('%s %y', long, 1)")?.contains("invalid conversion '%y' to 'format'") == true)
    }

    /// What a function of the libraries refuses is told with the line that called it and under its name, though another stands in for it.
    @Test func refusalsNameTheLineAndTheFunction() throws {
        let fixture = try Fixture()
        for (call, text) in [
            ("string.format('%d', 3.5)", "bad argument #2 to 'format' (number has no integer representation)"), ("string.format('%y', 1)", "invalid conversion '%y' to 'format'"),
            ("table.insert({}, 5, 5)", "bad argument #2 to 'insert' (position out of bounds)"), ("table.insert({}, 1, 2, 3)", "wrong number of arguments to 'insert'"),
            ("table.remove({}, 7)", "bad argument #1 to 'remove' (position out of bounds)"), ("table.sort(1)", "bad argument #1 to 'sort' (table expected, got number)"),
            ("table.move(setmetatable({}, {}), 1, 2)", "bad argument #4 to 'move' (number expected, got no value)"),
            ("utf8.len('a', 5)", "bad argument #2 to 'len' (initial position out of bounds)"), ("utf8.offset('aä', 1, 3)", "initial position is a continuation byte"),
            ("coroutine.close(1)", "bad argument #1 to 'close' (thread expected, got number)"),
            // What takes long goes other ways.
            ("string.format('%s %y', ('x'):rep(20000), 1)", "invalid conversion '%y' to 'format'"), ("utf8.offset(('a'):rep(20), 2000000, 50)", "bad argument #3 to 'offset' (position out of bounds)"),
            ("utf8.offset('ä', 2000000, 2)", "initial position is a continuation byte"),
        ] {
            let message = try fixture.run("local ok, message = pcall(load([[\(call)]], '=file')) return message")
            #expect(message == "file:1: " + text)
        }
    }

    @Test func commandsAreRunAndReadFromAndWrittenTo() throws {
        let fixture = try Fixture()
        let path = NSTemporaryDirectory() + "command-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        fixture.state[global: "path"] = .string(path)
        #expect(try fixture.run("return os.execute('true')") == "true exit 0")
        #expect(try fixture.run("return os.execute('exit 3')") == "nil exit 3")
        #expect(try fixture.run("return os.execute('kill -9 $$')") == "nil signal 9")
        #expect(try fixture.run("return os.execute()") == "true")
        #expect(try fixture.run("local p = io.popen('echo hi; exit 5') return p:read('l'), p:close()") == "hi nil exit 5")
        #expect(try fixture.run("local p = io.popen('cat > ' .. path, 'w') p:write('abc') p:close() return io.open(path):read('a')") == "abc")
        #expect(try fixture.run("local t = {} for line in io.popen('printf \"a\\\\nb\\\\n\"'):lines() do t[#t + 1] = line end return #t, t[2]") == "2 b")
        #expect(fixture.message("io.popen('true', 'rw')")?.contains("invalid mode") == true)
        #expect(try fixture.run("local p <close> = io.popen('cat') return io.type(p)") == "file")
    }

    /// A name that is not text is told of, rather than looked for by other bytes.
    @Test func namesThatAreNotTextAreToldOf() throws {
        let fixture = try Fixture()
        let value = try fixture.state.run("return { a = 1, ['\\xff\\xfe'] = 2, b = 3 }")[0]
        let error = #expect(throws: ArgumentError.self) { try fixture.state.withSlot(value) { try $0.names() } }
        #expect(error?.description.contains("has a name that is not text in UTF-8") == true)
        guard case .reference(let table) = value else { Issue.record("no table"); return }
        #expect(Set(fixture.state.names(in: table).map(\.name)) == ["a", "b"])
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
