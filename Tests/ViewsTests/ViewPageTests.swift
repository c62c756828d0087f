import Foundation
import Kinematics
import Numerics
import TestSupport
import Testing
import Views

@Suite struct ViewPageTests {
    private static let template = "<title>{{title}}</title><script id=\"scene\">{{scene}}</script>"

    private func scene(_ page: String) throws -> [String: Any] {
        let start = page.range(of: "<script id=\"scene\">")!.upperBound, end = page.range(of: "</script>")!.lowerBound
        return try JSONSerialization.jsonObject(with: Data(page[start..<end].utf8)) as! [String: Any]
    }

    private func page(_ scene: ViewScene) throws -> String { try ViewPage(scene, template: Self.template).html() }

    /// The kinematics that the page does in its script, done here with what it reads.
    private func tip(_ scene: [String: Any], _ q: [Double]) -> SIMD3<Double> {
        var frames: [Pose] = []
        func pose(_ rows: [Double]) -> Pose {
            Pose(position: [rows[3], rows[7], rows[11]], rotation: Rotation(x: [rows[0], rows[4], rows[8]], y: [rows[1], rows[5], rows[9]], z: [rows[2], rows[6], rows[10]]))
        }
        for joint in scene["joints"] as! [[String: Any]] {
            let parent = joint["parent"] as! Int, axis = SIMD3(joint["axis"] as! [Double])
            let value = (joint["m"] as! NSNumber).doubleValue * q[joint["v"] as! Int] + (joint["o"] as! NSNumber).doubleValue
            let kind: JointKind = joint["kind"] as! String == "p" ? .prismatic : .revolute
            frames.append((parent < 0 ? .identity : frames[parent]) * pose(joint["origin"] as! [Double]) * kind.motion(by: value, along: axis))
        }
        let tip = (scene["tips"] as! [[String: Any]])[0], joint = tip["joint"] as! Int
        return ((joint < 0 ? .identity : frames[joint]) * pose(tip["offset"] as! [Double])).position
    }

    @Test(arguments: ["panda", "planar_3link", "pr2_left_arm_torso", "fr3", "talos_left_arm_torso"]) func tipsAreWhereKinematicsSay(name: String) throws {
        let description = try library.robot(name), chain = try description.chain()
        let read = try scene(page(ViewScene(chain, description: description)))
        var evaluator = ChainEvaluator(chain)
        var stream = RandomStream(seed: 1)
        for _ in 0..<20 {
            let q = chain.variables.map { $0.lower + ($0.upper - $0.lower) * stream.uniform() }
            q.withUnsafeBufferPointer { evaluator.evaluate($0) }
            let difference = tip(read, q) - evaluator.tip.position
            #expect((difference * difference).sum().squareRoot() < 1e-9)
        }
    }

    @Test func linksBringTheirShapesAndWhatHangsOnThem() throws {
        let description = try library.robot("panda"), chain = try description.chain()
        let shapes = try scene(page(ViewScene(chain, description: description)))["shapes"] as! [[String: Any]]
        let capsules = description.links.reduce(0) { $0 + $1.capsules.count }
        #expect(capsules > 5 && shapes.count == capsules)
        #expect(shapes.contains { $0["joint"] as! Int == 6 } && shapes.contains { $0["joint"] as! Int == -1 })
        let rods = try scene(page(ViewScene(chain)))["shapes"] as! [[String: Any]]
        #expect(rods.count > chain.degreesOfFreedom)
    }

    @Test func floatingBodiesCarryTheirRoot() throws {
        let description = try library.robot("talos_28dof")
        let body = try description.body(floating: description.floatingBase)
        let read = try scene(page(ViewScene(body, description: description)))
        #expect((read["variables"] as! [Any]).count == body.degreesOfFreedom)
        #expect((read["tips"] as! [Any]).count == body.tips.count)
        let evaluator = BodyEvaluator(body)
        evaluator.evaluate(body.nominal)
        let difference = tip(read, body.nominal) - evaluator.pose(ofTip: 0).position
        #expect((difference * difference).sum().squareRoot() < 1e-9)
    }

    @Test func nothingInTheDataEndsItsElement() throws {
        var scene = ViewScene(try library.robot("planar_3link").chain(), title: "</script><b>&{{scene}}")
        scene.configurations = [.init(name: "</script>", q: [0, 0, 0])]
        let text = try page(scene)
        #expect(text.components(separatedBy: "</script>").count == 2)
        #expect(text.contains("<title>&lt;/script>&lt;b>") || text.contains("&lt;/script&gt;") || text.contains("&lt;/script>"))
        #expect(try self.scene(text)["title"] as? String == "</script><b>&{{scene}}")
    }

    @Test func theSameSceneGivesTheSameBytes() throws {
        let scene = ViewScene(try library.robot("panda").chain())
        #expect(try page(scene) == page(scene))
    }

    @Test func numbersThatJSONLacksAreRefused() throws {
        var scene = ViewScene(try library.robot("planar_3link").chain())
        scene.path = ViewScene.Path([[0, .nan, 0]])
        #expect(throws: ViewPage.Failure.self) { try page(scene) }
        #expect(throws: ViewPage.Failure.self) { try ViewPage(scene, template: "nothing") }
    }
}
