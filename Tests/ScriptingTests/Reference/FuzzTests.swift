import Foundation
import LuaBridge
import Scripting
import TestSupport
import Testing

/// Calls every function, method, property and operator with hostile values, in a process of its own that must survive.
@Suite struct FuzzTests {
    @Test(arguments: 1...3)
    func hostileArgumentsNeverEndTheProcess(_ seed: Int) throws {
        let program = try #require(programPath, "the program avips is not built")
        try withTemporaryDirectory { directory in
            let script = directory + "/hostile.lua"
            try hostileScript(seed: seed, calls: 100).write(toFile: script, atomically: true, encoding: .utf8)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = [script]
            process.currentDirectoryURL = URL(fileURLWithPath: directory)
            process.environment = ["AVIPS_HOME": packageRoot, "HOME": directory, "PATH": "/usr/bin:/bin"]
            process.environment?["ASAN_OPTIONS"] = ProcessInfo.processInfo.environment["ASAN_OPTIONS"]
            let output = directory + "/output"
            #expect(FileManager.default.createFile(atPath: output, contents: nil))
            let handle = try #require(FileHandle(forWritingAtPath: output))
            process.standardOutput = handle
            process.standardError = handle
            process.standardInput = FileHandle.nullDevice
            try process.run()
            // Processor time, since a busy machine gives little of it; what only waits is given up after half an hour.
            let deadline = Date(timeIntervalSinceNow: 1800)
            while process.isRunning, Date() < deadline, processorTime(of: process.processIdentifier) < 240 { Thread.sleep(forTimeInterval: 0.05) }
            let isLate = process.isRunning
            if isLate {
                // The traceback of the interruption tells which call takes so long.
                process.interrupt()
                Thread.sleep(forTimeInterval: 3)
                kill(process.processIdentifier, SIGKILL)
            }
            process.waitUntilExit()
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
            #expect(!isLate, "not done in time: \(text.suffix(2000))")
            #expect(process.terminationReason == .exit && process.terminationStatus == 0, "\(text.suffix(3000))")
            #expect(text.hasSuffix("survived\n"), "\(text.suffix(2000))")
        }
    }

