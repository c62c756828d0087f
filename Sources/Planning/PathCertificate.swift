import Collision
import Numerics

/// Certifies that a path is free of collisions between the checked configurations as well.
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
    /// The largest clearance of a path's points that is reported, m.
    private static let greatest = 0.1

    /// Two neighbouring configurations with their clearances, by their places in a list.
    private struct Piece {
        var first: Int
        var last: Int
        var firstClearance: Double
        var lastClearance: Double
    }

    /// The least clearance along a line of configurations, over those that were checked; nil where it is not free.
    ///
    /// - Parameter points: close to each other where the path bends.
    func clearance(of points: ConfigurationList) -> Double? {
        var list = points
        let count = list.count
        // More than what proves every piece free need not be known, but for the answer where all are.
        var farthest = 0.0
        for index in 1..<max(count, 1) { farthest = max(farthest, halfMove(list, index - 1, index)) }
        let bound = min(farthest * 1.01 + 1e-4, Self.greatest)
        let known = clearances(list, from: 0, upTo: bound)
        guard var least = known.min(), least > 0 else { return nil }
        if least >= Double(Float(bound)), farthest < bound { return clearances(list, from: 0, upTo: Self.greatest).min() }
        var waiting: [Piece] = []
        for index in 1..<max(count, 1) {
            let piece = Piece(first: index - 1, last: index, firstClearance: known[index - 1], lastClearance: known[index])
            if !isFree(piece, list) { waiting.append(piece) }
        }
        while !waiting.isEmpty {
            let begin = list.count
            var bound = 0.0
            for piece in waiting {
                list.appendMiddle(piece.first, piece.last)
                bound = max(bound, halfMove(list, piece.first, piece.last) / 2)
            }
            let found = clearances(list, from: begin, upTo: bound * 1.01 + 1e-4)
            var next: [Piece] = []
            for (index, piece) in waiting.enumerated() {
                guard found[index] > 0 else { return nil }
                least = min(least, found[index])
                let middle = begin + index
                let halves = (
                    Piece(first: piece.first, last: middle, firstClearance: piece.firstClearance, lastClearance: found[index]),
                    Piece(first: middle, last: piece.last, firstClearance: found[index], lastClearance: piece.lastClearance)
                )
                if !isFree(halves.0, list) { next.append(halves.0) }
                if !isFree(halves.1, list) { next.append(halves.1) }
            }
            waiting = next
        }
        return least
    }

    /// The clearances of the configurations of a list from one on.
    private func clearances(_ list: ConfigurationList, from begin: Int, upTo bound: Double) -> [Double] {
        let count = list.count
        return [Double](unsafeUninitializedCapacity: count - begin) { memory, initialized in
            list.values.withUnsafeBufferPointer { values in
                for first in stride(from: begin, to: count, by: laneCount) {
                    let own = min(laneCount, count - first)
                    let block = edges.clearances(values.baseAddress! + first * list.dimension, count: own, upTo: Float(bound))
                    for lane in 0..<own { memory[first - begin + lane] = Double(block[lane]) }
                }
            }
            initialized = count - begin
        }
    }

    /// Half of the farthest that any point can move between two configurations.
    @inline(__always)
    private func halfMove(_ list: ConfigurationList, _ first: Int, _ last: Int) -> Double {
        list.values.withUnsafeBufferPointer { values in
            reaches.withUnsafeBufferPointer { reaches in
                let (a, b) = (values.baseAddress! + first * list.dimension, values.baseAddress! + last * list.dimension)
                var move = 0.0
                for i in reaches.indices { move += abs(b[i] - a[i]) * reaches[i] }
                return move / 2
            }
        }
    }

    private func isFree(_ piece: Piece, _ list: ConfigurationList) -> Bool {
        min(piece.firstClearance, piece.lastClearance) > halfMove(list, piece.first, piece.last)
            || list.distance(piece.first, piece.last) < Self.shortestPiece
    }
}
