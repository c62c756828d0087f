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
        let code = start + "local log = v:run{ iterations = 4 } return #log, #log.elbo, log.evaluations[4], log.weights.rows, log.weights.cols, log.components[4]"
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
        let code = "return avips.vips{ target = avips.target{ dimension = 2, logdensity = function(x) return -x[1]^2 - x[2]^2 end } }"
        #expect(try Fixture().shown(code).contains("gradients by central differences (5 evaluations a sample)"))
        #expect(try Fixture().shown(code.replacing("} }", with: "}, estimate = 'more' }")).contains("estimate    more"))
    }

    @Test(arguments: [
        ("avips.vips{}", "avips.vips: option target must be given: a Target, such as avips.target.planar_robot()"),
        ("avips.vips{ target = 3 }", "avips.vips: option target must be a Target, got number 3"),
        ("avips.vips{ target = avips.target.gaussian_mixture{ dimension = 80 }, estimate = 'more' }",
         "avips.vips: the estimate \"more\" is for at most 64 variables, and the target \"Gaussian mixture, 80 variables\" has 80; use \"stein\""),
        ("avips.vips{ target = avips.target.two_joint_arm(), add_thresholds = {} }",
         "avips.vips: option add_thresholds must be a list of 1 to 1000 numbers above 0, got a table"),
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
            local target = avips.target{ name = "fickle", dimension = 1, gradient = function(x) return { -x[1] } end, logdensity = function(x)
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
            v:run{ iterations = 1 }
            return v.warning
            """
        #expect(try fixture.shown(holes).contains("the target \"holey\" was not finite at "))
    }

    @Test func inferencesAreNotEnteredTwice() throws {
        let code = """
            local v
            local target = avips.target{ dimension = 1, logdensity = function(x) return v and #v.log or 0 end }
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
            return target.dimension, target:logdensity{0, 0, 0}
            """
        // Three coins, and the prior's normaliser.
        let shown = try Fixture().shown(code)
        #expect(shown.hasPrefix("3\n-11.74"), "\(shown)")
    }
}
