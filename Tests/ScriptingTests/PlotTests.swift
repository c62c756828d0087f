import Foundation
import LuaBridge
import Scripting
import TestSupport
import Testing

/// What avips.plot takes, and what it says of what it does not take.
@Suite struct PlotTests {
    /// Both columns are named, and nothing is cut short unseen.
    @Test func columnsOfOneRunAreOfOneLength() throws {
        let fixture = try Fixture()
        #expect(fixture.message("avips.plot.curves{ step = {1, 2, 3}, loss = {1, 2} }")
            == "avips.plot.curves: the column \"loss\" has 2 numbers, and \"step\" has 3: the columns of a run are of one length")
        #expect(fixture.message("avips.plot.curves{ x = {1, 2}, y = {1, 2, 3} }")?.contains("the column \"y\" has 3 numbers, and \"x\" has 2") == true)
        #expect(fixture.message("avips.plot.curves({ time = {1}, loss = {1, 2} }, { x = 'time' })")?.contains("\"time\" has 1") == true)
        #expect(fixture.message("avips.plot.curves({ step = {1, 2}, loss = {1, 2}, other = {1} }, { columns = {'loss'} })") == nil)
    }

    private let prelude = """
        local plot = avips.plot
        local log = { step = {10, 20, 30}, loss = {3, 2, 1}, position_error = {0.1, 0.01, 0.001} }
        local mixture = { weights = {0.5, 0.5}, means = { {0, 0}, {1, 1} }, covariances = { { {1, 0}, {0, 1} }, { {1, 0.5}, {0.5, 1} } } }

        """

    private func run(_ text: String) throws -> [Value] {
        let fixture = try Fixture()
        return try withExtendedLifetime(fixture) { try fixture.session.state.run(prelude + text) }
    }

    private func string(_ text: String) throws -> String {
        guard case .string(let result)? = try run(text).first else { return "" }
        return result
    }

    private func message(_ text: String) throws -> String {
        let error = #expect(throws: LuaError.self, "\(text)") { try run(text) }
        return error?.message ?? ""
    }

    @Test func workspacesAreAboutWhereTheRobotStands() throws {
        let text = try string("""
            local far = avips.robot("planar_3link", { base = avips.pose{ xyz = {20, 10, 1} } })
            local figure = plot.workspace(far, { resolution = 4, poses = 1, starts = 16, count = 1, seed = 1 })
            return figure.title .. "\\n" .. figure:csv()
            """)
        #expect(text.contains("z = 1 m") && text.contains("base,points,1,20.0,10.0,"))
        let rows = text.split(separator: "\n").filter { $0.contains(",cell,") }.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(!rows.isEmpty && rows.allSatisfy { abs(Double($0[4])! - 20) < 3 && abs(Double($0[5])! - 10) < 3 })
        #expect(rows.contains { $0[6] == "100.0" })
    }

    @Test func whatCannotBeDrawnIsCounted() throws {
        #expect(try string("return plot.lines({ a = {-1e302, 0, 1e302} }).title") == "a over x (2 beyond ±1e300)")
        #expect(try string("return plot.scatter({ a = {1, 0/0, 1/0} }).title") == "a over x (2 not finite)")
        #expect(try string("return plot.histogram{ -1.7e308, 0, 1.7e308 }.title") == "Distribution of value (2 beyond ±1e300)")
        #expect(try string("return plot.histogram{ 1e300, 1e300 }:csv()").contains("1e+300,1.0,"))
        #expect(try message("plot.lines{ 1.7e308, 1.6e308, 1.7e308 }").contains("there is nothing to draw: no place is finite and within ±1e300"))
    }

    @Test func namesThatAreNotTextAreToldOf() throws {
        for call in ["plot.lines({ ['\\xff\\xfe'] = {1, 2} })", "plot.histogram({ ['\\xff'] = {1, 2} })", "plot.errors({ ['\\xff'] = { position_errors = {1} } })", "avips.json.encode{ ['\\xff'] = 1 }", "avips.npz.write('x.npz', { ['\\xff'] = {1} })"] {
            #expect(try message(call).contains("has a name that is not text in UTF-8"), "\(call)")
        }
    }

    @Test func aMatrixIsDrawnAsTheListsOfItsRows() throws {
        for plot in ["lines", "scatter", "histogram"] {
            #expect(try string("""
                local rows = { {1, 2, 3}, {4, 5, 7}, {6, 9, 8} }
                return tostring(plot.\(plot)(avips.matrix(rows)):csv() == plot.\(plot)(rows):csv())
                """) == "true")
        }
        #expect(try string("return plot.lines{ {1, 2}, {3, 5} }:csv()").contains("line,1,1.0,2.0,\n") )
        #expect(try message("plot.lines{ {1, 2}, {3} }").contains("must have rows of one length with at least two numbers, x and y"))
        #expect(try message("plot.histogram(avips.random.normal(2, { columns = 65 }))").contains("must have at most 64 columns, got 65"))
    }

    /// Ctrl-C ends the plots of many numbers, whether they are read, drawn or printed.
    @Test(arguments: ["plot.histogram(m)", "plot.scatter(m)", "plot.lines(m)", "plot.lines(m):text()", "plot.scatter(m):svg()"])
    func plotsOfManyNumbersAreInterrupted(_ code: String) throws {
        let fixture = try Fixture()
        try fixture.session.state.run("plot, m = avips.plot, avips.random.normal(3000000, { columns = 4, seed = 1 })")
        let interrupt = fixture.session.state.options.interrupt, start = threadSeconds()
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.1)
            interrupt.raise()
        }
        let error = #expect(throws: LuaError.self) { try fixture.session.state.run("while true do \(code) end") }
        #expect(error?.kind == .interrupt)
        // Within 0.2 s of a quiet core's time, after the 0.1 that it works before.
        #expect(threadSeconds() - start < 1)
    }

    @Test func curvesGoOverAColumnThatIsNamed() throws {
        let text = try string("""
            return plot.curves({ minutes = {0.5, 1.25, 3}, mm = {3, 2, 1} }, { columns = {"mm"}, x = "minutes" }):csv()
            """)
        #expect(text.contains("0.5") && text.contains("1.25"), "\(text)")
    }

    @Test func runsAreComparedHoweverTheyAreGiven() throws {
        #expect(try string("return plot.curves(log).description").contains("Loss, position error over step"))
        #expect(try string("return plot.curves(log, log).description").contains("of run 1, run 2."))
        #expect(try string("return plot.curves{ log, log }.description").contains("of group 1; bands"))
        #expect(try string("return plot.curves({ b = log, a = { log, log, log } }, { columns = {'loss'} }).description").hasPrefix("Loss over step of a, b; bands"))
        #expect(try string("return plot.curves({ x = {1, 2}, y = {1, 2}, name = 'mine' }).description").contains("of mine."))
        #expect(try string("return plot.curves(log, { title = 'T' }).title") == "T")
        // Millimetres for people, metres in the data.
        #expect(try string("return plot.curves(log, { columns = {'position_error'} }):csv()").contains(",20.0,10.0,"))
    }

    @Test func gapsInColumnsAreGaps() throws {
        let csv = try string("return plot.curves{ x = {1, 2, 3, 4}, y = {1, 0/0, false, 4} }:csv()")
        #expect(csv.contains("line,1,1.0,1.0,\n") && csv.contains("line,1,2.0,,\n") && csv.contains("line,1,3.0,,\n"))
    }

    @Test func schedulesAreFunctionsNumbersAndLists() throws {
        let csv = try string("return plot.schedule({ rate = function(t) return 1 + t end, bound = 0.5, list = {1, 2, 4} }):csv()")
        #expect(csv.contains("rate,line,1,100.0,2.0") && csv.contains("bound,line,1,50.0,0.5") && csv.contains("list,line,1,50.0,2.0"))
        #expect(try string("return plot.schedule({ rate = avips.schedule.linear(1, 3) }):csv()").contains("rate,line,1,50.0,2.0"))
        #expect(try string("return plot.schedule(function(t) return t end, function(t) return 1 - t end, { title = 'two' }).title") == "two")
        #expect(try message("plot.schedule{ rate = function() return 'x' end }").contains("schedule rate must return a number"))
        #expect(try message("plot.schedule{ rate = function() error('inside') end }").contains("inside"))
    }

    /// The corners of what is drawn, without ranges given.
    @Test func densitiesAreDrawnWhereTheirMassIs() throws {
        func corners(_ target: String) throws -> [Double] {
            let csv = try string("return plot.density(\(target), nil, { resolution = 40 }):csv()")
            let cells = csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }.filter { $0.contains("cell") }
            let places = cells.map { row in row.indices.compactMap { Double(row[$0]) } }
            let x = places.map { $0[1] }, y = places.map { $0[2] }
            return [x.min()!, x.max()!, y.min()!, y.max()!]
        }
        let mixture = try corners("avips.mixture{ means = {{0, 0}, {9, 9}}, deviations = {{1, 1}, {1, 1}} }")
        #expect(mixture[0] < -2 && mixture[1] > 11 && mixture[2] < -2 && mixture[3] > 11 && mixture[1] < 15)
        let far = try corners("function(x) return -0.5 * (x[1] - 10)^2 - 0.5 * x[2]^2 end")
        #expect(far[0] < 8 && far[1] > 12 && far[1] < 16)
        let stated = try corners("avips.target{ dimension = 2, mean = {1000, 0}, deviation = 1, logdensity = function(x) return -0.5 * (x[1] - 1000)^2 - 0.5 * x[2]^2 end }")
        #expect(stated[0] > 990 && stated[0] < 998 && stated[1] > 1002 && stated[1] < 1010)
        let many = try corners("avips.target.forty_gaussians()")
        #expect(many[0] < -30 && many[1] > 30 && many[2] < -30 && many[3] > 30)
        // One that grows without end has no place to be drawn at.
        #expect(try corners("function(x) return x[1] end")[1] < 4)
    }

    @Test func densitiesAreOfFunctionsAndPoses() throws {
        let csv = try string("return plot.density(function(x) return -x[1]^2 - x[2]^2 end, mixture, { resolution = 4, lower = {-2, -2}, upper = {2, 2} }):csv()")
        // The greatest of the four middle cells is the maximum.
        #expect(csv.contains("cell,1,0.5,0.5,1.0") && csv.contains("cell,1,-0.5,-0.5,1.0"))
        #expect(try string("""
            local arm = avips.robot "planar_3link"
            return plot.density(arm:fk{0.3, 0.5, -0.4}, nil, { robot = arm, resolution = 6 }):csv()
            """).contains("cell,1,"))
        #expect(try message("plot.density(avips.mixture{ means = {{0}}, deviations = {{1}} })").contains("is a density over one variable, and two are drawn"))
        #expect(try message("plot.density(function() return 'x' end)").contains("must return a number, its log-density, got string \"x\""))
        #expect(try message("plot.density(3)").contains("argument 1 (target) must be a function, a Target or a Pose, got number 3"))
        #expect(try message("plot.density(avips.pose{ xyz = {1, 0, 0} })").contains("option robot must be given"))
        #expect(try message("plot.density(print, { weights = {1} })").contains("a table with weights, means and covariances"))
    }

    @Test func componentsOfSamplesHaveTheirEllipses() throws {
        let csv = try string("return plot.joints(mixture):csv()")
        #expect(csv.contains("component 1,ellipse centre") && csv.contains("component 2,ellipse centre"))
        #expect(try string("""
            local student = avips.model{ robot = "planar_3link", components = 2, hidden = {16}, seed = 1 }
            local m = student:predict(student.robot:fk{0.1, 0.2, 0.3})
            assert(plot.joints(m, { seed = 3 }):svg() == plot.joints(m, { seed = 3 }):svg())
            return plot.joints(m, { joints = {1, 3}, samples = 10 }).title
            """) == "planar_3link in joint space: 10 configurations, 2 components")
        #expect(try message("plot.joints({ {1, 2}, {3, 4} }, { joints = {1, 9} })").contains("expected at least two different joints"))
        #expect(try message("plot.joints{ {1, 2}, {3} }").contains("configuration 2 has 1 values"))
    }

    @Test func evaluationsAreDrawnByTheirFields() throws {
        // What model:evaluate gives, as a table.
        let evaluation = """
            local evaluation = { modes = { {
                name = "network", position = { mean = { value = 0.02, standard_error = 0.001 }, quantiles = {0.01, 0.02, 0.03} },
                rotation = { mean = { value = 0.1, standard_error = 0.01 }, quantiles = {0.05, 0.1, 0.2} }, inside = { value = 0.9, standard_error = 0.01 },
            }, { name = "updated", position = { mean = { value = 0.002 } , quantiles = {0.001, 0.002} }, rotation = { quantiles = {} } } } }

            """
        #expect(try string(evaluation + "return plot.errors(evaluation).description").contains("network: median 20 mm, 5.73°; updated: median 1.5 mm"))
        #expect(try string(evaluation + "return plot.errors({ a = evaluation }).description").contains("a, network: median 20 mm"))
        let csv = try string(evaluation + "return plot.compare({ ours = evaluation, flow = { position = 0.0077 } }):csv()")
        #expect(csv.contains("ours,points,2,20.0,") && csv.contains("flow,points,1,7.7,"))
        #expect(try string(evaluation + "return plot.compare({ ours = evaluation }, { mode = 'updated' }):csv()").contains("ours,points,1,2.0,"))
        #expect(try message(evaluation + "plot.compare({ ours = evaluation }, { mode = 'x' })").contains("one of \"network\", \"updated\""))
        #expect(try string(evaluation + "return plot.compare(evaluation):csv()").contains("updated,points,1,2.0,"))
        #expect(try message("plot.compare(3)").contains("argument 1 (methods) must be"))
        #expect(try message("plot.errors{ positions = {1} }").contains("a table with position_errors"))
    }

    @Test func weightsAreRowsWithGaps() throws {
        let csv = try string("return plot.weights{ step = {1, 2}, weights = { {1, false}, {0.4, 0.6} } }:csv()")
        #expect(csv.contains("births,points,1,2.0,0.7"))
        // What an inference reports: zeros before a component is added and after it is removed.
        let removed = try string("return plot.weights{ iteration = {5, 6, 7}, weights = avips.matrix{ {0.5, 0.5, 0}, {0.5, 0.5, 0}, {0.5, 0, 0.5} } }:csv()")
        #expect(removed.contains("deaths,points,1,6.0,0.75") && removed.contains("births,points,1,7.0,0.75"))
        #expect(try string("return plot.curves({ iteration = {5, 6}, elbo = {1, 2} }).description").contains("over iteration"))
        #expect(try message("plot.weights{}").contains("the field weights"))
        #expect(try message("plot.weights{ weights = { {1}, {'a'} } }").contains("must be a number, got string \"a\""))
        #expect(try message("plot.weights{ step = {1}, weights = { {1}, {1} } }").contains("differ in length: 1 and 2"))
    }

    @Test func slicesAreComputedOrGiven() throws {
        #expect(try string("return plot.workspace{ x = {0, 2}, y = {0, 1}, success = { {1, 0.5} } }:csv()").contains("cell,1,1.5,0.5,0.5"))
        #expect(try message("plot.workspace{ x = {0, 2}, y = {0, 1}, success = { {1, 0.5} }, modes = { {1} } }").contains("rows of one length"))
        #expect(try message("plot.workspace{ x = {2, 0}, y = {0, 1} }").contains("must have x = { from, to }"))
        #expect(try string("return plot.workspace(avips.robot 'planar_3link', { resolution = 6, count = 2 }).description").contains("planar_3link, uniform starts"))
    }

    @Test func animationsAreOfFiguresOfOneKind() throws {
        #expect(try string("""
            local arm = avips.robot "planar_3link"
            local clip = plot.animate(function(t, i) assert(i >= 1) return plot.robot(arm, { t, t, t }) end, { frames = 4, seconds = 2 })
            assert(#clip == 4 and clip.seconds == 2 and clip[4].title == plot.robot(arm, { 1, 1, 1 }).title and clip[5] == nil)
            return clip:svg()
            """).contains("@keyframes"))
        #expect(try message("plot.animate(function() return 3 end)").contains("must return a Figure, got number 3 for frame 1"))
        #expect(try message("plot.animate{}").contains("at least one frame"))
        #expect(try message("plot.animate{ plot.curves(log), plot.weights{ weights = { {1} } } }").contains("has other panels"))
    }

    @Test func reportsAreWrittenWhole() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a.html"
            #expect(try string("return avips.report({ '# First', 'words', log, plot.curves(log), avips.matrix{ {1, 2} } }, '\(path)', { title = 'T' })") == path)
            let page = try String(contentsOfFile: path, encoding: .utf8)
            #expect(page.contains("<h1>T</h1>") && page.contains(">First</h2>") && page.contains("<p>words</p>"))
            // The log as a figure and a table, the figure once more.
            #expect(page.split(separator: "<img").count == 3)
            #expect(try message("avips.report(log, '\(directory)/a.txt')").contains("expected a name that ends in \".html\""))
            #expect(try message("avips.report(nil, '\(path)')").contains("got nothing"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["a.html"])
        }
    }

    @Test func unknownOptionsAreNamed() throws {
        #expect(try message("plot.curves(log, { titel = 'x', log_x = true })").contains("unknown option 'titel'"))
        #expect(try message("plot.weights({ weights = { {1} } }, { titel = 'x' })").contains("unknown option 'titel'"))
    }

    @Test func aSafeSessionWritesNoFigures() throws {
        let fixture = try Fixture(isHarmless: true)
        for call in ["p:save('a.svg')", "avips.report(p, 'a.html')"] {
            let error = #expect(throws: LuaError.self) { try fixture.session.state.run("local p = avips.plot.schedule(1) " + call) }
            #expect(error?.message.contains("a safe session writes no files") == true)
        }
    }

    @Test func densitiesAndRobotsHaveAsManyVariables() throws {
        #expect(try message("plot.density(avips.target.two_joint_arm(), nil, { robot = 'panda' })").contains("panda has 7 joints, the target 2 variables"))
        #expect(try message("plot.density(avips.vips{ target = avips.target.two_joint_arm(), seed = 1 }.mixture, nil, { robot = 'planar_3link' })").contains("3 joints"))
    }

    @Test func thresholdsOfErrorsHaveTheirEarlierNames() throws {
        let errors = "{ name = 'a', position_errors = {0.001, 0.002}, rotation_errors = {0.01, 0.02} }"
        #expect(try string("return plot.errors(\(errors), { distances = {3}, angles = {0.7} }):svg()") == string("return plot.errors(\(errors), { millimetres = {3}, degrees = {0.7} }):svg()"))
    }

    @Test func rowsOfABodyAreConfigurations() throws {
        #expect(try string("""
            local body = avips.robot "talos_28dof"
            local q, d = {}, {}
            for i = 1, body.dof do q[i] = 0 d[i] = 0 end
            q[body.dof], d[body.dof] = math.rad(30), 30
            return tostring(plot.poses(body, { q, q }):csv() == plot.poses(body, { d, d }, { degrees = true }):csv())
            """) == "true")
        #expect(try message("local body = avips.robot 'talos_28dof' local q = {} for i = 1, body.dof do q[i] = 0 end q[1] = 0/0 plot.poses(body, { q, q })").contains("finite"))
    }
}
