import Kinematics
import Numerics
import TestSupport
import Testing

/// A description from a list of joints "name type parent child"; a word behind is the joint that it mimics.
private func robot(_ lines: [String], extension element: String = "") throws -> RobotDescription {
    var links: [String] = [], joints = ""
    for words in lines.map({ $0.split(separator: " ").map(String.init) }) {
        for link in words[2...3] where !links.contains(link) { links.append(link) }
        let mimic = words.count > 4 ? "<mimic joint=\"\(words[4])\" multiplier=\"-2\" offset=\"0.1\"/>" : ""
        joints += """
            <joint name="\(words[0])" type="\(words[1])"><origin xyz="0.1 0 0.2"/><parent link="\(words[2])"/>
            <child link="\(words[3])"/><axis xyz="0 1 0"/><limit lower="-1" upper="1"/>\(mimic)</joint>
            """
    }
    let text = "<robot name=\"r\">" + links.map { "<link name=\"\($0)\"/>" }.joined() + joints + element + "</robot>"
    return try RobotDescription(urdfText: text, source: "r.urdf")
}

private let arm = ["j1 revolute base l1", "j2 revolute l1 l2", "j3 revolute l2 l3"]

@Suite struct ChainFindingTests {
    @Test func gripperEndsTheChain() throws {
        let fingers = ["f1 prismatic hand left", "f2 prismatic hand right"]
        let flange = ["f fixed l3 flange", "h fixed flange hand"]
        #expect(try robot(arm + flange + fingers).chain().tip == "hand")
        // A finger that mimics the other, and fingertips behind the fingers.
        let mimicking = ["f1 prismatic hand left", "f2 prismatic hand right f1", "t fixed left lefttip"]
        let chain = try robot(arm + flange + mimicking).chain()
        #expect(chain.tip == "hand" && chain.base == "base" && chain.degreesOfFreedom == 3)
        #expect(chain.segments.map(\.name) == ["j1", "j2", "j3", "f", "h"])
        // A tool frame beside the fingers is what is meant.
        #expect(try robot(arm + flange + fingers + ["tcp fixed hand tool"]).chain().tip == "tool")
    }

    /// The jaw of a gripper that moves alone is no joint of the arm, be it known by its name or by the tool frame beside it.
    @Test func singleJawsAreLeftOut() throws {
        let byName = try robot(arm + ["gripper revolute l3 moving_jaw"]).foundChain()
        #expect(byName.chain.tip == "l3" && byName.chain.degreesOfFreedom == 3)
        #expect(byName.notes == ["the gripper (gripper) is left out"])
        #expect(try robot(arm + ["g fixed l3 gripperStator", "jointGripper revolute gripperStator gripperMover"]).chain().tip == "gripperStator")
        #expect(try robot(arm + ["j4 revolute l3 l4", "c fixed l3 gripper_frame_link"]).chain().tip == "gripper_frame_link")
        // A wrist that carries a gripper is one.
        #expect(try robot(arm + ["wrist_roll revolute l3 gripper_link", "gripper revolute gripper_link jaw"]).chain().degreesOfFreedom == 4)
        // Fingers with joints of their own, as of three-fingered hands.
        let hand = (1...3).flatMap { ["finger_\($0) revolute l3 f\($0)", "finger_tip_\($0) revolute f\($0) t\($0)"] }
        #expect(try robot(arm + hand).chain().tip == "l3")
        // A hand by itself has nothing but fingers.
        #expect(try robot(["finger_1 revolute palm f1", "finger_2 revolute f1 f2"]).chain().tip == "f2")
    }

