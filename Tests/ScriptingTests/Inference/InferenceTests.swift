import LuaBridge
import Scripting
import Testing

@Suite struct InferenceTests {
    private let start = "local v = avips.vips{ target = avips.target.two_joint_arm(), components = 3, samples = 30, seed = 1 }\n"

    @Test func loopsAndRunsAreTheSame() throws {
        let fixture = try Fixture()
        let looped = try fixture.shown(start + "local n = 0 for r in v:iterations(5) do n = n + 1 assert(r.iteration == n and r.evaluations == 90 * n) end return v.mixture.means")
        let run = try fixture.shown(start + "v:run{ iterations = 2 } v:run{ iterations = 3 } return v.mixture.means")
        #expect(looped == run)
        #expect(try fixture.shown(start + "for r in v:iterations() do if r.iteration == 3 then break end end return v.iteration") == "3")
    }

    @Test func logsHaveColumns() throws {
        let fixture = try Fixture()
        let code = start + "local log = v:run{ iterations = 4 } return #log, #log.elbo, log.evaluations[4], log.weights.rows, log.weights.columns, log.components[4]"
        #expect(try fixture.shown(code) == "4\n4\n360.0\n4\n3\n3.0")
        #expect(try fixture.shown(start + "return v:run{ iterations = 4 }").contains("weight_step_size"))
        #expect(try fixture.shown(start + "return v").contains("two-joint arm"))
    }

    @Test func theMixtureIsThatOfModels() throws {
        let fixture = try Fixture()
        let code = start + "v:run{ iterations = 30 } local m = v.mixture local q = m:sample(1, { seed = 1 }) return #m.weights == v.components, m:logpdf(q[1]) > -10, v:modes()"
        #expect(try fixture.shown(code) == "true\ntrue\n2\n2")
        #expect(try fixture.shown(start + "v:run{ iterations = 40 } local value = v:elbo{ seed = 1 } return value < 0 and value > -8") == "true")
    }

    @Test func gradientsFromDifferencesAreSaid() throws {
        let code = "return avips.vips{ target = avips.target{ dimension = 2, trace = false, logdensity = function(x) return -x[1]^2 - x[2]^2 end } }"
        #expect(try Fixture().shown(code).contains("gradients by central differences (5 evaluations a sample)"))
        #expect(try Fixture().shown(code.replacing("} }", with: "}, estimate = 'more' }")).contains("estimate    more"))
    }

    @Test(arguments: [
        ("avips.vips{}", "avips.vips: option target must be given: a Target, such as avips.target.planar_robot()"),
        ("avips.vips{ target = 3 }", "avips.vips: option target must be a Target, got number 3"),
        ("avips.vips{ target = avips.target.gaussian_mixture{ dimension = 80 }, estimate = 'more' }",
         "avips.vips: the estimate \"more\" is for at most 64 variables, and the target \"Gaussian mixture, 80 variables\" has 80; use \"stein\""),
        ("avips.vips{ target = avips.target.two_joint_arm(), add_thresholds = {} }",
         "avips.vips: option add_thresholds must be a list of 1 to 1000 numbers above 0, or math.huge, got a table"),
        ("avips.vips{ target = avips.target.two_joint_arm(), add_thresholds = { 100, 0/0 } }",
         "avips.vips: option add_thresholds, element 2 must be a finite number, got number nan"),
        ("avips.vips{ target = avips.target.two_joint_arm(), weight_sweeps = 0 }",
         "avips.vips: option weight_sweeps must be a whole number from 1 to 1000, got number 0"),
        ("avips.vips{ target = avips.target.two_joint_arm() }.mixture:mmd(avips.matrix{ {1, 2, 3} })",
         "mixture:mmd: argument 1 (reference) must have rows of 2 numbers, got 1 × 3"),
        ("avips.vips{ target = avips.target.two_joint_arm() }:run()",
         "vips:run: no run was interrupted that could go on; give a budget: iterations = 100, samples = 1e5 or minutes = 1"),
    ])
    func errorsSayWhatWasExpected(_ code: String, _ message: String) throws {
        let fixture = try Fixture()
        #expect(fixture.message(code) == message)
    }

