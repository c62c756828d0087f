import Geometry

/// Reads the triangles of a COLLADA 1.4 or 1.5 document, placed as its scene says, in metres.
///
/// The direction that a document calls up is passed over, as viewers of URDF do: a link's frame is that of the coordinates as they stand.
struct ColladaReader {
    /// Positions and triangles of a `<geometry>`.
    private struct Part {
        var vertices: [SIMD3<Double>]
        var triangles: [SIMD3<Int32>]
    }

    private let document: MarkupElement
    private let parts: [String: Part]
    private var vertices: [SIMD3<Double>] = []
    private var triangles: [SIMD3<Int32>] = []

    static func mesh(_ bytes: [UInt8]) throws(MeshError) -> TriangleMesh {
        let document: MarkupElement
        do {
            var reader = try MarkupReader(bytes, keepsText: true)
            document = try reader.document()
        } catch {
            throw .broken(line: error.line, error.message)
        }
        guard document.name == "COLLADA" else { throw .broken(line: document.line, "the root element is <\(document.name.prefix(40))>, expected <COLLADA>") }
        var reader = try ColladaReader(document)
        return try reader.placed()
    }

    private init(_ document: MarkupElement) throws(MeshError) {
        self.document = document
        var parts: [String: Part] = [:]
        for library in document.children("library_geometries") {
            for geometry in library.children("geometry") {
                guard let mesh = geometry.child("mesh") else { continue }
                parts[geometry.attributes["id"] ?? "\(parts.count)"] = try Self.part(mesh)
            }
        }
        self.parts = parts
    }

    // MARK: Geometries

    private static func part(_ mesh: MarkupElement) throws(MeshError) -> Part {
        var positions: [SIMD3<Double>] = []
        // Of several sources, the one that the vertices name as their positions.
        let inputs = mesh.child("vertices")?.children("input") ?? []
        if let source = inputs.first(where: { $0.attributes["semantic"] == "POSITION" })?.attributes["source"]?.dropFirst() {
            for element in mesh.children("source") where element.attributes["id"].map({ $0[...] }) == source { positions = try self.positions(element) }
        }
        var part = Part(vertices: positions, triangles: [])
        for kind in ["triangles", "polylist", "polygons"] {
            for element in mesh.children(kind) { try add(element, to: &part) }
        }
        return part
    }

    private static func positions(_ source: MarkupElement) throws(MeshError) -> [SIMD3<Double>] {
        guard let array = source.child("float_array") else { return [] }
        let stride = source.child("technique_common")?.child("accessor")?.attributes["stride"].flatMap { Int($0) } ?? 3
        guard (3...64).contains(stride) else { throw .broken(line: source.line, "positions need a stride of at least 3, got \(stride)") }
        let numbers = try words(array).map { word throws(MeshError) -> Double in
            guard let number = Double(word) else { throw .broken(line: array.line, "\"\(word.prefix(40))\" is no number") }
            return number
        }
        guard numbers.count <= 3 * stride * TriangleMesh.greatestCount else { throw .broken(line: array.line, "too many vertices") }
        return (0..<numbers.count / stride).map { SIMD3(numbers[stride * $0], numbers[stride * $0 + 1], numbers[stride * $0 + 2]) }
    }

    /// Adds polygons as fans.
    private static func add(_ element: MarkupElement, to part: inout Part) throws(MeshError) {
        let inputs = element.children("input")
        let stride = (inputs.compactMap { $0.attributes["offset"].flatMap { Int($0) } }.max() ?? 0).addingReportingOverflow(1).partialValue
        guard let own = inputs.first(where: { $0.attributes["semantic"] == "VERTEX" }) else { return }
        let offset = own.attributes["offset"].flatMap { Int($0) } ?? 0
        guard (1...64).contains(stride), (0..<stride).contains(offset) else { throw .broken(line: element.line, "the offsets of <\(element.name)> must lie from 0 to 63") }
        let sizes = try element.child("vcount").map { list throws(MeshError) in try integers(list) }
        var next = 0
        for list in element.children("p") {
            let indices = try integers(list), corners = indices.count / stride
            func polygon(from first: Int, count: Int) throws(MeshError) {
                guard count >= 3 else { return }
                let fan = (first..<first + count).map { indices[stride * $0 + offset] }
                for index in fan where !part.vertices.indices.contains(index) { throw .broken(line: list.line, "a corner names vertex \(index) of \(part.vertices.count)") }
                for i in 1..<count - 1 { part.triangles.append(SIMD3(Int32(fan[0]), Int32(fan[i]), Int32(fan[i + 1]))) }
                guard part.triangles.count <= TriangleMesh.greatestCount else { throw .tooManyTriangles(part.triangles.count) }
            }
            switch element.name {
            case "triangles": for first in Swift.stride(from: 0, to: corners - corners % 3, by: 3) { try polygon(from: first, count: 3) }
            case "polygons": try polygon(from: 0, count: corners)
            default:
                var first = 0
                for size in (sizes ?? []).dropFirst(next) {
                    guard size >= 0, size <= corners - first else { throw .broken(line: list.line, "<vcount> asks for more corners than <p> has") }
                    try polygon(from: first, count: size)
                    first += size
                    next += 1
                }
            }
        }
    }

