import Collision
import Numerics

/// Whether one path can be deformed into another.
///
/// Two paths are of one class where the straight line between every two points at equal shares of their lengths is free (uniform visibility
/// deformation; Zhou and others, 2020): then one can be moved into the other without a collision. It is a sufficient condition: paths of
/// different classes may still be deformable by other motions.
struct PathClasses {
    let edges: EdgeChecker
    /// The number of points that are compared.
    private static let places = 40

    func areAlike(_ a: [[Float]], _ b: [[Float]]) -> Bool {
        let (first, second) = (Self.spread(a), Self.spread(b))
        return first.indices.allSatisfy { edges.isFree(from: first[$0], to: second[$0]) }
    }

    /// Points at equal shares of a path's length.
    private static func spread(_ corners: [[Float]]) -> [[Float]] {
        let total = PathShortening.length(corners)
        guard corners.count > 1, total > 0 else { return Array(repeating: corners[0], count: places) }
        var result: [[Float]] = [], index = 1
        var passed: Float = 0
        for place in 0..<places {
            let wanted = total * Float(place) / Float(places - 1)
            var step = PathShortening.distance(corners[index - 1], corners[index])
            while index < corners.count - 1, passed + step < wanted {
                passed += step
                index += 1
                step = PathShortening.distance(corners[index - 1], corners[index])
            }
            result.append(PathShortening.between(corners[index - 1], corners[index], step > 0 ? min(max((wanted - passed) / step, 0), 1) : 0))
        }
        return result
    }
}
