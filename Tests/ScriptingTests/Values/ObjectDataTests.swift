import Foundation
import LuaBridge
import Scripting
import TestSupport
import Testing

/// What objects are in files: JSON and CSV.
@Suite struct ObjectDataTests {
    /// A session with the objects that long checks use, one of every type; they are in the global `objects`.
    private func objects() throws -> Fixture {
        let fixture = try Fixture()
        try fixture.session.state.run("""
            local made = dofile '\(packageRoot)/Tests/Long/objects.lua'
            objects, check = made.list, made.check
            """)
        let names = fixture.session.state.registry.types.map { "[\"\($0.name)\"] = true" }.joined(separator: ", ")
        try fixture.session.state.run("check{ \(names) }")
        return fixture
    }

    @Test func everyObjectIsJSON() throws {
        #expect(try objects().shown("""
            local failed = {}
            for i = 1, #objects - 1 do -- the last one was closed
                local object = objects[i]
                for _, indent in ipairs{ 0, 2 } do
                    local ok, text = pcall(avips.json.encode, object, { indent = indent })
                    local read, value = pcall(avips.json.decode, text)
                    if not (ok and read) then failed[#failed + 1] = getmetatable(object) .. ": " .. tostring(text) end
                end
            end
            return table.concat(failed, "; ")
            """) == "")
    }

    @Test func everyObjectWithRowsIsCSV() throws {
        try withTemporaryDirectory { directory in
            let fixture = try objects()
            fixture.session.state[global: "path"] = .string(directory + "/rows.csv")
            let tables = fixture.session.state.registry.types.filter { $0.data.table != nil }.map(\.name)
            #expect(Set(tables).isSuperset(of: [
                "Solutions", "Solution", "Postures", "Posture", "Track", "Log", "InferenceLog", "Evaluation", "Mixture", "Matrix", "MatrixRow",
                "Pose", "Robot", "Body", "Joint",
            ]))
            #expect(try fixture.shown("""
                local has, failed = { \(tables.map { "\($0) = true" }.joined(separator: ", ")) }, {}
                for i = 1, #objects - 1 do
                    local name = getmetatable(objects[i])
                    if name == "Numbers" then goto next end -- a plain list
                    local ok, message = pcall(avips.csv.write, path, objects[i])
                    if ok ~= (has[name] or false) then failed[#failed + 1] = name .. ": " .. tostring(message) end
                    if not ok and not message:find("must be an object with rows %(") then failed[#failed + 1] = message end
                    if ok then avips.csv.read(path, { header = false }) end
                    ::next::
                end
                return table.concat(failed, "; ")
                """) == "")
        }
    }

    @Test func numbersComeBackAsTheyWere() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture()
            fixture.session.state[global: "path"] = .string(directory + "/rows.csv")
            #expect(try fixture.shown("""
                local panda = avips.robot "panda"
                local answers = panda:ik(panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7}, { count = 4, seed = 1 })
                avips.csv.write(path, answers)
                local rows = avips.csv.read(path)
                local same = #rows == #answers
                for i, row in ipairs(rows) do
                    for j, joint in ipairs(panda.joints) do same = same and row[joint.name] == answers[i].q[j] end
                    same = same and row.position_error == answers[i].position_error and row.component == ""
                end
                local json = avips.json.decode(avips.json.encode(answers))
                for i, answer in ipairs(json.elements) do
                    for j, value in ipairs(answer.q) do same = same and value == answers[i].q[j] end
                end
                return same, json.type, json.robot, json.found
                """) == "true\nSolutions\npanda\n4")
            #expect(try fixture.shown("""
                local values = { 0.1, -0.0, 1e-320, 5e300, 1/3, math.maxinteger, math.mininteger, 1/0, -1/0 }
                local rows = {}
                for i, value in ipairs(values) do rows[i] = { x = value, n = 0/0 } end
                avips.csv.write(path, rows)
                local same = true
                for i, row in ipairs(avips.csv.read(path)) do
                    same = same and row.x == values[i] and math.type(row.x) == math.type(values[i]) and row.n ~= row.n
                end
                return same, 1 / avips.csv.read(path)[2].x
                """) == "true\n-inf")
            #expect(try fixture.shown("return avips.json.encode{ 0/0, 1/0, { x = -1/0 } }") == "[null,null,{\"x\":null}]")
        }
    }

    @Test func columnsOfAllRowsAreWritten() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/rows.csv"
            let fixture = try Fixture()
            fixture.session.state[global: "path"] = .string(path)
            func written(_ text: String) throws -> String {
                try fixture.session.state.run("avips.csv.write(path, \(text))")
                return try String(contentsOfFile: path, encoding: .utf8)
            }
            #expect(try written("{ {a = 1}, {a = 2}, {c = 4, a = 3} }") == "a,c\n1,\"\"\n2,\"\"\n3,4\n")
            #expect(try written("{ {b = 2}, {a = 1, b = 3} }") == "b,a\n2,\"\"\n3,1\n")
            #expect(try written("{ {b = 2}, {a = 1, b = 3} }, { columns = {'a'} }") == "a\n\"\"\n1\n")
            #expect(try written("{ x = {1, 2}, y = {0.5, 0/0} }") == "x,y\n1,0.5\n2,nan\n")
            #expect(try written("{ avips.pose{ xyz = {1, 2, 3} }, avips.pose{ xyz = {4, 5, 6} } }, { columns = {'z', 'x'} }") == "z,x\n3.0,1.0\n6.0,4.0\n")
            #expect(try written("{ avips.robot 'planar_3link', avips.robot 'planar_3link' }, { columns = {'item', 'type'} }")
                == "item,type\n" + ["1", "1", "1", "2", "2", "2"].map { "\($0),revolute\n" }.joined())
            #expect(try written("{ {1, 2} }, { columns = {'x', 'x'} }") == "x,x\n1,2\n")
        }
    }

    @Test(arguments: [
        ("{ {1}, {x = 2} }", "element 2 must be a list, as element 1 is, got a table"), ("{ {x = 1}, {2} }", "element 2 must be a table with named fields"),
        ("{ x = {1}, y = {1, 2} }", "columns of several lengths: x has 1 values, y has 2"), ("{ x = 1 }", "field x must be a list, the values of a column"),
        ("avips.vips{ target = avips.target.two_joint_arm(), seed = 1 }", "must be an object with rows ("),
        ("{ avips.robot 'planar_3link', avips.pose{ xyz = {1, 2, 3} } }", "has other columns in element 2, a Pose, than in element 1, a Robot"),
        ("avips.robot 'planar_3link', { columns = {'lowr'} }", "names no column (\"lowr\"); did you mean 'lower'?"),
        ("avips.matrix{ {1, 2} }, { columns = {'x'} }", "must have a name a column, got 1 for 2 columns"),
    ])
    func whatIsNoTableIsSaid(_ text: String, _ message: String) throws {
        try withTemporaryDirectory { directory in
            let found = try Fixture().message("avips.csv.write('\(directory)/x.csv', \(text))")
            #expect(found?.contains(message) == true, "\(found ?? "nothing")")
        }
    }

    @Test func filesOfOtherProgramsAreRead() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/other.csv"
            let fixture = try Fixture()
            fixture.session.state[global: "path"] = .string(path)
            func read(_ bytes: String, _ result: String) throws -> String {
                try Data(bytes.utf8).write(to: URL(fileURLWithPath: path))
                return try fixture.shown("local rows = avips.csv.read(path) return \(result)")
            }
            #expect(try read("x,y,x,x_2\n1,2,3,4\n", "rows[1].x, rows[1].x_3, rows[1].x_2") == "1\n3\n4")
            #expect(try read("a,b\r1,2\r3,4\r", "#rows, rows[2].b") == "2\n4")
            #expect(try read("\u{FEFF}a,b\r\n1,\"2\r\n3\"\r\n", "#rows, #rows[1].b") == "1\n4")
            #expect(try read("x\nInf\n-infinity\nNaN\n+inf\n", "rows[1].x, rows[2].x, rows[3].x, rows[4].x") == "inf\n-inf\nnan\ninf")
            #expect(try read("x\nnan(0x1)\nNA\n0x1p3\n--inf\nInfo\n", "type(rows[1].x) .. type(rows[2].x) .. type(rows[3].x) .. type(rows[4].x) .. type(rows[5].x)")
                == String(repeating: "string", count: 5))
            for text in ["\u{FEFF}1.5,0\r\n2.5,1\r\n3.5,1\r\n", "1.5;0\r2.5;1\r", "  1.5\t 0\n2.5 1\n", "1.5, 0\n\n2.5, 1\n"] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                #expect(try fixture.shown("return avips.target.logistic(path).dimension") == "2", "\(text)")
            }
            try Data("1.5,0\n2.5,x\n".utf8).write(to: URL(fileURLWithPath: path))
            #expect(fixture.message("avips.target.logistic(path, { label = 1 })")?.contains("line 2, column 2: expected a number, got \"x\"") == true)
        }
    }
}