    @Test func optionsBeyondThePublishedMethodRun() throws {
        let code = """
            local v = avips.vips{ target = avips.target.two_joint_arm(), components = 3, samples = 40, seed = 1, reuse = 2, antithetic = true,
                accelerate_scale = true, weight_sweeps = 5, new_weight = 1e-4, add_interval = 3, prior_candidates = 20, add_thresholds = { math.huge, 50 } }
            v:run{ iterations = 30 }
            local value = v:elbo{ seed = 1 }
            return v:modes(), value < 0 and value > -8
            """
        #expect(try Fixture().shown(code) == "2\ntrue")
    }

    @Test func discrepanciesTellMixturesApart() throws {
        let code = start + """
            local before = v.mixture
            v:run{ iterations = 40 }
            local m = v.mixture
            local options = { samples = 400, seed = 2 }
            local sample = m:sample(400, { seed = 3 })
            local near, far = m:mmd(sample, options), before:mmd(sample, options)
            options.kernel = "gaussian"
            return near < 0.01 and far > 5 * near, m:mmd(sample, options) < 0.01, before:mmd(m, options) > 0.02
            """
        #expect(try Fixture().shown(code) == "true\ntrue\ntrue")
    }

    @Test func badTargetsAreNamedAndTheMixtureIsKept() throws {
        let fixture = try Fixture()
        let code = """
            local calls = 0
            local target = avips.target{ name = "fickle", dimension = 1, trace = false, gradient = function(x) return { -x[1] } end, logdensity = function(x)
                calls = calls + 1
                if calls > 250 then error("worn out", 0) end
                return -x[1]^2 / 2
            end }
            local v = avips.vips{ target = target, seed = 1, deviation = 3 }
            local ok, message = pcall(v.run, v, { iterations = 10 })
            return ok, message:match('the target "fickle" raised an error in logdensity: worn out; the mixture of iteration 2 is kept') ~= nil, v.iteration, v.evaluations
            """
        #expect(try fixture.shown(code) == "false\ntrue\n2\n200")
        let holes = """
            local target = avips.target{ name = "holey", dimension = 1, gradient = function(x) return { -x[1] } end,
                logdensity = function(x) return x[1] > 0.5 and 0/0 or -x[1]^2 / 2 end }
            local v = avips.vips{ target = target, seed = 1 }
            local ok, message = pcall(v.run, v, { iterations = 1 })
            local place = tonumber(message:match 'the target "holey" is NaN at {(.-)}; a log density is a number, or %-inf where the density is zero')
            return ok, place > 0.5, v.iteration, (select(2, pcall(v.elbo, v)):find "is NaN at {") ~= nil
            """
        #expect(try fixture.shown(holes) == "false\ntrue\n0\ntrue")
    }

    /// Where samples fall on density zero the bound is −∞, and the report says what share; a finite bound is that of the rest.
    @Test func densityZeroIsReported() throws {
        let code = """
            local half = avips.target{ dimension = 2, name = "half", logdensity = function(x) return x[1] > 0 and -x[1]^2 - x[2]^2 or -math.huge end }
            local v = avips.vips{ target = half, components = 3, seed = 1 }
            local first = v:run{ iterations = 1 }
            local bound, error, report = v:elbo{ samples = 4000, seed = 1 }
            local early = report.zero_share
            local shown = tostring(v):find "zero density" ~= nil and v.warning:find "was zero at %d+ of 4000 fresh samples: the bound is %-inf, that of" ~= nil
            local log = v:run{ iterations = 150 }
            local share, below = select(3, v:elbo{ samples = 4000, seed = 2 }), true
            for i = 1, #log do below = below and log.elbo[i] == log.elbo[i] and math.abs(log.elbo[i]) < 1e6 and log.zero_share[i] >= 0 and log.zero_share[i] <= 1 end
            return bound, error, early > 0.2, shown, below, share.zero_share < 0.03,
                share.restricted_elbo < math.log(math.pi / 2) + 4 * share.restricted_error, share.restricted_elbo > 0.2, math.abs(share.log_z - math.log(math.pi / 2)) < 0.2
            """
        #expect(try Fixture().shown(code) == "-inf\nnan\ntrue\ntrue\ntrue\ntrue\ntrue\ntrue\ntrue")
    }