    private static func words(_ element: MarkupElement) -> [String] {
        element.text.split(whereSeparator: MarkupReader.isBlank).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func integers(_ element: MarkupElement) throws(MeshError) -> [Int] {
        try words(element).map { word throws(MeshError) -> Int in
            guard let number = Int(word) else { throw .broken(line: element.line, "\"\(word.prefix(40))\" is no whole number") }
            return number
        }
    }

    // MARK: The scene

    private mutating func placed() throws(MeshError) -> TriangleMesh {
        let metre = document.child("asset")?.child("unit")?.attributes["meter"].flatMap { Double($0) } ?? 1
        let unit = Affine(scale: SIMD3(repeating: metre))
        let nodes = document.children("library_visual_scenes").flatMap { $0.children("visual_scene") }.flatMap { $0.children("node") }
        for node in nodes { try add(node, under: unit) }
        // A document without a scene shows what it has.
        if nodes.isEmpty { for id in parts.keys.sorted() { try add(parts[id]!, by: unit) } }
        return try TriangleMesh(vertices: vertices, triangles: triangles)
    }

    /// Documents nest no deeper than ``MarkupReader/depthLimit``.
    private mutating func add(_ node: MarkupElement, under parent: Affine) throws(MeshError) {
        var frame = parent
        for element in node.children {
            switch element.name {
            case "matrix", "translate", "rotate", "scale": frame = frame * (try Self.transform(element))
            case "instance_geometry":
                guard let id = element.attributes["url"]?.dropFirst(), let part = parts[String(id)] else { continue }
                try add(part, by: frame)
            case "node": try add(element, under: frame)
            default: break
            }
        }
    }

    private mutating func add(_ part: Part, by frame: Affine) throws(MeshError) {
        guard triangles.count + part.triangles.count <= TriangleMesh.greatestCount else { throw .tooManyTriangles(triangles.count + part.triangles.count) }
        guard vertices.count + part.vertices.count <= 3 * TriangleMesh.greatestCount else { throw .broken(line: nil, "the scene has too many vertices") }
        let first = Int32(vertices.count)
        vertices += part.vertices.map { frame * $0 }
        triangles += part.triangles.map { frame.mirrors ? SIMD3($0.x, $0.z, $0.y) &+ first : $0 &+ first }
    }

    private static func transform(_ element: MarkupElement) throws(MeshError) -> Affine {
        let n = words(element).compactMap { Double($0) }
        let expected = ["matrix": 16, "rotate": 4][element.name] ?? 3
        guard n.count == expected, n.allSatisfy(\.isFinite) else { throw .broken(line: element.line, "<\(element.name)> needs \(expected) numbers") }
        switch element.name {
        case "translate": return Affine(offset: SIMD3(n[0], n[1], n[2]))
        case "scale": return Affine(scale: SIMD3(n[0], n[1], n[2]))
        case "rotate":
            let axis = SIMD3(n[0], n[1], n[2])
            guard axis.length > 0 else { throw .broken(line: element.line, "<rotate> has an axis without a direction") }
            let turn = Rotation(axis: axis / axis.length, angle: n[3] * .pi / 180)
            return Affine(x: turn.x, y: turn.y, z: turn.z)
        default: return Affine(x: [n[0], n[4], n[8]], y: [n[1], n[5], n[9]], z: [n[2], n[6], n[10]], offset: [n[3], n[7], n[11]])
        }
    }
}

/// A linear map, by the images of the axes, and an offset.
private struct Affine {
    var x: SIMD3<Double> = [1, 0, 0], y: SIMD3<Double> = [0, 1, 0], z: SIMD3<Double> = [0, 0, 1]
    var offset = SIMD3<Double>.zero

    init(x: SIMD3<Double> = [1, 0, 0], y: SIMD3<Double> = [0, 1, 0], z: SIMD3<Double> = [0, 0, 1], offset: SIMD3<Double> = .zero) {
        (self.x, self.y, self.z, self.offset) = (x, y, z, offset)
    }

    init(scale: SIMD3<Double>) { self.init(x: [scale.x, 0, 0], y: [0, scale.y, 0], z: [0, 0, scale.z]) }

    var mirrors: Bool { x.dot(y.cross(z)) < 0 }

    static func * (frame: Affine, point: SIMD3<Double>) -> SIMD3<Double> { frame.linear(point) + frame.offset }

    static func * (a: Affine, b: Affine) -> Affine { Affine(x: a.linear(b.x), y: a.linear(b.y), z: a.linear(b.z), offset: a * b.offset) }

    private func linear(_ v: SIMD3<Double>) -> SIMD3<Double> { v.x * x + v.y * y + v.z * z }
}
