import LuaBridge
import Scripting
import Testing

/// Small networks in scripts.
@Suite struct NetworkTests {
    @Test func networksTellWhatTheyAreAndWhereTheyAreAsked() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, activation = 'silu', seed = 1 } return net")
            == "Network · 2 → 16 → 1 · silu · 65 parameters")
        #expect(try fixture.shown("return #net.weights, net.weights[1].rows, net.weights[1].columns, #net.biases[1], avips.network{ inputs = 3, hidden = {}, outputs = 2 }.parameters")
            == "2\n16\n2\n16\n8")
        // One point, several, and the plain formula agree.
        #expect(try fixture.shown("""
            local x = avips.matrix{ {0.3, -1}, {2, 0.5}, {-4, 4} }
            local all = net(x)
            for i = 1, 3 do
              local y = net.biases[2][1]
              for j = 1, 16 do
                local s = net.biases[1][j] + net.weights[1][j][1] * x[i][1] + net.weights[1][j][2] * x[i][2]
                y = y + net.weights[2][1][j] * s / (1 + math.exp(-s))
              end
              assert(math.abs(all[i][1] - y) < 1e-12 and net(x[i])[1] == all[i][1] and net:forward{ x[i][1], x[i][2] }[1] == all[i][1])
            end
            return all.rows, all.columns
            """) == "3\n1")
        // Many rows, more than a chunk.
        #expect(try fixture.shown("local r = {} for i = 1, 1300 do r[i] = { i / 100, -i / 300 } end; local m = net(r); return m.rows, m[1300][1] == net(r[1300])[1]") == "1300\ntrue")
    }

    @Test func tracedDensitiesCallNetworks() throws {
        let fixture = try Fixture()
        for activation in ["tanh", "silu", "relu"] {
            #expect(try fixture.shown("""
                local net = avips.network{ inputs = 2, hidden = {12, 9}, outputs = 2, activation = '\(activation)', seed = 3 }
                local function f(x) local y = net{ x[1], x[2] } return y[1] - y[2]^2 - x[1]^2 end
                local traced = avips.target{ dimension = 2, logdensity = f, trace = true }
                local plain = avips.target{ dimension = 2, logdensity = f, trace = false }
                for _, x in ipairs{ {0.3, -0.4}, {1.2, 2}, {-0.7, 0.1} } do
                  assert(math.abs(traced:logpdf(x) - plain:logpdf(x)) < 1e-12)
                  local a, b, y = traced:gradient(x), plain:gradient(x), net(x)
                  local c = net:gradient(x, { 1, -2 * y[2] })
                  assert(math.abs(a[1] - b[1]) < 1e-5 and math.abs(a[2] - b[2]) < 1e-5)
                  assert(math.abs(a[1] - (c[1] - 2 * x[1])) < 1e-12 and math.abs(a[2] - c[2]) < 1e-12)
                end
                return 'same'
                """) == "same")
        }
        // Numbers beside symbols, in a conditional target; the formula follows the network's weights, and keeps those of a copy.
        #expect(try fixture.shown("""
            local net = avips.network{ inputs = 2, hidden = {8}, outputs = 1, seed = 1 }
            local t = avips.target{ dimension = 1, context = { a = {-1, 1} }, trace = true, logdensity = function(x, c) return net{ x[1], c.a }[1] - x[1]^2 + net{ 1, 2 }[1] end }
            local before = t:logpdf({0.5}, { a = 0.2 })
            assert(math.abs(before - (net{ 0.5, 0.2 }[1] - 0.25 + net{ 1, 2 }[1])) < 1e-12)
            local fixed, kept = net{ 1, 2 }[1], net:copy()
            local u = avips.target{ dimension = 1, context = { a = {-1, 1} }, trace = true, logdensity = function(x, c) return kept{ x[1], c.a }[1] - x[1]^2 end }
            local old = u:logpdf({0.5}, { a = 0.2 })
            net:step{ inputs = { {0.5, 0.2} }, gradients = { {1} }, learning_rate = 0.1 }
            assert(net{ 0.5, 0.2 }[1] + fixed - 0.25 < before and u:logpdf({0.5}, { a = 0.2 }) == old)
            assert(math.abs(t:logpdf({0.5}, { a = 0.2 }) - (net{ 0.5, 0.2 }[1] - 0.25 + fixed)) < 1e-12)
            -- Half the way to the copy and back to the whole of it.
            local far = net{ 0.5, 0.2 }[1]
            net:assign(kept, 0.5)
            assert(net{ 0.5, 0.2 }[1] ~= far)
            assert(math.abs(t:logpdf({0.5}, { a = 0.2 }) - (net{ 0.5, 0.2 }[1] - 0.25 + fixed)) < 1e-12)
            assert(net:assign(kept){ 0.5, 0.2 }[1] == kept{ 0.5, 0.2 }[1] and t:logpdf({0.5}, { a = 0.2 }) == before)
            -- A training follows as well: a density that moves from one place to the other while the model is trained.
            local place = avips.network{ inputs = 1, hidden = {}, outputs = 1, seed = 1 }
            local moving = avips.target{ dimension = 1, context = { a = {-1, 1} }, trace = true, logdensity = function(x, c) return -8 * (x[1] - place{ c.a }[1])^2 end }
            local model = avips.model{ target = moving, components = 1, hidden = {16}, seed = 1 }
            for report in model:training{ steps = 2000, interval = 500, temperature = 1, seed = 1 } do
              if report.step == 500 then place:train{ inputs = { {-1}, {0}, {1} }, targets = { {2}, {2}, {2} }, steps = 200, learning_rate = 0.1 } end
            end
            assert(math.abs(model:predict{ 0.3 }.means[1][1] - 2) < 0.2)
            local sorter = avips.network{ inputs = 1, hidden = {}, outputs = 3, seed = 1 }
            local logits, t = sorter{ 0.5 }, { 1, 0.25, 0 }
            local expected = 0
            for i = 1, 3 do
              local q = 1 / (1 + math.exp(-logits[i]))
              expected = expected - t[i] * math.log(q) - (1 - t[i]) * math.log(1 - q)
            end
            local losses = sorter:train{ inputs = { {0.5} }, targets = { t }, loss = 'bernoulli', steps = 400, learning_rate = 0.05 }
            assert(math.abs(losses[1] - expected) < 1e-5 and math.abs(sorter{ 0.5 }[2] - math.log(1 / 3)) < 0.1)
            return moving.traced
            """) == "true")
    }

    @Test func trainingFitsAndIsTheSameEveryTime() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local x, y, c = {}, {}, {}
            for i = 1, 60 do
              local a, b = math.sin(3 * i), math.cos(5 * i)
              x[i], y[i], c[i] = { a, b }, { a * b }, { a > b and 1 or 0, a > b and 0 or 1 }
            end
            local function fit(steps)
              local net = avips.network{ inputs = 2, hidden = {24}, outputs = 1, seed = 1 }
              local losses = net:train{ inputs = x, targets = avips.matrix(y), steps = steps, batch = 20, learning_rate = 0.01, seed = 2 }
              return net, losses
            end
            local net, losses = fit(600)
            local again, same = fit(600)
            assert(#losses == 600 and losses[1] > 0.05 and losses[600] < 0.005 and losses[600] == same[600] and net{1, 1}[1] == again{1, 1}[1])
            assert(net.steps == 600 and tostring(net):find('600 steps', 1, true))
            local sorter = avips.network{ inputs = 2, hidden = {16}, outputs = 2, activation = 'relu', seed = 1 }
            local l = sorter:train{ inputs = x, targets = c, loss = 'cross_entropy', steps = 500, batch = 1000, learning_rate = 0.02, seed = 1 }
            assert(math.abs(l[1] - math.log(2)) < 0.7 and l[500] < 0.1)
            return 'fits'
            """) == "fits")
        // Steps on derivatives are those of the loss that they belong to, and continue it.
        #expect(try fixture.shown("""
            local a = avips.network{ inputs = 1, hidden = {8}, outputs = 1, seed = 4 }
            local b, x, t = a:copy(), { {0.1}, {0.7}, {-0.3} }, { {1}, {0}, {2} }
            a:train{ inputs = x, targets = t, steps = 30, batch = 3, learning_rate = 0.01 }
            for i = 1, 30 do
              local y, g = b(x), {}
              for j = 1, 3 do g[j] = { 2 * (y[j][1] - t[j][1]) } end
              assert(b:step{ inputs = x, gradients = g, learning_rate = 0.01 } > 0)
            end
            return math.abs(a{0.4}[1] - b{0.4}[1]) < 1e-4, a.steps, b.steps
            """) == "true\n30\n30")
    }

    @Test func filesHoldWeightsAndMoments() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture()
            #expect(try fixture.shown("""
                local x, y = { {0.1, 1}, {0.7, 2} }, { {1}, {0} }
                local net = avips.network{ inputs = 2, hidden = {8, 5}, outputs = 1, activation = 'relu', seed = 4 }
                net:train{ inputs = x, targets = y, steps = 10, seed = 1 }
                assert(net:save('\(directory)/a.safetensors') == '\(directory)/a.safetensors')
                local back = avips.network '\(directory)/a.safetensors'
                assert(tostring(back) == tostring(net) and back{1, 2}[1] == net{1, 2}[1])
                for _, n in ipairs{ net, back } do n:train{ inputs = x, targets = y, steps = 10, seed = 1 } end
                return back{1, 2}[1] == net{1, 2}[1]
                """) == "true")
            #expect(fixture.message("avips.network{ inputs = 1, outputs = 1 }:save('\(directory)/a.txt')")?.contains(".safetensors") == true)
            #expect(fixture.message("avips.network '\(directory)/none.safetensors'")?.contains("no file") == true)
            try fixture.session.state.run("avips.model{ target = avips.target{ dimension = 1, context = { a = {0, 1} }, logdensity = function(x) return -x[1]^2 end }, components = 1, hidden = {16} }:save('\(directory)/m.safetensors')")
            #expect(fixture.message("avips.network '\(directory)/m.safetensors'")?.contains("holds a model: avips.model") == true)
        }
    }

    @Test(arguments: [
        ("avips.network{ inputs = 2 }", "inputs and outputs must be given"), ("avips.network{ inputs = 0, outputs = 1 }", "from 1 to"),
        ("avips.network{ inputs = 1, outputs = 1, hidden = {0} }", "from 1 to"), ("avips.network{ inputs = 1, outputs = 1, activation = 'tan' }", "tanh"),
        ("avips.network{ inputs = 60000, outputs = 60000, hidden = {} }", "at most"), ("avips.network{ inputs = 1, output = 1 }", "outputs"),
        ("net{1}", "argument 1 must be a list of 2 numbers"), ("net{1, 0/0}", "finite"), ("net(avips.matrix{ {1, 2, 3} })", "rows of 2"),
        ("net()", "argument 1"), ("two:gradient{1, 2}", "2 outputs"), ("net:gradient({1, 2}, {1, 2})", "1 number"),
        ("net:train{ inputs = { {1, 2} } }", "targets must be given"), ("net:train{ inputs = { {1, 2} }, targets = { {1}, {2} } }", "a row for each"),
        ("net:train{ inputs = { {1, 1e300} }, targets = { {1} } }", "32 bits"), ("net:train{ inputs = { {1, 2} }, targets = { {2} }, loss = 'cross_entropy' }", "probabilities"),
        ("two:train{ inputs = { {1, 2} }, targets = { {1, 1} }, loss = 'cross_entropy' }", "sum to 1"),
        ("net:train{ inputs = { {3e38, 3e38} }, targets = { {-3e38} }, steps = 2 }", "not finite"),
        ("net:step{ inputs = { {1, 2} }, gradients = { {1, 2} } }", "rows of 1"), ("net:assign(two)", "same sizes"), ("net:assign(net, 2)", "from 0 to 1"),
        ("two:train{ inputs = { {1, 2} }, targets = { {1, 2} }, loss = 'bernoulli' }", "probabilities"),
        ("avips.target{ dimension = 2, trace = true, logdensity = function(x) return net{ x[1] }[1] end }", "2 numbers or Symbols"),
    ])
    func mistakesAreNamed(_ code: String, _ words: String) throws {
        let fixture = try Fixture()
        try fixture.session.state.run("net = avips.network{ inputs = 2, hidden = {4}, outputs = 1, seed = 1 } two = avips.network{ inputs = 2, hidden = {4}, outputs = 2, seed = 1 }")
        let message = fixture.message(code) ?? "no error"
        #expect(message.contains(words), "\(code): \(message)")
    }

    @Test(arguments: ["image = {8, 8, 1}", "points = {8, 2}"]) func contextsMayLackData(_ shape: String) throws {
        let fixture = try Fixture()
        let density = shape.hasPrefix("image") ? "c[1]" : "c[1][1]"
        #expect(try fixture.shown("""
            local one = {}
            for i = 1, 64 do one[i] = i / 64 end
            c = \(shape.hasPrefix("image") ? "one" : "{ {1/64, 0}, {1, 1} }")
            for _, data in ipairs{ 'none', 'empty' } do
              t = avips.target{ dimension = 1, context = { \(shape), data = data == 'empty' and {} or nil }, logdensity = function(x, c) return -(x[1] - \(density))^2 end }
              assert(math.abs(t:at(c):logpdf{1} + (1 - 1/64)^2) < 1e-6)
              model = avips.model{ target = t, components = 2, hidden = {16}, seed = 1 }
              assert(#model:predict(c).weights == 2)
            end
            return 'asked'
            """) == "asked")
        for use in ["model:train{ steps = 1 }", "t:contexts(3)", "model:evaluate{ contexts = 2 }"] {
            #expect(fixture.message(use)?.contains("no data to draw from") == true)
        }
    }

    /// Queries may have more or fewer points than trainings use: all of them are seen, and nothing else.
    @Test(arguments: ["", "trace = false,"]) func setsMayHaveAnyNumberOfPoints(_ tracing: String) throws {
        #expect(try Fixture().shown("""
            local function mean(x, c)
              local sum = 0
              for _, point in ipairs(c) do sum = sum + point[1] end
              return -(x[1] - sum / #c)^2 - #c
            end
            local t = avips.target{ dimension = 1, context = { points = {8, 2} }, \(tracing) logdensity = mean }
            local two, many = { {1, 5}, {3, 5} }, {}
            for i = 1, 20 do many[i] = {i, 5} end
            assert(t:at(two):logpdf{0} == -6 and t:logpdf({0}, two) == -6)
            assert(t:at(many):logpdf{0} == -10.5^2 - 20 and t:at{ {4, 0} }:logpdf({ {4}, {5} })[2] == -2)
            local each = t:logpdf({ {0}, {0}, {10} }, { two, { {2, 0} }, many })
            assert(each[1] == -6 and each[2] == -5 and each[3] == -20.25)
            local batches = avips.target{ dimension = 1, context = { points = {8, 2} }, batched = true, logdensity = function(x, c)
              local values = {}
              for i = 1, #x do values[i] = mean(x[i], { {c[i][1]}, {c[i][3] or c[i][1]} }) end
              return values
            end }
            assert(batches:at(two):logpdf{0} == -6)
            local places = {}
            for i = 1, 600 do places[i] = {i} end
            assert(batches:at(two):logpdf(places)[600] == -598^2 - 2)
            return 'seen'
            """) == "seen")
    }

    /// A target with sets of another size, or without data, may be attached to a model's file, and be asked with it; a training is refused.
    @Test func targetsThatTrainNothingCanBeAttached() throws {
        #expect(try Fixture().message("""
            local function target(points, rows)
              return avips.target{ dimension = 1, context = { points = {points, 2}, data = rows }, logdensity = function(x, c)
                local sum = 0
                for i = 1, #c do sum = sum + c[i][1] end
                return -(x[1] - sum / #c)^2
              end }
            end
            local function data(points) return avips.random.normal(50, { columns = 2 * points, seed = 1 }) end
            local path = os.tmpname() .. ".safetensors"
            avips.model{ target = target(8, data(8)), components = 1, hidden = {16}, seed = 1 }:save(path)
            for points, reason in pairs{ [4] = "needs contexts as the model was made for", [16] = "needs contexts as the model was made for", [8] = "no data to draw from" } do
              local model = avips.model(path, { target = target(points, points ~= 8 and data(points) or nil) })
              local refined = model:predict({ {1, 0}, {3, 0} }, { refine = 50, seed = 1 })
              assert(math.abs(refined.means[1][1] - 2) < 0.05, refined.means[1][1])
              local trains, message = pcall(model.train, model, { steps = 5, seed = 1 })
              assert(not trains and tostring(message):find(reason, 1, true), tostring(message))
            end
            os.remove(path)
            """) == nil)
    }

    @Test func whatOverflowsIsNoZero() throws {
        #expect(try Fixture().message("""
            local net = avips.network{ inputs = 2, outputs = 1, activation = "relu", seed = 1 }
            local value = net{1e308, 1e308}[1]
            assert(value ~= value or math.abs(value) == math.huge, tostring(value))
            assert(net{1, 2}[1] == net{1, 2}[1])
            """) == nil)
    }
}
