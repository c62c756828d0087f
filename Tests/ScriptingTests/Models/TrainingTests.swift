import LuaBridge
import Scripting
import Testing

@Suite struct TrainingScriptTests {
    private static let student = """
        local function new() return avips.model{ robot = "planar_3link", components = 5, hidden = {32, 32}, context = "position", seed = 1 } end
        local s = avips.schedule
        local function same(a, b)
          local target = a.robot:fk{ 0.3, 0.5, -0.4 }
          local p, q = a:predict(target), b:predict(target)
          if #p.weights ~= #q.weights then return false end
          for i = 1, #p.weights do if p.weights[i] ~= q.weights[i] then return false end end
          return true
        end

        """

    private func run(_ text: String) throws {
        let fixture = try Fixture()
        #expect(fixture.message(Self.student + text) == nil)
    }

    private func message(_ text: String) throws -> String {
        let fixture = try Fixture()
        return try fixture.shown(Self.student + "return select(2, pcall(function() \(text) end))")
    }

    @Test func schedulesAreValues() throws {
        try run("""
            local width = s.sequence{ {1, 0.03}, {3, s.exponential(0.03, 0.003)} }
            assert(width(0.1) == 0.03 and width:at(1) < 0.0031 and #width:values(11) == 11)
            assert(width.max == 0.03 and s.linear(1, 2) == s.linear(1, 2) and s.linear(1, 2) ~= s.linear(1, 3))
            assert(tostring(s.warmup(0.1, s.cosine(1, 0))) == "Schedule · warm-up over 10 %, then cosine from 1 to 0")
            assert(not pcall(s.table, { {0.5, 1}, {0.2, 1} }) and not pcall(s.exponential, 0, 1) and not pcall(s.warmup, 1, 1))
            local deep = s.constant(1)
            local ok = true
            for _ = 1, 100 do
              local made, next = pcall(s.warmup, 0.5, deep)
              if not made then ok = false break end
              deep = next
            end
            assert(not ok)
            """)
    }

    @Test func everyKnobTakesNumbersSchedulesAndFunctions() throws {
        let fixture = try Fixture()
        let train = try #require(fixture.session.state.registry.function(named: "Model:train"))
        let knobs = train.parameters[0].options.filter { $0.type == "number, Schedule or function" }.map(\.name)
        #expect(knobs.count >= 16)
        for knob in knobs {
            let value = ["component_samples": "2", "average_decay": "0.9", "floor": "0.05"][knob] ?? "0.5"
            try run("""
                for _, value in ipairs{ \(value), s.constant(\(value)), function(p) assert(p >= 0 and p <= 1) return \(value) end } do
                  local log = new():train{ steps = 3, batch = 32, seed = 1, forward_share = 0.5, \(knob) = value }
                  assert(log.step[#log] == 3 and log.loss[#log] == log.loss[#log])
                end
                """)
        }
    }

    @Test func functionsActLikeTheScheduleTheyFollow() throws {
        try run("""
            local a, b, calls = new(), new(), 0
            a:train{ steps = 30, batch = 64, seed = 3, learning_rate = s.linear(1e-3, 5e-3) }
            b:train{ steps = 30, batch = 64, seed = 3, learning_rate = function(p) calls = calls + 1 return 1e-3 + (5e-3 - 1e-3) * p end }
            assert(calls == 30 and same(a, b))
            """)
    }

    @Test func phasesShareABudgetOrHaveTheirOwn() throws {
        try run("""
            local model = new()
            local log = model:train{ steps = 60, batch = 64, seed = 2, snapshot_interval = 4, phases = {
              { share = 1 }, { share = 2, forward_share = 0.3, component_samples = 2, resampling_share = 0.1, kl_bound = s.linear(0.2, 0.1) } } }
            assert(log.step[#log] == 60 and log.phase[#log] == 2 and log.samples[#log] == 60 * 64)
            for _, name in ipairs(log.columns) do assert(#log[name] == #log, name) end
            assert(log.elbo[#log] == log.elbo[#log] and log.position_error[#log] > 0 and log.covariance_bound[#log] > 0)
            assert(tostring(log):find("elbo", 1, true) and tostring(log):find("in use", 1, true))
            local own = new():train{ batch = 64, seed = 2, phases = { { steps = 7 }, { samples = 640 } } }
            assert(own.step[#own] == 17)
            """)
        #expect(try message("new():train{ phases = { { steps = 5 }, {} } }").contains("must have a budget"))
        #expect(try message("new():train{ steps = 5, phases = { { steps = 5 } } }").contains("a share, not a budget"))
        #expect(try message("new():train{ phases = { { steps = 5, rate = 1 } } }").contains("unknown option 'rate'"))
        #expect(try message("new():train{ learning_rate = 0.1 }").contains("must have a budget: minutes, cpu_minutes, steps or samples"))
        #expect(try message("new():train{ steps = 5, samples = 80 }").contains("must have one budget only: minutes, cpu_minutes, steps or samples"))
        #expect(try message("new():train{ steps = 5, phases = { { share = 1e308 }, { share = 1e308 } } }").contains("share"))
    }