    /// The frames that makers of arms name for tools come before others, and what was passed over is said.
    @Test func toolFramesAreKnownByTheirNames() throws {
        let wrist = ["s fixed l3 ft_frame", "f fixed l3 flange", "t fixed flange tool0", "c fixed flange camera_link"]
        let found = try robot(arm + wrist).foundChain()
        #expect(found.chain.tip == "tool0")
        #expect(found.notes == ["tip tool0 was chosen; others are flange"])
        #expect(try robot(arm + ["e fixed l3 ee_link", "b fixed l3 bumper"]).chain().tip == "ee_link")
        #expect(try robot(arm + ["h fixed l3 hand", "t fixed hand hand_tcp", "f1 prismatic hand left_finger", "f2 prismatic hand right_finger f1"]).chain().tip == "hand_tcp")
        #expect(try robot(arm + ["a fixed l3 gripper_grasping_frame", "b fixed l3 tool0"]).chain().tip == "gripper_grasping_frame")
        #expect(try robot(arm + ["a fixed l3 wrist_ft_tool_link", "b fixed wrist_ft_tool_link gripper_base_link"]).chain().tip == "gripper_base_link")
        #expect(try robot(arm + ["t fixed l3 plate", "c fixed l3 camera_optical_frame"]).chain().tip == "plate")
    }

    /// Of several branches the one with a tool or a gripper is the arm; wheels are none.
    @Test func theBranchWithATool() throws {
        let head = ["pan revolute base h1", "tilt revolute h1 h2"]
        #expect(try robot(arm + head + ["t fixed l3 tool0"]).chain().tip == "tool0")
        #expect(try robot(arm + head + ["left_finger prismatic l3 lf", "right_finger prismatic l3 rf"]).chain().tip == "l3")
        #expect(try robot(arm + ["caster continuous base c1", "caster_wheel continuous c1 c2"]).chain().tip == "l3")
        #expect(try robot(["f floating world base"] + arm).chain().base == "base")
    }

    /// From a camera on one branch to a hand on another: the inverse of one chain times the other.
    @Test func chainsGoAcrossBranches() throws {
        var stream = RandomStream(seed: 3)
        let described = try robot(arm + ["t fixed l3 hand", "pan revolute base h1", "tilt prismatic h1 h2", "c fixed h2 camera"])
        let across = try described.chain(base: "camera", tip: "hand")
        #expect(across.variables.map(\.name) == ["tilt", "pan", "j1", "j2", "j3"] && across.fault == nil)
        let head = try described.chain(tip: "camera"), hand = try described.chain(tip: "hand")
        var evaluator = ChainEvaluator(across)
        for _ in 0..<50 {
            let q = across.randomConfiguration(using: &stream)
            let expected = head.forwardKinematics([q[1], q[0]]).inverse * hand.forwardKinematics(Array(q[2...]))
            let error = across.forwardKinematics(q).error(to: expected)
            #expect(error.position < 1e-14 && error.rotation < 1e-14)
            q.withUnsafeBufferPointer { evaluator.evaluate($0) }
            #expect(evaluator.tip.error(to: expected).position < 1e-14)
        }
        // Upward only, and below a common link that is not the root.
        let up = try described.chain(base: "hand", tip: "base"), q = hand.randomConfiguration(using: &stream)
        #expect(up.forwardKinematics(q.reversed()).error(to: hand.forwardKinematics(q).inverse).position < 1e-14)
        let forked = try robot(["s revolute base torso", "l revolute torso left", "r revolute torso right"]).chain(base: "left", tip: "right")
        #expect(forked.variables.map(\.name) == ["l", "r"])
    }

