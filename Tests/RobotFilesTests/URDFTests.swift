import Kinematics
import Numerics
import Testing

/// A two-link arm in which one line can be exchanged.
private func arm(_ edit: (inout [String]) -> Void = { _ in }) -> String {
    var lines = [
        "<?xml version=\"1.0\"?>",
        "<robot name=\"arm\">",
        "  <link name=\"base\"/>",
        "  <link name=\"upper\"/>",
        "  <link name=\"lower\"/>",
        "  <joint name=\"shoulder\" type=\"revolute\">",
        "    <origin xyz=\"0 0 0.5\" rpy=\"0 0 0\"/>",
        "    <parent link=\"base\"/>",
        "    <child link=\"upper\"/>",
        "    <axis xyz=\"0 0 2\"/>",
        "    <limit lower=\"-1\" upper=\"1.5\" velocity=\"2\" effort=\"30\"/>",
        "  </joint>",
        "  <joint name=\"elbow\" type=\"prismatic\">",
        "    <parent link=\"upper\"/>",
        "    <child link=\"lower\"/>",
        "    <axis xyz=\"1 0 0\"/>",
        "    <limit lower=\"0\" upper=\"0.4\"/>",
        "  </joint>",
        "</robot>",
    ]
    edit(&lines)
    return lines.joined(separator: "\n")
}

/// The fault of reading an arm, or of using its chain.
private func fault(in text: String) -> URDFError? {
    do {
        _ = try RobotDescription(urdfText: text, source: "arm.urdf").body(floating: nil)
        _ = try RobotDescription(urdfText: text, source: "arm.urdf").chain(base: "base", tip: "lower")
        Issue.record("there is no fault")
    } catch let error as URDFError {
        return error
    } catch ChainError.unusable(let error) {
        return error
    } catch {
        Issue.record(error)
    }
    return nil
}

@Suite struct URDFTests {
    @Test func readsQuaternions() throws {
        let turned = try RobotDescription(urdfText: arm { $0[6] = "<origin xyz=\"0 0 0.5\" quat_xyzw=\"0 0 1 0\"/>" }, source: "arm.urdf")
        let angles = try RobotDescription(urdfText: arm { $0[6] = "<origin xyz=\"0 0 0.5\" rpy=\"0 0 3.141592653589793\"/>" }, source: "arm.urdf")
        #expect(turned.joints[0].origin.error(to: angles.joints[0].origin).rotation < 1e-15)
        #expect(fault(in: arm { $0[6] = "<origin quat_xyzw=\"0 0 1 1\"/>" }).map { "\($0)" }?.contains("a quaternion whose norm is 1") == true)
        #expect(fault(in: arm { $0[6] = "<origin rpy=\"0 0 1\" quat_xyzw=\"0 0 1 0\"/>" }).map { "\($0)" }?.contains("rpy or quat_xyzw, not both") == true)
    }