    /// Densities without a finite integral are told from wide ones that have one.
    @Test func improperDensitiesAreSaid() throws {
        let code = """
            local function warning(f, deviation, iterations)
                local v = avips.vips{ target = avips.target{ dimension = 2, logdensity = f }, components = 2, deviation = deviation, seed = 1 }
                v:run{ iterations = iterations or 150 }
                return v.warning and v.warning:find "no finite integral" ~= nil or false
            end
            return warning(function(x) return 0 end), warning(function(x) return -x[1]^2 end), warning(function(x) return -0.1 * math.log(1 + x[1]^2 + x[2]^2) end),
                warning(function(x) return -(x[1]^2 + x[2]^2) / 2e8 end, 1), warning(function(x) return -x[1]^2 - x[2]^2 end),
                warning(function(x) return avips.math.logsumexp{ -x[1]^2 - x[2]^2, -30 } end, 1, 3), warning(function(x) return -2 * avips.math.log1p(x[1]^2 + x[2]^2) end, 1, 3)
            """
        #expect(try Fixture().shown(code) == "true\ntrue\ntrue\nfalse\nfalse\ntrue\nfalse")
    }

    /// A wide density that a short run is on its way to may have an integral: a deviation to begin with is what helps then.
    @Test func aWiderStartIsAdvisedOnTheWay() throws {
        let code = """
            local target = avips.target{ dimension = 2, logdensity = function(x) return -(x[1]^2 + x[2]^2) / 2e10 end }
            local function said(deviation)
                local v = avips.vips{ target = target, deviation = deviation, seed = 1 }
                v:run{ iterations = 15 }
                return v.warning and v.warning:find "where it is so wide, begin with such a deviation" ~= nil or v.warning or "none"
            end
            return said(1), said(1e5)
            """
        #expect(try Fixture().shown(code) == "true\nnone")
    }

    /// What ran away is said of long runs as well, whose mixtures have come to where numbers end, rise slowly, or were read from a file.
    @Test func improperDensitiesAreSaidOfLongRuns() throws {
        let code = """
            local function run(f, iterations)
                local v = avips.vips{ target = avips.target{ dimension = 2, logdensity = f }, seed = 1 }
                v:run{ iterations = iterations }
                return v, v.warning and v.warning:find "no finite integral" ~= nil or false
            end
            local said = {}
            for _, f in ipairs{
                function(x) return 0 * x[1] end, function(x) return -x[1]^2 end, function(x) return -(x[1] - x[2])^2 end, function(x) return x[1] - x[2]^2 end,
                function(x) return -0.9 * avips.math.log1p(x[1]^2 + x[2]^2) end,
                function(x) return -(x[1]^2 + x[2]^2) / 2e8 end, function(x) return -2 * avips.math.log1p(x[1]^2 + x[2]^2) end, function(x) return -(x[1] - 3000)^2 / 2 - x[2]^2 end,
            } do said[#said + 1] = tostring(select(2, run(f, 420))) end
            local flat = function(x) return 0 * x[1] end
            local v = run(flat, 400)
            local shown = tostring(v):find "no finite integral" ~= nil
            local path = os.tmpname() .. ".safetensors"
            v:save(path)
            local again = avips.vips(path, { target = avips.target{ dimension = 2, logdensity = flat } })
            os.remove(path)
            again:run{ iterations = 2 }
            return table.concat(said, " "), shown, again.warning:find "no finite integral" ~= nil
            """
        #expect(try Fixture().shown(code) == "true true true true true false false false\ntrue\ntrue")
    }

    /// A density that is flat on one side of a wall only: what falls on the other side makes bounds far below zero, and decides nothing.
    @Test func improperDensitiesBesideAWallAreSaidHoweverLongTheRun() throws {
        let code = """
            local m, said = avips.math, {}
            for _, iterations in ipairs{ 50, 150, 400 } do
                local v = avips.vips{ target = avips.target{ dimension = 1, logdensity = function(x) return m.where(m.greater(x[1], 0), 0 * x[1], -x[1]^2) end }, seed = 1 }
                v:run{ iterations = iterations }
                said[#said + 1] = tostring(v.warning and v.warning:find "no finite integral" ~= nil)
            end
            return table.concat(said, " ")
            """
        #expect(try Fixture().shown(code) == "true true true")
    }

