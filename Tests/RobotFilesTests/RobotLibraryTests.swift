import Foundation
import Kinematics
import Numerics
import TestSupport
import Testing

@Suite struct RobotLibraryTests {
    @Test(arguments: library.names)
    func everyRobotLoads(name: String) throws {
        let robot = try library.robot(name)
        #expect(robot.name == name)
        #expect(robot.warnings.isEmpty)
        #expect(robot.summary?.isEmpty == false)
        if robot.tips.isEmpty {
            let chain = try robot.chain()
            #expect(chain.degreesOfFreedom == robot.degreesOfFreedom)
            #expect(chain.reach > 0.3 && chain.reach < 11)
        } else {
            let error = #expect(throws: ChainError.self) { try robot.chain() }
            #expect(error == .ambiguous(robot: name, base: robot.links[robot.root].name, tips: robot.tips.map(\.link)))
            #expect(robot.totalMass > 30)
        }
    }

    @Test func readsTheTextOfARobot() throws {
        let text = try String(contentsOfFile: library.directory + "/ur5.urdf", encoding: .utf8)
        for start in ["", "\u{feff}", "\n  "] {
            #expect(try library.robot(start + text).chain() == library.robot("ur5").chain())
        }
        let error = try #require(throws: URDFError.self) { try library.robot("<robot>") }
        #expect("\(error)".hasPrefix("the text:1: broken XML: an end tag is missing"))
    }

    /// Models name their robot by these digits; they must not change.
    @Test func fingerprintsStayAsTheyWere() throws {
        let known = [
            "panda": "c4559f55a9cc32e3", "robonaut2_arm_waist": "8af176fdac7d7d7d", "talos_right_arm_torso": "52375c06d7fa2f89",
            "valkyrie_lower_arm": "483eb92075146814", "atlas2013_arm": "08fc5862aacd9c0e",
        ]
        for (name, digits) in known { #expect(try library.robot(name).chain().fingerprint == digits) }
        let talos = try library.robot("talos_28dof")
        #expect(try talos.body(floating: talos.floatingBase).fingerprint == "480b7803ec1762cd")
    }

    /// Numbers that no 64-bit integer holds have fingerprints, each its own.
    @Test func everyNumberHasAFingerprint() throws {
        var chain = try library.robot("ur5").chain(), seen: Set<String> = []
        for number in [0, 9.3e9, -9.3e9, 1e18, 1e300, .infinity, .nan, .leastNonzeroMagnitude] {
            chain.segments[0].origin.position.x = number
            seen.insert(chain.fingerprint)
        }
        #expect(seen.count == 7)
        // Below 5e-10 a number counts as zero.
        let talos = try library.robot("talos_28dof")
        var body = try talos.body(floating: talos.floatingBase), digits: Set<String> = []
        for mass in [1, 9.3e9, 1e18, .infinity] {
            body.joints[7].mass = mass
            digits.insert(body.fingerprint)
        }
        #expect(digits.count == 4)
    }

    @Test func pandaIsAsItsMakerDescribesIt() throws {
        let robot = try library.robot("panda")
        let chain = try robot.chain()
        #expect(chain.base == "panda_link0" && chain.tip == "panda_hand" && chain.degreesOfFreedom == 7)
        #expect(abs(chain.reach - 1.19) < 0.005)
        #expect(robot.links.reduce(0) { $0 + $1.spheres.count } == 61)
        #expect(robot.links.filter { !$0.capsules.isEmpty }.count == 9)
        #expect(robot.collisionRules.ignoredForCapsules.count == 14)
        #expect(robot.collisionRules.sphereMargins["panda_link0"] == 0.1)
    }

    @Test func humanoidHasItsNominalConfiguration() throws {
        let robot = try library.robot("talos_28dof")
        let half = try #require(robot.nominalConfigurations.first)
        #expect(half.name.hasPrefix("half_sitting") && half.configuration.count == 28)
        // Standing: both soles lie on the ground when the base is where the configuration says.
        let poses = robot.linkPoses(half.configuration)
        for sole in ["left_sole_link", "right_sole_link"] {
            let pose = half.base * poses[try #require(robot.linkIndex(sole))]
            #expect(abs(pose.position.z) < 0.01)
        }
        #expect(abs(robot.totalMass - 90.272192) < 1e-9)
    }

    @Test func findsByNameAndByPath() throws {
        let byPath = try library.robot(library.directory + "/ur5.urdf")
        #expect(try byPath.chain() == library.robot("ur5").chain())
        let error = #expect(throws: RobotLibrary.Failure.self) { try library.robot("pandas") }
        let message = "\(try #require(error))"
        #expect(message.contains("no robot named \"pandas\"; did you mean \"panda\"? robots: panda, "))
        #expect(message.contains("./pandas.urdf"))
        #expect(throws: URDFError.self) { try library.robot("./nowhere.urdf") }
        #expect(RobotLibrary(directory: "/nowhere").names.isEmpty)
        // Files of other kinds are files, and capitals make no difference.
        for name in ["arm.xacro", "arm.URDF", "arm.Xml"] {
            let missing = try #require(throws: URDFError.self) { try library.robot(name) }
            #expect("\(missing)" == "\(name): the file cannot be read: there is no such file")
        }
        #expect(throws: RobotLibrary.Failure.self) { try RobotLibrary(directory: "/nowhere").robot("") }
        let absent = #expect(throws: RobotLibrary.Failure.self) { try RobotLibrary(directory: "/nowhere", absence: ": look elsewhere").robot("panda") }
        #expect(absent?.description.contains("there are no robots: look elsewhere; ") == true)
    }

    /// Random damage never ends the process, and what still loads can be used.
    @Test func damagedFilesAreReadOrRefused() throws {
        let names = ["panda", "pr2_left_arm_torso", "talos_28dof", "planar_3link"]
        let files = try names.map { try Array(Data(contentsOf: URL(fileURLWithPath: library.directory + "/\($0).urdf"))) }
        var stream = RandomStream(seed: 31)
        var refused = 0
        for round in 0..<3000 {
            // The long file takes longest and is drawn seldom.
            var bytes = files[round % 40 == 0 ? 2 : [0, 1, 3, 3][round % 4]]
            if stream.uniform() < 0.3 { bytes.removeLast(Int(stream.uniform() * Double(bytes.count))) }
            if !bytes.isEmpty {
                for _ in 0..<Int(1 + 8 * stream.uniform()) {
                    let place = Int(stream.uniform() * Double(bytes.count))
                    let length = min(1 + Int(6 * stream.uniform()), bytes.count - place)
                    switch Int(4 * stream.uniform()) {
                    case 0: bytes[place] = UInt8(truncatingIfNeeded: stream.next())
                    case 1: bytes[place] = Array("<>\"&/0e-. $".utf8)[Int(11 * stream.uniform())]
                    case 2 where bytes.count > length: bytes.removeSubrange(place..<place + length)
                    default: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
                    }
                }
            }
            do {
                let robot = try RobotDescription(urdfText: String(decoding: bytes, as: UTF8.self), source: "damaged.urdf")
                let chain = try robot.chain()
                let q = chain.randomConfiguration(using: &stream)
                #expect(chain.linkPoses(q).count == chain.segments.count)
                #expect(robot.linkPoses(Array(repeating: 0, count: robot.degreesOfFreedom)).count == robot.links.count)
            } catch let error as URDFError {
                refused += 1
                #expect("\(error)".hasPrefix("damaged.urdf"))
            } catch let error as ChainError {
                refused += 1
                #expect(!"\(error)".isEmpty)
            }
        }
        #expect(refused > 500 && refused < 3000)
    }
}