    /// Joints that mimic keep the joint that they follow within what their own limits allow.
    @Test func limitsOfMimickingJointsHoldTheirDriver() throws {
        func chain(_ mimic: String, own: String = "<limit lower=\"-0.5\" upper=\"1\"/>", driver: String = "revolute") throws -> FoundChain {
            try RobotDescription(urdfText: """
                <robot name="r"><link name="a"/><link name="b"/><link name="c"/>
                <joint name="j1" type="\(driver)"><parent link="a"/><child link="b"/><limit lower="-3" upper="3"/></joint>
                <joint name="j2" type="revolute"><parent link="b"/><child link="c"/>\(own)<mimic joint="j1" \(mimic)/></joint></robot>
                """, source: "r.urdf").foundChain()
        }
        func range(_ found: FoundChain) -> [Double] { [found.chain.variables[0].lower, found.chain.variables[0].upper] }
        #expect(try range(chain("")) == [-0.5, 1])
        #expect(try range(chain("multiplier=\"2\"")) == [-0.25, 0.5])
        #expect(try range(chain("multiplier=\"-2\"")) == [-0.5, 0.25])
        #expect(try range(chain("multiplier=\"2\" offset=\"0.5\"")) == [-0.5, 0.25])
        #expect(try range(chain("multiplier=\"0.01\"")) == [-3, 3])
        #expect(try range(chain("multiplier=\"0\"")) == [-3, 3])
        // Exporters write zeros, or nothing, where the driver alone has limits.
        #expect(try range(chain("", own: "<limit lower=\"0\" upper=\"0\"/>")) == [-3, 3] && range(chain("", own: "")) == [-3, 3])
        let free = try chain("", driver: "continuous")
        #expect(range(free) == [-0.5, 1] && free.chain.variables[0].kind == .revolute)
        #expect(try chain("").notes == ["joint \"j1\" is limited by \"j2\", which mimics it"])
        let error = try #require(throws: ChainError.self) { try chain("offset=\"100\"") }
        #expect("\(error)".contains("leave no value to \"j1\""))
        // Through two others: the third joint's value is 4·q.
        let lines = ["j1 revolute base l1", "j2 revolute l1 l2 j1", "j3 revolute l2 l3 j2"]
        let last = try robot(lines).chain().variables[0]
        #expect(abs(last.lower + 0.225) < 1e-15 && abs(last.upper - 0.275) < 1e-15)
    }

    /// A turn leaves the nut of a screw elsewhere: the screw turns as far as the nut goes. Wheels of a gear that come back with it leave it its turns.
    @Test func aScrewTurnsAsFarAsItsNutGoes() throws {
        func screw(_ nut: String, _ limit: String, _ multiplier: Double) throws -> Chain.Variable {
            try RobotDescription(urdfText: """
                <robot name="r"><link name="a"/><link name="b"/><link name="c"/>
                <joint name="j1" type="continuous"><parent link="a"/><child link="b"/></joint>
                <joint name="j2" type="\(nut)"><parent link="b"/><child link="c"/><limit \(limit)/><mimic joint="j1" multiplier="\(multiplier)"/></joint></robot>
                """, source: "r.urdf").chain().variables[0]
        }
        let variable = try screw("prismatic", "lower=\"0\" upper=\"0.5\"", 1.0 / 1024)
        #expect(variable.kind == .revolute && variable.lower == 0 && variable.upper == 512)
        let geared = try screw("revolute", "lower=\"-3\" upper=\"3\"", 0.5)
        #expect(geared.kind == .revolute && geared.lower == -6 && geared.upper == 6)
        #expect(try screw("revolute", "lower=\"-4\" upper=\"4\"", 1).kind == .continuous)
        #expect(try screw("prismatic", "lower=\"-1e12\" upper=\"1e12\"", 1).kind == .continuous)
    }

    @Test func trailingFixedJointsAreFollowedWhileUnique() throws {
        #expect(try robot(arm + ["f fixed l3 flange", "t fixed flange tool"]).chain().tip == "tool")
        #expect(try robot(arm + ["f fixed l3 plate", "t fixed plate left", "c fixed plate right"]).chain().tip == "plate")
        #expect(try robot(arm + ["c fixed l1 camera", "i fixed base imu"]).chain().tip == "l3")
    }

    @Test func smallBranchesBesideALargeOneArePassed() throws {
        #expect(try robot(["pan revolute base head"] + arm).chain().tip == "l3")
    }

