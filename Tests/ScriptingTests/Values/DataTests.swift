import Foundation
import Scripting
import Testing

@Suite struct DataTests {
    /// A quotation mark with an accent behind it is one character for people, and ends a field all the same.
    @Test func marksWithAccentsComeBack() throws {
        let code = """
            local path = os.tmpname()
            local field = 'b"c "\\u{31b},:;'
            avips.csv.write(path, { { a = field, b = '"\\u{301}' }, { a = "x,\\u{301}", b = "y" } })
            local rows = avips.csv.read(path)
            os.remove(path)
            return rows[1].a == field, rows[1].b == '"\\u{301}', rows[2].a == "x,\\u{301}"
            """
        #expect(try Fixture().shown(code) == "true\ntrue\ntrue")
    }

    @Test func matrixArithmetic() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("""
            local a, b = avips.matrix{ {1, 2}, {3, 4} }, avips.matrix{ {5, 6}, {7, 8} }
            return (a * b):table(), (a + b):row(1), (2 * a - b / 2 + 1):row(2), (-a)[2][2], #a, a == a:transpose():transpose(), a == b, a[3], a[1][3]
            """) == "{ { 19, 22 }, { 43, 50 } }\n{ 6, 8 }\n{ 3.5, 5 }\n-4.0\n2\ntrue\nfalse\nnil\nnil")
    }

    @Test(arguments: [
        ("avips.matrix()", "avips.matrix: argument 1 (rows) must be a Matrix or a list of rows, { {1, 2}, {3, 4} }, got nothing"),
        ("avips.matrix{}", "avips.matrix: argument 1 (rows) must have at least one row"),
        ("avips.matrix{ {1, 2}, {3} }", "avips.matrix: argument 1 (rows), element 2 must be a list of 2 numbers as row 1 is, got a list of 1"),
        ("avips.matrix{ {1, 2}, {3, 'x'} }", "avips.matrix: argument 1 (rows), element 2, element 2 must be a number, got string \"x\""),
        ("return avips.matrix{ {1, 2} } * avips.matrix{ {1, 2} }", "matrix *: cannot multiply a 1 × 2 by a 1 × 2 matrix: 2 columns meet 1 row"),
        ("return avips.matrix{ {1, 2} } + {}", "matrix +: expected a Matrix, got a table"),
        ("return avips.matrix{ {1, 2} }.colums", "matrix: a Matrix has no field or method 'colums'; did you mean 'column'?"),
    ])
    func matrixErrors(_ text: String, _ message: String) throws {
        #expect(try Fixture().message(text) == message)
    }

    @Test(arguments: [
        ("avips.pose{}", "avips.pose: needs a position or an orientation: xyz, quat, rpy or matrix"),
        ("avips.pose()", "avips.pose: argument 1 (options) must be a table { xyz=, quat=, rpy=, matrix=, degrees= }, got nothing"),
        ("avips.pose{ xyz = {1, 2} }", "avips.pose: option xyz must be a list of 3 numbers {x, y, z} in metres, got a list of 2"),
        ("avips.pose{ xyz = {1, 2, 1/0} }", "avips.pose: option xyz, element 3 must be a finite number, got number inf"),
        ("avips.pose{ xyz = {1, 2, 3}, rpy = {0, 0, 0}, quat = {1, 0, 0, 0} }", "avips.pose: give one orientation, not both quat and rpy"),
        ("avips.pose{ quat = {2, 0, 0, 0} }", "avips.pose: the quaternion (w, x, y, z) has norm 2.0, expected 1 to within 0.001"),
        ("avips.pose{ xzy = {1, 2, 3} }", "avips.pose: unknown option 'xzy'; did you mean 'xyz'?"),
        ("avips.pose{ xyz = {1, 2, 3}, degrees = 1 }", "avips.pose: option degrees must be true or false, got number 1"),
        ("avips.pose{ matrix = {{1,0},{0,1}} }", "avips.pose: option matrix must be 4 × 4, or 3 × 3 with xyz, got 2 × 2"),
    ])
    func poseErrors(_ text: String, _ message: String) throws {
        #expect(try Fixture().message(text) == message)
    }

    @Test func posesInEachForm() throws {
        #expect(try Fixture().shown("""
            local p = avips.pose{ xyz = {1, 2, 3}, rpy = {0, 0, 90}, degrees = true }
            local same = avips.pose{ matrix = p:matrix() }
            local metres, radians = p:distance(same)
            local point = p * {1, 0, 0}
            local identity = p * p:inverse()
            return metres + radians < 1e-12, math.abs(point[2] - 3) < 1e-12, identity:distance(avips.pose{ quat = {1, 0, 0, 0} }) < 1e-12
            """) == "true\ntrue\ntrue")
    }

    @Test func jsonBothWays() throws {
        let fixture = try Fixture()
        fixture.session.state[global: "text"] = "{\"a\": [1, -2.5e3, true, null, \"x\\u00e9\\ud83d\\ude00\\n\"], \"b\": {}}"
        #expect(try fixture.shown("""
            local v = avips.json.decode(text)
            return v.a[1], v.a[2], v.a[4] == avips.json.null, v.a[5], avips.json.encode(v)
            """) == "1\n-2500.0\ntrue\nxé😀\n\n{\"a\":[1,-2500.0,true,null,\"xé😀\\n\"],\"b\":[]}")
        #expect(try fixture.shown("return avips.json.encode({ avips.matrix{ {1, 2} }, { k = 0.1 } }, { indent = 2 })")
            == "[\n  [[1.0, 2.0]],\n  {\n    \"k\": 0.1\n  }\n]")
        #expect(try fixture.shown("return avips.json.decode(avips.json.encode(1e300 / 3)) == 1e300 / 3") == "true")
    }

    @Test(arguments: [
        ("avips.json.decode '{\"a\": 1,}'", "avips.json.decode: line 1, column 9: expected a name in quotation marks"),
        ("avips.json.decode '[1, 2'", "avips.json.decode: line 1, column 6: expected a comma or ], but the text ends"),
        ("avips.json.decode '1 2'", "avips.json.decode: line 1, column 3: expected the end of the text after the value"),
        ("avips.json.decode '01'", "avips.json.decode: line 1, column 1: expected a number without leading zeros"),
        ("avips.json.encode{ x = { 1, print } }", "avips.json.encode: the value at .x[2] is a function, which JSON cannot hold"),
        ("avips.json.encode{ f = print }", "avips.json.encode: the value at .f is a function, which JSON cannot hold"),
        ("local t = {} t.t = t avips.json.encode(t)", "avips.json.encode: the value at .t contains itself"),
        ("avips.json.read 'nowhere.json'", "avips.json.read: there is no file \"nowhere.json\""),
        ("avips.json.write('/proc/nothing/x', 1)", "avips.json.write: cannot write \"/proc/nothing/x\": there is no directory \"/proc/nothing\""),
        ("avips.json.write('/dev/full', 1)", "avips.json.write: cannot write \"/dev/full\": No space left on device"),
        ("avips.json.write('/', 1)", "avips.json.write: cannot write \"/\": Is a directory"),
        ("avips.csv.read '/dev/zero'", "avips.csv.read: \"/dev/zero\" is a device or a pipe, not a file"),
        ("avips.robot '/dev/zero'", "avips.robot: \"/dev/zero\" is a device or a pipe, not a file"),
    ])
    func dataErrors(_ text: String, _ message: String) throws {
        #expect(try Fixture().message(text) == message)
    }

    @Test func aFileOfNearlyTheNameIsSuggested() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture()
            fixture.session.state[global: "folder"] = .string(directory)
            try "x\n1\n".write(toFile: directory + "/rows.csv", atomically: true, encoding: .utf8)
            #expect(fixture.message("avips.csv.read(folder .. '/Rows.CSV')")?.hasSuffix("/Rows.CSV\"; did you mean \"\(directory)/rows.csv\"?") == true)
            #expect(fixture.message("avips.robot(folder .. '/rwos.csv')")?.hasSuffix("/rwos.csv\"; did you mean \"\(directory)/rows.csv\"?") == true)
            #expect(fixture.message("avips.csv.read(folder .. '/other.csv')")?.hasSuffix("there is no file \"\(directory)/other.csv\"") == true)
        }
    }

    @Test func csvBothWays() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture()
            fixture.session.state[global: "path"] = .string(directory + "/rows.csv")
            #expect(try fixture.shown("""
                avips.csv.write(path, { { a = 0.1, b = 'x, "y"' }, { a = 2, b = 'line\\nbreak' } })
                local rows = avips.csv.read(path)
                return rows[1].a, rows[1].b, rows[2].a, rows[2].b
                """) == "0.1\nx, \"y\"\n2\nline\nbreak")
            #expect(try fixture.shown("""
                local m = avips.robot('panda'):random(50, { seed = 3 })
                avips.csv.write(path, m)
                return avips.matrix(avips.csv.read(path, { header = false })) == m
                """) == "true")
            // Text that begins as a byte order mark does, as a name and as a value.
            #expect(try fixture.shown("""
                local text = "\\u{feff}x"
                avips.csv.write(path, { { [text] = 1 } })
                local named = avips.csv.read(path)[1][text]
                avips.csv.write(path, { { text, 1 } })
                return named, avips.csv.read(path, { header = false })[1][1] == text
                """) == "1\ntrue")
            try "a,b\n1\n".write(toFile: directory + "/rows.csv", atomically: true, encoding: .utf8)
            #expect(fixture.message("avips.csv.read(path)")?.hasSuffix("line 2: 1 fields, but the header has 2") == true)
        }
    }

    @Test func csvOfOthersIsReadAsTheyMeanIt() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture(), host = Listener()
            fixture.session.host = host
            fixture.session.state[global: "path"] = .string(directory + "/rows.csv")
            func write(_ text: String) throws { try text.write(toFile: directory + "/rows.csv", atomically: true, encoding: .utf8) }
            try write("x, y\t\n1, 2.5\n\t-3 , a b \n")
            #expect(try fixture.shown("local rows = avips.csv.read(path) return rows[1].y, rows[2].x, rows[2].y") == "2.5\n-3\n a b ")
            #expect(host.warnings.isEmpty)
            // Another separator than the one that is told.
            try write("a;b\n1,5;2\n")
            #expect(fixture.message("avips.csv.read(path)")?.hasSuffix("line 2: 2 fields, but the header has 1; where fields are separated by \";\", give the option separator = \";\"") == true)
            try write("a\tb\n1\t2\n")
            #expect(try fixture.shown("return #avips.csv.read(path)") == "1")
            #expect(host.warnings.count == 1 && host.warnings[0].hasSuffix("has one column; where fields are separated by \"\\t\", give the option separator = \"\\t\""), "\(host.warnings)")
            #expect(try fixture.shown("return avips.csv.read(path, { separator = '\\t' })[1].b, #avips.csv.read(path, { header = false })") == "2\n2")
            #expect(host.warnings.count == 1)
        }
    }

    @Test func csvLosesNothingInSilence() throws {
        let fixture = try Fixture()
        #expect(fixture.message("avips.csv.write('x.csv', { { [1] = 4, [3] = 6, [4] = 7 } })")?.contains("element 1 must have the elements 1 to n without a gap") == true)
        for rows in ["{ [1] = { 1 }, [3] = { 3 } }", "{ [2] = { 1 } }", "{ a = { [1] = 1, [3] = 3 } }"] {
            #expect(fixture.message("avips.csv.write('x.csv', \(rows))")?.contains("must have the elements 1 to n without a gap") == true)
        }
        #expect(fixture.message("avips.csv.write('x.csv', { { a = 1 }, { b = 2 } }, { columns = {'a', 'typo'} })")?
            .hasSuffix("option columns names no column (\"typo\"); the columns are a, b") == true)
        #expect(fixture.message("avips.csv.write('x.csv', { { speed = 1 } }, { columns = {'sped'} })")?.hasSuffix("did you mean 'speed'?") == true)
    }

    @Test func filesAreReplacedAsAWhole() throws {
        try withTemporaryDirectory { directory in
            let (file, link) = (directory + "/file.json", directory + "/link.json")
            try "old".write(toFile: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
            let fixture = try Fixture()
            fixture.session.state[global: "path"] = .string(link)
            #expect(fixture.message("avips.json.write(path, { print })") != nil)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "old")
            try fixture.session.state.run("avips.json.write(path, { 1 })")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "[1]\n")
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 2)
        }
    }

    @Test func aSafeSessionWritesNothing() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture(isHarmless: true)
            fixture.session.state[global: "path"] = .string(directory + "/x.svg")
            let writers = [
                "avips.json.write(path, 1)", "avips.csv.write(path, {})", "avips.plot.poses(avips.robot 'panda', avips.robot('panda'):random(2)):save(path)",
                "avips.model{ robot = 'planar_3link', hidden = {16} }:save((path:gsub('svg', 'safetensors')))",
            ]
            for writer in writers {
                #expect(fixture.message(writer)?.contains("a safe session writes no files") == true, "\(writer)")
            }
            #expect(fixture.message("avips.json.read '/etc/passwd'")?.contains("only below its working directory") == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
        }
    }

    /// 2^53 + 1 in a file of 64-bit integers, as `numpy.save` writes them.
    @Test func roundedWholeNumbersOfNumPyAreWarnedOf() throws {
        let fixture = try Fixture()
        let host = Listener()
        fixture.session.host = host
        #expect(try fixture.shown("""
            local path, header = os.tmpname(), "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }\\n"
            local file = io.open(path, 'wb')
            file:write('\\x93NUMPY\\1\\0', string.pack('<s2', header), string.pack('<i8i8', 7, (1 << 53) + 1))
            file:close()
            local read = avips.npy.read(path)
            avips.npy.read(path)
            os.remove(path)
            return read[1] == 7, read[2] == 2^53
            """) == "true\ntrue")
        #expect(host.warnings.count == 1 && host.warnings[0].contains("such as 9007199254740993 in"), "\(host.warnings)")
    }

    @Test func matricesWithoutColumnsKeepTheirRows() throws {
        #expect(try Fixture().shown("""
            local path = os.tmpname()
            avips.npy.write(path, avips.zeros(0, 3):transpose())
            local read = avips.npy.read(path)
            os.remove(path)
            return read.rows, read.columns
            """) == "3\n0")
    }
}
