import Scripting
import Testing

/// Lists of numbers that functions return: tables like any, that can be added and scaled.
@Suite struct NumberListTests {
    @Test(arguments: [
        ("q - q", "{0, 0, 0}"), ("q + {1, 2, 3}", "{2, 4, 6}"), ("{1, 2, 3} + q", "{2, 4, 6}"), ("2 * q", "{2, 4, 6}"), ("q * 2", "{2, 4, 6}"),
        ("q / 2", "{0.5, 1, 1.5}"), ("-q", "{-1, -2, -3}"), ("q + 1", "{2, 3, 4}"), ("1 - q", "{0, -1, -2}"), ("m[1] - m[2]", "{-3, -3, -3}"),
        ("m[1] + q", "{2, 4, 6}"), ("q - m[1]", "{0, 0, 0}"), ("m * q", "{14, 32}"), ("m * m[1]", "{14, 32}"),
    ])
    func arithmeticGoesByElements(_ code: String, _ expected: String) throws {
        #expect(try Fixture().shown("""
            local m = avips.matrix{ {1, 2, 3}, {4, 5, 6} }
            local q = m:row(1)
            local result, expected = \(code), \(expected)
            local same = #result == #expected
            for i, value in ipairs(expected) do same = same and result[i] == value end
            return same
            """) == "true")
    }

    @Test func configurationsAreListsWithMethods() throws {
        #expect(try Fixture().shown("""
            local panda = avips.robot "panda"
            local s = panda:ik(panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7}, { count = 2, seed = 1 })
            local way = s[1].q - s[2].q
            local degrees = s[1].q:degrees()
            return #way, math.abs(degrees[4] - math.deg(s[1].q[4])) < 1e-12, math.abs(degrees:radians()[4] - s[1].q[4]) < 1e-12,
                math.abs((3 * way):norm() - 3 * way:norm()) < 1e-12, panda:fk(s[1].q + 0 * way):distance(panda:fk(s[1].q)) == 0
            """) == "7\ntrue\ntrue\ntrue\ntrue")
    }

    @Test func luaTurnsListsIntoDegreesToo() throws {
        #expect(try Fixture().shown("""
            local m = avips.matrix{ {math.pi, 0}, {1, 2} }
            local q = m:row(1)
            return math.deg(q)[1], math.deg(m[1])[1], math.deg{ math.pi / 2, math.pi }[2], math.rad(math.deg(m[2]))[2] == 2, math.deg(math.pi), math.rad(180) == math.pi
            """) == "180.0\n180.0\n180.0\ntrue\n180.0\ntrue")
        #expect(throws: (any Error).self) { try Fixture().shown("return math.deg('a')") }
    }

    @Test func theyStayTables() throws {
        #expect(try Fixture().shown("""
            local q = avips.matrix{ {1, 2, 3} }:row(1)
            q[2] = 5
            q.note = "mine"
            local count = 0
            for _ in pairs(q) do count = count + 1 end
            return type(q), q[2], q.missing, count, table.concat(q, " "), avips.json.encode{ avips.matrix{ {1, 2} }:row(1) }
            """) == "table\n5\nnil\n4\n1.0 5 3.0\n[[1.0,2.0]]")
    }

    @Test(arguments: [
        ("q + {1}", "cannot add lists of 3 and of 1 numbers"), ("q * q", "a list can be multiplied by a number only"),
        ("1 / q", "a list can be divided by a number only"), ("q + 'x'", "must be a list"), ("q + {1, 2, 'x'}", "must be a number"),
        ("m * {1, 2}", "must be a list of 3 numbers, one a column, got a list of 2"), ("q.degrees(3)", "must be a list of numbers"), ("q.norm()", "must be a list of numbers"),
    ])
    func wrongOperandsAreNamed(_ code: String, _ message: String) throws {
        let found = try Fixture().message("local m = avips.matrix{ {1, 2, 3} } local q = m:row(1) return \(code)")
        #expect(found?.contains(message) == true, "\(found ?? "no error")")
    }
}