    /// A bound that is hopeless is said for as long as it is.
    @Test func lostComponentsAreSaidUntilTheyAreBack() throws {
        let code = """
            local v = avips.vips{ target = avips.target{ dimension = 1, logdensity = function(x) return -0.5 * (1e12 * x[1])^2 end }, seed = 3 }
            v:run{ iterations = 2 }
            local early = v.warning
            v:run{ iterations = 58 }
            return early:find "components have left the target" ~= nil, v.log.elbo[60] > -30, v.warning == nil
            """
        #expect(try Fixture().shown(code) == "true\ntrue\ntrue")
    }

    /// Leaps, which updates by slopes do not follow, are said where a run ends, until the next iteration; of updates by values nothing is. Where nothing
    /// else is asked for, values are used where the density leaps.
    @Test func leapsThatSlopesDoNotShowAreSaid() throws {
        let host = Listener()
        let fixture = try Fixture()
        fixture.session.host = host
        let code = """
            local m = avips.math
            local target = avips.target{ dimension = 1, name = "leaping", logdensity = function(x) return m.where(m.greater(x[1], 1.7), 5, 0) - 0.5 * x[1]^2 end }
            local function said(options)
                local v = avips.vips{ target = target, components = 3, seed = 1, estimate = options.estimate }
                v:run{ iterations = 40 }
                return v.warning or "none", v
            end
            local warning, v = said{ estimate = "stein" }
            local going
            for report in v:iterations(1) do going = v.warning or "none" end
            local quiet, own = said{}
            return warning:find "leaps by 5 nats near {1.7}, " ~= nil, going, (said{ estimate = "more" }), quiet, tostring(own):find "more, since the density leaps" ~= nil
            """
        #expect(try fixture.shown(code) == "true\nnone\nnone\nnone\ntrue")
        #expect(host.warnings.count == 2 && host.warnings.allSatisfy { $0.contains("target \"leaping\"") && $0.contains("estimate = \"more\"") }, "\(host.warnings)")
    }

    /// A mixture that moves away without end is told from one that is on its way, when a run ends.
    @Test func mixturesThatMoveAwayAreSaid() throws {
        let host = Listener()
        let fixture = try Fixture()
        fixture.session.host = host
        let code = """
            local function moves(f)
                local v = avips.vips{ target = avips.target{ dimension = 2, logdensity = f, name = "slope" }, components = 2, deviation = 1, seed = 1 }
                v:run{ iterations = 150 }
                return v.warning and v.warning:find "moves away without end" ~= nil or false
            end
            return moves(function(x) return x[1] - x[2]^2 end), moves(function(x) return x[1]^2 - x[2]^2 end),
                moves(function(x) return -(x[1] - 3000)^2 / 2 - x[2]^2 end), moves(function(x) return -math.abs(x[1]) - x[2]^2 end)
            """
        #expect(try fixture.shown(code) == "true\ntrue\nfalse\nfalse")
        #expect(host.warnings.count == 3 && host.warnings.allSatisfy { $0.contains("target \"slope\"") }, "\(host.warnings)")
        #expect(host.warnings.filter { $0.contains("no finite integral") }.count == 2 && host.warnings.last?.contains("mass lies far from the start") == true, "\(host.warnings)")
    }

