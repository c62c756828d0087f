import Scripting
import Testing

@Suite struct PrintingTests {
    @Test func scalars() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return 1, 0.1 + 0.2, 3.0, 'a\\nb', true, nil, 0/0, -math.huge")
            == "1\n0.30000000000000004\n3.0\na\nb\ntrue\nnil\nnan\n-inf")
    }

    /// What is no number has no sign, whoever made it: C's formats would print one.
    @Test func whatIsNoNumberHasNoSign() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return tostring(0/0), tostring(-(0/0)), tostring(-math.huge), tostring(3)") == "nan\nnan\n-inf\n3")
        #expect(try fixture.shown("local x = avips.math.sqrt(-1) return ('%g %.2f'):format(x, avips.math.log(-1)), x .. ''") == "nan nan\nnan")
        #expect(try fixture.shown("return ('%g'):format(avips.matrix{ {0} }:table()[1][1] * avips.math.sqrt(-1))") == "nan")
        #expect(try fixture.shown("local f = io.tmpfile() f:write(0/0, ' ', -(0/0), ' ', 1.5) f:seek 'set' return f:read 'a'") == "nan nan 1.5")
        #expect(try fixture.shown("return { 0/0, -(0/0) }") == "{ nan, nan }")
    }

    @Test func tables() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return {}") == "{}")
        #expect(try fixture.shown("return { 3, 1/3, 'x', b = true, a = { 1 }, [10] = 2, ['a b'] = 1 }")
            == "{ 3, 0.333333, \"x\", [10] = 2, a = { 1 }, [\"a b\"] = 1, b = true }")
        #expect(try fixture.shown("return { { { { 1 } } } }") == "{ { { {…} } } }")
        #expect(try fixture.shown("local t = { n = 1 } t.me = t return t") == "{ me = (cycle), n = 1 }")
        #expect(try fixture.shown("local shared = { 1 } return { shared, shared }") == "{ { 1 }, { 1 } }")
        #expect(try fixture.shown("return setmetatable({}, { __tostring = function() return 'own words' end })") == "own words")
        #expect(try fixture.shown("return setmetatable({}, { __tostring = error })").hasPrefix("(tostring failed"))
        #expect(try fixture.shown("return avips.matrix") == "function avips.matrix(rows): Makes a matrix of double-precision numbers.")
    }

    @Test func elementsBehindAGapHaveTheirPlaces() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return { 1, nil, 3 }") == "{ 1, [3] = 3 }")
        #expect(try fixture.shown("return { nil, 2 }") == "{ [2] = 2 }")
        #expect(try fixture.shown("return { x = 1, 2, nil, 4 }") == "{ 2, [3] = 4, x = 1 }")
    }

    @Test func longTablesTellWhatIsLeftOut() throws {
        let text = try Fixture().shown("local t = {} for i = 1, 1000 do t[i] = i end return t")
        #expect(text.hasPrefix("{ 1, 2, 3") || text.hasPrefix("{\n  1,\n  2"))
        #expect(text.contains("20") && !text.contains("21") && text.contains("… 980 more"))
    }

    @Test func matrices() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return avips.matrix{ {1, -20.5}, {0.25, 3} }")
            == "Matrix 2 × 2\n  1.0000  -20.5000\n  0.2500    3.0000")
        #expect(try fixture.shown("return avips.matrix{ {1, -20}, {300, 4} }") == "Matrix 2 × 2\n    1  -20\n  300    4")
        let long = try fixture.shown("return avips.robot('panda'):random(100, { seed = 1 })")
        #expect(long.hasPrefix("Matrix 100 × 7\n"))
        #expect(long.contains("\n  … 81 more rows\n"))
        #expect(long.split(separator: "\n").count == 21)
        let wide = try fixture.shown("local r = {} for i = 1, 500 do r[i] = i / 7 end return avips.matrix{ r }")
        #expect(wide.split(separator: "\n").allSatisfy { $0.count <= 100 })
        #expect(wide.contains("more columns"))
    }

    /// Of a list only what is shown is gathered, wherever it begins.
    @Test func listsWithHolesShowWhatTheyHave() throws {
        let holes = Array(repeating: "nil", count: 24).joined(separator: ", ")
        #expect(try Fixture().shown("return { \(holes), 7, 8 }") == "{ [25] = 7, [26] = 8 }")
        #expect(try Fixture().shown("local t = {} for i = 30, 1, -1 do t[i] = i end t.x = 1 return t").hasSuffix("19, 20, … 11 more }"))
    }

    @Test func withoutUnicode() throws {
        let fixture = try Fixture(display: DisplayStyle(isUnicode: false))
        for text in ["avips.matrix{ {1} }", "avips.robot 'panda'", "avips.pose{ xyz = {1, 2, 3} }", "avips.robot('panda'):ik(avips.pose{ xyz = {9, 0, 0} })"] {
            #expect(try fixture.shown("return " + text).utf8.allSatisfy { $0 < 128 }, "\(text)")
        }
        #expect(fixture.session.display.spelled("q (°), 3.1°, 2 °") == "q (deg), 3.1 deg, 2 deg")
    }

    @Test func posesAndRobots() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }")
            == "Pose · xyz 450.0, 100.0, 400.0 mm · rpy 180.0°, 0.0°, 0.0°")
        let panda = try fixture.shown("return avips.robot 'panda'").split(separator: "\n").map(String.init)
        #expect(panda[0] == "panda · 7 joints · panda_link0 → panda_hand · reach 1.19 m")
        #expect(panda.count == 9)
        #expect(panda[2].contains("panda_joint1") && panda[2].contains("-166.0°"))
    }

    @Test func solutions() throws {
        let fixture = try Fixture()
        let target = "avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }"
        let text = try fixture.shown("return avips.robot('panda'):ik(\(target), { count = 40, seed = 1 })")
        #expect(text.hasPrefix("panda · 40 solutions · "))
        #expect(text.contains("target xyz 450.0, 100.0, 400.0 mm"))
        #expect(text.contains("… 28 more"))
        let none = try fixture.shown("return avips.robot('panda'):ik(avips.pose{ xyz = {3, 0, 0} })")
        #expect(none.contains("0 of 1 solution ") && none.contains("closest approach:"))
    }
}
