import Foundation

extension TriangleMesh {
    /// Reads a mesh file: STL (text or binary), OBJ or COLLADA.
    ///
    /// - Parameter name: the file's name, whose ending tells the format.
    /// - Throws: ``MeshError``.
    public init(fileBytes bytes: [UInt8], name: String) throws(MeshError) {
        let lower = name.lowercased()
        if lower.hasSuffix(".obj") {
            self = try MeshReader.wavefront(bytes)
        } else if lower.hasSuffix(".stl") {
            self = try MeshReader.stereolithography(bytes)
        } else if lower.hasSuffix(".dae") {
            self = try ColladaReader.mesh(bytes)
        } else {
            throw .unknownFormat(name.split(separator: "/").last.map(String.init) ?? name)
        }
    }
}

/// Reads STL and OBJ, two of the formats of meshes that robots' shapes come in.
enum MeshReader {
    /// STL is binary where its length is what its count of triangles says, and text where it begins with "solid".
    static func stereolithography(_ bytes: [UInt8]) throws(MeshError) -> TriangleMesh {
        if let count = binaryCount(bytes), bytes.count >= 84 + 50 * count, bytes.count == 84 + 50 * count || !beginsWithSolid(bytes) {
            return try binary(bytes, count: count)
        }
        guard beginsWithSolid(bytes) else { throw .broken(line: nil, "neither a binary STL of the length that it states nor one in text") }
        return try text(bytes)
    }

    private static func beginsWithSolid(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("solid".utf8)) }

    private static func binaryCount(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 84 else { return nil }
        return (0..<4).reduce(0) { $0 | Int(bytes[80 + $1]) << (8 * $1) }
    }

    private static func binary(_ bytes: [UInt8], count: Int) throws(MeshError) -> TriangleMesh {
        guard count <= TriangleMesh.greatestCount else { throw .tooManyTriangles(count) }
        var builder = MeshBuilder()
        for index in 0..<count {
            // 12 bytes of a normal, three corners, two bytes of attributes.
            let start = 84 + 50 * index + 12
            func number(_ position: Int) -> Double {
                let place = start + 4 * position
                let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
                return Double(Float(bitPattern: bits))
            }
            let corners = (0..<3).map { SIMD3(number(3 * $0), number(3 * $0 + 1), number(3 * $0 + 2)) }
            builder.add(corners)
        }
        return try builder.mesh()
    }

    private static func text(_ bytes: [UInt8]) throws(MeshError) -> TriangleMesh {
        var builder = MeshBuilder()
        var corners: [SIMD3<Double>] = []
        for (index, line) in lines(bytes) {
            guard line.first == "vertex" else {
                if line.first == "endfacet" {
                    guard corners.count == 3 else { throw .broken(line: index, "a facet has \(corners.count) vertices, expected 3") }
                    builder.add(corners)
                    guard builder.triangles.count <= TriangleMesh.greatestCount else { throw .tooManyTriangles(builder.triangles.count) }
                    corners = []
                }
                continue
            }
            guard corners.count < 3 else { throw .broken(line: index, "a facet has more than 3 vertices") }
            corners.append(try point(line, line: index))
        }
        guard corners.isEmpty else { throw .broken(line: nil, "the last facet has no end") }
        return try builder.mesh()
    }

    /// OBJ: vertices and faces; polygons become fans, indices below zero count from the end.
    static func wavefront(_ bytes: [UInt8]) throws(MeshError) -> TriangleMesh {
        var vertices: [SIMD3<Double>] = [], triangles: [SIMD3<Int32>] = []
        for (index, line) in lines(bytes) {
            if line.first == "v" {
                vertices.append(try point(line, line: index))
                guard vertices.count <= 3 * TriangleMesh.greatestCount else { throw .broken(line: index, "too many vertices") }
            } else if line.first == "f" {
                var corners: [Int32] = []
                for word in line.dropFirst() {
                    guard let number = word.split(separator: "/", omittingEmptySubsequences: false).first.flatMap({ Int($0) }), number != 0 else {
                        throw .broken(line: index, "\"\(word.prefix(40))\" is no corner of a face")
                    }
                    let (corner, overflows) = number > 0 ? (number - 1, false) : vertices.count.addingReportingOverflow(number)
                    guard !overflows, vertices.indices.contains(corner) else { throw .broken(line: index, "the face has a corner without a vertex before it") }
                    corners.append(Int32(corner))
                }
                guard corners.count >= 3 else { throw .broken(line: index, "a face has \(corners.count) corners, expected at least 3") }
                for i in 1..<corners.count - 1 { triangles.append(SIMD3(corners[0], corners[i], corners[i + 1])) }
                guard triangles.count <= TriangleMesh.greatestCount else { throw .tooManyTriangles(triangles.count) }
            }
        }
        return try TriangleMesh(vertices: vertices, triangles: triangles)
    }

    private static func point(_ line: [Substring], line index: Int) throws(MeshError) -> SIMD3<Double> {
        let numbers = line.dropFirst().prefix(3).compactMap { $0.utf8.contains(0) ? nil : Double($0) }
        guard numbers.count == 3 else { throw .broken(line: index, "a vertex needs three numbers") }
        return SIMD3(numbers[0], numbers[1], numbers[2])
    }

    /// The words of every line that has some, with the line's number.
    private static func lines(_ bytes: [UInt8]) -> some Sequence<(Int, [Substring])> {
        String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).lazy.enumerated().lazy
            .map { ($0.offset + 1, $0.element.split(whereSeparator: \.isWhitespace)) }.filter { !$0.1.isEmpty }
    }
}

/// Joins corners at the same place.
private struct MeshBuilder {
    private var vertices: [SIMD3<Double>] = []
    private(set) var triangles: [SIMD3<Int32>] = []
    private var indices: [SIMD3<Double>: Int32] = [:]

    mutating func add(_ corners: [SIMD3<Double>]) {
        func index(_ corner: SIMD3<Double>) -> Int32 {
            if let known = indices[corner] { return known }
            let next = Int32(vertices.count)
            vertices.append(corner)
            // What is no number equals nothing, not even itself; the mesh refuses it later.
            if corner.x == corner.x, corner.y == corner.y, corner.z == corner.z { indices[corner] = next }
            return next
        }
        triangles.append(SIMD3(index(corners[0]), index(corners[1]), index(corners[2])))
    }

    func mesh() throws(MeshError) -> TriangleMesh { try TriangleMesh(vertices: vertices, triangles: triangles) }
}
