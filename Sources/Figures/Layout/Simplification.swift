/// Leaves out what cannot be seen: points of lines that are closer than a drawing surface can show.
package enum Simplification {
    /// A polyline with at most about `budget` points; gaps stay gaps, and so do all peaks of a line that runs from left to right.
    static func polyline(_ points: [SIMD2<Double>?], budget: Int) -> [SIMD2<Double>?] {
        guard points.count > budget else { return points }
        let columns = extremes(points)
        if columns.count <= budget { return columns }
        var distance = 0.5
        var result = thinned(points, distance: distance)
        while result.count > budget && distance < 1000 {
            distance *= 2
            result = thinned(result, distance: distance)
        }
        return result
    }

    /// Where a polyline has no line that could be seen: at points without a neighbour, and at several that lie on each other.
    static func isolated(_ points: [SIMD2<Double>?]) -> [SIMD2<Double>] {
        points.split(separator: nil).compactMap { run in
            guard let first = run.first ?? nil else { return nil }
            let isPoint = run.allSatisfy { point in
                let step = (point ?? first) - first
                return (step * step).sum() < 0.25
            }
            return isPoint ? first : nil
        }
    }

    /// The fewest points of a line that keep it within a distance (Douglas and Peucker, 1973); its ends are kept.
    package static func curve(_ points: [SIMD2<Double>], tolerance: Double) -> [SIMD2<Double>] {
        guard points.count > 2 else { return points }
        var isKept = [Bool](repeating: false, count: points.count)
        (isKept[0], isKept[points.count - 1]) = (true, true)
        var open = [(0, points.count - 1)]
        while let (first, last) = open.popLast() {
            let start = points[first], way = points[last] - start, length = (way * way).sum()
            var (farthest, greatest) = (first, tolerance * tolerance)
            for index in (first + 1)..<max(first + 1, last) {
                let aside = points[index] - start
                let share = length > 0 ? min(max((aside * way).sum() / length, 0), 1) : 0
                let distance = aside - way * share, square = (distance * distance).sum()
                if square > greatest { (farthest, greatest) = (index, square) }
            }
            guard farthest > first else { continue }
            isKept[farthest] = true
            open += [(first, farthest), (farthest, last)]
        }
        return points.indices.filter { isKept[$0] }.map { points[$0] }
    }

    /// First, lowest, highest and last point of every run of points in the same column of one unit.
    private static func extremes(_ points: [SIMD2<Double>?]) -> [SIMD2<Double>?] {
        var result: [SIMD2<Double>?] = []
        var run: [SIMD2<Double>] = []
        func flush() {
            guard run.count > 4 else {
                result += run.map { $0 }
                run.removeAll(keepingCapacity: true)
                return
            }
            let low = run.indices.min { run[$0].y < run[$1].y } ?? 0
            let high = run.indices.max { run[$0].y < run[$1].y } ?? 0
            var last = -1
            for index in [0, min(low, high), max(low, high), run.count - 1] where index > last {
                result.append(run[index])
                last = index
            }
            run.removeAll(keepingCapacity: true)
        }
        for point in points {
            guard let point else {
                flush()
                if let last = result.last, last != nil { result.append(nil) }
                continue
            }
            if let first = run.first, first.x.rounded(.down) != point.x.rounded(.down) { flush() }
            run.append(point)
        }
        flush()
        return result
    }

    /// The points that are farther than a distance from the one kept before; ends of pieces are kept.
    private static func thinned(_ points: [SIMD2<Double>?], distance: Double) -> [SIMD2<Double>?] {
        var result: [SIMD2<Double>?] = []
        var kept: SIMD2<Double>?
        for (index, point) in points.enumerated() {
            guard let point else {
                if let last = result.last, last != nil { result.append(nil) }
                kept = nil
                continue
            }
            let isEnd = index + 1 == points.count || points[index + 1] == nil
            if let kept, !isEnd {
                let step = point - kept
                if (step * step).sum() < distance * distance { continue }
            }
            kept = point
            result.append(point)
        }
        return result
    }
}
