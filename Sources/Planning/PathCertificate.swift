import Collision
import Numerics

/// Certifies that a path is free of collisions between the checked configurations as well.
///
/// No point of the robot moves farther than `Σ |Δq_j|·ρ_j` between two configurations, ρ_j being the farthest that any of it can be from joint
/// j's axis. Where both ends of a piece have more clearance than half of that, the piece is free; otherwise its middle is checked, until pieces are
/// too short to matter. Single precision finds where there is least room; how much that is, double precision tells.
struct PathCertificate {
    let edges: EdgeChecker
    /// ρ, m a unit of each variable.
    let reaches: [Double]
    /// Pieces are not halved below this length, rad: ten times finer than what planners commonly check is about 3e-3.
    static let shortestPiece = 1e-3
    /// The largest clearance that is reported, m.
    private static let greatest = 0.1
    /// More than single precision is off, m.
    private var rounding: Double { edges.checker.model.rounding }

    /// Two neighbouring configurations, by their places in a list.
    private struct Piece {
        var first: Int
        var last: Int
    }

    /// The least clearance along a line of configurations, m, up to 0.1; nil where it is not free.
    ///
    /// - Parameter points: close to each other where the path bends.
    func clearance(of points: ConfigurationList) -> Double? {
        var list = points
        let count = list.count
        var farthest = 0.0
        for index in 1..<max(count, 1) { farthest = max(farthest, halfMove(list, index - 1, index)) }
        // What proves every piece free is enough, unless the least may be beyond it.
        let bound = min(farthest * 1.01 + 1e-4, Self.greatest)
        var known = clearances(list, from: 0, upTo: bound)
        guard var least = known.min(), least > 0 else { return nil }
        if bound < ceiling(least, farthest) {
            known = clearances(list, from: 0, upTo: ceiling(Self.greatest, farthest))
            least = known.min()!
        }
        var following = Array(1...count), waiting: [Piece] = []
        for index in 1..<count {
            let piece = Piece(first: index - 1, last: index)
            if !isFree(piece, list, known) { waiting.append(piece) }
        }
        while !waiting.isEmpty {
            let begin = list.count
            var move = 0.0
            for piece in waiting {
                list.append(from: piece.first, to: piece.last, share: 0.5)
                move = max(move, halfMove(list, piece.first, piece.last) / 2)
            }
            known += clearances(list, from: begin, upTo: max(move * 1.01 + 1e-4, ceiling(least, move)))
            var next: [Piece] = []
            for (index, piece) in waiting.enumerated() {
                let middle = begin + index
                guard known[middle] > 0 else { return nil }
                least = min(least, known[middle])
                following[piece.first] = middle
                following.append(piece.last)
                let halves = (Piece(first: piece.first, last: middle), Piece(first: middle, last: piece.last))
                if !isFree(halves.0, list, known) { next.append(halves.0) }
                if !isFree(halves.1, list, known) { next.append(halves.1) }
            }
            waiting = next
        }
        var order = [0]
        while order[order.count - 1] != count - 1 { order.append(following[order[order.count - 1]]) }
        var found = minima(order, list, known, least: least)
        refine(&found, &list)
        let places = found.map { ($0.place, $0.clearance) } + [known.indices.min { known[$0] < known[$1] }!].map { ($0, known[$0]) }
        least = min(exactLeast(of: places, list), Self.greatest)
        return least > 0 ? least : nil
    }

    /// Clearances that are no less than this, m, do not tell of a lesser one nearby, where the least known so far and half of the farthest move to a
    /// neighbour are given.
    private func ceiling(_ least: Double, _ halfMove: Double) -> Double { min(least, Self.greatest) + dip(halfMove) + 1e-4 }

    /// By how much the clearance between two configurations may be less than at either of them, m: what passes a corner at a distance of three quarters
    /// of half its move, or of more, comes nearer by half of that at most.
    private func dip(_ halfMove: Double) -> Double { min(halfMove / 2, Self.greatest) }

    // MARK: Between the checked configurations

