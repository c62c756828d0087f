import Numerics

extension LaneTracks {
    /// A way through the tracks: a track's number for every target.
    struct Choice {
        var nodes: [Int]
        var jumps: Int
        /// The sum of the squared weighted distances, jumps included.
        var square: Float
    }

    /// What a jump costs besides its distance: more than any way without one.
    private static var jumpCost: Float { 1e5 }

    /// The way with the fewest jumps, and among these the least sum of squared weighted distances; nil where a target has no configuration,
    /// or where the search is stopped.
    ///
    /// - Parameters:
    ///   - weights: one a variable.
    ///   - greatestStep: the farthest that a variable may move from target to target without a jump.
    ///   - start: the configuration before the first target.
    ///   - ends: the only track that may be taken at the first and at the last target: the path then ends where it begins.
    ///   - limit: looked at for every target.
    func choose(weights: [Float], greatestStep: Float, start: [Double]?, ends: Int? = nil, limit: SearchLimit) -> Choice? {
        let blocks = groups.count, nodeCount = blocks * laneCount, last = count - 1
        var best = costs.map { $0[0] }, next = best
        if let ends { for node in 0..<nodeCount where node != ends { best[node / laneCount][node % laneCount] = .infinity } }
        if let start {
            let from = start.map(Float.init)
            for block in 0..<blocks { best[block] += cost(groups[block], from, weights, greatestStep) }
        }
        var origins = [Int32](repeating: -1, count: count * nodeCount)
        var q = [Float](repeating: 0, count: variables)
        for target in 1..<max(count, 1) {
            if limit.stop != nil { return nil }
            for node in 0..<nodeCount {
                let block = node / laneCount, lane = node % laneCount
                // A path that ends where it begins has the first configuration there, not one that is like it.
                let isEnd = ends != nil && target == last, place = isEnd ? 0 : target
                guard costs[block][place][lane] == 0, !isEnd || node == ends else {
                    next[block][lane] = .infinity
                    continue
                }
                let own = groups[block] + place * variables
                for i in 0..<variables { q[i] = own[i][lane] }
                var least = Lanes(repeating: .infinity), from = Lanes.zero
                for other in 0..<blocks {
                    let total = best[other] + cost(groups[other] + (target - 1) * variables, q, weights, greatestStep)
                    let isLess = total .< least
                    least = least.replacing(with: total, where: isLess)
                    from = from.replacing(with: Lanes(repeating: Float(other)), where: isLess)
                }
                let value = least.min()
                next[block][lane] = value
                if value.isFinite, let place = (0..<laneCount).first(where: { least[$0] == value }) {
                    origins[target * nodeCount + node] = Int32(Int(from[place]) * laneCount + place)
                }
            }
            swap(&best, &next)
        }
        guard var node = (0..<nodeCount).min(by: { best[$0 / laneCount][$0 % laneCount] < best[$1 / laneCount][$1 % laneCount] }) else { return nil }
        let total = best[node / laneCount][node % laneCount]
        guard total.isFinite else { return nil }
        var nodes = [node]
        for target in stride(from: last, to: 0, by: -1) {
            node = Int(origins[target * nodeCount + node])
            nodes.append(node)
        }
        let jumps = (total / Self.jumpCost).rounded(.down)
        return Choice(nodes: nodes.reversed(), jumps: Int(jumps), square: total - jumps * Self.jumpCost)
    }

    /// What steps from sixteen configurations to one cost, or the other way round.
    @inline(__always)
    private func cost(_ block: UnsafePointer<Lanes>, _ q: [Float], _ weights: [Float], _ greatestStep: Float) -> Lanes {
        q.withUnsafeBufferPointer { q in
            weights.withUnsafeBufferPointer { weights in
                var square = Lanes.zero, greatest = Lanes.zero
                for i in 0..<variables {
                    var d = block[i] - q[i]
                    if wraps(i) { d = d.wrapped }
                    square = square.fma(d * weights[i], d)
                    greatest = greatest.maximum(d.maximum(-d))
                }
                return square + Lanes.zero.replacing(with: Lanes(repeating: Self.jumpCost), where: greatest .> greatestStep)
            }
        }
    }
}
