import Collision
import Numerics

/// Proves that a path is free between the places that were checked, too.
///
/// No point of the robot moves farther than `Σ |Δq_j|·ρ_j` between two configurations, ρ_j being the farthest that any of it can be from joint
/// j's axis. Where both ends of a piece have more clearance than half of that, the piece is free; otherwise its middle is checked, until pieces are
/// too short to matter.
struct PathCertificate {
    let edges: EdgeChecker
    /// ρ, m a unit of each variable.
    let reaches: [Double]
    /// Pieces are not halved below this length, rad: ten times finer than what planners commonly check is about 3e-3.
    static let shortestPiece = 1e-3
    /// Clearances of a path's points are computed up to this, m.
    private static let greatest: Float = 0.1

    /// Two neighbouring configurations with their clearances.
    private struct Piece {
        var first: [Double]
        var last: [Double]
        var firstClearance = 0.0
        var lastClearance = 0.0
    }

    /// The least clearance along a line of configurations, at those that were looked at; nil where it is not free.
    ///
    /// - Parameter points: close to each other where the path bends.
    func clearance(of points: [[Double]]) -> Double? {
        let known = clearances(points, upTo: Self.greatest)
        guard var least = known.min(), least > 0 else { return nil }
        var waiting: [Piece] = []
        for index in points.indices.dropFirst() {
            let piece = Piece(first: points[index - 1], last: points[index], firstClearance: known[index - 1], lastClearance: known[index])
            if !isFree(piece) { waiting.append(piece) }
        }
        while !waiting.isEmpty {
            let middles = waiting.map { BlendedPath.between($0.first, $0.last, 0.5) }
            // More than what proves both halves free need not be known.
            let bound = waiting.reduce(0) { max($0, halfMove($1) / 2) } * 1.01 + 1e-4
            let found = clearances(middles, upTo: Float(bound))
            var next: [Piece] = []
            for (index, piece) in waiting.enumerated() {
                guard found[index] > 0 else { return nil }
                least = min(least, found[index])
                let halves = [
                    Piece(first: piece.first, last: middles[index], firstClearance: piece.firstClearance, lastClearance: found[index]),
                    Piece(first: middles[index], last: piece.last, firstClearance: found[index], lastClearance: piece.lastClearance),
                ]
                for half in halves where !isFree(half) { next.append(half) }
            }
            waiting = next
        }
        return least
    }

    private func clearances(_ points: [[Double]], upTo bound: Float) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(points.count)
        for first in stride(from: 0, to: points.count, by: laneCount) {
            let end = min(first + laneCount, points.count)
            let block = edges.clearances(points[first..<end], upTo: bound)
            for lane in 0..<end - first { result.append(Double(block[lane])) }
        }
        return result
    }

    /// Half of the farthest that any point can move between the ends of a piece.
    private func halfMove(_ piece: Piece) -> Double {
        var move = 0.0
        for i in reaches.indices { move += abs(piece.last[i] - piece.first[i]) * reaches[i] }
        return move / 2
    }

    private func isFree(_ piece: Piece) -> Bool {
        min(piece.firstClearance, piece.lastClearance) > halfMove(piece) || BlendedPath.distance(piece.first, piece.last) < Self.shortestPiece
    }
}