    /// A configuration with less clearance than its neighbours on both sides; one of these is the configuration itself at an end of the line.
    private struct Minimum {
        var before: Int
        var place: Int
        var after: Int
        var clearance: Double
    }

    /// Minima that are refined, the smallest ones, and rounds of it.
    private static let greatestMinima = laneCount / 2
    private static let greatestRounds = 10
    /// Half moves, m, over which the clearance changes by less than 1e-6 m around a smooth minimum.
    private static let finestMove = 2e-4

    /// The smallest local minima near which there may be less than the least one, in the order of the line.
    private func minima(_ order: [Int], _ list: ConfigurationList, _ known: [Double], least: Double) -> [Minimum] {
        var result: [Minimum] = []
        for (index, place) in order.enumerated() {
            let before = order[max(index - 1, 0)], after = order[min(index + 1, order.count - 1)]
            guard index == 0 || known[place] < known[before], known[place] <= known[after] else { continue }
            let minimum = Minimum(before: before, place: place, after: after, clearance: known[place])
            if minimum.clearance < min(least, Self.greatest) + dip(halfMove(list, around: minimum)) { result.append(minimum) }
        }
        guard result.count > Self.greatestMinima else { return result }
        let largest = result.map(\.clearance).sorted()[Self.greatestMinima - 1]
        return Array(result.filter { $0.clearance <= largest }.prefix(Self.greatestMinima))
    }

    /// The least clearance of several places in double precision, where those in single precision are given.
    private func exactLeast(of places: [(place: Int, clearance: Double)], _ list: ConfigurationList) -> Double {
        let least = places.reduce(Self.greatest) { min($0, $1.clearance) }
        let close = Set(places.filter { $0.clearance <= least + 2 * rounding }.map(\.place))
        return close.reduce(.infinity) { min($0, edges.checker.exactClearance(list[$1], upTo: .infinity)) }
    }

    /// Moves minima to where the clearance is least around them. Every round looks at places that divide the pieces on both sides of each minimum, in
    /// sixteen lanes.
    private func refine(_ minima: inout [Minimum], _ list: inout ConfigurationList) {
        guard !minima.isEmpty else { return }
        let side = laneCount / 2 / minima.count
        for _ in 0..<Self.greatestRounds where minima.contains(where: { halfMove(list, around: $0) > Self.finestMove }) {
            let begin = list.count
            for minimum in minima {
                for (first, last) in [(minimum.before, minimum.place), (minimum.place, minimum.after)] {
                    for step in 1...side { list.append(from: first, to: last, share: Double(step) / Double(side + 1)) }
                }
            }
            let found = clearances(list, from: begin, upTo: minima.reduce(0) { max($0, $1.clearance) })
            for index in minima.indices {
                let minimum = minima[index], first = begin + index * 2 * side
                let line = [minimum.before] + Array(first..<first + side) + [minimum.place] + Array(first + side..<first + 2 * side) + [minimum.after]
                for position in 1..<line.count - 1 where line[position] >= begin && found[line[position] - begin] < minima[index].clearance {
                    minima[index] = Minimum(
                        before: line[position - 1], place: line[position], after: line[position + 1], clearance: found[line[position] - begin])
                }
                if minima[index].place == minimum.place { (minima[index].before, minima[index].after) = (line[side], line[side + 2]) }
            }
        }
    }

    /// The clearances of the configurations of a list from one on.
    private func clearances(_ list: ConfigurationList, from begin: Int, upTo bound: Double) -> [Double] {
        let count = list.count
        guard !edges.checker.model.isVast else { return (begin..<count).map { edges.checker.exactClearance(list[$0], upTo: bound) } }
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

    private func halfMove(_ list: ConfigurationList, around minimum: Minimum) -> Double {
        max(halfMove(list, minimum.before, minimum.place), halfMove(list, minimum.place, minimum.after))
    }

    private func isFree(_ piece: Piece, _ list: ConfigurationList, _ known: [Double]) -> Bool {
        min(known[piece.first], known[piece.last]) > halfMove(list, piece.first, piece.last) + rounding
            || list.distance(piece.first, piece.last) < Self.shortestPiece
    }
}
