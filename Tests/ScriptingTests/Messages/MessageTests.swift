import LuaBridge
import Scripting
import Testing

/// Errors that name what was meant.
@Suite struct MessageTests {
    @Test(arguments: [
        ("avips.robot('panda').dof = 8", "robot: the field 'dof' of a Robot is read-only"),
        ("avips.robot('panda').dfo = 8", "robot: a Robot has no field 'dfo', and none can be added; did you mean 'dof'?"),
        ("avips.robot('panda').joints[1].lower = 2", "joint: the field 'lower' of a Joint is read-only"),
        ("avips.matrix{ {1} }[1] = 2", "matrix: the elements of a Matrix are read-only"),
        ("return avips.robot('panda'):limits()", "robot: a Robot has no field or method 'limits'; did you mean 'joints'?"),
        ("return avips.plot.animate({ avips.plot.lines{ {1, 2} } }).zzz", "animation: an Animation has no field or method 'zzz'"),
        ("return avips.pose{ xyz = {1, 2, 3} }.xyz", "pose: a Pose has no field or method 'xyz'; did you mean 'position'?"),
        ("return avips.vips{ target = avips.target.two_joint_arm() }:sample(3)", "vips: a Vips has no field or method 'sample'; did you mean 'mixture:sample'?"),
        ("return avips.vips{ target = avips.target.two_joint_arm() }:iterate()", "vips: a Vips has no field or method 'iterate'; did you mean 'iterations'?"),
        ("return avips.vips{ target = avips.target.two_joint_arm() }.dimension", "vips: a Vips has no field or method 'dimension'; did you mean 'target.dimension'?"),
        ("return avips.pose{ xyz = {1, 2, 3} }.orientation", "pose: a Pose has no field or method 'orientation'; did you mean 'quaternion'?"),
        ("return avips.inverse_kinematics", "avips: there is no 'inverse_kinematics'; did you mean 'robot:ik' or 'body:ik'?"),
        ("return avips.study", "avips: there is no 'study'; did you mean 'experiment'?"),
        ("return avips.nuts", "avips: there is no 'nuts'; did you mean 'vips'?"), ("return avips.urdf", "avips: there is no 'urdf'; did you mean 'robot'?"),
        ("return avips.gmm", "avips: there is no 'gmm'; did you mean 'mixture'?"), ("return avips.sbi", "avips: there is no 'sbi'; did you mean 'model'?"),
        ("return avips.plan", "avips: there is no 'plan'; did you mean 'robot:plan'?"), ("return avips.rrt", "avips: there is no 'rrt'; did you mean 'robot:plan'?"),
        ("return avips.robott", "avips: there is no 'robott'; did you mean 'robot'?"),
        ("avips.vips{ target = avips.target.two_joint_arm(), components = 5, max_components = 2 }",
         "avips.vips: option max_components must be at least 5, the components at the start, got 2"),
        ("avips.math:exp(2)", "avips.math.exp: is no method: write avips.math.exp(...) with a dot"),
        ("avips:robot 'panda'", "avips.robot: is no method: write avips.robot(...) with a dot"),
        ("avips:target{ dimension = 1 }", "avips.target: is no method: write avips.target(...) with a dot"),
        ("avips.math.abs(2, { gradient = 1 })", "avips.math.abs: takes no options, got { gradient = ... }; a call at the end of the arguments passes on all that it "
            + "returns, and in parentheses the first of it alone"),
    ])
    func namesAreSuggested(_ text: String, _ message: String) throws {
        let found = try Fixture().message(text)
        #expect(found == message)
    }

    @Test(arguments: [
        ("x = [1, 2, 3]", "a list is written { 1, 2, 3 } in Lua"), ("if 1 != 2 then end", "\"not equal\" is written ~= in Lua"),
        ("x = 1\nx += 1", "there is no += in Lua: write x = x + ..."), ("x = 1 x++", "there is no ++ in Lua: write x = x + 1"),
        ("if a && b then end", "\"and\" is a word in Lua: x and y"), ("if a || b then end", "\"or\" is a word in Lua: x or y"),
        ("# a comment", "a comment begins with -- in Lua"), ("if x = 3 then end", "\"equal\" is written == in Lua"),
        ("help csv", "a call is written help(csv), with a text help \"csv\""), ("print avips.csv", "a call is written print(avips.csv), with a text print \"avips.csv\""),
        ("if !x then end", "\"not\" is a word in Lua: not x"), ("t = { name: 1 }", "a field is written { name = value } in Lua"),
    ])
    func habitsOfOtherLanguagesAreToldApart(_ text: String, _ hint: String) throws {
        let message = try Fixture().message(text) ?? ""
        #expect(message.hasSuffix("; " + hint), "\(message)")
    }

