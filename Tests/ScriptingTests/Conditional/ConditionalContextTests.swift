import Foundation
import LuaBridge
import Scripting
import Testing

/// What a density may be conditioned on: rows of data, a function's contexts, poses, images, sets of points.
@Suite struct ConditionalContextTests {
    @Test func contextsComeFromDataAndFunctions() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local rows = {}
            for i = 1, 64 do rows[i] = { math.sin(i), math.cos(i), i / 64 } end
            local density = function(x, c) return -0.5 * (x[1] - c[1] - c[3])^2 end
            local data = avips.target{ dimension = 1, context = avips.matrix(rows), logdensity = density }
            local made = avips.target{ dimension = 1, logdensity = density, context = function(n, seed)
                local result = {}
                for i = 1, n do result[i] = { (seed + i) % 7 / 7, 0, i % 5 / 5 } end
                return result
            end }
            for _, target in ipairs{ data, made } do
                local model = avips.model{ target = target, components = 1, hidden = {32}, seed = 1 }
                model:train{ steps = 1500, seed = 1 }
                local e = model:evaluate{ contexts = 8, samples = 50, seed = 2 }
                for i = 1, #e do assert(math.abs(e.elbo[i] - 0.5 * math.log(2 * math.pi)) < 0.05, e.elbo[i]) end
            end
            return "done"
            """) == "done")
    }

    /// The program's own functions take the seed among their options, and return one number each as a list.
    @Test func theProgramsOwnFunctionsDrawContextsAndParameters() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local density = function(x, c) return -0.5 * (x[1] - c[1])^2 end
            local listed = function(n, seed) return avips.random.normal(n, { seed = seed }) end
            local function rows(context) return avips.target{ dimension = 1, context = context, logdensity = density } end
            for _, context in ipairs{ avips.random.normal, avips.random.uniform, listed } do
                avips.model{ target = rows(context), components = 1, hidden = {16}, seed = 1 }:train{ steps = 2, seed = 1 }
            end
            local simulator = function(theta, stream) return { theta[1] + stream:normal() } end
            avips.model{ simulator = simulator, prior = avips.random.normal, hidden = {16}, seed = 1 }:train{ steps = 2, seed = 1 }
            return "done"
            """) == "done")
    }

    @Test func posesOfARobotAreSuchATarget() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local arm = avips.robot "planar_3link"
            local target = avips.target.poses(arm, { context = "position", position_deviation = 0.1, limit_deviation = 0.1 })
            local model = avips.model{ target = target, components = 8, hidden = {64, 64}, seed = 1 }
            model:train{ steps = 2500, seed = 1 }
            local pose, q = arm:fk{0.3, 0.5, -0.4}, {0.3, 0.5, -0.4}
            -- The same density as avips.target.pose, whichever way it is asked.
            local other = avips.target.pose(arm, pose, { position_deviation = 0.1, rotation_deviation = math.huge, limit_deviation = 0.1 })
            assert(math.abs(target:at(pose):logpdf(q) - other:logpdf(q)) < 1e-9)
            assert(math.abs(target:logpdf(q, {pose.position[1], pose.position[2], pose.position[3]}) - other:logpdf(q)) < 1e-9)
            local e = model:evaluate{ contexts = 10, samples = 200, seed = 2 }
            local sum = 0
            for i = 1, #e do sum = sum + e.gap[i] end
            assert(sum / #e < 1.5, sum / #e)
            return #model:predict{ pose, pose }
            """) == "2")
    }

    @Test func picturesAndPointsAreContexts() throws {
        let fixture = try Fixture()
        // A bright pixel, or a cloud of points, tells where the density's mode is.
        #expect(try fixture.shown("""
            local pictures, clouds, n = {}, {}, 128
            for i = 1, n do
              local row, column = i % 8, i // 8 % 8
              local picture = {}
              for p = 1, 64 do picture[p] = 0 end
              picture[row * 8 + column + 1] = 1
              pictures[i] = picture
              clouds[i] = {}
              for p = 1, 6 do clouds[i][2 * p - 1], clouds[i][2 * p] = (column - 3.5) / 4 + 0.1 * math.sin(i * p), (row - 3.5) / 4 + 0.1 * math.cos(3 * i * p) end
            end
            local function bright(c)
              for p = 1, 64 do if c[p] > 0.5 then return ((p - 1) % 8 - 3.5) / 4, ((p - 1) // 8 - 3.5) / 4 end end
              return 0, 0
            end
            local image = avips.target{
              dimension = 2, context = { image = {8, 8}, data = avips.matrix(pictures) },
              logdensity = function(x, c) local a, b = bright(c) return -((x[1] - a)^2 + (x[2] - b)^2) / 0.02 end,
            }
            local points = avips.target{
              dimension = 2, context = { points = {6, 2}, data = avips.matrix(clouds) },
              logdensity = function(x, c)
                local a, b = 0, 0
                for _, p in ipairs(c) do a, b = a + p[1] / #c, b + p[2] / #c end
                return -((x[1] - a)^2 + (x[2] - b)^2) / 0.02
              end,
            }
            local exact = math.log(math.pi * 0.02)
            for _, target in ipairs{ image, points } do
              local model = avips.model{ target = target, components = 1, hidden = {64, 64}, seed = 1 }
              model:train{ steps = 800, seed = 1 }
              local e = model:evaluate{ contexts = 20, samples = 50, seed = 2 }
              local sum = 0
              for i = 1, #e do sum = sum + exact - e.elbo[i] end
              assert(sum / #e < 0.3, tostring(target) .. " gap " .. sum / #e)
              local path = os.tmpname() .. ".safetensors"
              model:save(path)
              local context = target:contexts(1, { seed = 3 })
              local c = target == points and avips.matrix{ {0.1, 0.2}, {0.3, 0.4} } or context[1]
              assert(avips.model(path):logpdf({0, 0}, c) == model:logpdf({0, 0}, c))
              os.remove(path)
            end
            return "done"
            """) == "done")
    }

    /// Refinement asks the density itself at the context, however many points that has.
    @Test func refinementTakesAnyNumberOfPoints() throws {
        #expect(try Fixture().message("""
            local data = {}
            for i = 1, 64 do
              data[i] = {}
              for k = 1, 8 do data[i][k] = { math.sin(i + k) } end
            end
            local target = avips.target{ dimension = 1, context = { points = {8, 1}, data = data }, logdensity = function(x, c)
              local sum = 0
              for i = 1, #c do sum = sum - (c[i][1] - x[1])^2 / 0.5 end
              return sum
            end }
            assert(target.traced)
            local model = avips.model{ target = target, components = 1, hidden = {32, 32}, seed = 1 }
            model:train{ steps = 300, seed = 1 }
            for _, n in ipairs{ 1, 2, 4, 8, 16 } do
              local points = {}
              for i = 1, n do points[i] = { 0.5 + 0.1 * (-1)^i * (n > 1 and 1 or 0) } end
              local refined = model:predict(points, { refine = 50, seed = 1 })
              local mean, deviation = refined.means[1][1], refined.covariances[1][1][1]^0.5
              assert(math.abs(mean - 0.5) < 2e-3, n .. ": " .. mean)
              assert(math.abs(deviation * (4 * n)^0.5 - 1) < 1e-2, n .. ": " .. deviation)
              local held = target:at(points)
              assert(math.abs(held:logpdf{0.3} - target:logpdf({0.3}, points)) < 1e-12 and math.abs(held:gradient{0.5}[1]) < 1e-9)
            end
            """) == nil)
    }

    /// Labels, which a density looks up or compares, are in trainings what they are: whole numbers by any way, others by a function.
    @Test(arguments: ["equal", "less_equal", "look up", "tenths"]) func labelsAreExact(way: String) throws {
        #expect(try Fixture().message("""
            local way, m, means = "\(way)", avips.math, { -2, 0.5, 3 }
            local unit = way == "tenths" and 0.1 or 1
            local rows, places = {}, {}
            for i = 1, 300 do rows[i] = { i % 3 * unit } end
            for i = 1, 3 do places[(i - 1) * unit] = means[i] end
            local compare = way == "less_equal" and m.less_equal or m.equal
            local function density(x, c)
              local mean
              if way == "look up" then mean = places[c[1]] else
                mean = m.where(compare(c[1], 0), means[1], m.where(compare(c[1], 1 * unit), means[2], means[3]))
              end
              return -0.5 * ((x[1] - mean) / 0.1)^2
            end
            local target = avips.target{ dimension = 1, context = avips.matrix(rows), logdensity = density }
            assert(target.traced == (way ~= "look up"))
            local model = avips.model{ target = target, components = 1, hidden = {32, 32}, seed = 1 }
            model:train{ steps = 1200, seed = 1 }
            for i = 1, 3 do
              local label = (i - 1) * unit
              local mean, refined = model:predict{ label }.means[1][1], model:predict({ label }, { refine = 20, seed = 1 }).means[1][1]
              assert(math.abs(mean - means[i]) < 0.1, label .. ": " .. mean)
              assert(math.abs(refined - means[i]) < 0.01, label .. " refined: " .. refined)
            end
            """) == nil)
    }

    /// A formula whose digits single precision loses is evaluated in double, and that is said; constants and thin densities are no reason.
    @Test func formulasThatNeedDoublePrecisionGetIt() throws {
        func listened(_ density: String) throws -> [String] {
            let fixture = try Fixture(), listener = Listener()
            fixture.session.host = listener
            #expect(fixture.message("""
                local target = avips.target{ dimension = 1, context = { a = {-1, 1} }, logdensity = function(x, c) return \(density) end }
                assert(target.traced)
                local model = avips.model{ target = target, components = 1, hidden = {16}, seed = 1, adapt = false }
                model:train{ steps = 600, seed = 1 }
                local mean, deviation = model:predict{ a = 0.5 }.means[1][1], model:predict{ a = 0.5 }.covariances[1][1][1]^0.5
                assert(math.abs(mean - 0.5) < 0.05, mean)
                """) == nil)
            return listener.warnings.filter { $0.contains("in single precision from double") }
        }
        // 1 − cos of a small angle: half a square in double, 0 in single.
        #expect(try listened("-1e8 * (1 - avips.math.cos(1e-4 * (x[1] - c.a)))").count == 1)
        #expect(try listened("-0.5 * ((x[1] - c.a) / 1e-3)^2") == [])
        #expect(try listened("1e6 - 0.5 * (x[1] - c.a)^2") == [])
    }

    /// A function of Lua gets in a training the numbers that its data have, all digits of them: of a matrix, of a function of contexts, and of pairs.
    @Test func contextsOfATrainingAreThoseOfTheData() throws {
        let drawn = "function(n, seed) local drawn = {} for i = 1, n do drawn[i] = rows[(i + seed) % 200 + 1] end return avips.matrix(drawn) end"
        for (context, pairs) in [
            ("avips.matrix(rows)", ""), (drawn, ""),
            ("matrix(1, 100)", "pairs = { contexts = matrix(101, 200), values = avips.random.normal(100, { columns = 1, seed = 2 }) }, "),
        ] {
            #expect(try Fixture().message("""
                local rows, known, foreign = {}, {}, 0
                local labels = { math.pi, 1/3, 0.1234567891, 2^0.5 * 1e5 }
                for i = 1, 200 do
                  rows[i] = { i % 41, (i % 7) / 10, i % 5 * 0.25 - 1e3, i % 3 * 1e-7, labels[i % 4 + 1] + (i > 100 and math.pi or 0) }
                  for j = 1, 5 do known[j] = known[j] or {} known[j][rows[i][j]] = true end
                end
                local function matrix(first, last) return avips.matrix(table.move(rows, first, last, 1, {})) end
                local target = avips.target{ dimension = 1, context = \(context), trace = false, logdensity = function(x, c)
                  for j = 1, 5 do if not known[j][c[j]] then foreign = foreign + 1 end end
                  return -0.5 * (x[1] - c[1] / 41)^2
                end }
                local model = avips.model{ target = target, \(pairs)components = 1, hidden = {16}, seed = 1 }
                model:train{ steps = 20, seed = 1 }
                assert(foreign == 0, foreign)
                """) == nil, "\(context)")
        }
    }

    /// A formula whose labels single precision does not hold is evaluated in double, at the labels themselves.
    @Test func formulasThatCompareGetTheContextsOfTheData() throws {
        let fixture = try Fixture(), listener = Listener()
        fixture.session.host = listener
        #expect(fixture.message("""
            local labels, rows = { math.pi, 1/3, 0.1234567891 }, {}
            for i = 1, 300 do rows[i] = { labels[i % 3 + 1] } end
            local m = avips.math
            local target = avips.target{ dimension = 1, context = avips.matrix(rows), logdensity = function(x, c)
              return -0.5 * (x[1] - m.where(m.equal(c[1], math.pi), 2, 0))^2
            end }
            assert(target.traced)
            local model = avips.model{ target = target, components = 1, hidden = {16}, seed = 1, adapt = false }
            model:train{ steps = 600, seed = 1 }
            assert(math.abs(model:predict{ math.pi }.means[1][1] - 2) < 0.1, model:predict{ math.pi }.means[1][1])
            assert(math.abs(model:predict{ 1/3 }.means[1][1]) < 0.1, model:predict{ 1/3 }.means[1][1])
            """) == nil)
        #expect(listener.warnings.contains { $0.contains("in single precision from double") })
    }

    /// Data whose spread hides nearly all differences from single precision are refused, and where it hides some that is said; others, rare and far ones
    /// and those that differ by rounding among them, are taken as they are.
    @Test func contextsThatNetworksTakeForOneAnotherAreRefused() throws {
        func told(_ row: String) throws -> (refusal: String?, warnings: [String]) {
            let fixture = try Fixture(), listener = Listener()
            fixture.session.host = listener
            let refusal = fixture.message("""
                local rows = {}
                for i = 1, 200 do rows[i] = { \(row), i } end
                avips.model{ target = avips.target{ dimension = 1, context = avips.matrix(rows), logdensity = function(x, c) return -x[1]^2 + c[1] * 1e-30 end } }
                """)
            return (refusal, listener.warnings.filter { $0.contains("in the contexts, number 1 is spread over") && $0.contains("single precision") })
        }
        let refusal = try #require(try told("i % 2 * 1e9 + i / 500").refusal)
        #expect(refusal.contains("in the contexts, number 1 is spread over") && refusal.contains("single precision"), "\(refusal)")
        for row in ["10 ^ (i % 28 - 12)", "math.exp(-i / 4)"] {
            let (refusal, warnings) = try told(row)
            #expect(refusal == nil && warnings.count == 1, "\(row): \(refusal ?? "") \(warnings)")
        }
        for row in ["1.7e9 + 3600 * i", "0.1 + 0.2 + i * 1e-17", "7", "i % 2", "1e15 + i % 2 * 0.125", "i == 1 and 1e6 or i / 200", "10 ^ (i % 7)", "i * 0.1 % 1",
                    "i * math.pi / 2 % (2 * math.pi)", "i % 2 == 0 and 1 - 1e-15 * i or 1e-17 * i"] {
            let (refusal, warnings) = try told(row)
            #expect(refusal == nil && warnings == [], "\(row): \(refusal ?? "") \(warnings)")
        }
    }

    /// Labels so near to each other beside their spread that a network answers alike for them are told; data that vary continuously are not.
    @Test func crowdedLabelsAreTold() throws {
        func told(_ row: String, count: Int = 400) throws -> [String] {
            let fixture = try Fixture(), listener = Listener()
            fixture.session.host = listener
            #expect(fixture.message("""
                local rows, normal = {}, avips.random.normal(\(count), { columns = 1, seed = 1 })
                for i = 1, \(count) do rows[i] = { i % 2, \(row) } end
                avips.model{ pairs = { contexts = avips.matrix(rows), values = normal }, seed = 1 }
                """) == nil)
            return listener.warnings.filter { $0.contains("tell them apart") }
        }
        for (row, values) in [
            ("i == 7 and 1e7 or i % 3", "3 of its 4 values differ by too little from others for a network to tell them apart, such as 0 and 1;"),
            ("({ 20240101, 20240102, 20241231 })[i % 3 + 1]", "2 of its 3 values differ by too little from others for a network to tell them apart, such as 20240101 and 20240102;"),
        ] {
            let warnings = try told(row)
            #expect(warnings.count == 1 && warnings[0].contains("in the contexts, number 2 has") && warnings[0].contains(values), "\(row): \(warnings)")
        }
        for row in ["i % 3", "i % 10 * 1e-7", "normal[i][1]", "math.exp(3 * normal[i][1])", "i == 7 and 1e7 or normal[i][1]", "i % 50", "i == 7 and 100 or i % 3", "7", "20240101 + i % 30"] {
            #expect(try told(row) == [], "\(row)")
        }
        #expect(try told("normal[i][1]", count: 12) == [])
    }

    /// Numbers that vary too little beside single ones far away are told, such as codes for missing ones; heavy tails and numbers that are mostly zero are not.
    @Test func numbersThatOutliersCrowdAreTold() throws {
        func told(_ row: String) throws -> [String] {
            let fixture = try Fixture(), listener = Listener()
            fixture.session.host = listener
            #expect(fixture.message("""
                local rows, normal = {}, avips.random.normal(500, { columns = 1, seed = 1 })
                for i = 1, 500 do rows[i] = { i % 2, \(row) } end
                avips.model{ pairs = { contexts = avips.matrix(rows), values = normal }, seed = 1 }
                """) == nil)
            return listener.warnings.filter { $0.contains("too little for a network to learn from them") }
        }
        for row in ["i == 7 and 1e6 or normal[i][1]", "i % 100 == 0 and -9999 or normal[i][1]"] {
            let warnings = try told(row)
            #expect(warnings.count == 1 && warnings[0].contains("in the contexts, number 2 has a deviation of about "), "\(row): \(warnings)")
        }
        for row in ["i == 7 and 100 or normal[i][1]", "math.exp(4 * normal[i][1])", "(i % 5 == 0 and 1000 or 0) + normal[i][1]", "(i % 10 == 0 and 1e4 or 0) + normal[i][1]", "i % 20 == 0 and normal[i][1] or 0", "1e6 + normal[i][1]", "i % 2 * 1e3 + normal[i][1]", "7", "i"] {
            #expect(try told(row) == [], "\(row)")
        }
    }

    /// A matrix may hold what no list of a script may: no rows, and numbers that are not finite.
    @Test func contextsOutOfMatricesAreChecked() throws {
        let fixture = try Fixture()
        #expect(fixture.message("""
            far = avips.matrix{ {1, 2}, {1e308, 3} } * 10
            rows = avips.target{ dimension = 1, context = avips.random.normal(40, { columns = 2, seed = 1 }), logdensity = function(x, c) return -(x[1] - c[1])^2 end }
            points = avips.target{ dimension = 1, context = { points = {4, 2}, data = avips.random.normal(40, { columns = 8, seed = 1 }) },
              logdensity = function(x, c) return -(x[1] - c[1][1])^2 end }
            m, p = avips.model{ target = rows, components = 1, hidden = {16}, seed = 1 }, avips.model{ target = points, components = 1, hidden = {16}, seed = 1 }
            """) == nil)
        for use in ["m:predict(far)", "m:sample(far, 2)", "m:logpdf({ {0}, {0} }, far)", "rows:logpdf({ {0}, {0} }, far)"] {
            let message = fixture.message(use) ?? "no error"
            #expect(message.contains("must have finite numbers, got inf as number 1 of context 2"), "\(use): \(message)")
        }
        #expect(fixture.message("p:predict(far)")?.contains("must have finite numbers, got inf as number 3") == true)
        for use in ["p:predict(avips.random.normal(0, { columns = 2 }))", "p:sample(avips.random.normal(0, { columns = 2 }), 2)"] {
            let message = fixture.message(use) ?? "no error"
            #expect(message.contains("must have at least one point"), "\(use): \(message)")
        }
        #expect(fixture.message("assert(#m:predict(avips.random.normal(0, { columns = 2 })) == 0)") == nil)
    }

    /// A density that is zero at all samples of what was predicted cannot be climbed: every mixture says so, and a model warns of it once.
    @Test func refinementWithoutDensityWarns() throws {
        let fixture = try Fixture(), listener = Listener()
        fixture.session.host = listener
        #expect(fixture.message("""
            local target = avips.target{ dimension = 1, context = { a = {0, 1} }, logdensity = function(x, c)
              return avips.math.where(avips.math.less(c.a, 2), -0.5 * x[1]^2, -1 / 0)
            end }
            local model = avips.model{ target = target, components = 1, hidden = {16}, seed = 1 }
            model:train{ steps = 20, seed = 1 }
            for i = 1, 3 do
              local mixture = model:predict({ a = 3 }, { refine = 5, seed = i })
              assert(tostring(mixture):find("is zero, or no number", 1, true), tostring(mixture))
            end
            """) == nil)
        #expect(listener.warnings.filter { $0.contains("is zero, or no number, at all samples") }.count == 1, "\(listener.warnings)")
    }
}
