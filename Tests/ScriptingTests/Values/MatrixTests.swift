import Testing

/// What is done with the elements of a matrix.
@Suite struct MatrixTests {
    /// Functions in Lua leave the place alone that they do not ask for; others would take it for options, or for the base of a logarithm.
    @Test(arguments: [
        ("{ {1, 4} }", "avips.math.sqrt", "1 2"), ("{ {1, 4} }", "math.sqrt", "1 2"), ("{ {-1, 2} }", "avips.math.abs", "1 2"),
        ("{ {7, 8} }", "math.max", "7 8"), ("{ {-7, -8} }", "avips.math.max", "-7 -8"), ("{ {1, 1} }", "math.log", "0 0"),
        ("{ {1, 1} }", "avips.math.log", "0 0"), ("{ {5, 5} }", "function(x, i, j) return x + 10 * i + j end", "16 17"),
        ("{ {5, 6} }", "function(x) return 2 * x end", "10 12"),
    ])
    func nativeFunctionsAreMappedOverElementsAlone(_ rows: String, _ function: String, _ expected: String) throws {
        let shown = try Fixture().shown("local m = avips.matrix\(rows):map(\(function)) return ('%g %g'):format(m[1][1], m[1][2])")
        #expect(shown == expected)
    }

    @Test func arithmeticOnManyBlocksIsThatOfElements() throws {
        let shown = try Fixture().shown("""
            local m = avips.random.normal(300, { columns = 400, seed = 1 })
            for i = 1, 300, 13 do
                for j = 1, 400, 17 do
                    local x = m[i][j]
                    assert((-m)[i][j] == -x and (m + m)[i][j] == 2 * x and (3 * m)[i][j] == 3 * x and (m / 4)[i][j] == x / 4)
                    assert(m:times(m)[i][j] == x * x and m:transpose()[j][i] == x)
                end
            end
            return m:transpose().rows
            """)
        #expect(shown == "400")
    }
}
