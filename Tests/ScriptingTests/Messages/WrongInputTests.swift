import Foundation
import Scripting
import Testing

/// Input that is wrong in small ways: the message names what is wrong, where, and what was expected.
@Suite struct WrongInputTests {
    @Test(arguments: [
        ("avips.robot('panda'):plan({0, -0.5, 0, 1, 0, 1.6, 0.8}, {0, -0.5, 0, -2, 0, 1.6, 0.8})",
         "argument 1 (start) must lie within the limits of panda: panda_joint4 is 1, its range is -3.0718 to -0.0698 rad"),
        ("avips.robot('panda'):plan({0, -30, 0, 60, 0, 90, 45}, {0, -30, 0, -90, 0, 90, 45}, { degrees = true })", "panda_joint4 is 60, its range is -176.0"),
        ("avips.target.path{ robot = avips.robot('panda'), start = {0, -0.5, 0, 1, 0, 1.6, 0.8}, goal = {0, -0.5, 0, -2, 0, 1.6, 0.8} }", "panda_joint4 is 1, its range"),
        ("avips.model{ simulator = function() return {} end, prior = { mean = {0} } }", "the simulator must return a number at least, and returned an empty list"),
        ("local n = 0 avips.model{ simulator = function() n = n + 1 return n == 1 and {1} or {1, 2} end, prior = { mean = {0} } }",
         "the simulator must return as many numbers every time, and returned 2 after 1"),
        ("avips.model{ simulator = function(t) error('no') end, prior = { mean = {3, 4}, deviation = 1e-9 } }", "the simulator raised an error for the parameters {3, 4}: run:1: no"),
        ("avips.model{ simulator = function(t) return 0/0 end, prior = { mean = {3, 4}, deviation = 1e-9 } }", "must be a finite number, got number nan, for the parameters {3, 4}"),
        ("avips.model{ simulator = function(t) return {1, 1/0} end, prior = { mean = {3}, deviation = 1e-9 } }", "element 2 must be a finite number, got number inf, for the parameters {3}"),
        ("avips.model{ batched = true, simulator = function(t) error('no') end, prior = { mean = {3}, deviation = 1e-9 } }", "the simulator raised an error for 512 simulations: run:1: no"),
        ("avips.model{ batched = true, simulator = function(t) local y = {} for i = 1, t.rows do y[i] = { i == 3 and 0/0 or 1 } end return y end, prior = { mean = {3}, deviation = 1e-9 } }",
         "element 3, element 1 must be a finite number, got number nan; the parameters there are {3}"),
        ("avips.model{ batched = true, simulator = function(t) return (t - t):map(math.log) * 1e300 end, prior = { mean = {3}, deviation = 1e-9 } }",
         "the simulator must return finite numbers, and returned -inf for the parameters {3}"),
        ("avips.model{ simulator = print, prior = function() return 3 end }", "the prior, a function of how many and a seed, must return a matrix with a row for each draw of the parameters"),
        ("avips.model{ simulator = print, prior = function() return { {1} } end }", "was asked for 2 draws of the parameters and returned 1"),
        ("avips.model{ target = avips.target{ dimension = 1, context = function() return { {0/0} } end, logdensity = function() return 0 end } }", "the function of contexts"),
        ("avips.model{ simulator = print, prior = { mean = {0}, lower = {-1}, upper = {1} } }", "has the fields lower, mean, upper: a prior has mean and deviation, or lower and upper"),
        ("avips.model{ simulator = print, prior = { upper = {1} } }", "must have lower, too"),
        ("avips.model{ simulator = print, prior = { lower = {1} } }", "must have upper, too"),
        ("avips.mixture{ means = { {0, 0} }, deviations = { {1, 1} } }:condition{ [1] = 0/0 }", "argument 1 (known), [1] must be a finite number, got number nan"),
        ("avips.robot '<mujoco><worldbody/></mujoco>'", "<worldbody> has no <body>"),
        ("avips.robot '<mujoco><include file=\"a.xml\"/><worldbody/></mujoco>'", "<include> is not supported: give one file with everything in it"),
        ("avips.robot '<robot name=\"r\"><link name=\"\"/></robot>'", "<link>: attribute \"name\" is \"\", expected a text that is not empty"),
        ("avips.robot('panda'):track({ avips.pose{ xyz = {0.4, 0, 0.4} } }, { locked = {\"panda_joint1\"} })", "which goes with start = a configuration only"),
        ("avips.robot('panda'):track({ avips.pose{ xyz = {0.4, 0, 0.4} } }, { start = {0, -0.5, 0, -2, 0, 1.6, 0.8}, locked = { panda_joint1 = 0.3 } })",
         "option start has panda_joint1 at 0, which locked holds at 0.3"),
        ("avips.identity(2, 3)", "avips.identity: takes one argument, got a further one, number 3"),
        ("avips.math.exp(1, 2)", "avips.math.exp: takes one argument, got a further one, number 2"),
        ("avips.target{ dimension = 1, context = { a = {5, 5} }, logdensity = print }",
         "option context, field a must be a range that rises, such as {-1, 1}, got {5, 5}; a number that does not change goes into the function itself"),
        ("avips.target{ dimension = 1, context = { a = {2, 1} }, logdensity = print }", "field a must be a range that rises, such as {-1, 1}, got {2, 1}"),
        ("avips.target{ dimension = 1, context = { a = 5 }, logdensity = print }", "field a must be a range, such as {-1, 1}, got number 5; a number that does not change"),
        ("avips.target{ dimension = 1, context = { a = {1, 2, 3} }, logdensity = print }", "field a must be a range, such as {-1, 1}, got a list of 3"),
        ("avips.target{ dimension = 1, context = { a = {} }, logdensity = print }", "field a must be a range, such as {-1, 1}, got an empty list"),
        ("avips.target{ dimension = 1, context = { a = {1, 2}, b = {1, 2} }, logdensity = function(x, c) return c.a + c.b + x[1] end }:at{1}", "must be a context, 2 numbers: a, b, got a list of 1"),
        ("avips.target{ dimension = 65, context = { a = {1, 2} }, logdensity = print }", "avips.target: option dimension must be at most 64 for a target with a context, got 65"),
        ("avips.target{ dimension = 3, context = { a = {1, 2} }, names = {'x', 'y', 'x'}, logdensity = print }", "option names must name each variable differently; 1 and 3 are both \"x\""),
        ("avips.target{ dimension = 2, context = { a = {1, 2} }, names = {'x'}, logdensity = print }", "option names must be a list of 2 names, got a list of 1"),
        ("avips.target{ dimension = 1, context = { a = {1, 2} }, names = {''}, logdensity = print }", "option names must have names that are not empty; name 1 is"),
        ("avips.target{ dimension = 1, context = { a = {1, 2} }, mean = {1}, prior = { mean = {2} }, logdensity = print }", "option mean does not go with prior, which has a field of that name"),
        ("avips.math.atan2(1, 2, nil, 'x')", "takes 2 arguments, got a further one, string \"x\""),
        ("avips.robot('panda'):fk({0, 0, 0, 0, 0, 0, 0}, { degrees = true }, 3)", "takes 2 arguments, got a further one, number 3"),
        ("avips.robot('panda'):ik(avips.pose{ xyz = {0.4, 0, 0.4} }, { count = 1 }, 3)", "takes 2 arguments, got a further one, number 3"),
        ("avips.view(avips.robot 'panda', {0, 0, 0, -1, 0, 1, 0}, { titel = 'x' })", "avips.view: unknown option 'titel'; did you mean 'title'?"),
        ("avips.system.cores({1})", "takes no arguments, got a further one, a table of 1"),
        ("avips.identity(2):mean{ axis = 1 }", "takes no options, got { axis = ... }"),
        ("avips.mixture({ means = { {0, 0} }, deviations = { {1, 1} } }, { weights = {1} })", "avips.mixture: got a further table, { weights = ... }: options go into one"),
        ("avips.robot('panda'):ik(avips.pose{ xyz = {0.4, 0, 0.4} }, { count = 1 }, { seed = 1 })", "got a further table, { seed = ... }"),
        ("avips.vips({ target = avips.target.two_joint_arm() }, { components = 3 })", "argument 2 (options) goes with the path of a file; options go into the first table"),
        ("avips.model({ robot = 'planar_3link' }, { components = 3 })", "goes with the path of a file; options go into the first table"),
        ("avips.csv.write(os.tmpname(), { {1, a = 2} })", "element 1 has both list elements and named fields"),
        ("avips.csv.write(os.tmpname(), { {a = 1}, x = 3 })", "has both list elements and the field x"),
        ("avips.csv.write(os.tmpname(), { {[2] = 1} })", "element 1 has the key number 2: the fields of a table have names"),
        ("avips.experiment('a', { run = print })", "avips.experiment: argument 1 (options) must be a table"),
        ("avips.csv.write(os.tmpname(), { {1, 2}, {3} })", "element 2 must have as many values as row 1, 2, got 1"),
        ("avips.pose{ xyz = {0, 0, 0}, rpy = {1e300, 0, 0} }", "has 1e+300 rad, 1.59e+299 turns"),
    ])
    func isToldApart(_ text: String, _ words: String) throws {
        let message = try #require(try Fixture().message(text))
        #expect(message.contains(words), "\(message)")
    }

