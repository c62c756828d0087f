import Foundation
import Testing

/// Contexts outside of the ranges that a conditional model is trained for.
@Suite struct ContextRangeTests {
    private static let start = """
        local target = avips.target{ dimension = 1, context = { a = {-1, 2}, b = {10, 20} }, logdensity = function(x, c) return -(x[1] - c.a)^2 end }
        local student = avips.model{ target = target, components = 2, hidden = {16}, seed = 1 }

        """

    @Test func areSaidWhereThePredictionPrintsAndOnceAsAWarning() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        let code = Self.start + """
            local inside, edge, outside = student:predict{ a = 0, b = 15 }, student:predict{ a = 2, b = 20 }, student:predict{ a = 3.5, b = 15 }
            student:predict{ {0, 15}, {0, 21} }
            student:sample({ a = -9, b = 0 }, 2)
            return tostring(inside):find "outside" == nil, tostring(edge):find "outside" == nil, outside
            """
        let shown = try fixture.shown(code).replacing(/\n {4,}/, with: " ")  // sentences are broken to fit
        #expect(shown.hasPrefix("true\ntrue\n") && shown.contains("the context lies outside of the ranges that the model is trained for: a = 3.5 (-1 to 2); its answer is a guess"), "\(shown)")
        #expect(host.warnings.count == 1 && host.warnings[0].contains("a = 3.5 (-1 to 2)"), "\(host.warnings)")
    }

    /// Flows and ensembles say it too, once each.
    @Test func areSaidByEveryKindOfModel() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        let code = Self.start + """
            local wide = avips.target{ dimension = 2, context = { a = {-1, 2}, b = {10, 20} }, logdensity = function(x, c) return -(x[1] - c.a)^2 - x[2]^2 end }
            local flow = avips.model{ target = wide, kind = "flow", blocks = 2, hidden = {16}, seed = 1 }
            local ensemble = avips.model{ members = { student, student } }
            flow:sample({ a = 0, b = 15 }, 2)
            ensemble:sample({ a = 0, b = 15 }, 2)
            flow:sample({ a = 0, b = 25 }, 2)
            flow:logpdf({0, 0}, { a = 0, b = 26 })
            ensemble:logpdf({0}, { a = 4, b = 15 })
            return ensemble:predict{ a = 5, b = 15 }
            """
        let shown = try fixture.shown(code).replacing(/\n {4,}/, with: " ")
        #expect(shown.contains("a = 5 (-1 to 2); its answer is a guess"), "\(shown)")
        #expect(host.warnings.count == 2 && host.warnings[0].contains("b = 25 (10 to 20)") && host.warnings[1].contains("a = 4 (-1 to 2)"), "\(host.warnings)")
    }

    /// A file keeps the ranges, with no target attached.
    @Test func areKnownFromAFile() throws {
        let code = Self.start + """
            local path = os.tmpname() .. ".safetensors"
            student:save(path)
            local again = avips.model(path)
            os.remove(path)
            return tostring(again:predict{ a = 0, b = 15 }):find "outside" == nil, tostring(again:predict{ a = 0, b = 25 }):find("b = 25 (10 to 20)", 1, true) ~= nil
            """
        #expect(try Fixture().shown(code) == "true\ntrue")
    }

    /// Ends that are near to each other have the digits that tell them apart.
    @Test func endsHaveAsManyDigitsAsTellThemApart() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(fixture.message("""
            local rows = {}
            for i = 1, 300 do rows[i] = { 20240101 + i % 28 } end
            avips.model{ target = avips.target{ dimension = 1, context = avips.matrix(rows), logdensity = function(x, c) return -(x[1] - (c[1] - 20240100) / 10)^2 end }, hidden = {16}, seed = 1 }:predict{20250101}
            avips.model{ target = avips.target{ dimension = 1, context = { t = {1.7e9, 1.7e9 + 64} }, logdensity = function(x, c) return -(x[1] - c.t)^2 end }, hidden = {16}, seed = 1 }:predict{ t = 1.8e9 }
            """) == nil)
        #expect(host.warnings.contains { $0.contains("number 1 = 20250101 (20240101 to 20240128);") }, "\(host.warnings)")
        #expect(host.warnings.contains { $0.contains("t = 1800000000 (1700000000 to 1700000064);") }, "\(host.warnings)")
    }

    /// Numbers of one kind are told once, by the farthest: pixels, channels, coordinates.
    @Test func numbersOfAKindAreToldOnce() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(fixture.message("""
            local data = avips.matrix{ {0, 1, 0, 1, 0, 1, 0, 1}, {1, 0, 1, 0, 1, 0, 1, 0} }
            local function ask(context, question)
              context.data = data
              local target = avips.target{ dimension = 1, context = context, logdensity = function(x, c) return -x[1]^2 end }
              avips.model{ target = target, hidden = {16}, seed = 1 }:sample(question, 2)
            end
            ask({ image = {2, 4} }, { 0, 200, 255, 0, 1, 0, -40, 1 })
            ask({ image = {2, 2, 2} }, { 0, 200, 255, 0, 1, 0, 0, 1 })
            ask({ points = {4, 2} }, { {0, 9}, {0, 1}, {1, 12}, {1, 0} })
            """) == nil)
        for part in ["trained for: a pixel = 255 (0 to 1) and 2 more; its", "trained for: channel 1 of a pixel = 255 (0 to 1), channel 2 of a pixel = 200 (0 to 1); its",
                     "trained for: coordinate 2 of a point = 12 (0 to 1) and 1 more; its"] {
            #expect(host.warnings.contains { $0.contains(part) }, "\(part): \(host.warnings)")
        }
    }

    /// All sets of points of a training are of one size; an answer for others is said to be a guess, also by a model out of a file.
    @Test func setsOfPointsOfAnotherSizeAreTold() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(fixture.message("""
            local target = avips.target{ dimension = 1, context = { points = {10, 1}, data = avips.random.normal(40, { columns = 10, seed = 1 }) },
              logdensity = function(x, c) return -(x[1] - c[1][1])^2 end }
            local student = avips.model{ target = target, components = 1, hidden = {16}, seed = 1 }
            local path = os.tmpname() .. ".safetensors"
            student:save(path)
            local function set(count) local set = {} for i = 1, count do set[i] = { i / 50 } end return set end
            for _, model in ipairs{ student, avips.model(path) } do
              for count, said in pairs{ [1] = "has 1 point,", [9] = "has 9 points,", [10] = false, [40] = "has 40 points," } do
                local text = tostring(model:predict(set(count))):gsub("%s+", " ")
                assert((text:find("guess", 1, true) ~= nil) == (said ~= false), text)
                assert(not said or text:find(said .. " and those that the model is trained for have 10; its answer is a guess", 1, true), text)
              end
            end
            os.remove(path)
            """) == nil)
        #expect(host.warnings.count == 2 && host.warnings.allSatisfy { $0.contains("trained for have 10") }, "\(host.warnings)")
    }

    /// Contexts that a function or a simulator draws reach as far as those drawn, and some way beyond: further draws are no guesses.
    @Test(arguments: [
        ("uniform", "target = family(function(n, seed) return avips.random.uniform(n, { columns = 1, seed = seed }) end)", 1.4, 3.0),
        ("normal", "target = family(function(n, seed) return avips.random.normal(n, { columns = 1, seed = seed }) end)", 5.0, 20.0),
        ("flow", "kind = \"flow\", blocks = 1, target = family(avips.random.normal)", 5.0, -20.0),
        ("points", "target = family{ points = {4, 1}, data = function(n, seed) return avips.random.normal(n, { columns = 4, seed = seed }) end }", 5.0, 20.0),
        ("simulator", "simulator = function(theta, stream) return { theta[1] + 0.1 * stream:normal() } end, prior = { mean = {0}, deviation = 1 }", 4.0, 20.0),
    ])
    func contextsOfFunctionsAreAskedFarOutside(_ case: (kind: String, material: String, near: Double, far: Double)) throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        let points = `case`.kind == "points"
        func context(_ number: Double) -> String { points ? "{ {0}, {0.5}, {\(number)}, {1} }" : "{\(number)}" }
        #expect(fixture.message("""
            local function family(context)
              return avips.target{ dimension = 2, context = context, logdensity = function(x, c) return -(x[1] - \(points ? "c[1][1]" : "c[1]"))^2 - x[2]^2 end }
            end
            local student = avips.model{ \(`case`.material), hidden = {16}, seed = 1 }
            local path = os.tmpname() .. ".safetensors"
            student:save(path)
            models = { student, student.target and avips.model(path, { target = student.target }) }
            os.remove(path)
            for _, model in ipairs(models) do model:sample(\(context(`case`.near)), 2) end
            """) == nil)
        #expect(host.warnings.isEmpty, "\(host.warnings)")
        #expect(fixture.message("for _, model in ipairs(models) do model:sample(\(context(`case`.far)), 2) end") == nil)
        let count = `case`.kind == "simulator" ? 1 : 2
        #expect(host.warnings.count == count && host.warnings.allSatisfy { $0.contains("far outside") }, "\(host.warnings)")
    }

    /// A number that is zero in all contexts, as the height of an arm in a plane, may be so but for rounding.
    @Test func numbersThatNeverChangeMayBeRounded() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(fixture.message("""
            local function family(context)
              return avips.model{ target = avips.target{ dimension = 1, context = context, logdensity = function(x, c) return -(x[1] - c[2])^2 end }, hidden = {16}, seed = 1 }
            end
            local function drawn(n, seed) local rows = {} for i = 1, n do rows[i] = { 0, i / n } end return rows end
            models = { family(avips.matrix(drawn(100))), family(drawn) }
            for _, model in ipairs(models) do model:predict{ -1e-12, 0.5 } end
            """) == nil)
        #expect(host.warnings.isEmpty, "\(host.warnings)")
        #expect(fixture.message("for _, model in ipairs(models) do model:predict{ 0.1, 0.5 } end") == nil)
        #expect(host.warnings.count == 2 && host.warnings.allSatisfy { $0.contains("number 1 = 0.1 (0 to 0)") }, "\(host.warnings)")
    }

    /// A pixel at the edge of pictures, which are given as lists, may be black in all of them; that one is lit is no reason for a warning.
    @Test func numbersOfASignalThatNeverChangeMayBeWhatOthersAre() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(fixture.message("""
            function picture(edge)
              local pixels = { edge }
              for i = 2, 64 do pixels[i] = i % 2 end
              return pixels
            end
            local rows = { picture(0), picture(0) }
            for i = 2, 64 do rows[2][i] = 1 - rows[2][i] end
            model = avips.model{ target = avips.target{ dimension = 1, context = rows, logdensity = function(x, c) return -(x[1] - c[2])^2 end }, hidden = {16}, seed = 1 }
            model:predict(picture(1))
            """) == nil)
        #expect(host.warnings.isEmpty, "\(host.warnings)")
        #expect(fixture.message("model:predict(picture(2))") == nil)
        #expect(host.warnings.count == 1 && host.warnings[0].contains("number 1 = 2 (0 to 1)"), "\(host.warnings)")
    }

    /// Of hundreds of numbers some lie beyond what theirs were in a few rows; one beyond all, or many of them, are told.
    @Test func aFewNumbersOfASignalMayBeWhatOthersAre() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(fixture.message("""
            function signal(seed) return avips.random.normal(1, { columns = 256, seed = seed }):table()[1] end
            local rows = {}
            for i = 1, 12 do rows[i] = signal(i) end
            model = avips.model{ target = avips.target{ dimension = 1, context = rows, logdensity = function(x, c) return -(x[1] - c[2])^2 end }, hidden = {16}, seed = 1 }
            for i = 13, 32 do model:predict(signal(i)) end
            """) == nil)
        #expect(host.warnings.isEmpty, "\(host.warnings)")
        #expect(fixture.message("local far = signal(40) far[7] = 30 return model:predict(far)") == nil)
        #expect(host.warnings.count == 1 && host.warnings[0].contains("number 7 = 30 "), "\(host.warnings)")
        let shown = try fixture.shown("local far = signal(41) for i = 1, 256 do far[i] = 3 * far[i] end return model:predict(far)").replacing(/\n {2,}/, with: " ")
        #expect(shown.contains("far outside"), "\(shown)")
    }

    /// Rows of data have a range too, beyond whose ends further rows are to be expected.
    @Test(arguments: [
        ("context", "target = avips.target{ dimension = 1, context = rows, logdensity = function(x, c) return -(x[1] - c[1])^2 end }"), ("pairs", "pairs = { contexts = rows, values = rows }"),
    ])
    func dataAreAskedFarOutside(_ case: (kind: String, material: String)) throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        let code = """
            local rows = avips.matrix{ {0}, {1}, {2} }
            local student = avips.model{ \(`case`.material), components = 2, hidden = {16}, seed = 1 }
            local path = os.tmpname() .. ".safetensors"
            student:save(path)
            local again = avips.model(path)
            os.remove(path)
            local near, far = tostring(student:predict{2.5}):find "outside" == nil, student:predict{100}
            student:sample({1e6}, 2)
            return near, tostring(again:predict{100}):find "outside" == nil, tostring(again:predict{1e6}):find "far outside" ~= nil, far
            """
        let shown = try fixture.shown(code).replacing(/\n {4,}/, with: " ")
        #expect(
            shown.hasPrefix("true\ntrue\ntrue\n") && shown.contains("the context lies far outside of those that the model is trained for: number 1 = 100 (0 to 2); its answer is a guess"), "\(shown)")
        #expect(host.warnings.count == 2 && host.warnings.allSatisfy { $0.contains("far outside") }, "\(host.warnings)")
    }

    /// An ensemble's contexts reach as far as those of any member.
    @Test func ensemblesAreAskedFarOutsideOfAllTheirMembers() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(fixture.message("""
            local function of(contexts) return avips.model{ pairs = { contexts = contexts, values = contexts }, components = 1, hidden = {16}, seed = 1 } end
            ensemble = avips.model{ members = { of{ {0}, {1}, {2} }, of{ {0}, {10}, {20} } } }
            ensemble:sample({25}, 2)
            """) == nil)
        #expect(host.warnings.isEmpty, "\(host.warnings)")
        #expect(fixture.message("ensemble:sample({40}, 2)") == nil)
        #expect(host.warnings.count == 1 && host.warnings[0].contains("number 1 = 40 (0 to 20)"), "\(host.warnings)")
    }

    /// The model of a file knows of a simulator's observations what a new one does.
    @Test func observationsOfAFilesSimulatorAreNoGuesses() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(fixture.message("""
            local function simulator(theta) return { math.exp(2 * theta[1]) } end
            local prior = { mean = {0}, deviation = 1 }
            local path = os.tmpname() .. ".safetensors"
            local student = avips.model{ simulator = simulator, prior = prior, components = 1, hidden = {16}, seed = 1 }
            student:save(path)
            models = { student, avips.model(path, { simulator = simulator, prior = prior }) }
            os.remove(path)
            for _, model in ipairs(models) do model:predict{200} end
            """) == nil)
        #expect(host.warnings.isEmpty, "\(host.warnings)")
        #expect(fixture.message("for _, model in ipairs(models) do model:predict{1e4} end") == nil)
        #expect(host.warnings.count == 2 && host.warnings.allSatisfy { $0.contains("far outside") }, "\(host.warnings)")
    }
}