    /// Mass that a run has not come to is said with where it lies, until iterations or another start have come there.
    @Test func massFarFromTheStartIsSaid() throws {
        let host = Listener()
        let fixture = try Fixture()
        fixture.session.host = host
        let code = """
            local target = avips.target{ dimension = 2, name = "far", logdensity = function(x) return -(x[1] - 2000)^2 / 2 - (x[2] + 500)^2 / 2 end }
            local function place(v) return v.warning and v.warning:match "mass lies far from the start.* nats near {(.-)}; begin there" or "none" end
            local v = avips.vips{ target = target, seed = 1 }
            v:run{ iterations = 5 }
            local x, y = place(v):match "(.-), (.*)"
            assert(math.abs(x - 2000) < 5 and math.abs(y + 500) < 5, v.warning)
            local going
            for report in v:iterations(1) do going = place(v) end
            assert(going == "none" and place(v) ~= "none")
            local there = avips.vips{ target = target, mean = {2000, -500}, deviation = 1, seed = 1 }
            there:run{ iterations = 5 }
            return place(there)
            """
        #expect(try fixture.shown(code) == "none")
        #expect(host.warnings.count == 2 && host.warnings.allSatisfy { $0.contains("target \"far\"") && $0.contains("begin there") }, "\(host.warnings)")
    }

    /// Short runs that are on their way to mass which the start reaches say nothing.
    @Test func massThatTheStartReachesIsNotSearchedFarAway() throws {
        let code = """
            local t = avips.target
            local said = {}
            for _, target in ipairs{
                t.planar_robot{ goals = 1 }, t.planar_robot(), t.two_joint_arm{ deviation = 1e-4 }, t.gaussian_mixture{ dimension = 5 }, t.student_mixture{ dimension = 5 },
                t.seeds(), t.brownian(), t.funnel(), t.funnel{ dimension = 2, deviation = 100 }, t.many_wells{ dimension = 4 }, t.forty_gaussians(),
            } do
                for _, components in ipairs{ 1, 5 } do
                    local v = avips.vips{ target = target, components = components, seed = 1 }
                    for iterations = 1, 4 do
                        v:run{ iterations = iterations }
                        said[#said + 1] = v.warning and v.warning:match "mass lies far.*"
                    end
                end
            end
            return table.concat(said, "\\n")
            """
        #expect(try Fixture().shown(code) == "")
    }

    /// A loop through iterations tells it as a run does, once, when they are done.
    @Test func loopsTellOfMixturesThatMoveAway() throws {
        let host = Listener()
        let fixture = try Fixture()
        fixture.session.host = host
        let start = """
            local function made(f) return avips.vips{ target = avips.target{ dimension = 2, logdensity = f, name = "slope" }, components = 2, deviation = 1, seed = 1 } end
            local function slope(x) return x[1] - x[2]^2 end

            """
        #expect(try fixture.shown(start + "local v = made(slope) local next = v:iterations(150) for report in next do end return next(), v.iteration") == "nil\n150")
        #expect(host.warnings.count == 1 && host.warnings.allSatisfy { $0.contains("target \"slope\"") && $0.contains("moves away without end") }, "\(host.warnings)")
        #expect(try fixture.shown(start + "local v = made(function(x) return -x[1]^2 - x[2]^2 end) for report in v:iterations(150) do end return v.iteration") == "150")
        #expect(host.warnings.count == 1)
    }

    @Test func filesGoOnWithTheSameBits() throws {
        let code = """
            local target = avips.target.planar_robot{ goals = 4 }
            local path = os.tmpname() .. ".safetensors"
            local v = avips.vips{ target = target, components = 3, samples = 40, reuse = 1, add_interval = 3, seed = 5 }
            v:run{ iterations = 8, checkpoint = path }
            local again = avips.vips(path, { target = target, threads = 2 })
            local one, two = v:run{ iterations = 6 }, again:run{ iterations = 6 }
            for i = 1, 14 do assert(one.elbo[i] == two.elbo[i] and one.components[i] == two.components[i]) end
            assert(#two == 14 and avips.json.encode(v.mixture.means) == avips.json.encode(again.mixture.means))
            local _, missing = pcall(avips.vips, path)
            local _, other = pcall(avips.vips, path, { target = avips.target.planar_robot{ goals = 1 } })
            local _, none = pcall(avips.vips, "/nowhere.safetensors", { target = target })
            os.remove(path)
            return missing:find "option target must be given with a file" ~= nil, other:find "is of another target: at {" ~= nil, none:find "nowhere.safetensors" ~= nil
            """
        #expect(try Fixture().shown(code) == "true\ntrue\ntrue")
    }

