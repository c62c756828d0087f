import LuaBridge
import Scripting
import Testing

/// Densities written in Lua become formulas, where they can.
@Suite struct TracingTests {
    @Test func arithmeticAndFunctionsAreTraced() throws {
        let fixture = try Fixture()
        let code = """
            local m = avips.math
            local function f(x)
              local s = 0
              for i = 1, #x do s = s - x[i]^2 / 2 + m.log1p(m.exp(-x[i])) end
              return s + m.logsumexp{ x[1], 2 * x[2], 0 } - m.where(m.less(x[1], x[3]), x[1] * x[3], m.abs(x[2])) + m.max(x[1], x[2], 0.1)
                - m.norm{ x[1] - 1, x[2] } + m.dot(x, { 1, 2, 3 }) + m.lgamma(2 + m.sigmoid(x[3])) + m.tanh(x[1]) * m.atan2(x[2], 2) - m.softplus(x[3])
            end
            traced = avips.target{ dimension = 3, logdensity = f }
            kept = avips.target{ dimension = 3, logdensity = f, trace = false }
            """
        try fixture.session.state.run(code)
        #expect(try fixture.shown("return traced.traced, traced.note, kept.traced, kept.note") == "true\nnil\nfalse\ntrace = false")
        #expect(try fixture.shown("return traced") == "Target · target · 3 variables · traced")
        #expect(try fixture.shown("""
            for _, x in ipairs{ {0.3, -0.2, 0.9}, {1.5, 2, -1}, {-3, 0.4, 0.1} } do
              assert(math.abs(traced:logpdf(x) - kept:logpdf(x)) < 1e-12)
              local a, b = traced:gradient(x), kept:gradient(x)
              for i = 1, 3 do assert(math.abs(a[i] - b[i]) < 1e-6) end
            end
            return 'same'
            """) == "same")
    }

    /// A formula adds and multiplies in another order than its function, or not at all: where that decides the digits, since large numbers are subtracted, it
    /// is no contradiction.
    @Test(arguments: [
        ("-(m.sqrt(1 + 1e-10 * x[1]^2) - 1) * 1e10", -0.5), ("(m.exp(1e-9 * x[1]) - 1) * 1e9", 1), ("-(m.cosh(1e-6 * x[1]) - 1) * 1e12", -0.5),
        ("(x[1] + 1e10) - 1e10", 1), ("1e12 * (1e-12 * x[1] + 1) - 1e12", 1), ("m.norm{ 2 * ((x[1] - 1e9) + 1e9), 0 } / 2", 1),
    ])
    func cancellationIsNoBranch(_ case: (body: String, slope: Double)) throws {
        let shown = try Fixture().shown("""
            local m = avips.math
            local t = avips.target{ dimension = 1, logdensity = function(x) return \(`case`.body) end }
            local branching = avips.target{ dimension = 1, logdensity = function(x) return (x[1] == 1 and -1 or 0) + \(`case`.body) end }
            return t.traced, t.note, math.abs(t:gradient{0.5}[1] - \(`case`.slope)) < 1e-4, branching.traced
            """)
        #expect(shown == "true\nnil\ntrue\nfalse", "\(shown)")
        let conditional = try Fixture().shown("""
            local m = avips.math
            local function made(body) return avips.target{ dimension = 1, context = { a = {-1, 1} }, logdensity = body }.traced end
            return made(function(x, c) x = { x[1] - c.a } return \(`case`.body) end),
              made(function(x, c) x = { x[1] - (c.a == 0.25 and 1 or 0) } return \(`case`.body) end)
            """)
        #expect(conditional == "true\nfalse", "\(conditional)")
    }

    @Test func gradientsOfRootsAreNumbersWhereTheyAreZero() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local m = avips.math
            local function has(gradient, f, x)
              local found = avips.target{ dimension = 2, trace = true, logdensity = f }:gradient(x)
              return found[1] == gradient[1] and found[2] == gradient[2]
            end
            return has({0, -1}, function(x) return m.asin(x[1]) - x[2]^2 end, {1, 0.5}), has({0, 0}, function(x) return m.acos(x[1] * x[2]) end, {1, -1}),
              has({0, 0}, function(x) return m.sqrt(x[1] * x[2]) end, {0, 0})
            """) == "true\ntrue\ntrue")
    }

    @Test func luasOwnFunctionsTakeSymbolsWhileADensityIsTraced() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local own = math.exp
            local t = avips.target{ dimension = 1, trace = true, logdensity = function(x)
              return -math.exp(x[1]) + math.log(2, 10) + math.sin(x[1]) + math.atan(x[1], 2) - math.max(x[1], 0)^2 + math.sqrt(4 + x[1]^2)
            end }
            assert(math.exp == own)
            return math.abs(t:logpdf{0.5} - (-math.exp(0.5) + math.log(2, 10) + math.sin(0.5) + math.atan(0.5, 2) - 0.25 + math.sqrt(4.25))) < 1e-14
            """) == "true")
        // They are back after an error as well.
        #expect(fixture.message("local own = math.exp; avips.target{ dimension = 1, logdensity = function(x) error('no') end }; assert(math.exp == own)") == nil)
    }

    @Test func aTargetThatCouldNotBeTracedPrintsWhy() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return avips.target{ dimension = 2, logdensity = function(x) end }")
            == "Target · target · 2 variables · no gradient\n  not traced: it returned nothing in place of a number")
        #expect(try fixture.shown("return avips.target{ dimension = 1, logdensity = function(x) error('no\\nmore') end }").hasSuffix("\n  not traced: run:1: no"))
        let long = try fixture.shown("return avips.target{ dimension = 1, context = { a = {0, 1} }, logdensity = function(x) error(('no'):rep(500)) end }")
        #expect(long.hasSuffix("nono…") && long.split(separator: "\n").allSatisfy { $0.count < 240 }, "\(long)")
        // A wish needs no reason.
        #expect(try fixture.shown("return avips.target{ dimension = 1, trace = false, logdensity = function(x) return 0 end }") == "Target · target · 1 variable · no gradient")
    }

    @Test func numbersThatAContextLacksAreNamed() throws {
        let fixture = try Fixture()
        func note(_ body: String) throws -> String {
            try fixture.shown("return avips.target{ dimension = 1, context = { left = {0, 1}, right = {0, 1} }, logdensity = function(x, c) \(body) end }.note")
        }
        #expect(try note("return x[1] - c.lefft").hasSuffix("the context has no number 'lefft', it has left, right; did you mean 'left'?"))
        #expect(try note("local n = 0 for _, v in pairs(c) do n = n + v end for _, v in ipairs(c) do n = n + v end return n * x[1]") == "nil")
        #expect(try note("return x[1] - x[2]").contains("argument 2 must be a number or a Symbol, got nothing, as an element or a field that does not exist is"))
    }

    @Test func whatIsNoNumberComesThroughMinimaMaximaAndSumsOfExponentials() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local m, nan = avips.math, 0/0
            local plain = { m.max(1, nan), m.max(nan, 1), m.max(1, nan, 2), m.min(1, nan), m.min(nan, 1), m.logsumexp{ nan, -math.huge }, m.logsumexp{ -math.huge, nan }, m.logsumexp{ math.huge, nan } }
            for i, value in ipairs(plain) do assert(value ~= value, i) end
            for i, f in ipairs{
              function(x) return m.max(x[1], m.sqrt(x[1])) end, function(x) return m.max(m.sqrt(x[1]), x[1]) end, function(x) return m.min(0, m.sqrt(x[1])) end,
              function(x) return m.logsumexp{ m.sqrt(x[1]), m.log(m.abs(x[1] + 1)) } end,
            } do
              local traced = avips.target{ dimension = 1, logdensity = f, trace = true }:logpdf{-1}
              assert(traced ~= traced and f{-1} ~= f{-1}, i)
            end
            assert(m.max(3, 1, 2) == 3 and m.min(3, 1.5, 2) == 1.5)
            return 'same'
            """) == "same")
        // Lua's own math.max passes over nan: the function is kept, and its note says so.
        #expect(try fixture.shown("return avips.target{ dimension = 1, logdensity = function(x) return math.max(0, avips.math.sqrt(x[1])) end }.note").contains("math.min and math.max may pass over nan"))
    }

    /// As share/doc/your-own-density.md says.
    @Test func termsWhoseFactorIsZeroCountAsZeroInFormulas() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local m = avips.math
            for i, f in ipairs{ function(x) return 0 * m.log(x[1]) end, function(x) return 0 / x[1] end, function(x) return 1 / x[1] - 1 / x[1] end } do
              assert(avips.target{ dimension = 1, logdensity = f, trace = true }:logpdf{0} == 0, i)
              local plain = f{0}
              assert(plain ~= plain, i)
            end
            local given = avips.target{ dimension = 1, context = { b = {-1, 1} }, trace = true, logdensity = function(x, c) return c.b * m.log(x[1]) end }
            local value = given:at{ b = 0 }:logpdf{0}
            return value ~= value
            """) == "true")
    }

    @Test func comparisonsNameTheirLineAndTheWayOut() throws {
        let fixture = try Fixture()
        let message = fixture.message("avips.target{ dimension = 1, trace = true, logdensity = function(x)\n if x[1] > 0 then return 0 end\n return -x[1]^2 end }") ?? ""
        #expect(message.contains("run:2:") && message.contains("avips.math.where") && message.contains("trace = false"), "\(message)")
        #expect(fixture.message("avips.target{ dimension = 1, trace = true, logdensity = function(x) return x[1] <= 1 and 0 or 1 end }")?.contains("avips.math.where") == true)
        for sign in ["//", "%"] {
            let note = try fixture.shown("return avips.target{ dimension = 1, logdensity = function(x) return -(x[1] \(sign) 2)^2 end }.note")
            #expect(note.contains("cannot be rounded, as \(sign) does") && note.contains("avips.math.where"), "\(note)")
        }
        // Left to itself, the function is kept, and the target says why.
        #expect(try fixture.shown("local t = avips.target{ dimension = 1, logdensity = function(x) if x[1] > 0 then return 0 end return -1 end }; return t.traced, t:logpdf{-3}, t.note ~= nil")
            == "false\n-1.0\ntrue")
    }

    @Test(arguments: [
        ("local n = 0", "n = n + 1; return -x[1]^2 - n", "remembers"),
        ("", "return -x[1]^2 + math.random()", "random"),
        ("", "if x[1] == 0.5 or type(x[1]) == 'number' then return -1 end return -x[1]^2", "branches"),
        ("local exp = math.exp", "return -exp(x[1])", "exp"),
        ("", "return 'text'", "string"),
        ("", "return -x[2]^2", "nil"),
        ("local other; avips.target{ dimension = 1, logdensity = function(x) other = other or x[1]; return x[1] end }", "return x[1] * other", "two densities"),
    ])
    func whatCannotBeTracedIsSaidWhy(_ before: String, _ body: String, _ word: String) throws {
        let fixture = try Fixture()
        let target = "avips.target{ dimension = 1, logdensity = function(x) \(body) end"
        let note = try fixture.shown("\(before)\nlocal t = \(target) }; assert(not t.traced); return t.note")
        #expect(note.contains(word), "\(note)")
        #expect(fixture.message("\(before)\n\(target), trace = true }")?.contains("logdensity cannot be traced") == true)
    }

    @Test func aGradientOfOnesOwnIsCompared() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return avips.target{ dimension = 1, logdensity = function(x) return -x[1]^2 end, gradient = function(x) return { -2 * x[1] } end }.traced") == "true")
        #expect(try fixture.shown("return avips.target{ dimension = 1, logdensity = function(x) return -x[1]^2 end, gradient = function(x) return { 7 } end }.note").contains("gradient"))
    }

    @Test func gradientsOfConditionalTargetsAreComparedAndWrongOnesTold() throws {
        let fixture = try Fixture(), host = Listener()
        fixture.session.host = host
        func target(_ gradient: String, _ rest: String = "", value: String = "-(x[1] - c.a)^2 - 2 * x[2]^2") -> String {
            "avips.target{ dimension = 2, context = { a = {-1, 1} }, logdensity = function(x, c) return \(value) end, gradient = function(x, c) return \(gradient) end \(rest) }"
        }
        let right = "{ -2 * (x[1] - c.a), -4 * x[2] }", wrong = "{ -2 * (x[1] - c.a), 4 * x[2] }"
        #expect(try fixture.shown("return \(target(right)).traced, \(target(right, ", trace = false")).traced") == "true\nfalse")
        #expect(host.warnings.isEmpty, "\(host.warnings)")
        #expect(try fixture.shown("return \(target(wrong)).note").contains("component 2"))
        #expect(host.warnings.count == 1)
        #expect(fixture.message("\(target(wrong, ", trace = true"))")?.contains("the gradient given differs from the derivative of logdensity: component 2") == true)
        try fixture.session.state.run(target(wrong, ", trace = false"))
        try fixture.session.state.run(target(wrong, value: "x[1] > 5 and 0 or -(x[1] - c.a)^2 - 2 * x[2]^2"))
        #expect(host.warnings.count == 3 && host.warnings.allSatisfy { $0.contains("component 2") }, "\(host.warnings)")
        // Kinks and noise are no contradiction.
        try fixture.session.state.run(target("{ x[1] < 0 and 1 or -1, 0 }", ", trace = false", value: "-math.abs(x[1])"))
        #expect(host.warnings.count == 3)
    }

    @Test func batchesAreMatrices() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local t = avips.target{ dimension = 2, batched = true,
              logdensity = function(X) local y = {}; for i = 1, X.rows do y[i] = -X[i][1]^2 - X[i][2]^2 end; return y end,
              gradient = function(X) return X * -2 end }
            assert(not t.traced)
            return t:logpdf{ {1, 2}, {3, 0} }[2], t:gradient{1, 2}[2]
            """) == "-9.0\n-4.0")
        #expect(fixture.message("avips.target{ dimension = 1, batched = true, trace = true, logdensity = print }")?.contains("batched") == true)
    }

    @Test func aMatrixTimesSymbols() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local A = avips.matrix{ {1, 2}, {3, -1}, {0.5, 0.25} }
            local y = { 1, 0, 1 }
            local m = avips.math
            local function f(w)
              local s = -m.dot(w, w) / 200
              for i, z in ipairs(m.multiply(A, w)) do s = s + y[i] * z - m.softplus(z) end
              return s
            end
            local t, k = avips.target{ dimension = 2, logdensity = f, trace = true }, avips.target{ dimension = 2, logdensity = f, trace = false }
            local a, b = t:gradient{0.3, -0.8}, k:gradient{0.3, -0.8}
            return math.abs(t:logpdf{0.3, -0.8} - k:logpdf{0.3, -0.8}) < 1e-13 and math.abs(a[1] - b[1]) < 1e-7 and math.abs(a[2] - b[2]) < 1e-7
            """) == "true")
    }

    @Test(arguments: ["panda", "planar_3link", "ur5e"]) func forwardKinematicsOfSymbols(_ robot: String) throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local r = avips.robot "\(robot)"
            local function f(q)
              local pose, s = r:fk(q), 0
              for i = 1, 3 do s = s - (i + 1) * pose.position[i]^2 for j = 1, 3 do s = s + (i + 2 * j) * pose.rotation[i][j] end end
              return s
            end
            local t, k = avips.target{ dimension = r.dof, logdensity = f, trace = true }, avips.target{ dimension = r.dof, logdensity = f, trace = false }
            for i = 1, 5 do
              local q = r:random(i)[i]
              assert(math.abs(t:logpdf(q) - k:logpdf(q)) < 1e-10)
              local a, b = t:gradient(q), k:gradient(q)
              for j = 1, r.dof do assert(math.abs(a[j] - b[j]) < 1e-5) end
            end
            return 'same'
            """) == "same")
    }

    @Test func inferenceTakesFormulas() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local m = avips.math
            local t = avips.target{ dimension = 2, trace = true, logdensity = function(x) return m.logsumexp{ -(x[1] - 2)^2 - x[2]^2, -(x[1] + 2)^2 - x[2]^2 } end, deviation = 2 }
            local v = avips.vips{ target = t, components = 4, seed = 1 }
            v:run{ iterations = 60 }
            return math.abs(v.log.elbo[60] - math.log(2 * math.pi)) < 0.02
            """) == "true")
    }

    @Test func plainNumbersStayNumbers() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("local m = avips.math; return m.max(1, 3), m.abs(-2), m.min(1.5, 2), m.exp(0), m.where(true, 1, 2), m.where(0, 1, 2), m.less(1, 0/0), m.exp(math.huge)")
            == "3\n2\n1.5\n1.0\n1.0\n2.0\n0.0\ninf")
        #expect(fixture.message("avips.math.exp('x')") == "avips.math.exp: argument 1 (x) must be a number or a Symbol, got string \"x\"")
        #expect(fixture.message("avips.math.dot({1}, {1, 2})")?.contains("must have 1 elements") == true)
    }

    /// By == a symbol is unlike any number, without a word: only comparisons with the function tell.
    @Test(arguments: [
        ("dimension = 1, context = { k = {0, 1} }, logdensity = function(x, c) if c.k == 1 then return -50*(x[1] - 3)^2 end return -x[1]^2 end", "{0}, { k = 1 }", -450.0),
        ("dimension = 1, context = { k = {0, 9.5} }, logdensity = function(x, c) local t = { [7] = -4 } return (t[c.k] or -1)*x[1]^2 end", "{1}, { k = 7 }", -4),
        ("dimension = 1, context = { k = {0, 1} }, logdensity = function(x, c) if c.k == 0.375 then return -2*x[1]^2 end return -x[1]^2 end", "{1}, { k = 0.375 }", -2),
        ("dimension = 1, context = { a = {0, 1}, b = {0.5, 2} }, logdensity = function(x, c) return c.a == c.b and -3 or -x[1]^2 end", "{1}, { a = 0.7, b = 0.7 }", -3),
        ("dimension = 1, context = rare, logdensity = function(x, c) if c[1] == 5.5 then return -7 end return -x[1]^2 end", "{1}, {5.5}", -7),
        ("dimension = 2, logdensity = function(x) if x[1] == x[2] then return -1000 end return -x[1]^2 - x[2]^2 end", "{0.5, 0.5}", -1000),
        ("dimension = 1, logdensity = function(x) local f = function(y) return y == level end if f(x[1]) then return -9 end return -x[1]^2 end", "{1.25}", -9),
    ])
    func branchesByEqualityAreFound(_ case: (options: String, place: String, value: Double)) throws {
        let fixture = try Fixture()
        try fixture.session.state.run("local rows = {} for i = 1, 2000 do rows[i] = { i == 1234 and 5.5 or i % 3 } end; rare = avips.matrix(rows); level = 1.25")
        let shown = try fixture.shown("""
            local level = 1.25
            local t = avips.target{ \(`case`.options) }
            return t:logpdf(\(`case`.place)), t.traced == false, t.note ~= nil and t.note:find("==", 1, true) ~= nil
            """)
        #expect(shown == "\(`case`.value)\ntrue\ntrue", "\(shown)")
    }

    /// What only the function refuses at special places does not keep it from being traced.
    @Test func endsOfFunctionsDoNotKeepDensitiesFromBeingTraced() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local m = avips.math
            local t = avips.target{ dimension = 2, context = { s = {0, 1} }, logdensity = function(x, c)
              return -m.abs(x[1]) - m.log(1 + x[2]^2) - (x[1] - c.s)^2 / (0.1 + c.s) - m.max(x[1], x[2], 0) end }
            local u = avips.target{ dimension = 1, logdensity = function(x) return -math.log(x[1]^2) * 0 - x[1]^2 end }
            return t.traced, u.traced, u.note
            """).hasPrefix("true\ntrue"))
    }
}