    @Test func loopsDriveATraining() throws {
        try run("""
            local a, b, reports = new(), new(), 0
            for report in a:training{ steps = 40, batch = 64, seed = 4, interval = 8 } do
              reports = reports + 1
              assert(report.step == 8 * reports and math.type(report.step) == "integer")
              assert(math.abs(report.progress - reports / 5) < 1e-12 and report.elbo == nil and report.loss)
              assert(a:sample(a.robot:fk{ 0.1, 0.2, 0.3 }, 3, { seed = 1 }).rows == 3)
            end
            b:train{ steps = 40, batch = 64, seed = 4 }
            assert(reports == 5 and same(a, b))
            """)
    }

    /// A model keeps its log, and a training that went on from a file has the log of one that was never interrupted.
    @Test func theLogGoesOnWithTheTraining() throws {
        try run("""
            local options = { steps = 500, batch = 16, seed = 4, forward_share = 0.5, component_samples = 1, snapshot_interval = 50, interval = 7 }
            local function copy(o) local c = {} for k, v in pairs(o) do c[k] = v end return c end
            local a, b = new(), new()
            for report in a:training(copy(options)) do if report.step >= 200 then break end end
            assert(#a.log > 0 and a.log.step[#a.log] == 203)
            local path = os.tmpname() .. ".safetensors"
            a:save(path, { resumable = true })
            local c = avips.model(path)
            os.remove(path)
            assert(c.log.step[#c.log] == 203 and c.history.steps == 203 and c.history.seed == 4)
            local rest = copy(options) rest.interval = nil
            local log = c:train()
            local whole = b:train(rest)
            assert(#log == #whole and #log >= 200, #log .. " " .. #whole)
            for _, name in ipairs(log.columns) do
              if not name:find "second" then
                for i = 1, #log do
                  local x, y = log[name][i], whole[name][i]
                  assert(x == y or x ~= x and y ~= y, name .. " " .. i .. ": " .. x .. " " .. y)
                end
              end
            end
            assert(#b.log == #whole and tostring(b.log) == tostring(whole))
            assert(#avips.model "panda".log == 0)
            """)
    }