    @Test func mixturesAreMadeOfNumbers() throws {
        let code = """
            local m = avips.mixture{ weights = {0.25, 0.75}, means = {{0, 1}, {4, 5}}, covariances = {{{1, 0.5}, {0.5, 2}}, {{3, 0}, {0, 0.1}}} }
            assert(#m == 2 and tostring(m):find "2 components over 2 variables")
            assert(math.abs(m.covariances[1][1][2] - 0.5) < 1e-12 and m.weights[2] == 0.75)
            local part, rest = m:marginal{2}, m:condition{ [1] = 4 }
            assert(part.means[2][1] == 5 and math.abs(part.covariances[1][1][1] - 2) < 1e-12 and rest.weights[2] > 0.9)
            for _, ending in ipairs{ ".json", ".safetensors" } do
                local path = os.tmpname() .. ending
                m:save(path)
                local again = avips.mixture(path)
                assert(math.abs(again:logpdf{1, 1} - m:logpdf{1, 1}) < 1e-12 and again:sample(2, { seed = 1 })[2][1] - m:sample(2, { seed = 1 })[2][1] < 1e-9)
                os.remove(path)
            end
            assert(#avips.mixture{ means = {{1}, {2}}, deviations = {{1}, {1}} } == 2)
            local target = avips.target{ dimension = 2, logdensity = function(x) return m:logpdf(x) end }
            local v = avips.vips{ target = target, mixture = m, seed = 1, adaptation = "fixed" }
            return v.components, math.abs(v:elbo{ seed = 1 }) < 1e-9
            """
        #expect(try Fixture().shown(code) == "2\ntrue")
    }

    @Test(arguments: [
        ("avips.mixture{ means = {{0, 0}}, covariances = {{{1, 2}, {2, 1}}} }", "option covariances, element 1 must be positive definite"),
        ("avips.mixture{ means = {{0, 0}}, covariances = {{{1, 2}, {0, 1}}} }", "element 1 must be symmetric; element (2, 1) is 0.0, element (1, 2) is 2.0"),
        ("avips.mixture{ means = {{0}, {1}}, covariances = {{{1}}} }", "must be a list of 2 matrices, one a row of means"),
        ("avips.mixture{ weights = {0.5, 0.6}, means = {{0}, {1}}, deviations = {{1}, {1}} }", "must be weights, got weights that sum to 1.1, not 1; divide them by their sum"),
        ("avips.mixture{ means = {{0}}, deviations = {{0}} }", "option deviations must have numbers from 1e-60 to 1e60"),
        ("avips.vips{ target = avips.target.two_joint_arm(), components = 5, max_components = 2 }", "option max_components must be at least 5, the components at the start, got 2"),
        ("avips.vips{ target = avips.target.two_joint_arm(), mixture = avips.mixture{ means = {{0}}, deviations = {{1}} } }", "option mixture must be over 2 variables as the target is, got a mixture over 1"),
        ("avips.vips{ target = avips.target.two_joint_arm(), components = 10000 }", "10000 components with 100 samples of 2 variables each need too much memory"),
    ])
    func numbersThatMakeNoMixtureAreRefused(_ code: String, _ complaint: String) throws {
        let message = try Fixture().message(code)
        #expect(message?.contains(complaint) == true, "\(message ?? "")")
    }

    @Test func inferencesAreNotEnteredTwice() throws {
        let code = """
            local v
            local target = avips.target{ dimension = 1, trace = false, logdensity = function(x) return v and #v.log or 0 end }
            v = avips.vips{ target = target }
            v:run{ iterations = 1 }
            """
        #expect(try Fixture().message(code)?.contains("in use (inference)") == true)
    }

    @Test func filesBecomeRegressions() throws {
        let code = """
            local path = os.tmpname()
            local file = io.open(path, "w")
            file:write(" 7 1.5  2 1\\n 8 2.5 1 2\\n 9 0.5 3 2\\n")
            file:close()
            local target = avips.target.logistic(path, { skip = {1} })
            os.remove(path)
            return target.dimension, target:logpdf{0, 0, 0}
            """
        // Three coins, and the prior's normaliser.
        let shown = try Fixture().shown(code)
        #expect(shown.hasPrefix("3\n-11.74"), "\(shown)")
    }
}
