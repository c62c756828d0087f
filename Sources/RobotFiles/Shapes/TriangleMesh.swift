import Geometry

/// A surface of triangles, in metres.
public struct TriangleMesh: Sendable, Equatable {
    public var vertices: [SIMD3<Double>]
    /// Indices of three vertices each, counter-clockwise where seen from outside.
    public var triangles: [SIMD3<Int32>]

    /// The largest number of triangles that a mesh may have.
    public static let greatestCount = 2_000_000

    /// - Throws: ``MeshError`` for a coordinate that is not finite or beyond ``RobotBounds/length``, an index without a vertex, or no triangle with an area.
    public init(vertices: [SIMD3<Double>], triangles: [SIMD3<Int32>]) throws(MeshError) {
        guard triangles.count <= Self.greatestCount else { throw .tooManyTriangles(triangles.count) }
        for (index, v) in vertices.enumerated() where !(max(abs(v.x), abs(v.y), abs(v.z)) <= RobotBounds.length) || !v.isFinite {
            throw .invalidVertex(index + 1)
        }
        for (index, t) in triangles.enumerated() where min(t.x, t.y, t.z) < 0 || Int(max(t.x, t.y, t.z)) >= vertices.count {
            throw .unknownVertex(triangle: index + 1)
        }
        self.vertices = vertices
        // A triangle without an area adds nothing that its neighbours' edges do not have.
        self.triangles = triangles.filter { t in
            let a = vertices[Int(t.x)]
            return (vertices[Int(t.y)] - a).cross(vertices[Int(t.z)] - a).length > 0
        }
        guard !self.triangles.isEmpty else { throw .noTriangles }
    }

    /// The corners of a triangle.
    public func corners(_ index: Int) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
        let t = triangles[index]
        return (vertices[Int(t.x)], vertices[Int(t.y)], vertices[Int(t.z)])
    }

    /// The mesh with its coordinates multiplied along the axes; a mirrored one keeps its outside.
    ///
    /// - Throws: ``MeshError`` where the factors leave nothing.
    public func scaled(by factors: SIMD3<Double>) throws(MeshError) -> TriangleMesh {
        let mirrors = factors.x * factors.y * factors.z < 0
        return try TriangleMesh(
            vertices: vertices.map { $0 * factors }, triangles: mirrors ? triangles.map { SIMD3($0.x, $0.z, $0.y) } : triangles)
    }

    /// Whether every edge joins two triangles that pass it in opposite directions, so that the surface has an inside.
    ///
    /// Vertices at the same place count as one.
    public var isClosed: Bool {
        var number: [SIMD3<Double>: Int] = [:]
        let canonical = vertices.map { vertex in
            number[vertex] ?? { let next = number.count; number[vertex] = next; return next }()
        }
        var balance: [SIMD2<Int>: Int] = [:]
        for t in triangles {
            let corners = [canonical[Int(t.x)], canonical[Int(t.y)], canonical[Int(t.z)]]
            for i in 0..<3 {
                let (a, b) = (corners[i], corners[(i + 1) % 3])
                balance[SIMD2(min(a, b), max(a, b)), default: 0] += a < b ? 1 : a > b ? -1 : 0
            }
        }
        return balance.values.allSatisfy { $0 == 0 }
    }
}

/// Why a mesh cannot be used.
public enum MeshError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownFormat(String)
    case unreadable(String)
    case broken(line: Int?, String)
    case invalidVertex(Int)
    case unknownVertex(triangle: Int)
    case tooManyTriangles(Int)
    case noTriangles
    case invalidCell(Double)

    public var description: String {
        switch self {
        case .unknownFormat(let name): "\"\(name)\" is no mesh that can be read: expected a file .stl, .obj or .dae"
        case .unreadable(let reason): "the mesh cannot be read: \(reason)"
        case .broken(let line, let what): "the mesh is broken" + (line.map { " at line \($0)" } ?? "") + ": \(what)"
        case .invalidVertex(let index): "vertex \(index) of the mesh has a coordinate that is no number or beyond \(RobotBounds.length) m"
        case .unknownVertex(let triangle): "triangle \(triangle) of the mesh has a corner that does not exist"
        case .tooManyTriangles(let count): "the mesh has \(count) triangles, more than \(TriangleMesh.greatestCount)"
        case .noTriangles: "the mesh has no triangle with an area"
        case .invalidCell(let cell): "cells must be above 0 and at most \(RobotBounds.length) m wide, got \(cell)"
        }
    }
}
