import Collision
import Numerics

/// Shortens a path of straight lines between corners.
struct PathShortening {
    let edges: EdgeChecker
    /// Rounds at most; a round that shortens the path by less than a share of it is the last.
    var rounds = 6
    var leastGain: Float = 0.01

    func shortened(_ path: [[Float]], isStopped: () -> Bool = { false }) -> [[Float]] {
        var path = path
        skipCorners(&path)
        var length = Self.length(path)
        for _ in 0..<rounds where path.count > 2 && !isStopped() {
            cutCorners(&path)
            pullCorners(&path)
            skipCorners(&path)
            let next = Self.length(path)
            if next > length * (1 - leastGain) { break }
            length = next
        }
        return path
    }

    /// Leaves out corners between two others with a free line between them, the longest shortcut first.
    private func skipCorners(_ path: inout [[Float]]) {
        var first = 0
        while first + 2 < path.count {
            var last = path.count - 1
            while last > first + 1, !edges.isFree(from: path[first], to: path[last]) { last -= 1 }
            if last > first + 1 { path.removeSubrange(first + 1..<last) }
            first += 1
        }
    }

    /// Moves every corner as far towards the line between its neighbours as the line there is free.
    private func pullCorners(_ path: inout [[Float]]) {
        var index = 1
        while index + 1 < path.count {
            let (a, v, b) = (path[index - 1], path[index], path[index + 1])
            let foot = Self.foot(of: v, on: a, b)
            // What would gain nothing is not worth a check.
            guard Self.distance(a, v) + Self.distance(v, b) > Self.distance(a, b) * (1 + leastGain / 2) else { index += 1; continue }
            for share: Float in [0.7, 0.3] {
                let moved = Self.between(v, foot, share)
                if edges.isFree(from: a, to: moved), edges.isFree(from: moved, to: b) {
                    path[index] = moved
                    break
                }
            }
            index += 1
        }
    }

    /// Puts two corners, as far from it as the line between them is free, in the place of each.
    private func cutCorners(_ path: inout [[Float]]) {
        var result = [path[0]]
        for index in 1..<path.count - 1 {
            let (a, v, b) = (result[result.count - 1], path[index], path[index + 1])
            var isCut = false
            for share: Float in [0.5, 0.25] where !isCut {
                let (p, q) = (Self.between(v, a, share), Self.between(v, b, share))
                let gain = Self.distance(p, v) + Self.distance(v, q) - Self.distance(p, q)
                guard gain > 0.005, edges.isFree(from: p, to: q) else { continue }
                result += [p, q]
                isCut = true
            }
            if !isCut { result.append(v) }
        }
        result.append(path[path.count - 1])
        path = result
    }

    static func between(_ a: [Float], _ b: [Float], _ share: Float) -> [Float] { a.indices.map { a[$0] + share * (b[$0] - a[$0]) } }

    static func distance(_ a: [Float], _ b: [Float]) -> Float {
        var square: Float = 0
        for i in a.indices { square += (a[i] - b[i]) * (a[i] - b[i]) }
        return square.squareRoot()
    }

    static func length(_ path: [[Float]]) -> Float { (1..<max(path.count, 1)).reduce(0) { $0 + distance(path[$1 - 1], path[$1]) } }

    /// The point of a line between two others that is nearest to a point.
    private static func foot(of v: [Float], on a: [Float], _ b: [Float]) -> [Float] {
        var along: Float = 0, square: Float = 0
        for i in a.indices {
            along += (v[i] - a[i]) * (b[i] - a[i])
            square += (b[i] - a[i]) * (b[i] - a[i])
        }
        return between(a, b, square > 0 ? min(max(along / square, 0), 1) : 0)
    }
}
