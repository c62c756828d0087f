import Experiments
import Files
import Foundation
import LuaBridge
import Scripting
import Testing

/// Studies within a session; their command lines and processes are tested end to end.
@Suite struct ExperimentTests {
    /// Defines a study in a directory of its own, `study`, and runs code.
    private func run(_ definition: String, _ code: String) throws -> String {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture()
            defer { withExtendedLifetime(fixture) {} }
            fixture.session.state[global: "directory"] = .string(directory + "/study")
            return try fixture.shown("local study = avips.experiment{ name = 's', directory = directory, \(definition) } \(code)")
        }
    }

    @Test(arguments: [
        ("grid = { x = {} }, run = print", "must have a setting at least"),
        ("grid = { seed = {1} }, run = print", "must not have an axis \"seed\""),
        ("grid = { x = { print } }, run = print", "needs a name"),
        ("grid = { x = { 0/0 } }, run = print", "give it a name"),
        ("grid = { x = { from = 1, to = 2 } }, run = print", "is a range"),
        ("grid = { x = { 1, y = 2 } }, run = print", "not both"),
        ("seeds = {1, 1}, run = print", "must not have a seed twice"),
        ("grid = { x = {1} }", "option run must be given"),
        ("grid = { x = {1} }, run = 3", "must be a function"),
        ("run = print, search = { budget = 'steps' }", "budgets that rise"),
        ("run = print, search = { budget = 'steps', rungs = {3, 2}, by = 'loss' }", "budgets that rise"),
        ("run = print, search = { by = 'loss' }", "option by goes with budget"),
        ("run = print, search = { keep = 0.5 }", "option keep goes with budget"),
        ("run = print, search = { goal = 'highest' }", "option goal goes with budget"),
        ("grid = { steps = {1} }, run = print, search = { budget = 'steps', rungs = {2, 3}, by = 'loss' }", "must not have the axis"),
        ("options = { x = 1 }, grid = { x = {1} }, run = print", "which is an axis of the grid"),
    ])
    func whatIsWrongIsTold(_ definition: String, _ complaint: String) throws {
        let error = #expect(throws: LuaError.self) { try run(definition, "") }
        #expect(error?.message.contains(complaint) == true, "\(String(describing: error))")
    }

    /// A run that runs its own study would wait for itself.
    @Test func aStudyIsNotRunByItsOwnRuns() throws {
        let shown = try run(
            "grid = { x = {1} }, run = function() return me:run{ workers = 1 } end",
            "me = study; study:run{ workers = 1 } local status = study:status() return status.failed, status.failures[1].error:find('one of its own runs') ~= nil")
        #expect(shown == "1\ntrue")
    }

    @Test func hugeGridsAreRefusedAtOnce() throws {
        let code = "local t = {} for i = 1, 2000 do t[i] = i end "
        let fixture = try Fixture()
        #expect(fixture.message(code + "avips.experiment{ name = 's', grid = { a = t, b = t, c = t, d = t, e = t, f = t, g = t }, run = print }")?.contains("more than 1000000 runs") == true)
    }

    @Test func theSessionsStreamIsAsItWas() throws {
        let code = "avips.seed(3) local a = avips.robot('panda'):random()[1] avips.seed(3) study:run() return avips.robot('panda'):random()[1] == a"
        #expect(try run("grid = { x = {1, 2} }, run = function() return avips.robot('panda'):random()[1] end", code) == "true")
    }

    @Test func aRunDoesNotDependOnThoseBeforeIt() throws {
        let function = "run = function(c) return avips.robot('planar_3link'):random()[1] + math.random() end"
        let code = "study:run{ only = 'x=2' } local first = study:rows()[2].value study:forget 'all' study:run() return study:rows()[2].value == first and study:rows()[1].value == first"
        #expect(try run("grid = { x = {1, 2} }, " + function, code) == "true")
    }

    @Test func drawnPointsStayWhenMoreAreDrawn() throws {
        let grid = "grid = { rate = { from = 1e-4, to = 1e-2, log = true }, layers = { from = 1, to = 4, integer = true }, kind = {'a', 'b'} }, run = function(c) return c.rate end"
        let few = try run(grid + ", search = { random = 5, seed = 2 }", "local t = {} for i, row in ipairs(study:rows()) do t[i] = row.id end return table.concat(t, ' ')")
        let more = try run(grid + ", search = { random = 50, seed = 2 }", """
            local t = {}
            for i, row in ipairs(study:rows()) do
              t[i] = row.id
              assert(row.rate >= 1e-4 and row.rate <= 1e-2 and math.type(row.layers) == 'integer' and row.layers >= 1 and row.layers <= 4)
            end
            assert(#t == 50)
            return table.concat(t, ' ', 1, 5)
            """)
        #expect(few == more)
    }

    @Test func halvingGivesTheBestGreaterBudgetsFromTheirCheckpoints() throws {
        let definition = """
            grid = { rate = {1e-5, 1e-4, 1e-3, 4e-3} }, seeds = 2, search = { budget = "steps", rungs = {10, 30, 90}, keep = 0.5, by = "loss" },
            run = function(c, run)
              local model = avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = c.seed }
              local log = run:train(model, { steps = c.steps, batch = 64, learning_rate = c.rate })
              return { loss = log.loss[#log], trained = model.history.steps }
            end
            """
        let code = """
            study:run()
            local counts, rates = {}, {}
            for _, row in ipairs(study:rows()) do
              counts[row.steps] = (counts[row.steps] or 0) + 1
              assert(row.trained == row.steps, row.trained)
              if row.steps == 90 then rates[row.rate] = true end
            end
            assert(not rates[1e-5], "the slowest got on")
            return ("%d %d %d"):format(counts[10], counts[30], counts[90])
            """
        #expect(try run(definition, code).contains("8 4 2"))
    }

    @Test func anEarlierVersionKnowsWhatChanged() throws {
        try withTemporaryDirectory { directory in
            let script = directory + "/study.lua"
            func status(_ text: String) throws -> String {
                try Array(text.utf8).withUnsafeBytes { try FileReplacement(path: script).write($0) }
                let fixture = try Fixture()
                defer { withExtendedLifetime(fixture) {} }
                fixture.session.state[global: "directory"] = .string(directory + "/s")
                return try fixture.shown("local study = dofile('\(script)') local before = tostring(study) study:run() return before")
            }
            func text(_ steps: Int, _ helper: String, _ comment: String = "") -> String {
                "local steps = \(steps)\nlocal function helper(x) \(helper) end\nfunction global(x) return x end\nreturn avips.experiment{ name = 's', directory = directory, \(comment)\n run = function() \(comment)\n return helper(steps) + global(1) end }"
            }
            let versions = [
                (text(1, "return x"), "0 of 1 done"), (text(1, "return x", "-- what it is for"), "1 of 1 done"), (text(2, "return x"), "(what changed: steps)"),
                (text(2, "return 2 * x"), "(what changed: helper)"),
                (text(2, "return 2 * x").replacing("return x end\nreturn avips", with: "return 3 * x end\nreturn avips"), "(what changed: global)"),
            ]
            for (version, words) in versions {
                let told = try status(version)
                #expect(told.contains(words), "\(told)")
            }
        }
    }

    @Test func modelsRememberWhereTheyComeFrom() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture()
            defer { withExtendedLifetime(fixture) {} }
            let code = """
                local model = avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = 1 }
                model:train{ batch = 64, seed = 3, phases = { { steps = 2, learning_rate = 1e-3 }, { steps = 3, optimizer = "adam" } } }
                model:save "\(directory)/model.safetensors"
                local history = avips.model("\(directory)/model.safetensors").history
                assert(history.host == avips.system.host() and history.date:find "^%d%d%d%d%-%d%d%-%d%dT" and history.version == avips.version and history.built)
                assert(#history.phases == 2 and history.phases[2].optimizer == "adam" and history.phases[1].seed == 3)
                return true
                """
            #expect(try fixture.shown(code) == "true")
        }
    }

    @Test func processorTimeIsABudget() throws {
        let code = """
            local model = avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = 1 }
            local start = avips.system.processor_time()
            model:train{ cpu_minutes = 0.005, batch = 64, seed = 1 }
            local spent = avips.system.processor_time() - start
            assert(spent >= 0.29, spent)
            local ok, message = pcall(model.train, model, { cpu_minutes = 1, steps = 1 })
            return not ok and message:find "one budget only" ~= nil and model.history.steps > 3
            """
        let fixture = try Fixture()
        #expect(try fixture.shown(code) == "true")
        withExtendedLifetime(fixture) {}
    }

    @Test func filesAreConfinedInASafeSession() throws {
        let fixture = try Fixture(isHarmless: true)
        for code in ["avips.files.make 'x'", "avips.files.remove 'x'", "avips.files.move('x', 'y')", "avips.files.copy('x', 'y')"] {
            #expect(fixture.message(code)?.contains("a safe session") == true, "\(code)")
        }
        #expect(fixture.message("avips.files.list '/'")?.contains("looks only below") == true)
        #expect(fixture.message("avips.files.exists '/etc/passwd'")?.contains("looks only below") == true)
        #expect(try fixture.shown("return avips.files.exists '.'") == "true")
    }

    @Test func whatMustNotBeRemovedIsNot() throws {
        let fixture = try Fixture()
        for path in ["/", ".", "..", "/dev/null"] { #expect(fixture.message("avips.files.remove '\(path)'") != nil, "\(path)") }
        // Nothing is tried here that would be lost if the refusal were wrong.
        for path in ["/", "/usr", "/home", "/root", FileLocation.home, FileLocation.expanded("~"), FileLocation.expanded("~") + "/.", "..", "."] {
            #expect(FileLocation(path).isPrecious, "\(path)")
        }
        #expect(!FileLocation("/tmp/something/inside").isPrecious && !FileLocation("/usr/share/doc").isPrecious)
        #expect(FileLocation.expanded("~/x") == FileLocation.home + "/x" && FileLocation.expanded("a~") == "a~")
        #expect(FileTree.exists("/dev/null"))
    }

    @Test func filesOfLogsAndFiguresHaveNamesOfTheirOwn() throws {
        let shown = try run("""
            run = function()
              local model = avips.model{ robot = 'planar_3link', components = 2, hidden = {16}, seed = 1 }
              local log = model:train{ steps = 2, batch = 16, seed = 1 }
              local figure = avips.plot.curves(log)
              return { ['a/b'] = log, ['a-b'] = log, c = { ['../x'] = log }, ['p/q'] = figure, ['p-q'] = figure, loss = log.loss[#log] }
            end
            """, """
            study:run()
            local names = {}
            for _, name in ipairs(avips.files.list(directory .. '/runs/' .. study:rows()[1].id)) do
              if name:find '^log%-' or name:find '%.svg$' then names[#names + 1] = name end
            end
            return table.concat(names, ' ')
            """)
        #expect(shown.contains("log-a-b-2.json log-a-b.json log-c----x.json p-q-2.svg p-q.svg"))
    }

    @Test func tablesAreWrittenAlikeInBothWays() throws {
        let shown = try run("grid = { hidden = { { 1, 2 }, { 3 } }, name = {'a, b'} }, run = function(c) return { loss = #c.hidden } end", """
            study:run()
            avips.csv.write(directory .. '/t.csv', study:table())
            local text = io.open(directory .. '/t.csv'):read 'a'
            return (text:gsub('""', '')) == (study:table():csv():gsub('""', '')), text:find('1 2', 1, true) ~= nil
            """)
        #expect(shown == "true\ntrue", "\(shown)")
    }

    /// Keeps the reports of progress that a session gives.
    private final class Watcher: ProgressObserver {
        private(set) var reports: [ProgressReport] = []
        func show(_ report: ProgressReport) { reports.append(report) }
        func end() {}
    }

    @Test func aStudyThatGoesOnShowsWhatItsEarlierPartDid() throws {
        try withTemporaryDirectory { directory in
            func reports(_ code: String) throws -> [ProgressReport] {
                let fixture = try Fixture(), watcher = Watcher()
                defer { withExtendedLifetime(fixture) {} }
                fixture.session.progress = watcher
                fixture.session.state[global: "directory"] = .string(directory + "/study")
                _ = try fixture.shown("""
                    local study = avips.experiment{ name = 's', directory = directory, grid = { x = {1, 2, 3, 4} },
                      run = function(c) if c.x == 2 then error 'no' end return c.x end }
                    """ + "\n" + code)
                return watcher.reports
            }
            func failed(_ report: ProgressReport) -> [String] { report.figures.filter { $0.name == "failed" }.map(\.value) }
            let first = try reports("study:run{ workers = 1, only = 'x=1' } study:run{ workers = 1, only = 'x=2' }")
            #expect(first.map(\.done) == [1, 2] && first.map(failed) == [[], ["1"]])
            let second = try reports("study:run{ workers = 1 }")
            #expect(second.map(\.done) == [3, 4] && second.map(\.total) == [4, 4] && second.map(\.fraction) == [0.75, 1])
            #expect(second.map(failed) == [["1"], ["1"]])
        }
    }
}
