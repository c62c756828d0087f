import Kinematics
import Numerics
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
        // A tool frame beside the fingers moves nothing and changes nothing.
        #expect(try robot(arm + flange + fingers + ["tcp fixed hand tool"]).chain().tip == "hand")
    }

    @Test func trailingFixedJointsAreFollowedWhileUnique() throws {
        #expect(try robot(arm + ["f fixed l3 flange", "t fixed flange tool"]).chain().tip == "tool")
        #expect(try robot(arm + ["f fixed l3 flange", "t fixed flange tool", "c fixed flange camera"]).chain().tip == "flange")
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
        let other = #expect(throws: ChainError.self) { try two.chain(base: "m1", tip: "l3") }
        #expect(other == .tipNotBelowBase(base: "m1", tip: "l3", tipIsAbove: false, below: ["m2"]))
        let above = #expect(throws: ChainError.self) { try two.chain(base: "l2", tip: "base") }
        #expect("\(try #require(above))".contains("\"l2\" is below \"base\""))
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