    @Test func meshesAreNamedWithTheirPlaceInTheWorld() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture()
            for (name, text, words) in [
                ("flat.obj", "v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n", "the mesh has no triangle with an area"),
                ("comma.obj", "v 0,5 0 0\n", "the mesh is broken at line 1: a vertex needs three numbers"),
                ("zero.obj", "v 1\0 0 0\n", "the mesh is broken at line 1: a vertex needs three numbers"),
                ("mesh.ply", "", "\"mesh.ply\" is no mesh that can be read"),
            ] {
                let path = directory + "/" + name
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                fixture.session.state[global: "path"] = .string(path)
                let message = fixture.message("avips.world{ { sphere = 1 }, { mesh = path } }") ?? ""
                #expect(message.contains("element 2, field mesh names a file that cannot be used, \"\(path)\": ") && message.hasSuffix(words) || message.contains(words + ":"), "\(message)")
            }
        }
    }

    @Test func selectionsThatNameNothingRemoveNothing() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture()
            fixture.session.state[global: "directory"] = .string(directory + "/study")
            try fixture.session.state.run("study = avips.experiment{ name = 's', directory = directory, grid = { x = {1, 2}, task = {'two moons'} }, run = function(c) return c.x end } study:run{ workers = 1 }")
            for (selection, words) in [
                ("x==", "no run has x==; x is 1, 2"), ("x=3", "no run has x=3"), ("y=1", "there is no axis \"y\""), ("", "selects no run"), (" , ", "selects no run"), ("x", "selects no run"),
                ("x=1 x=2", "selects no run"), ("task=two", "no run has task=two; task is two moons"),
            ] {
                let message = fixture.message("study:forget '\(selection)'") ?? ""
                #expect(message.contains(words), "\(selection): \(message)")
            }
            #expect(try fixture.shown("return study.done, study:forget 'task=two moons, x=2', study.done") == "2\n1\n1")
        }
    }

    @Test func deepPlacesAreShortened() throws {
        let fixture = try Fixture()
        let message = try #require(fixture.message("local t = {} for _ = 1, 200 do t = { t } end avips.json.encode(t)"))
        #expect(message.contains("the value at [1][1][1]… (96 more) …[1] is nested more than 100 deep"), "\(message)")
        let cycle = try #require(fixture.message("local t = {} t.t = t avips.json.encode{ a = { b = t } }"))
        #expect(cycle.contains("the value at .a.b.t contains itself"), "\(cycle)")
    }

    /// Swift reads a number up to a zero byte.
    @Test func aZeroByteIsNoPartOfANumber() throws {
        #expect(try Fixture().shown("""
            local path = os.tmpname()
            local file = io.open(path, "wb") file:write("a,b\\n1\\0,2\\n") file:close()
            local row = avips.csv.read(path)[1]
            os.remove(path)
            return #row.a, type(row.a), row.b
            """) == "2\nstring\n2")
    }

    /// What JSON has no keys for is written under its text where a result is shown, not left out.
    @Test func keysThatAreNoNamesAreShownInRows() throws {
        let session = try Fixture().session
        func row(_ text: String) throws -> String { try session.row(of: try #require(try session.state.run("return " + text).first), number: 1) }
        #expect(try row("{ [0] = 'a', [5] = 'b', [true] = 'c' }").hasSuffix("\"value\":{\"0\":\"a\",\"5\":\"b\",\"true\":\"c\"}}"))
        #expect(try row("{ 'a', [2.5] = 'b', x = 'c' }").hasSuffix("\"value\":{\"1\":\"a\",\"2.5\":\"b\",\"x\":\"c\"}}"))
        #expect(try row("{ 'a', 'b' }").hasSuffix("\"value\":[\"a\",\"b\"]}"))
    }

    // MARK: Robots

    private static let arm = """
        local function arm(velocity, lower, upper)
          return avips.robot(('<robot name="r"><link name="a"/><link name="b"/><joint name="j" type="revolute"><parent link="a"/><child link="b"/>'
            .. '<origin xyz="0.2 0 0"/><axis xyz="0 0 1"/><limit lower="%s" upper="%s" velocity="%s"/></joint></robot>'):format(lower or -1, upper or 1, velocity))
        end

        """

    @Test func speedsThatCannotBeUsedAreSaidAndTinyOnesTaken() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown(Self.arm + "return arm '0,2'").contains("joint \"j\" has the velocity \"0,2\", expected a number above 0; 1 rad/s is assumed"))
        #expect(try fixture.shown(Self.arm + "return #arm '2'.notes, #arm '1e-300'.notes, #arm 'abc'.notes, #arm '0'.notes") == "0\n0\n1\n1")
        #expect(try fixture.shown(Self.arm + """
            local function time(r) return r:track({ r:fk{0}, r:fk{0.5} }, { start = {0}, seed = 1 }).times[2] end
            local usual = time(arm "1")
            return time(arm "abc") == usual, time(arm "1e-6") > 4e5, time(arm "1e-300") > 1e299 and time(arm "1e-300") < math.huge
            """) == "true\ntrue\ntrue")
    }

    @Test func limitsThatLookLikeDegreesAreSaidAndKept() throws {
        let shown = try Fixture().shown(Self.arm + "local r = arm(1, -90, 90) return r, r.joints[1].upper")
        let words = shown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("\"j\" has limits of -90.0 to 90.0 rad, beyond three turns: if degrees were meant, they are -1.5708 to 1.5708 rad"), "\(shown)")
        #expect(shown.hasSuffix("\n90.0"))
    }

    // MARK: Numbers of things

    @Test func oneThingIsNoPlural() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return avips.world{ { points = { {1, 2, 3} } } }").contains("1 point of radius"))
        #expect(try fixture.shown(Self.arm + "local r = arm(1) return r:ik(r:fk{0.3}, { count = 2, seed = 1 }).reason").contains("but only 1 solution differs by"))
        try withTemporaryDirectory { directory in
            try Data("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n".utf8).write(to: URL(fileURLWithPath: directory + "/one.obj"))
            fixture.session.state[global: "path"] = .string(directory + "/one.obj")
            #expect(try fixture.shown("return avips.world{ { mesh = path } }").contains("open mesh of 1 triangle at"))
        }
    }

    /// Tables one below the other begin in the same column, however wide the page.
    @Test func theOverviewsTablesAreAlike() throws {
        for width in stride(from: 70, through: 130, by: 5) {
            let text = try #require(try Fixture(display: DisplayStyle(width: width)).session.help(on: "").text)
            #expect(!text.split(separator: "\n").contains { $0.hasPrefix(" ") && !$0.hasPrefix("  ") }, "\(width)")
        }
    }
}
