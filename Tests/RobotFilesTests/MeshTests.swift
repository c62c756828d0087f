import Geometry
import RobotFiles
import Testing

/// Mesh files.
@Suite struct MeshTests {
    private let textSTL = """
        solid part
          facet normal 0 0 1
            outer loop
              vertex 0 0 0
              vertex 1 0 0
              vertex 0 1e0 0
            endloop
          endfacet
        endsolid part
        """

    private func binarySTL(_ triangles: [[Float]], count: UInt32? = nil) -> [UInt8] {
        var bytes = [UInt8](repeating: 0x20, count: 80)
        func append(_ value: UInt32) { for i in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * i))) } }
        append(count ?? UInt32(triangles.count))
        for triangle in triangles {
            for number in [0, 0, 1] + triangle { append(Float(number).bitPattern) }
            bytes += [0, 0]
        }
        return bytes
    }

    @Test func `text and binary STL and OBJ give the same triangle`() throws {
        let text = try TriangleMesh(fileBytes: Array(textSTL.utf8), name: "a.stl")
        let binary = try TriangleMesh(fileBytes: binarySTL([[0, 0, 0, 1, 0, 0, 0, 1, 0]]), name: "dir/a.STL")
        let wavefront = try TriangleMesh(fileBytes: Array("# comment\nv 0 0 0\nv 1 0 0 1\nvn 0 0 1\nv 0 1 0\nf 1//1 2//1 -1//1\n".utf8), name: "a.obj")
        #expect(text == binary && text == wavefront)
        #expect(text.corners(0).1 == [1, 0, 0])
    }

    @Test func `polygons become fans`() throws {
        let mesh = try TriangleMesh(fileBytes: Array("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1/2/3 2/2/3 3/2/3 4/2/3\r\n".utf8), name: "a.obj")
        #expect(mesh.triangles == [[0, 1, 2], [0, 2, 3]])
    }

    @Test func `a binary file that begins with solid is still binary`() throws {
        var bytes = binarySTL([[0, 0, 0, 1, 0, 0, 0, 1, 0]])
        bytes.replaceSubrange(0..<5, with: Array("solid".utf8))
        #expect(try TriangleMesh(fileBytes: bytes, name: "a.stl").triangles.count == 1)
    }

    @Test(arguments: [
        ("a.obj", "v 0 0\n", "three numbers"), ("a.obj", "v 0 0 0\nf 1 2 3\n", "without a vertex"), ("a.obj", "v 0 0 0\nf 1 1\n", "at least 3"),
        ("a.obj", "f a b c\n", "no corner"), ("a.obj", "", "no triangle"), ("a.obj", "v 1e300 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\n", "vertex 1"),
        ("a.obj", "v 0 0 0\nf -9223372036854775808 1 1\n", "without a vertex"),
        ("a.stl", "solid\nvertex 0 0 0\nendfacet\n", "expected 3"), ("a.stl", "solid\nvertex 0 0 0\n", "no end"), ("a.stl", "nothing", "neither"),
        ("a.ply", "", "expected a file"), ("a.dae", "", "no element"), ("a.dae", "<robot/>", "expected <COLLADA>"), ("a.dae", "<COLLADA/>", "no triangle"),
    ]) func `broken files are refused with what is wrong`(name: String, text: String, words: String) {
        let error = #expect(throws: MeshError.self) { try TriangleMesh(fileBytes: Array(text.utf8), name: name) }
        #expect("\(error!)".contains(words), "\(error!)")
    }

    @Test func `a binary file shorter than it states, or with NaN, is refused`() {
        #expect(throws: MeshError.self) { try TriangleMesh(fileBytes: binarySTL([[0, 0, 0, 1, 0, 0, 0, 1, 0]], count: 4_000_000_000), name: "a.stl") }
        #expect(throws: MeshError.invalidVertex(1)) { try TriangleMesh(fileBytes: binarySTL([[.nan, 0, 0, 1, 0, 0, 0, 1, 0]]), name: "a.stl") }
    }

    @Test func `mirroring keeps the outside outside`() throws {
        let mesh = try TriangleMesh(vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], triangles: [[0, 1, 2]])
        let mirrored = try mesh.scaled(by: [-1, 1, 1])
        let (a, b, c) = mirrored.corners(0)
        #expect((b - a).cross(c - a).z > 0)
        #expect(throws: MeshError.self) { try mesh.scaled(by: [0, 1, 1]) }
    }

    @Test func `links keep their solids, and a shape that cannot be is left out with a warning`() throws {
        let text = """
            <robot name="r"><link name="a">
              <collision><origin xyz="1 0 0"/><geometry><box size="1 2 3"/></geometry></collision>
              <collision><geometry><cylinder radius="1" length="2"/></geometry></collision>
              <collision><geometry><mesh filename="package://x/m.stl"/></geometry></collision>
              <collision><geometry><box size="1 0 3"/></geometry></collision>
              <collision><geometry><capsule radius="1" length="-2"/></geometry></collision>
              <collision><geometry><sphere radius="1e12"/></geometry></collision>
            </link></robot>
            """
        let robot = try RobotDescription(urdfText: text, source: "text")
        #expect(robot.links[0].solids == [
            CollisionSolid(shape: .box(size: [1, 2, 3]), pose: Pose(position: [1, 0, 0], rotation: .identity)),
            CollisionSolid(shape: .cylinder(radius: 1, length: 2), pose: .identity),
            CollisionSolid(shape: .mesh(file: "package://x/m.stl", scale: [1, 1, 1]), pose: .identity),
        ])
        #expect(robot.links[0].spheres.isEmpty && robot.links[0].capsules.isEmpty)
        #expect(robot.warnings.filter { $0.contains("left out") }.count == 3)
    }

    // MARK: COLLADA

    /// A document with a square of two triangles in centimetres, drawn by an element for its polygons, below the nodes of a scene.
    private func collada(_ polygons: String, scene: String? = nil) -> [UInt8] {
        Array("""
            <?xml version="1.0"?><COLLADA version="1.4.1"><asset><unit meter="0.01"/><up_axis>Y_UP</up_axis></asset><library_geometries><geometry id="square"><mesh>
            <source id="normals"><float_array count="3">0 0 1</float_array></source>
            <source id="places"><float_array count="12">0 0 0  100 0 0
              100 100 0  0 100 0</float_array><technique_common><accessor count="4" stride="3"/></technique_common></source>
            <vertices id="v"><input semantic="POSITION" source="#places"/></vertices>\(polygons)</mesh></geometry></library_geometries>
            \(scene.map { "<library_visual_scenes><visual_scene>\($0)</visual_scene></library_visual_scenes>" } ?? "")</COLLADA>
            """.utf8)
    }

    private static let inputs = "<input semantic=\"VERTEX\" source=\"#v\" offset=\"0\"/><input semantic=\"NORMAL\" source=\"#normals\" offset=\"1\"/>"

    @Test(arguments: [
        "<triangles count=\"2\">\(inputs)<p>0 0 1 0 2 0 0 0 2 0 3 0</p></triangles>", "<polylist count=\"1\">\(inputs)<vcount>4</vcount><p>0 0 1 0 2 0 3 0</p></polylist>",
        "<polygons count=\"1\">\(inputs)<p>0 0 1 0 2 0 3 0</p></polygons>",
    ]) func `COLLADA has triangles, lists of polygons and polygons`(polygons: String) throws {
        let mesh = try TriangleMesh(fileBytes: collada(polygons), name: "a.DAE")
        #expect(mesh.vertices == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]] && mesh.triangles == [[0, 1, 2], [0, 2, 3]])
    }

    @Test func `COLLADA is placed as its scene says`() throws {
        let square = "<polygons>\(Self.inputs)<p>0 0 1 0 2 0 3 0</p></polygons>"
        let scene = """
            <node><translate>0 0 200</translate><node><rotate>0 0 1 90</rotate><scale>2 1 -1</scale><instance_geometry url="#square"/></node></node>
            <node><matrix>1 0 0 50  0 1 0 0  0 0 1 0  0 0 0 1</matrix><instance_geometry url="#square"/></node>
            """
        let mesh = try TriangleMesh(fileBytes: collada(square, scene: scene), name: "a.dae")
        #expect(mesh.triangles.count == 4 && mesh.vertices.count == 8)
        #expect((mesh.vertices[1] - [0, 2, 2]).length < 1e-12 && mesh.vertices[5] == [1.5, 0, 0])
        // A mirrored part keeps its outside.
        let (a, b, c) = mesh.corners(0)
        #expect((b - a).cross(c - a).z < 0)
    }

    @Test(arguments: [
        ("<triangles>\(inputs)<p>0 0 1 0 7 0</p></triangles>", "vertex 7 of 4"), ("<triangles>\(inputs)<p>0 0 x 0 2 0</p></triangles>", "no whole number"),
        ("<polylist>\(inputs)<vcount>40</vcount><p>0 0 1 0 2 0</p></polylist>", "more corners"),
        ("<polylist>\(inputs)<vcount>-3</vcount><p>0 0 1 0 2 0</p></polylist>", "more corners"),
        ("<triangles><input semantic=\"VERTEX\" source=\"#v\" offset=\"9223372036854775806\"/><p>0 1 2</p></triangles>", "offsets"),
    ]) func `broken COLLADA is refused with what is wrong`(polygons: String, words: String) {
        let error = #expect(throws: MeshError.self) { try TriangleMesh(fileBytes: collada(polygons), name: "a.dae") }
        #expect("\(error!)".contains(words), "\(error!)")
    }

    @Test func `links keep what they look like`() throws {
        let robot = try RobotDescription(urdfText: """
            <robot name="r"><link name="a"><visual><origin xyz="1 0 0"/><geometry><mesh filename="a.dae" scale="2 2 2"/></geometry></visual>
            <visual><geometry><sphere radius="broken"/></geometry></visual><visual/><collision><geometry><box size="1 1 1"/></geometry></collision></link></robot>
            """, source: "r.urdf")
        #expect(robot.links[0].visuals == [.solid(CollisionSolid(shape: .mesh(file: "a.dae", scale: [2, 2, 2]), pose: Pose(position: [1, 0, 0], rotation: .identity)))])
        #expect(robot.links[0].solids.count == 1 && robot.warnings.isEmpty)
    }
}