    /// What a process has spent, all its threads together, in s; 0 where that cannot be read.
    private func processorTime(of process: Int32) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else { return 0 }
        // User and system time are the twelfth and thirteenth fields behind the name, in ticks.
        let fields = text[end...].split(separator: " ").dropFirst().compactMap { Double($0) }
        return fields.count > 11 ? (fields[10] + fields[11]) / Double(sysconf(Int32(_SC_CLK_TCK))) : 0
    }

    /// The program beside the tests.
    private var programPath: String? {
        let directories = [CommandLine.arguments[0], "/proc/self/exe"].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path
        } + [packageRoot + "/.build/release"]
        return directories.map { $0 + "/avips" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The script: what there is to call, from the registry, before the code that calls it.
    private func hostileScript(seed: Int, calls: Int) throws -> String {
        let registry = try Fixture().session.state.registry
        func names(_ parameters: [Parameter]) -> String {
            "{" + parameters.map { "{" + $0.options.map { "\"\($0.name)\"" }.joined(separator: ", ") + "}" }.joined(separator: ", ") + "}"
        }
        var lines = ["local seed, calls = \(seed), \(calls)", "local functions, methods, fields = {}, {}, {}"]
        // What waits as long as it is told is no test of what is hostile.
        for function in registry.functions where function.name != "avips.system.sleep" { lines.append("functions[#functions + 1] = { \"\(function.name)\", \(function.name), \(names(function.parameters)) }") }
        for type in registry.types {
            lines.append("methods.\(type.name), fields.\(type.name) = {}, {}")
            for method in type.methods { lines.append("table.insert(methods.\(type.name), { \"\(method.shortName)\", \(names(method.parameters)) })") }
            for property in type.properties { lines.append("table.insert(fields.\(type.name), \"\(property.name)\")") }
        }
        return lines.joined(separator: "\n") + "\n" + hostileCalls
    }

    private let hostileCalls = #"""
        math.randomseed(seed)
        local panda = avips.robot "panda"
        local arm = avips.robot "planar_3link"
        local pose = panda:fk(panda:random())
        local model = avips.model{ robot = arm, components = 2, hidden = {16}, seed = 1 }
        local planar = arm:fk{ 0.1, 0.2, 0.3 }
        local answers = panda:ik(pose, { count = 3 })
        local matrix = avips.matrix{ {1, 2, 3}, {4, 5, 6} }
        local log = model:train{ steps = 2 }
        local objects = {
            panda, arm, pose, planar, model, answers, answers[1], matrix, matrix[1], log, model:predict(planar),
            avips.plot.poses(panda, answers), avips.plot.animate{ avips.plot.robot(arm, { 0, 1, 2 }) }, avips.json.null, panda:random(5), panda:ik(avips.pose{ xyz = {9, 9, 9} }, { restarts = 10 }),
        }
        local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 2, samples = 20, seed = 1 }
        vips:run{ iterations = 2 }
        for _, object in ipairs{ vips, vips.target, vips.log, vips.mixture, vips:iterations(3) } do objects[#objects + 1] = object end
        do local gone <close> = avips.matrix{ {1} } objects[#objects + 1] = gone end
        local loop = {} loop.loop = loop loop[1] = loop
        local deep = {} for i = 1, 300 do deep = { deep } end
        local wide = {} for i = 1, 3000 do wide[i] = i end
        local traps = setmetatable({}, {
            __index = function() error("index") end, __len = function() return -1 end, __tostring = function() error({}) end,
            __pairs = error, __eq = error, __add = error, __mul = error, __name = 3, __close = error,
        })
        local growing = setmetatable({}, { __index = function(t, k) rawset(t, k, k) return k end, __newindex = error })
        local values = {
            0, -1, 1, 2, 3, 0.5, -0.5, 1e308, -1e308, 5e-324, 0/0, 1/0, -1/0, 2^31, 2^53, 2^63, -2^63, math.mininteger, math.maxinteger, 17, 1000,
            "", "x", "panda", "\0", "\xff\xfe", "/dev/null/a.svg", "/dev/null/b.safetensors", "/dev/zero", "/", ".", "~", ("x"):rep(100000), "1e5", "nan", "a.svg",
            "{\"a\":[1,2,{}]}", ("["):rep(5000), "%n%s", "robot", true, false,
            {}, { 1 }, { 1, 2, 3 }, { 0, 0, 0, 0 }, { 0/0, 1, 2 }, { 1/0, 0, 0 }, { 1e308, 1e308, 1e308 }, { "a", "b", "c" }, { {} }, { { 1 }, { 2, 3 } }, { { 1, 2, 3 }, { 4, 5, 6 } },
            { 0, 0, 0, 0, 0, 0, 0 }, { { 0, 0, 0, 0, 0, 0, 0 } }, { 1e300, 0, 0, 0, 0, 0, 0 }, { nil, nil, 3 }, { [1] = 1, [1000000] = 2 }, { [0.5] = 1, x = 1 }, { xyz = 3 },
            { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } }, { print }, { panda }, { pose, pose },
            loop, deep, wide, traps, growing, { traps }, { growing }, print, error, function() error(traps) end, coroutine.create(print), coroutine.wrap(print), io.stdout, _G, _ENV, avips,
        }
        for _, object in ipairs(objects) do values[#values + 1] = object end
        local count = #values

        local function any()
            if math.random(12) == 1 then return nil end
            return values[math.random(count)]
        end
        -- Budgets that would be kept for minutes are no test of what is hostile.
        local lasting = { minutes = 1e7, restarts = 1e7, steps = 1e10, samples = 1e13, iterations = 1e10 }
        local function options(names)
            local table = {}
            for _ = 1, math.random(0, 3) do
                local name, value = names[math.random(#names)], any()
                local least = name == "minutes" and 0 or 1000
                local isLasting = lasting[name] and math.type(value) and value > least and value < lasting[name]
                if not isLasting then table[name] = value end
            end
            if math.random(20) == 1 then table[math.random(2) == 1 and "unheard_of" or 1] = 1 end
            return table
        end
        local function arguments(parameters)
            local list = { n = math.random(0, #parameters + 1) }
            for i = 1, list.n do
                local names = parameters[i]
                if names and #names > 0 and math.random(5) > 1 then
                    list[i] = options(names)
                elseif math.random(4) == 1 then
                    list[i] = math.random(2) == 1 and pose or planar
                elseif math.random(4) == 1 then
                    list[i] = objects[math.random(#objects)]
                elseif math.random(6) == 1 then
                    list[i] = math.random(0, 20)
                else
                    list[i] = any()
                end
            end
            return list
        end
        -- What computes for long gets as many calls as fit into its share of processor time, at least one.
        local spending = {}
        local function attempt(name, f, ...)
            if (spending[name] or 0) > 2 then return end
            local start = os.clock()
            local ok, result = pcall(f, ...)
            local spent = os.clock() - start
            spending[name] = (spending[name] or 0) + spent
            if spent > 2 then io.stderr:write(name, " took ", spent, " s\n") end
            if ok and result ~= nil and math.random(4) == 1 then pcall(tostring, result) end
            if not ok and type(result) == "string" and #result == 0 then error("an empty message from " .. name) end
        end

        local total = 0
        for _ = 1, calls do
            for _, entry in ipairs(functions) do
                local list = arguments(entry[3])
                attempt(entry[1], entry[2], table.unpack(list, 1, list.n))
                total = total + 1
            end
            for _, object in ipairs(objects) do
                local kind = getmetatable(object)
                for _, entry in ipairs(methods[kind] or {}) do
                    local receiver = math.random(6) == 1 and any() or object
                    local list = arguments(entry[2])
                    local ok, method = pcall(function() return object[entry[1]] end)
                    if ok then attempt(kind .. ":" .. entry[1], method, receiver, table.unpack(list, 1, list.n)) end
                    total = total + 1
                end
                for _, field in ipairs(fields[kind] or {}) do attempt(kind .. "." .. field, function() return object[field] end) end
                local other = any()
                for _, operation in ipairs{
                    function() return object[other] end, function() object[other] = other end, function() return object + other end,
                    function() return other - object end, function() return object * other end, function() return other * object end,
                    function() return object / other end, function() return object == other end, function() return object < other end,
                    function() return -object end, function() return #object end, function() return object .. other end,
                    function() return object(other) end, function() for _ in pairs(object) do end end, function() return object ^ other end,
                    function() return object & other end, function() return ("%s%d"):format(object, other) end,
                    function() local i = 0 for _ in ipairs(object) do i = i + 1 if i > 20 then break end end end,
                    function() return debug.getmetatable(object).__index(other, other) end,
                    function() return debug.getmetatable(object).__tostring(other) end,
                    function() return debug.setupvalue(object.fk or object.matrix, 1, other), object:fk(other) end,
                } do attempt(kind .. " operator", operation) end
            end
        end
        -- The same in a coroutine, and in finalizers.
        for _, entry in ipairs(functions) do
            coroutine.resume(coroutine.create(function(...) return entry[2](...) end), table.unpack(arguments(entry[3]), 1, 3))
            setmetatable({}, { __gc = function() entry[2](any(), any()) end })
        end
        collectgarbage()
        assert(total > 1000)
        -- Nothing was spoiled.
        assert(avips.robot("panda"):ik(pose, { seed = 1 }).found == 1)
        io.stdout:write("survived\n")
        """#
}
