import Foundation
import Kinematics
import Numerics
import RobotFiles
import TestSupport
import Testing
import Views

@Suite struct ViewPageTests {
    private static let template = "<title>{{title}}</title>\n  <script id=\"scene\">{{scene}}</script>\n\n// A remark.\n"

    private func page(_ scene: ViewScene) throws -> String { try ViewPage(scene, template: Self.template).html() }

    /// What the page knows of the scene.
    private func read(_ scene: ViewScene) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(ViewPage(scene, template: Self.template).json().utf8)) as! [String: Any]
    }

    /// What the page's script does with a transform, with a table of configurations and with spheres.
    private func pose(_ rows: Any?) -> Pose {
        guard let rows = rows as? [Double] else { return .identity }
        guard rows.count == 12 else { return Pose(position: SIMD3(rows), rotation: .identity) }
        return Pose(position: [rows[3], rows[7], rows[11]], rotation: Rotation(x: [rows[0], rows[4], rows[8]], y: [rows[1], rows[5], rows[9]], z: [rows[2], rows[6], rows[10]]))
    }

    private func table(_ coded: Any?) -> [[Double]] {
        let coded = coded as! [String: Any], start = coded["start"] as! [Double], step = coded["step"] as! [Double]
        let bytes = Array(Data(base64Encoded: coded["data"] as! String)!)
        return stride(from: 0, to: bytes.count, by: max(3 * step.count, 1)).map { row in
            step.indices.map { column in
                let i = row + 3 * column
                return step[column] * (start[column] + Double(Int(bytes[i]) | Int(bytes[i + 1]) << 8 | Int(bytes[i + 2]) << 16))
            }
        }
    }

    private func spheres(_ shape: [String: Any]) -> [SIMD4<Double>] {
        let unit = (shape["size"] as! [Double])[0]
        let numbers = Data(base64Encoded: shape["spheres"] as! String)!.withUnsafeBytes { Array($0.bindMemory(to: Int16.self)) }.map { unit * Double($0) }
        return stride(from: 0, to: numbers.count, by: 4).map { SIMD4(numbers[$0], numbers[$0 + 1], numbers[$0 + 2], numbers[$0 + 3]) }
    }

    /// The kinematics that the page does in its script, done here with what it reads.
    private func tip(_ scene: [String: Any], _ q: [Double]) -> SIMD3<Double> {
        var frames: [Pose] = []
        for joint in scene["joints"] as! [[String: Any]] {
            let parent = joint["parent"] as! Int, axis = SIMD3(joint["axis"] as! [Double])
            let value = (joint["m"] as? Double ?? 1) * q[joint["v"] as! Int] + (joint["o"] as? Double ?? 0)
            let kind: JointKind = joint["kind"] as? String == "p" ? .prismatic : .revolute
            frames.append((parent < 0 ? .identity : frames[parent]) * pose(joint["origin"]) * kind.motion(by: value, along: axis))
        }
        let tip = (scene["tips"] as! [[String: Any]])[0], joint = tip["joint"] as! Int
        return ((joint < 0 ? .identity : frames[joint]) * pose(tip["offset"])).position
    }

    @Test(arguments: ["panda", "planar_3link", "pr2_left_arm_torso", "fr3", "talos_left_arm_torso"]) func tipsAreWhereKinematicsSay(name: String) throws {
        let description = try library.robot(name), chain = try description.chain()
        let read = try read(ViewScene(chain, description: description))
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
        let shapes = try read(ViewScene(chain, description: description))["shapes"] as! [[String: Any]]
        let capsules = description.links.reduce(0) { $0 + $1.capsules.count }
        #expect(capsules > 5 && shapes.count { $0["type"] as! String == "capsule" } == capsules)
        #expect(shapes.contains { $0["joint"] as? Int == 6 } && shapes.contains { $0["joint"] == nil })
        let rods = try read(ViewScene(chain))["shapes"] as! [[String: Any]]
        #expect(rods.count > chain.degreesOfFreedom)
    }

    @Test func floatingBodiesCarryTheirRoot() throws {
        let description = try library.robot("talos_28dof")
        let body = try description.body(floating: description.floatingBase)
        let read = try read(ViewScene(body, description: description))
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
        #expect(try read(scene)["title"] as? String == "</script><b>&{{scene}}")
    }

    @Test func theSameSceneGivesTheSameBytes() throws {
        let scene = ViewScene(try library.robot("panda").chain())
        #expect(try page(scene) == page(scene))
    }

    @Test func numbersThatJSONLacksAreRefused() throws {
        var scene = ViewScene(try library.robot("planar_3link").chain())
        scene.add(path: ViewScene.Path([[0, .nan, 0]]))
        #expect(throws: ViewPage.Failure.self) { try page(scene) }
        scene = ViewScene(try library.robot("planar_3link").chain())
        scene.configurations = [.init(name: "one", q: [0, .infinity, 0])]
        #expect(throws: ViewPage.Failure.self) { try page(scene) }
        #expect(throws: ViewPage.Failure.self) { try ViewPage(scene, template: "nothing") }
    }

    @Test func pagesLeaveOutWhatIsForReadersOfTheTemplate() throws {
        let text = try page(ViewScene(library.robot("planar_3link").chain()))
        #expect(!text.contains("remark") && !text.contains("\n  ") && text.hasSuffix("</script>\n"))
    }

    // MARK: Configurations and spheres as whole numbers

    @Test func configurationsKeepTenthsOfMicroradians() throws {
        var scene = ViewScene(try library.robot("planar_3link").chain())
        var stream = RandomStream(seed: 1)
        // All around, in a narrow range, and all the same.
        let all = (0..<100).map { _ in [.pi * (2 * stream.uniform() - 1), 2 + 0.01 * stream.uniform(), -0.3] }
        scene.configurations = all.enumerated().map { .init(name: "Solution \($0 + 1)", note: "component \($0 % 3)", family: $0 % 3, q: $1, about: ["< 1 nm", "\($0)"]) }
        scene.aboutNames = ["error", "margin"]
        scene.add(path: ViewScene.Path(all, times: all.indices.map { 0.1 * Double($0) }))
        scene.frames = [.init(at: 1, members: [.init(family: 0, weight: 0.25, q: all[0])]), .init(at: 2, members: []), .init(at: 4, members: [
            .init(family: 0, weight: 0.5, q: all[1]), .init(family: 1, weight: 0.5, q: all[2]),
        ])]
        let read = try read(scene), configurations = read["configurations"] as! [String: Any], frames = read["frames"] as! [String: Any]
        for (rows, wanted) in [(table(configurations["q"]), all), (table((read["paths"] as! [[String: Any]])[0]["q"]), all), (table(frames["q"]), Array(all.prefix(3)))] {
            try #require(rows.count == wanted.count)
            for (row, q) in zip(rows, wanted) {
                #expect(abs(row[0] - q[0]) <= 2.6e-7 && abs(row[1] - q[1]) <= 0.6e-7 && abs(row[2] + 0.3) < 1e-12)
            }
        }
        #expect(configurations["names"] as? String == "Solution" && (configurations["notes"] as! [String])[4] == "component 1")
        #expect((configurations["about"] as! [Any])[0] as? String == "< 1 nm" && ((configurations["about"] as! [Any])[1] as! [String])[42] == "42")
        #expect(frames["counts"] as! [Int] == [1, 0, 2] && frames["families"] as! [Int] == [0, 0, 1] && frames["weights"] as! [Double] == [0.25, 0.5, 0.5])
    }

    @Test(arguments: [1e-9, 3, 250, 1e6, 1e12, 1e300]) func anyRangeIsSpanned(size: Double) throws {
        var scene = ViewScene(try library.robot("planar_3link").chain())
        let all = (0...40).map { [size * (Double($0) / 20 - 1), size, -size] }
        scene.configurations = all.map { .init(name: "a", q: $0) }
        for (row, q) in zip(table((try read(scene)["configurations"] as! [String: Any])["q"]), all) {
            for (got, wanted) in zip(row, q) { #expect(abs(got - wanted) <= max(1e-7, size * 2.5e-7), "\(got) for \(wanted)") }
        }
    }

    @Test func spheresInsideOthersAreLeftOutAndTheOthersKeepTheirPlace() throws {
        let balls = [
            (0.0, 0.0, 0.0, 0.1), (0.02, 0.01, 0.0, 0.05), (0.1, 0.0, 0.0, 0.1), (0.0, 0.0, 0.0, 0.1), (0.05, 0.0, 0.0, 0.05), (0.05, 0.0, 0.0, 0.051),
            (0.123456, -0.3, 0.0, 0.012345),
        ]
        let collisions = balls.map { "<collision><origin xyz=\"\($0.0) \($0.1) \($0.2)\"/><geometry><sphere radius=\"\($0.3)\"/></geometry></collision>" }
        let description = try RobotDescription(urdfText: """
            <robot name="two"><link name="base"/><link name="arm">\(collisions.joined())</link>
            <joint name="turn" type="continuous"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/></joint></robot>
            """, source: "two.urdf")
        for kind in [ViewAppearance.Shapes.visual, .spheres] {
            let shapes = try read(ViewScene(try description.chain(), description: description, appearance: ViewAppearance(kind)))["shapes"] as! [[String: Any]]
            try #require(shapes.count == 1 && shapes[0]["type"] as! String == "spheres" && shapes[0]["joint"] as! Int == 0)
            let kept = [0, 2, 5, 6].map { balls[$0] }, read = spheres(shapes[0])
            try #require(read.count == kept.count)
            for (ball, sphere) in zip(kept, read) {
                let difference = SIMD4(ball.0, ball.1, ball.2, ball.3) - sphere
                #expect(max(difference.max(), -difference.min()) <= 0.51e-4)
            }
        }
    }

    // MARK: Meshes

    /// The links of a planar arm, each a fine ball of the named mesh.
    private func described(visual: String) throws -> RobotDescription {
        try RobotDescription(urdfText: """
            <robot name="two"><link name="base"><visual><geometry>\(visual)</geometry></visual></link>
            <link name="arm"><visual><origin xyz="0.5 0 0"/><geometry>\(visual)</geometry></visual>
            <collision><geometry><sphere radius="0.1"/></geometry></collision></link>
            <joint name="turn" type="continuous"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/></joint></robot>
            """, source: "two.urdf")
    }

    private static func ball(_ rings: Int, _ radius: Double) throws -> TriangleMesh {
        var vertices: [SIMD3<Double>] = [], triangles: [SIMD3<Int32>] = []
        let around = 2 * rings
        for i in 0...rings {
            for j in 0..<around {
                let a = Double.pi * Double(i) / Double(rings), b = Double.pi * Double(j) / Double(rings)
                vertices.append(radius * SIMD3(sin(a) * cos(b), sin(a) * sin(b), cos(a)))
                guard i < rings else { continue }
                let (p, q) = (Int32(i * around + j), Int32(i * around + (j + 1) % around))
                triangles += [SIMD3(p, p + Int32(around), q), SIMD3(q, p + Int32(around), q + Int32(around))]
            }
        }
        return try TriangleMesh(vertices: vertices, triangles: triangles)
    }

    @Test func meshesAreReadOnceAndSimplifiedToTheirShare() throws {
        let description = try described(visual: "<mesh filename=\"ball.stl\"/>")
        var asked: [String] = []
        let ball = try Self.ball(60, 0.2)
        let appearance = ViewAppearance(triangles: 500) { asked.append($0); return ball }
        let scene = ViewScene(try description.chain(), description: description, appearance: appearance), text = try page(scene)
        #expect(asked == ["ball.stl"])
        #expect(ball.triangles.count > 14_000 && text.utf8.count < 12_000)
        let read = try read(scene), shapes = read["shapes"] as! [[String: Any]], meshes = read["meshes"] as! [[String: Any]]
        #expect(meshes.count == 1 && shapes.count == 2 && shapes.allSatisfy { $0["type"] as! String == "mesh" && $0["mesh"] as! Int == 0 })
        let indices = Data(base64Encoded: meshes[0]["triangles"] as! String)!
        #expect((400...500).contains(indices.count / 6))
        // What is kept is still the ball.
        let steps = Data(base64Encoded: meshes[0]["corners"] as! String)!.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
        let lower = meshes[0]["lower"] as! [Double], upper = meshes[0]["upper"] as! [Double]
        for corner in 0..<steps.count / 3 {
            let place = SIMD3((0..<3).map { lower[$0] + (upper[$0] - lower[$0]) * Double(steps[3 * corner + $0]) / 65_535 })
            #expect(abs(place.length - 0.2) < 0.004)
        }
    }

    @Test func theSameMeshIsSimplifiedTheSameWay() throws {
        let description = try described(visual: "<mesh filename=\"ball.stl\"/>"), chain = try description.chain(), ball = try Self.ball(40, 1)
        let pages = try (0..<2).map { _ in try page(ViewScene(chain, description: description, appearance: ViewAppearance(triangles: 300) { _ in ball })) }
        #expect(pages[0] == pages[1])
    }

    @Test func meshesThatCannotBeReadAreNamed() throws {
        struct Missing: Error, CustomStringConvertible { let description = "there is no file" }
        let description = try described(visual: "<mesh filename=\"ball.stl\"/>")
        let scene = ViewScene(try description.chain(), description: description, appearance: ViewAppearance { _ in throw Missing() })
        #expect(scene.notes == ["ball.stl: there is no file"])
        let shapes = try read(scene)["shapes"] as! [[String: Any]]
        #expect(shapes.map { $0["type"] as! String } == ["sphere"])
    }

    @Test(arguments: ViewAppearance.Shapes.allCases) func robotsLookAsAskedFor(kind: ViewAppearance.Shapes) throws {
        let description = try described(visual: "<box size=\"0.1 0.1 0.1\"/>")
        let shapes = try read(ViewScene(try description.chain(), description: description, appearance: ViewAppearance(kind)))["shapes"] as! [[String: Any]]
        let kinds = Set(shapes.map { $0["type"] as! String })
        switch kind {
        case .visual: #expect(kinds == ["box"] && shapes.count == 2)
        case .collision, .spheres: #expect(kinds == ["sphere"] && shapes.count == 1)
        case .rods: #expect(kinds.contains("cylinder"))
        }
    }

    @Test func worldsAreFramedAndThinned() throws {
        var scene = ViewScene(try library.robot("planar_3link").chain())
        scene.add(obstacle: .box([0.4, 0.4, 2], at: Pose(position: [2, 0, 0], rotation: .identity)))
        scene.add(obstacle: (0..<50_000).map { SIMD3(Double($0), 0, 0) / 50_000 }, radius: 0.01, at: .identity)
        scene.add(obstacle: try Self.ball(60, 0.2), at: .identity, triangles: 200)
        let read = try read(scene), world = read["world"] as! [[String: Any]], meshes = read["meshes"] as! [[String: Any]]
        #expect(world.map { $0["type"] as! String } == ["box", "points", "mesh"])
        #expect(Data(base64Encoded: meshes[0]["corners"] as! String)!.count == 20_000 * 6)
        #expect(Data(base64Encoded: meshes[1]["triangles"] as! String)!.count <= 200 * 6)
        #expect((read["size"] as! Double) > 2)
    }
}
