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
        ("a.dae", "", "expected a file"),
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
}
