import Collision
import Geometry
import Kinematics
import Numerics

extension World {
    /// Lines along which figures draw its obstacles, m in the frame that poses are given in; a cloud or a mesh by the box around it. Of many obstacles the
    /// first few hundred.
    var outlines: [[SIMD3<Double>]] { obstacles.prefix(400).flatMap(\.outlines) }
}

extension Obstacle {
    fileprivate var outlines: [[SIMD3<Double>]] { shape.outlines.map { line in line.map { pose * $0 } } }
}

extension Shape {
    /// In the shape's own frame.
    fileprivate var outlines: [[SIMD3<Double>]] {
        switch self {
        case .box(let size): return Self.box(-size / 2, size / 2)
        case .sphere(let radius):
            return [Self.arc(radius, [1, 0, 0], [0, 1, 0]), Self.arc(radius, [1, 0, 0], [0, 0, 1]), Self.arc(radius, [0, 1, 0], [0, 0, 1])]
        case .cylinder(let radius, let length):
            return Self.tube(radius, length)
        case .capsule(let radius, let length):
            let top = SIMD3(0, 0, length / 2)
            let domes = [SIMD3<Double>(1, 0, 0), [0, 1, 0]].flatMap { side in
                [Self.arc(radius, side, [0, 0, 1], from: 0, to: .pi, at: top), Self.arc(radius, side, [0, 0, -1], from: 0, to: .pi, at: -top)]
            }
            return Self.tube(radius, length) + domes
        case .points(let points, let radius): return Self.box(around: points, radius)
        case .mesh(let mesh): return Self.box(around: mesh.vertices, 0)
        }
    }

    private static func box(_ lower: SIMD3<Double>, _ upper: SIMD3<Double>) -> [[SIMD3<Double>]] {
        let corners = [(lower.x, lower.y), (upper.x, lower.y), (upper.x, upper.y), (lower.x, upper.y)]
        func ring(_ z: Double) -> [SIMD3<Double>] { (corners + corners.prefix(1)).map { SIMD3($0.0, $0.1, z) } }
        return [ring(lower.z), ring(upper.z)] + corners.map { [SIMD3($0.0, $0.1, lower.z), SIMD3($0.0, $0.1, upper.z)] }
    }

    private static func box(around points: [SIMD3<Double>], _ radius: Double) -> [[SIMD3<Double>]] {
        guard var lower = points.first else { return [] }
        var upper = lower
        for point in points { (lower, upper) = (pointwiseMin(lower, point), pointwiseMax(upper, point)) }
        return box(lower - radius, upper + radius)
    }

    private static func tube(_ radius: Double, _ length: Double) -> [[SIMD3<Double>]] {
        let top = SIMD3(0, 0, length / 2)
        let sides = [SIMD3<Double>(radius, 0, 0), [0, radius, 0], [-radius, 0, 0], [0, -radius, 0]]
        return [top, -top].map { arc(radius, [1, 0, 0], [0, 1, 0], at: $0) } + sides.map { [$0 - top, $0 + top] }
    }

    private static func arc(
        _ radius: Double, _ first: SIMD3<Double>, _ second: SIMD3<Double>, from: Double = 0, to: Double = 2 * .pi, at middle: SIMD3<Double> = .zero
    ) -> [SIMD3<Double>] {
        (0...24).map { step in
            let angle = from + (to - from) * Double(step) / 24
            return middle + radius * (Elementary.cos(angle) * first + Elementary.sin(angle) * second)
        }
    }
}
