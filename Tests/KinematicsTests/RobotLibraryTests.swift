import Foundation
import Kinematics
import Numerics
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
        #expect(throws: RobotLibrary.Failure.self) { try RobotLibrary(directory: "/nowhere").robot("") }
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
