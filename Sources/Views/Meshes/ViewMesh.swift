import Foundation
import Geometry
import RobotFiles

/// Triangles or points with corners in the steps of a box.
struct ViewMesh: Sendable, Encodable {
    var lower: [Double]
    var upper: [Double]
    /// Three 16-bit steps a corner, and three indices a triangle of 16 or 32 bits, little-endian, in base64; no triangles for a cloud of points.
    var corners: String
    var triangles: String
    var wide: Bool

    init(_ mesh: TriangleMesh) {
        self.init(mesh.vertices)
        wide = mesh.vertices.count > 65_536
        let indices = mesh.triangles.flatMap { [$0.x, $0.y, $0.z] }
        triangles = wide ? Self.base64(indices.map { UInt32($0) }) : Self.base64(indices.map { UInt16($0) })
    }

    /// - Parameter points: at least one, all finite.
    init(_ points: [SIMD3<Double>]) {
        let lower = points.reduce(points[0], pointwiseMin), upper = points.reduce(points[0], pointwiseMax), extent = upper - lower
        let scale = SIMD3((0..<3).map { extent[$0] > 0 ? 65_535 / extent[$0] : 0 })
        corners = Self.base64(points.flatMap { point -> [UInt16] in
            let steps = ((point - lower) * scale).rounded(.toNearestOrEven)
            return (0..<3).map { UInt16(min(max(steps[$0], 0), 65_535)) }
        })
        self.lower = [lower.x, lower.y, lower.z].forEyes
        self.upper = [upper.x, upper.y, upper.z].forEyes
        triangles = ""
        wide = false
    }

    private static func base64<Number: FixedWidthInteger>(_ numbers: [Number]) -> String {
        numbers.map(\.littleEndian).withUnsafeBytes { Data($0).base64EncodedString() }
    }
}
