import Numerics

// Which candidate of every target a path takes.

extension PathTracker {
    /// What a path costs: jumps first, then the squared distances.
    struct Cost: Comparable {
        var jumps: Int
        var square: Double

        static func < (a: Cost, b: Cost) -> Bool { (a.jumps, a.square) < (b.jumps, b.square) }
    }

    /// A jump where a joint moves farther than a step may be.
    private func cost(from a: [Double], to b: [Double]) -> Cost {
        Cost(jumps: metric.greatestDifference(a, b) > options.greatestStep ? 1 : 0, square: metric.squaredDistance(a, b))
    }

    /// One candidate per layer; nil where a layer has none, and for all where it is cancelled.
    func choose(_ layers: [Layer], _ cancellation: Cancellation) -> [Int?]? {
        guard options.isClosed, layers.count > 1 else { return way(layers, cancellation)?.chosen }
        var best: (chosen: [Int?], cost: Cost)?
        for end in layers[0].candidates.indices {
            var ended = layers
            ended[0].candidates = [layers[0].candidates[end]]
            ended[layers.count - 1].candidates = ended[0].candidates
            guard var found = way(ended, cancellation) else { return nil }
            if best.map({ found.cost < $0.cost }) ?? true {
                found.chosen[0] = end
                found.chosen[layers.count - 1] = end
                best = found
            }
        }
        return best?.chosen ?? way(layers, cancellation)?.chosen
    }

    /// The best path through the layers by dynamic programming; nil where it is cancelled.
    func way(_ layers: [Layer], _ cancellation: Cancellation) -> (chosen: [Int?], cost: Cost)? {
        var best: [[Cost]] = [], origin: [[Int]] = []
        var previous: Int?
        for (index, layer) in layers.enumerated() {
            if cancellation.isRequested { return nil }
            best.append([])
            origin.append([])
            for candidate in layer.candidates {
                guard let previous else {
                    best[index].append(options.start.map { cost(from: $0, to: candidate) } ?? Cost(jumps: 0, square: 0))
                    origin[index].append(-1)
                    continue
                }
                var least = Cost(jumps: .max, square: .infinity), from = 0
                for (other, configuration) in layers[previous].candidates.enumerated() {
                    var total = cost(from: configuration, to: candidate)
                    total.jumps += best[previous][other].jumps
                    total.square += best[previous][other].square
                    if total < least { (least, from) = (total, other) }
                }
                best[index].append(least)
                origin[index].append(from)
            }
            if !layer.candidates.isEmpty { previous = index }
        }
        var chosen = [Int?](repeating: nil, count: layers.count)
        var next: Int?
        for index in layers.indices.reversed() where !layers[index].candidates.isEmpty {
            let here = next ?? best[index].indices.min { best[index][$0] < best[index][$1] }!
            chosen[index] = here
            next = origin[index][here]
        }
        let last = layers.lastIndex { !$0.candidates.isEmpty }
        return (chosen, last.map { best[$0][chosen[$0]!] } ?? Cost(jumps: 0, square: 0))
    }
}
