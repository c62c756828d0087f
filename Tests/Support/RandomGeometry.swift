import Geometry
import Numerics

/// A rotation drawn uniformly, from a normal quaternion.
public func randomRotation(using stream: inout RandomStream) -> Rotation {
    let q = (0..<4).map { _ in stream.normal() }
    let norm = q.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return try! Rotation(quaternion: Quaternion(w: q[0] / norm, x: q[1] / norm, y: q[2] / norm, z: q[3] / norm))
}

public func randomVector(using stream: inout RandomStream) -> SIMD3<Double> {
    SIMD3(stream.normal(), stream.normal(), stream.normal())
}

/// The largest difference of the entries of two rotations.
public func difference(_ a: Rotation, _ b: Rotation) -> Double {
    zip(a.matrix.elements, b.matrix.elements).map { abs($0 - $1) }.max()!
}