    @Test(arguments: ["größe = 3", "print(“text”)", "x = 3 – 2", "x =\u{A0}3"])
    func charactersBeyondASCIIAreToldApart(_ text: String) throws {
        let message = try Fixture().message(text) ?? ""
        #expect(message.contains("; names and signs are ASCII in Lua"), "\(message)")
    }

    @Test func pairsTellsWhatAnObjectHas() throws {
        let message = try #require(try Fixture().message("for k in pairs(avips.robot('panda').joints[1]) do end"))
        #expect(message.hasPrefix("joint: pairs goes through tables, and a Joint is none; its fields are "), "\(message)")
        #expect(try Fixture().message("for k in pairs(avips.identity(2)) do end")?.hasSuffix("; its elements are numbered from 1") == true)
    }

    @Test func plainMistakesStayAsLuaTellsThem() throws {
        #expect(try Fixture().message("x = = 3") == "unexpected symbol near '='")
        #expect(try Fixture().message("for i = 1, 3 print(i) end") == "'do' expected near 'print'")
    }

    @Test func anArgumentGivenAsNilIsAbsent() throws {
        let fixture = try Fixture()
        for call in [
            "avips.plot.curves({ x = {1, 2}, y = {1, 2} }, nil)", "avips.robot('panda', nil)", "avips.robot('panda'):random(nil, nil)",
            "avips.schedule.linear(0, 1):values(nil)", "avips.help(nil)", "avips.plot.compare({ a = { x = 1 }, b = { x = 2 } }, nil)",
        ] {
            #expect(fixture.message(call) == nil, "\(call)")
        }
    }

    @Test func readersNameTheOneThatReadsAFile() throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture()
            try fixture.session.state.run("""
                local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 2, seed = 1 }
                vips:save '\(directory)/vips.safetensors'
                vips.mixture:save '\(directory)/mixture.safetensors'
                avips.model{ robot = 'planar_3link', components = 2, hidden = {16}, seed = 1 }:save '\(directory)/model.safetensors'
                avips.network{ inputs = 2, hidden = {8}, outputs = 1, seed = 1 }:save '\(directory)/network.safetensors'
                """)
            let readers = ["vips", "mixture", "model", "network"]
            for held in readers {
                for reader in readers where reader != held {
                    let message = try #require(fixture.message("avips.\(reader)('\(directory)/\(held).safetensors')"))
                    #expect(message.contains("\(held).safetensors: holds a") && message.contains(": avips.\(held)") && message.hasSuffix(" reads it"), "\(message)")
                }
                if held != "vips" { #expect(fixture.message("avips.\(held)('\(directory)/\(held).safetensors')") == nil) }
            }
        }
    }

    @Test func theVariableOfTheProgramsFilesIsNamedWhereTheyAreMissing() throws {
        let session = try Session(resources: Resources(root: "/nowhere"))
        for call in ["avips.robot 'panda'", "avips.model 'panda'", "error(avips.demo())"] {
            let text = try session.state.run("return tostring(select(2, pcall(load[=[\(call)]=])))").first
            guard case .string(let message)? = text else { Issue.record("no message"); continue }
            #expect(message.contains("set the variable AVIPS_HOME"), "\(message)")
        }
    }

    @Test func hugeNumbersTakeOneShortLine() throws {
        let text = try Fixture().shown("""
            local vips = avips.vips{ target = avips.target{ dimension = 1, logdensity = function() return 1e300 end }, seed = 1 }
            vips:run{ iterations = 2 }
            return vips
            """)
        #expect(text.contains("1e+300 nats"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count < 160 })
    }

    @Test func helpFindsOptionsFieldsAndWhatTheFieldCallsThings() throws {
        let fixture = try Fixture()
        let near = fixture.session.help(on: "near").text ?? ""
        #expect(near.contains("near is an option of robot:ik") && near.contains("the nearest solutions come first"))
        #expect(fixture.session.help(on: "position_error").text?.contains("solution.position_error") == true)
        #expect(fixture.session.help(on: "neer").complaint == "there is no help on 'neer'; did you mean 'near'?")
        let found = try fixture.shown("return avips.apropos 'inverse kinematics'")
        #expect(found.hasPrefix("robot:ik ") && found.contains("model:solve "))
        #expect(try fixture.shown("return avips.apropos 'joint limits'").contains("robot:random"))
        #expect(try fixture.shown("return avips.apropos 'log_prob'").contains("mixture:logpdf"))
    }
}
