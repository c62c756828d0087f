import Testing

/// Densities of conditional targets that fail, or are no numbers, in trainings.
@Suite struct DensityFaultTests {
    /// However few the steps are: NaN and infinity name the place, a density that is zero everywhere names its prior.
    @Test(arguments: [
        ("0/0", "NaN at {"), ("1/0", "inf at {"), ("-1/0", "-inf at all 256 draws"), ("(x[1] > 1.5 and c.a > 0.5) and 0/0 or -x[1]^2", "; the context is {"),
    ])
    func densitiesThatAreNoNumbersAreRefused(_ case: (value: String, complaint: String)) throws {
        let fixture = try Fixture()
        let message = fixture.message("""
            local target = avips.target{ name = "odd", dimension = 1, context = { a = {0, 1} }, trace = false, logdensity = function(x, c) return \(`case`.value) end }
            avips.model{ target = target, components = 2, hidden = {16}, seed = 1 }:train{ steps = 3, seed = 1 }
            """) ?? "no error"
        #expect(message.contains(`case`.complaint) && message.contains("odd"), "\(message)")
    }

    @Test func errorsOfTheDensityEndTheTrainingWithTheirWords() throws {
        let fixture = try Fixture()
        let message = fixture.message("""
            local target = avips.target{ dimension = 1, context = { a = {0, 1} }, logdensity = function(x, c) if c.a > 0.5 then error("too far", 0) end return -x[1]^2 end }
            avips.model{ target = target, components = 1, hidden = {16}, seed = 1 }:train{ steps = 10, seed = 1 }
            """.replacing("\n", with: " "))
        #expect(message?.contains("raised an error in logdensity: too far") == true, "\(message ?? "no error")")
        for (code, part) in [
            ("avips.target{ dimension = 1, context = { a = {1, 0} }, logdensity = print }", "a range that rises"),
            ("avips.target{ dimension = 1, context = {}, logdensity = print }", "context"),
            ("avips.target{ dimension = 1, prior = { deviation = 2 }, mean = {1}, logdensity = print }", "does not go with prior"),
            ("avips.target{ dimension = 2, names = { 'a', 'a' }, logdensity = print }", "must name each variable differently"),
            ("avips.target{ dimension = 1, context = { a = {0, 1} }, prior = { width = 2 }, logdensity = print }", "unknown field \"width\""),
            ("avips.model{ target = 3 }", "ConditionalTarget"), ("avips.model{}", "must name a robot, a target"),
            ("avips.model{ simulator = print }", "option prior must be given"),
        ] {
            let message = fixture.message(code)
            #expect(message?.contains(part) == true, "\(code): \(message ?? "no error")")
        }
    }

    /// A density that fails in the midst of a step, as one that is interrupted does: the model and its log are those of the step before.
    @Test(arguments: ["components = 2", "kind = 'flow', blocks = 2"], [3, 40, 101, 250])
    func whatFailsInTheMidstOfAStepIsNoStep(_ kind: String, _ calls: Int) throws {
        _ = try Fixture().shown("""
            local failing = math.huge
            local count = 0
            local target = avips.target{ dimension = 2, context = { a = {0, 1} }, trace = false, logdensity = function(x, c)
              count = count + 1
              if count == failing then error "broken" end
              return -x[1]^2 - (x[2] - c.a)^2
            end }
            local function make() return avips.model{ target = target, \(kind), hidden = {16}, seed = 1 } end
            local options = { steps = 60, batch = 16, seed = 1 }
            local model = make()
            -- What making it and the first temperature take is known after a training that begins.
            for _ in model:training{ steps = 60, batch = 16, interval = 1, seed = 1 } do break end
            local perStep = count
            count, failing = 0, perStep + \(calls)
            model = make()
            local ok, message = pcall(model.train, model, options)
            assert(not ok and tostring(message):find "broken", tostring(message))
            failing = math.huge
            local log = model.log
            local reached = log.step[#log] or 0
            assert(model.history.steps == reached, model.history.steps .. " " .. reached)
            local other, taken = make(), 0
            for report in other:training{ steps = 60, batch = 16, interval = 1, seed = 1 } do
              taken = report.step
              if taken >= reached then break end
            end
            assert(taken == reached and reached >= 1)
            assert(model:logpdf({0.3, 0.2}, { a = 0.5 }) == other:logpdf({0.3, 0.2}, { a = 0.5 }))
            assert(model.history.loss == other.history.loss)
            model:train(options)
            assert(model.history.steps == 60)
            """)
    }
}