    @Test func severalArmsAreAmbiguous() throws {
        let two = arm + ["k1 revolute base m1", "k2 revolute m1 m2"]
        let error = #expect(throws: ChainError.self) { try robot(two).chain() }
        #expect(error == .ambiguous(robot: "r", base: "base", tips: ["l3", "m2"]))
        #expect("\(try #require(error))".contains("{tip = \"l3\"}"))
        #expect(try robot(two).chain(tip: "m2").segments.map(\.name) == ["k1", "k2"])
        #expect(try robot(two).chain(base: "l1").tip == "l3")
        // Every end of many is listed, or counted.
        let many = try #require(throws: ChainError.self) { try robot((1...50).flatMap { ["a\($0) revolute base b\($0)", "c\($0) revolute b\($0) d\($0)"] }).chain() }
        #expect("\(many)".contains("d1, d2, ") && "\(many)".hasSuffix("d40 and 10 more"))
        // Two single joints on the base are no gripper, since nothing carries them.
        #expect(throws: ChainError.self) { try robot(["a revolute base x", "b revolute base y"]).chain() }
    }

    @Test func theDescriptionsOwnEndsComeFirst() throws {
        let text = "<avips base=\"l1\" tip=\"l2\"><tip name=\"wrist\" link=\"l3\"/></avips>"
        let described = try robot(arm, extension: text)
        #expect(try described.chain().segments.map(\.name) == ["j2"])
        #expect(try described.chain(base: "base").segments.map(\.name) == ["j1", "j2"])
        #expect(try described.chain(tip: "wrist").segments.map(\.name) == ["j2", "j3"])
        #expect(try described.chain(base: "l2").segments.map(\.name) == ["j3"])
    }

    @Test func impossibleChainsSayWhatThereIs() throws {
        let two = try robot(arm + ["k1 revolute base m1", "k2 revolute m1 m2"])
        let unknown = #expect(throws: ChainError.self) { try two.chain(tip: "l33") }
        #expect("\(try #require(unknown))".contains("no link \"l33\"; did you mean \"l3\"? links: l3, "))
        let still = #expect(throws: ChainError.self) { try two.chain(base: "l1", tip: "l1") }
        #expect(still == .noMovingJoint(robot: "r", base: "l1", tip: "l1"))
        #expect(throws: ChainError.self) { try robot(["a fixed base x"]).chain() }
    }

    @Test func mimickingJointsShareAVariable() throws {
        // The third joint follows the second, which follows the first: value −2 · (−2 q + 0.1) + 0.1.
        let described = try robot(["j1 revolute base l1", "j2 revolute l1 l2 j1", "j3 revolute l2 l3 j2"])
        let chain = try described.chain()
        #expect(chain.degreesOfFreedom == 1 && described.degreesOfFreedom == 1)
        #expect(chain.segments.map(\.multiplier) == [1, -2, 4])
        #expect(zip(chain.segments.map(\.offset), [0, 0.1, -0.1]).allSatisfy { abs($0 - $1) < 1e-15 })
        let q = 0.3, h = 1e-6
        let free = try robot(arm).chain()
        let spread = { (q: Double) in free.forwardKinematics([q, -2 * q + 0.1, 4 * q - 0.1]) }
        #expect((chain.forwardKinematics([q]).position - spread(q).position).length < 1e-14)
        let velocity = (spread(q + h).position - spread(q - h).position) / (2 * h)
        let jacobian = chain.jacobian([q])
        for i in 0..<3 { #expect(abs(jacobian[i, 0] - velocity[i]) < 1e-8) }
        let tree = described.jacobian(ofLink: try #require(described.linkIndex("l3")), at: [q])
        #expect(zip(tree.elements, jacobian.elements).allSatisfy { abs($0 - $1) < 1e-14 })
        // A chain that holds only the follower is driven by the variable of the joint that it follows.
        let part = try described.chain(base: "l1", tip: "l2")
        #expect(part.variables.map(\.name) == ["j1"] && part.segments[0].multiplier == -2)
    }
}
