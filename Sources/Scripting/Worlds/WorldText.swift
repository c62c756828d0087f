import Collision

/// Worlds as people read them.
enum WorldText {
    /// The kinds and their numbers, then a line an obstacle, the first dozen of them.
    static func text(_ world: World) -> String {
        let kinds = ["box", "sphere", "cylinder", "capsule", "points", "mesh"]
        let counts = kinds.map { kind in (kind, world.obstacles.count { $0.shape.kind == kind }) }.filter { $0.1 > 0 }
        let names = counts.map { kind, count in
            let plural = kind == "box" ? "boxes" : kind == "mesh" ? "meshes" : kind == "points" ? "clouds" : kind + "s"
            return "\(count) \(count == 1 ? (kind == "points" ? "cloud" : kind) : plural)"
        }
        let title = "World · " + (names.isEmpty ? "empty" : names.joined(separator: ", "))
        let shown = 12
        let lines = world.obstacles.prefix(shown).map { "  \($0.name) · \(measures($0.shape)) at \(place($0.pose.position))" }
        let rest = world.obstacles.count > shown ? ["  and \(world.obstacles.count - shown) more"] : []
        return ([title] + lines + rest).joined(separator: "\n")
    }

    private static func measures(_ shape: Shape) -> String {
        func metres(_ value: Double) -> String { NumberText.length(value) }
        switch shape {
        case .sphere(let radius): return "sphere of radius \(metres(radius))"
        case .box(let size): return "box \(metres(size.x)) × \(metres(size.y)) × \(metres(size.z))"
        case .cylinder(let radius, let length), .capsule(let radius, let length):
            return "\(shape.kind) of radius \(metres(radius)), length \(metres(length))"
        case .points(let points, let radius): return "\(NumberText.counted(points.count, "point")) of radius \(metres(radius))"
        case .mesh(let mesh): return "\(mesh.isClosed ? "closed" : "open") mesh of \(NumberText.counted(mesh.triangles.count, "triangle"))"
        }
    }

    private static func place(_ p: SIMD3<Double>) -> String {
        "(" + [p.x, p.y, p.z].map { NumberText.length($0) }.joined(separator: ", ") + ")"
    }
}