    @Test func readsAnArm() throws {
        let robot = try RobotDescription(urdfText: arm(), source: "arm.urdf")
        #expect(robot.name == "arm" && robot.warnings.isEmpty)
        #expect(robot.links.map(\.name) == ["base", "upper", "lower"])
        #expect(robot.joints[0].axis == [0, 0, 1])
        #expect(robot.joints[0].origin.position == [0, 0, 0.5])
        #expect(robot.joints[0].velocity == 2 && robot.joints[0].effort == 30)
        #expect(robot.variables == [
            .init(name: "shoulder", kind: .revolute, lower: -1, upper: 1.5),
            .init(name: "elbow", kind: .prismatic, lower: 0, upper: 0.4),
        ])
        let chain = try robot.chain()
        #expect(chain.base == "base" && chain.tip == "lower" && chain.degreesOfFreedom == 2)
        let pose = chain.forwardKinematics([.pi / 2, 0.3])
        #expect((pose.position - SIMD3(0, 0.3, 0.5)).length < 1e-15)
    }

    /// Every fault: what is done to the arm, the line that is named, and a part of the message.
    struct Fault: Sendable, CustomTestStringConvertible {
        var line: Int?
        var message: String
        var edit: @Sendable (inout [String]) -> Void
        var testDescription: String { message }
    }

    static let faults: [Fault] = [
        Fault(line: 17, message: "broken XML: an end tag does not match its start tag; <joint> of line 13 is still open") { $0[17] = "  </jnt>"; $0.remove(at: 16) },
        Fault(line: 9, message: "value is not closed with a quote") { $0[8] = "    <child link=\"upper/>"; $0.removeLast(10) },
        Fault(line: 2, message: "root element is <sdf>, expected <robot>") { $0[1] = "<sdf>"; $0[18] = "</sdf>" },
        Fault(line: 7, message: "run xacro first") { $0[6] = "    <origin xyz=\"0 0 ${height}\"/>" },
        Fault(line: 7, message: "<xacro:origin>") { $0[6] = "    <xacro:origin/>" },
        Fault(line: 4, message: "<link> has no attribute \"name\"") { $0[3] = "  <link/>" },
        Fault(line: 4, message: "<link>: attribute \"name\" is \"\", expected a text that is not empty") { $0[3] = "  <link name=\"\"/>" },
        Fault(line: 6, message: "joint \"shoulder\" has no attribute \"type\"") { $0[5] = "  <joint name=\"shoulder\">" },
        Fault(line: 6, message: "unknown type \"hinge\"") { $0[5] = "  <joint name=\"shoulder\" type=\"hinge\">" },
        Fault(line: 6, message: "floating, which is not supported") { $0[5] = "  <joint name=\"shoulder\" type=\"floating\">" },
        Fault(line: 6, message: "planar, which is not supported") { $0[5] = "  <joint name=\"shoulder\" type=\"planar\">" },
        Fault(line: 6, message: "joint \"shoulder\" has no <parent>") { $0[7] = "" },
        Fault(line: 6, message: "joint \"shoulder\" has no <child>") { $0[8] = "" },
        Fault(line: 9, message: "<child> of joint \"shoulder\" has no attribute \"link\"") { $0[8] = "<child/>" },
        Fault(line: 9, message: "did you mean \"upper\"?") { $0[8] = "<child link=\"uper\"/>" },
        Fault(line: 5, message: "a second link is named \"upper\", the first one is on line 4") { $0[4] = "<link name=\"upper\"/>" },
        Fault(line: 13, message: "a second joint is named \"shoulder\", the first one is on line 6") {
            $0[12] = "<joint name=\"shoulder\" type=\"fixed\">"
        },
        Fault(line: 13, message: "link \"upper\" is the child of several joints: \"shoulder\", \"elbow\"") {
            $0[13] = "<parent link=\"lower\"/>"; $0[14] = "<child link=\"upper\"/>"
        },
        Fault(line: 5, message: "\"base\", \"lower\" each have no parent joint") { $0.removeSubrange(12...17) },
        Fault(line: 6, message: "the joints form a cycle: \"shoulder\", \"elbow\"") { $0[7] = "<parent link=\"lower\"/>"; $0[2] = "" },
        Fault(line: 13, message: "the joints form a cycle: \"elbow\"") { $0[13] = "<parent link=\"lower\"/>" },
        Fault(line: 10, message: "the axis of joint \"shoulder\" has length zero") { $0[9] = "<axis xyz=\"0 0 0\"/>" },
        Fault(line: 7, message: "attribute \"xyz\" is \"0 0 a\", expected 3 finite numbers") { $0[6] = "<origin xyz=\"0 0 a\"/>" },
        Fault(line: 7, message: "attribute \"rpy\" is \"0 0\", expected 3 finite numbers") { $0[6] = "<origin rpy=\"0 0\"/>" },
        Fault(line: 10, message: "attribute \"xyz\" is \"0 nan 1\", expected 3 finite numbers") { $0[9] = "<axis xyz=\"0 nan 1\"/>" },
        Fault(line: 11, message: "attribute \"lower\" is \"low\", expected a finite number") { $0[10] = "<limit lower=\"low\" upper=\"1\"/>" },
        Fault(line: 11, message: "the lower limit 2.0 is above the upper limit 1.0") { $0[10] = "<limit lower=\"2\" upper=\"1\"/>" },
        Fault(line: 13, message: "prismatic joint \"elbow\" has no limits") { $0[16] = "" },
        Fault(line: 13, message: "joint \"elbow\" mimics itself") { $0[15] += "<mimic joint=\"elbow\"/>" },
        Fault(line: 2, message: "the robot has no <link>") { $0.removeSubrange(2...17) },
        Fault(line: nil, message: "the document is empty") { $0 = [] },
        Fault(line: 4, message: "expected a mass that is not negative") {
            $0[3] = "<link name=\"upper\"><inertial><mass value=\"-1\"/></inertial></link>"
        },
        Fault(line: 19, message: "<avips> names the link \"hand\", which does not exist") { $0[18] = "<avips tip=\"hand\"/></robot>" },
        Fault(line: 19, message: "expected 2 finite numbers") {
            $0[18] = "<avips><nominal name=\"n\" configuration=\"1\"/></avips></robot>"
        },
    ]

    @Test(arguments: faults)
    func faultIsNamedWithItsLine(_ expected: Fault) throws {
        let error = try #require(fault(in: arm(expected.edit)))
        #expect("\(error)".contains(expected.message))
        #expect(error.line == expected.line)
        #expect("\(error)".hasPrefix(expected.line.map { "arm.urdf:\($0): " } ?? "arm.urdf: "))
    }

    @Test func mimicOfAFixedJointIsAnError() throws {
        let text = arm {
            $0[15] += "<mimic joint=\"shoulder\"/>"
            $0[5] = "<joint name=\"shoulder\" type=\"fixed\">"
        }
        #expect(try #require(fault(in: text)).problem == .mimicOfFixed(joint: "elbow", mimicked: "shoulder"))
    }

    @Test func missingLimitsOfARevoluteJointAreSupplied() throws {
        for line in ["", "<limit effort=\"1\" velocity=\"1\"/>"] {
            let robot = try RobotDescription(urdfText: arm { $0[10] = line }, source: "arm.urdf")
            #expect(robot.variables[0].lower == -.pi && robot.variables[0].upper == .pi)
            #expect(robot.warnings.count == 1)
            #expect(robot.warnings[0].hasPrefix("arm.urdf:6: joint \"shoulder\""))
        }
        let half = try RobotDescription(urdfText: arm { $0[10] = "<limit upper=\"1\"/>" }, source: "arm.urdf")
        #expect(half.variables[0].lower == 0 && half.variables[0].upper == 1)
    }

    @Test func whatIsNotKinematicsIsIgnored() throws {
        let text = arm {
            $0[3] = """
                <link name="upper"><!-- a comment -- with words -->
                <visual><geometry><mesh filename="$(find arm)/upper.dae" scale="${s}"/></geometry></visual>
                <collision><geometry><mesh filename="package://arm/upper.stl"/></geometry></collision>
                <collision><geometry><sphere radius="r"/></geometry></collision>
                <collision><origin xyz="1 2 3"/><geometry><sphere radius="0.5"/></geometry></collision></link>
                """
            $0[1] = "<robot name=\"arm\" xmlns:xacro=\"http://www.ros.org/wiki/xacro\">"
            $0[18] = "<transmission name=\"t\"/><gazebo><p attribute=\"$(x)\" a:b:c=\"1\"/></gazebo><xacro:unused/></robot>"
        }
        let robot = try RobotDescription(urdfText: text, source: "arm.urdf")
        #expect(robot.links[1].spheres == [CollisionSphere(centre: [1, 2, 3], radius: 0.5)])
        #expect(try robot.chain() == RobotDescription(urdfText: arm(), source: "").chain())
        #expect(robot.warnings.count == 2)
        #expect(robot.warnings[1] == "arm.urdf:23: <xacro:unused> belongs to xacro and is left out")
    }

    /// Where xacro would have put what is missing, the message says so.
    @Test func missingPartsAreBlamedOnLeftoversOfXacro() throws {
        let text = arm { $0[4] = "<xacro:lower_link/>" }
        let error = try #require(throws: URDFError.self) { try RobotDescription(urdfText: text, source: "arm.urdf") }
        #expect(error.line == 5 && error.problem == .xacro(found: "the element <xacro:lower_link>"))
    }

    /// Faults that a chain does not meet do not matter to it, and are named where a chain does.
    @Test(arguments: [
        ("floating", "", "floating, which"), ("planar", "", "planar, which"), ("hinge", "", "unknown type"), ("prismatic", "", "has no limits"), ("revolute", "<axis xyz=\"0 0 0\"/>", "has length zero"),
        ("revolute", "<limit lower=\"1\" upper=\"-1\"/>", "above the upper limit"), ("revolute", "<origin xyz=\"0 0 ${h}\"/>", "run xacro first"),
        ("revolute", "<origin xyz=\"1e300 0 0\"/>", "lengths of at most"), ("prismatic", "<limit lower=\"nan\" upper=\"1\"/>", "a finite number"),
        ("revolute", "<mimic joint=\"shoulder\" multiplier=\"x\"/>", "a finite number"), ("prismatic", "<limit lower=\"0\" upper=\"1\"/><mimic joint=\"elbow\" multiplier=\"1e300\"/>", "at most"),
    ])
    func whatIsNotUsedIsNotJudged(type: String, content: String, message: String) throws {
        let side = "<link name=\"side\"/><joint name=\"s\" type=\"\(type)\"><parent link=\"upper\"/><child link=\"side\"/>\(content)</joint></robot>"
        let robot = try RobotDescription(urdfText: arm { $0[18] = side }, source: "arm.urdf")
        #expect(try robot.chain(tip: "lower") == RobotDescription(urdfText: arm(), source: "").chain())
        let error = try #require(throws: ChainError.self) { try robot.chain(tip: "side") }
        #expect("\(error)".hasPrefix("arm.urdf:19: ") && "\(error)".contains(message))
    }

    @Test func limitsThatAreGivenReplaceWhatIsMissing() throws {
        var robot = try RobotDescription(urdfText: arm { $0[16] = "" }, source: "arm.urdf")
        #expect(throws: ChainError.self) { try robot.chain() }
        try robot.limit("elbow", to: JointLimits(lower: 0, upper: 0.4))
        #expect(try robot.chain() == RobotDescription(urdfText: arm(), source: "").chain())
        #expect(throws: URDFError.self) { try robot.limit("elbow", to: JointLimits(lower: 1, upper: 0)) }
        #expect(throws: URDFError.self) { try robot.limit("knee", to: JointLimits(lower: 0, upper: 1)) }
    }

    /// Limits without practical meaning become those of a continuous joint, or of the largest robot there is.
    @Test func limitsWithoutMeaningAreSaid() throws {
        let turning = try RobotDescription(urdfText: arm { $0[10] = "<limit lower=\"-inf\" upper=\"inf\" velocity=\"inf\"/>" }, source: "arm.urdf")
        #expect(turning.variables[0].kind == .continuous && turning.joints[0].velocity == nil)
        let sliding = try RobotDescription(urdfText: arm { $0[16] = "<limit lower=\"-1.7e308\" upper=\"inf\"/>" }, source: "arm.urdf")
        #expect(sliding.variables[1].lower == -1e9 && sliding.variables[1].upper == 1e9)
        #expect(try turning.foundChain().notes == [
            "joint \"shoulder\" turns without practical limits; it is taken as continuous",
            "joint \"shoulder\" has no practical limit of its speed, velocity \"inf\"; 1 rad/s is assumed",
        ])
        #expect(try sliding.foundChain().notes.count == 1)
    }

    @Test(arguments: ["0,2", "nan", "abc", "", " ", "0", "-1", "1 2", "${v}", "1e-310"]) func speedsThatCannotBeUsedAreSaid(text: String) throws {
        var robot = try RobotDescription(urdfText: arm { $0[16] = "<limit lower=\"0\" upper=\"0.4\" velocity=\"\(text)\"/>" }, source: "arm.urdf")
        let note = "joint \"elbow\" has the velocity \"\(text)\", expected a number above 0; 1 m/s is assumed"
        #expect(robot.joints[1].velocity == nil && robot.warnings == ["arm.urdf:17: " + note])
        #expect(try robot.foundChain().notes == [note])
        _ = try robot.body(floating: nil)
        // Other limits say nothing of the speed.
        try robot.limit("elbow", to: JointLimits(lower: 0, upper: 0.1))
        #expect(try robot.foundChain().notes == [note])
    }

    @Test(arguments: [("1e-300", 1e-300), ("1e-6", 1e-6), (" 2.5 ", 2.5), ("999999", 999_999.0)]) func otherSpeedsAreTakenAsTheyAre(text: String, speed: Double) throws {
        let robot = try RobotDescription(urdfText: arm { $0[16] = "<limit lower=\"0\" upper=\"0.4\" velocity=\"\(text)\"/>" }, source: "arm.urdf")
        #expect(robot.joints[1].velocity == speed && robot.warnings.isEmpty)
    }

    /// Three turns are more than arms have; the value stays as it is.
    @Test func limitsThatLookLikeDegreesAreSaid() throws {
        var robot = try RobotDescription(urdfText: arm { $0[10] = "<limit lower=\"-90\" upper=\"45\"/>" }, source: "arm.urdf")
        let note = "joint \"shoulder\" has limits of -90.0 to 45.0 rad, beyond three turns: if degrees were meant, they are -1.5708 to 0.7854 rad"
        #expect(robot.variables[0].lower == -90 && robot.variables[0].upper == 45 && robot.variables[0].kind == .revolute)
        #expect(try robot.foundChain().notes == [note])
        #expect(robot.warnings == ["arm.urdf:11: " + note])
        try robot.limit("shoulder", to: JointLimits(lower: -1, upper: 1))
        #expect(try robot.foundChain().notes.isEmpty)
        let turns = try RobotDescription(urdfText: arm { $0[10] = "<limit lower=\"-12.56637\" upper=\"12.56637\"/>" }, source: "arm.urdf")
        #expect(try turns.foundChain().notes.isEmpty)
        let far = try RobotDescription(urdfText: arm { $0[16] = "<limit lower=\"0\" upper=\"90\"/>" }, source: "arm.urdf")
        #expect(try far.foundChain().notes.isEmpty)
    }

    /// As other readers have it, a joint that mimics none moves by itself; what was most likely meant is said.
    @Test func mimicOfNobodyIsNone() throws {
        let robot = try RobotDescription(urdfText: arm { $0[15] += "<mimic joint=\"sholder\" multiplier=\"2\"/>" }, source: "arm.urdf")
        let found = try robot.foundChain()
        #expect(found.chain == (try RobotDescription(urdfText: arm(), source: "").chain()))
        #expect(found.notes == ["joint \"elbow\" mimics \"sholder\", which does not exist (did you mean \"shoulder\"?); it is taken to move by itself"])
        #expect(robot.warnings == ["arm.urdf:13: " + found.notes[0]])
    }

    /// Each suggestion is a comparison with all names: three thousand would take a minute, so that only a few are made.
    @Test func manyJointsThatMimicNobodyAreReadAtOnce() throws {
        let joints = (0..<3000).map { index in
            "<link name=\"a link of the hand \(index)\"/><joint name=\"a joint of the hand \(index)\" type=\"revolute\"><parent link=\"base\"/>"
                + "<child link=\"a link of the hand \(index)\"/><limit lower=\"-1\" upper=\"1\"/><mimic joint=\"a joint of no hand \(index)\"/></joint>"
        }
        let robot = try RobotDescription(urdfText: "<robot name=\"r\"><link name=\"base\"/>" + joints.joined() + "</robot>", source: "hand.urdf")
        #expect(robot.warnings.count == 3000 && robot.warnings.count { $0.contains("did you mean") } == 8)
    }

    @Test(arguments: [(99, true), (101, false), (3000, false)]) func oneFollowsAHundredJointsAtMost(count: Int, isFollowed: Bool) throws {
        let joints = (0...count).map { index in
            "<link name=\"l\(index)\"/><joint name=\"j\(index)\" type=\"revolute\"><parent link=\"base\"/><child link=\"l\(index)\"/>"
                + "<limit lower=\"-1\" upper=\"1\"/>" + (index == 0 ? "" : "<mimic joint=\"j\(index - 1)\"/>") + "</joint>"
        }
        let robot = try RobotDescription(urdfText: "<robot name=\"r\"><link name=\"base\"/>" + joints.joined() + "</robot>", source: "hand.urdf")
        #expect(robot.degreesOfFreedom == 1)
        let last = try #require(robot.joints.last)
        #expect(last.variable == (isFollowed ? 0 : nil))
        #expect(last.fault.map { "\($0)".contains("fewer than 100 others") } == (isFollowed ? nil : true))
    }

    @Test func massesMatterToBodiesOnly() throws {
        let none = try RobotDescription(urdfText: arm { $0[3] = "<link name=\"upper\"><inertial><mass/></inertial></link>" }, source: "arm.urdf")
        #expect(try none.body(floating: nil).totalMass == 0)
        let wrong = try RobotDescription(urdfText: arm { $0[3] = "<link name=\"upper\"><inertial><mass value=\"-1\"/></inertial></link>" }, source: "arm.urdf")
        #expect(try wrong.chain().degreesOfFreedom == 2)
        #expect(throws: ChainError.self) { try wrong.body(floating: nil) }
    }

    @Test func axesOfAnyLengthAreNormalised() throws {
        for length in ["3", "1e-200", "1e200"] {
            let text = arm { $0[9] = "<axis xyz=\"0 -\(length) \(length)\"/>" }
            let axis = try RobotDescription(urdfText: text, source: "").joints[0].axis
            #expect((axis - SIMD3(0, -0.5.squareRoot(), 0.5.squareRoot())).length < 1e-15)
        }
        let plain = try RobotDescription(urdfText: arm { $0[9] = "" }, source: "")
        #expect(plain.joints[0].axis == [1, 0, 0])
    }

    @Test func samplingLimitsReplaceTheJointsOwn() throws {
        let text = arm { $0[18] = "<avips><sampling joint=\"elbow\" lower=\"0.1\" upper=\"0.2\"/></avips></robot>" }
        let robot = try RobotDescription(urdfText: text, source: "")
        #expect(try robot.chain().variables[1] == .init(name: "elbow", kind: .prismatic, lower: 0.1, upper: 0.2))
    }

    @Test func filesThatCannotBeReadAreNamed() throws {
        for (path, reason) in [
            ("/nowhere/robot.urdf", "there is no such file"), ("/tmp", "it is a directory"),
            ("/dev/zero", "it is not a regular file"), ("", "there is no such file"),
        ] {
            let error = #expect(throws: URDFError.self) { try RobotDescription(contentsOf: path) }
            #expect("\(try #require(error))" == "\(path): the file cannot be read: \(reason)")
        }
    }
}