    @Test func aScheduleCannotAskItsOwnTrainingForAStep() throws {
        #expect(try message("""
            local t
            t = new():training{ steps = 20, batch = 16, interval = 1, seed = 1, learning_rate = function() if t then t() end return 1e-3 end }
            for report in t do end
            """).contains("the training is taking a step"))
        try run("""
            local t
            local model = new()
            local robot = model.robot
            t = model:training{ steps = 3, batch = 16, interval = 1, seed = 1, learning_rate = function()
              assert(not t or tostring(t):find "Training")
              assert(not t or not pcall(model.predict, model, robot:fk{ 0, 0, 0 }))
              return 1e-3
            end }
            for report in t do end
            assert(model.history.steps == 3)
            """)
    }

    @Test func aModelOfTheFirstJointsRefusesAListOfPoses() throws {
        #expect(try message("""
            local m = avips.model{ robot = "ur5", joints = 2, components = 2, hidden = {16}, seed = 1 }
            local p = avips.robot "ur5":fk{ 0, -1, 1, 0, 0, 0 }
            m:solve{ p, p }
            """).contains("joints"))
    }

    @Test func whatALoopLearnedIsKeptAndGoesOn() throws {
        try run("""
            local a, b = new(), new()
            for report in a:training{ steps = 40, batch = 64, seed = 4, interval = 10 } do if report.step >= 20 then break end end
            assert(tostring(a):find("interrupted", 1, true))
            local path = os.tmpname() .. ".safetensors"
            a:save(path, { resumable = true })
            local c = avips.model(path)
            os.remove(path)
            a:train()
            c:train()
            b:train{ steps = 40, batch = 64, seed = 4 }
            assert(same(a, b) and same(c, b))
            """)
        #expect(try message("""
            local m = new()
            for report in m:training{ steps = 40, batch = 64, interval = 10 } do m:train{ steps = 2, batch = 64 } end
            """).contains("trained otherwise"))
    }

    @Test func aCheckpointAsksForItsFunctions() throws {
        try run("""
            local a, b = new(), new()
            local function rate(p) return 1e-3 * (1 - p) + 1e-4 end
            for report in a:training{ steps = 40, batch = 64, seed = 4, learning_rate = rate, interval = 20 } do break end
            local path = os.tmpname() .. ".safetensors"
            a:save(path, { resumable = true })
            local c = avips.model(path)
            os.remove(path)
            local ok, message = pcall(c.train, c)
            assert(not ok and message:find("give them again: learning_rate", 1, true), message)
            c:train{ learning_rate = rate }
            b:train{ steps = 40, batch = 64, seed = 4, learning_rate = rate }
            assert(same(b, c))
            """)
    }

    @Test func errorsOfFunctionsAndValuesAreNamed() throws {
        #expect(try message("new():train{ steps = 2, learning_rate = function() return -1 end }").contains("learning_rate must be from"))
        #expect(try message("new():train{ steps = 2, learning_rate = function() return 0 / 0 end }").contains("must return a finite number, and returned nan at progress 0"))
        #expect(try message("new():train{ steps = 2, learning_rate = print }").contains("must return a number"))
        #expect(try message("new():train{ steps = 2, learning_rate = function() error('mine') end }").contains("mine"))
        #expect(try message("new():train{ steps = 2, position_deviation = s.warmup(0.1, 1) }").contains("option position_deviation must stay from"))
        #expect(try message("new():train{ steps = 2, trust_region = 'off' }").contains("\"projection\" or \"penalty\" or \"none\""))
    }

    /// Steps move the mixture no farther than the bound says, on which no rate has an influence that is high enough.
    @Test func boundedStepsKeepTheirBound() throws {
        try run("""
            local target = avips.target{ dimension = 2, context = { a = {-1, 1} }, logdensity = function(x, c)
              return -0.5 * ((x[1] - c.a) / 0.1)^2 - 0.5 * ((x[2] + c.a) / 0.3)^2 - math.log(2 * math.pi * 0.03)
            end }
            local function train(rate, bound)
              local model = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
              local log = model:train{ steps = 600, seed = 1, learning_rate = rate, step_bound = bound }
              local changes = {}
              for i, change in ipairs(log.change) do if change == change and log.step[i] > 100 then changes[#changes + 1] = change end end
              return log.elbo[#log.elbo], changes
            end
            for _, rate in ipairs{ 0.05, 0.5 } do
              local elbo, changes = train(rate, 0.05)
              assert(elbo > -0.01 and #changes > 20, elbo)
              local held, small = train(rate, 1e-6)
              assert(held < -0.1, held)
              table.sort(small)
              assert(small[#small // 2] < 1e-6 and small[#small] < 1e-5 and small[#small] < changes[1] * 10)
            end
            local _, none = train(0.005)
            assert(#none == 0)
            """)
    }

    /// A rate that is far too high from the first step on, without a rise: no step of those that are measured goes far beyond the bound, and the model learns.
    @Test func firstStepsAreBoundedToo() throws {
        try run("""
            local target = avips.target{ dimension = 2, context = { bend = {0.2, 1} }, logdensity = function(x, c)
              return -x[1]^2 / 8 - (x[2] - c.bend * x[1]^2)^2 / 0.18
            end }
            local function train(rate, bound)
              local model = avips.model{ target = target, components = 4, hidden = {16}, seed = 1 }
              return model:train{ steps = 800, seed = 1, learning_rate = avips.schedule.constant(rate), step_bound = bound }
            end
            for _, rate in ipairs{ 0.3, 1 } do
              local log = train(rate, 0.02)
              for i, change in ipairs(log.change) do assert(change ~= change or change <= 0.08, i .. ": " .. change) end
              assert(log.elbo[#log.elbo] > 0, log.elbo[#log.elbo])
            end
            """)
    }

    @Test func boundedStepsGoOnWithTheSameBits() throws {
        try run("""
            local path = os.tmpname() .. ".safetensors"
            local options = { steps = 60, seed = 1, learning_rate = 0.3, step_bound = 0.05 }
            local whole, parts = new(), new()
            whole:train(options)
            options.checkpoint, options.overwrite, options.interval = path, true, 1
            for report in parts:training(options) do if report.step == 27 then break end end
            options.interval = nil
            local again = avips.model(path)
            assert(not same(whole, again))
            again:train(options)
            assert(same(whole, again))
            os.remove(path)
            """)
    }
}
