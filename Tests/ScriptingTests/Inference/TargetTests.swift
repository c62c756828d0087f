import LuaBridge
import Scripting
import Testing

@Suite struct TargetTests {
    private let bowl = "local bowl = avips.target{ name = 'bowl', dimension = 2, logdensity = function(x) return -x[1]^2 - 3*x[2]^2 end }\n"

    @Test func valuesAndGradientsAreThoseOfTheFunction() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown(bowl + "return bowl:logpdf{1, 2}") == "-13.0")
        #expect(try fixture.shown(bowl + "return bowl:logpdf{ {1, 0}, {0, 1} }[2]") == "-3.0")
        #expect(try fixture.shown(bowl + "return math.abs(bowl:gradient{1, 2}[2] + 12) < 1e-6") == "true")
        #expect(try fixture.shown(bowl + "return bowl") == "Target · bowl · 2 variables · traced")
        #expect(try fixture.shown("return avips.target{ dimension = 1, logdensity = function(x) return math.sin(x[1]) end, gradient = function(x) return { x[1] } end }:gradient{5}[1]") == "5.0")
    }

    @Test(arguments: [
        ("avips.target{ dimension = 0, logdensity = print }", "avips.target: option dimension must be a whole number from 1 to 1000, got number 0"),
        ("avips.target{ dimension = 1 }", "avips.target: option logdensity must be given: a function that takes a list of 1 number and returns one"),
        ("avips.target{ dimension = 2, logdensity = print, deviation = {1} }", "avips.target: option deviation must be a number, or a list of 2 numbers, got a list of 1"),
        ("avips.target{ dimension = 1, logdensity = function() error('no', 0) end }:logpdf{1}",
         "target:logpdf: the target \"target\" raised an error in logdensity: no"),
        ("avips.target{ dimension = 1, logdensity = function() return 'x' end }:logpdf{1}",
         "target:logpdf: the target \"target\" must return a number from logdensity, got string \"x\""),
        ("avips.target{ dimension = 2, logdensity = function() return 0 end, gradient = function() return {1} end }:gradient{1, 2}",
         "target:gradient: the target \"target\" must return a list of 2 numbers from gradient, got a list of 1"),
    ])
    func errorsNameTheTarget(_ code: String, _ message: String) throws {
        let fixture = try Fixture()
        #expect(fixture.message(code) == message)
    }

    /// A start as `prior` is that of `mean` and `deviation`, and variables have names, as those of targets with a context.
    @Test func theStartIsAPriorAndVariablesHaveNames() throws {
        let fixture = try Fixture()
        _ = try fixture.shown("""
            function mean(options)
                options.dimension, options.logdensity = 2, function(x) return -(x[1] - 40)^2 - x[2]^4 end
                target = avips.target(options)
                local vips = avips.vips{ target = target, components = 3, seed = 1 }
                return vips.mixture.means[3]
            end
            """)
        #expect(try fixture.shown("local a, b = mean{ prior = { mean = {40, 0}, deviation = {2, 0.5} } }, mean{ mean = {40, 0}, deviation = {2, 0.5} } return a[1] == b[1] and a[2] == b[2]") == "true")
        #expect(try fixture.shown("local a, b = mean{ prior = { deviation = 3 } }, mean{ deviation = 3 } return a[1] == b[1]") == "true")
        #expect(try fixture.shown("return target.names") == "nil")
        #expect(try fixture.shown("mean{ names = {'width', 'height'} } return table.concat(target.names, ' ')") == "width height")
        #expect(try fixture.shown("return avips.plot.density(target, nil, { lower = {30, -3}, upper = {50, 3}, resolution = 10 }):svg()").contains(">height<"))
    }

    @Test func theNamespaceCanBeCalled() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return avips.help(avips.target)").contains("avips.target{ dimension="))
        let message = fixture.message("avips.target()")
        #expect(message?.hasPrefix("avips.target: argument 1 (options) must be a table") == true, "\(message ?? "no error")")
    }
}
