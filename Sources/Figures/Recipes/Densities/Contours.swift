extension Heatmap {
    /// The lines along which the values, taken at the cells' middles and linear between them, have a level (marching squares: Lorensen and Cline,
    /// "Marching cubes", SIGGRAPH 1987, in two dimensions).
    ///
    /// A cell that is blank has none around it. Lines that close end where they begin.
    package func contours(at level: Double) -> [[Place]] {
        guard columns > 1, rows > 1 else { return [] }
        var ends: [Edge: [Edge]] = [:]
        let isAbove = values.map { $0 > level }
        for row in 0..<rows - 1 {
            for column in 0..<columns - 1 {
                let first = row * columns + column, side = isAbove[first]
                if isAbove[first + 1] == side, isAbove[first + columns] == side, isAbove[first + columns + 1] == side { continue }
                let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map { values[(row + $0.1) * columns + column + $0.0] }
                guard corners.allSatisfy(\.isFinite) else { continue }
                let edges = [
                    Edge(column: column, row: row, isUp: false), Edge(column: column + 1, row: row, isUp: true), Edge(column: column, row: row + 1, isUp: false),
                    Edge(column: column, row: row, isUp: true),
                ]
                var crossed = (0..<4).filter { (corners[$0] > level) != (corners[($0 + 1) % 4] > level) }
                // Of four crossings those belong together that keep the middle on one side.
                if crossed.count == 4, (corners.reduce(0, +) / 4 > level) == (corners[0] > level) { crossed = [0, 1, 2, 3] } else if crossed.count == 4 { crossed = [3, 0, 1, 2] }
                for pair in stride(from: 0, to: crossed.count - 1, by: 2) {
                    ends[edges[crossed[pair]], default: []].append(edges[crossed[pair + 1]])
                    ends[edges[crossed[pair + 1]], default: []].append(edges[crossed[pair]])
                }
            }
        }
        return chains(ends).map { $0.map { place(on: $0, level) } }
    }

    /// The areas in which the brightness is greater than each of so many levels, the darkest first: closed lines with the brighter side on their left where y
    /// grows upwards, so that a hole turns the other way than what it is in. They reach half a cell beyond the grid; nil where a cell is blank.
    package func brighterAreas(levels: Int) -> [[[Place]]]? {
        let brightness = (0..<rows * columns).map { self.brightness(column: $0 % columns, row: $0 / columns) }
        guard brightness.allSatisfy({ $0 != nil }) else { return nil }
        // The outermost values go on beyond the edges, and there the areas end.
        let (across, up) = (columns + 4, rows + 4)
        let padded = (0..<across * up).map { index -> Double in
            let (column, row) = (index % across, index / across)
            guard (1..<across - 1).contains(column), (1..<up - 1).contains(row) else { return -1 }
            return brightness[min(max(row - 2, 0), rows - 1) * columns + min(max(column - 2, 0), columns - 1)] ?? 0
        }
        let (width, height) = ((x.upperBound - x.lowerBound) / Double(columns), (y.upperBound - y.lowerBound) / Double(rows))
        let wide = Heatmap(
            x: (x.lowerBound - 2 * width)...(x.upperBound + 2 * width), y: (y.lowerBound - 2 * height)...(y.upperBound + 2 * height), columns: across, rows: up,
            values: padded, limits: 0...1)
        return (0..<levels).map { level in
            let threshold = level == 0 ? -0.5 : Double(level) / Double(levels)
            return wide.contours(at: threshold).map { wide.isBrightLeft(of: $0, threshold) ? $0 : $0.reversed() }
        }
    }

    /// Whether what is above a level lies on the left of a line along it.
    private func isBrightLeft(of line: [Place], _ level: Double) -> Bool {
        var balance = 0.0
        let cell = Place((x.upperBound - x.lowerBound) / Double(columns), (y.upperBound - y.lowerBound) / Double(rows))
        for (start, end) in zip(line, line.dropFirst()) {
            // In cells; the sides that are crossed lie on whole numbers of the grid of middles.
            let from = (start - Place(x.lowerBound, y.lowerBound)) / cell - 0.5, to = (end - Place(x.lowerBound, y.lowerBound)) / cell - 0.5
            let isUp = (from.x - from.x.rounded()).magnitude < 1e-6
            let corner = SIMD2<Int>(Int((isUp ? from.x.rounded() : from.x.rounded(.down))), Int((isUp ? from.y.rounded(.down) : from.y.rounded())))
            let next = SIMD2(min(corner.x + (isUp ? 0 : 1), columns - 1), min(corner.y + (isUp ? 1 : 0), rows - 1))
            let (first, second) = (values[corner.y * columns + corner.x], values[next.y * columns + next.x])
            guard first > level || second > level, first <= level || second <= level else { continue }
            let bright = Place(Double(first > level ? corner.x : next.x), Double(first > level ? corner.y : next.y))
            let (step, aside) = (to - from, bright - from)
            balance += step.x * aside.y - step.y * aside.x
        }
        return balance >= 0
    }

    /// A side between the middles of neighbouring cells.
    private struct Edge: Hashable, Comparable {
        var column: Int, row: Int
        var isUp: Bool

        static func < (a: Edge, b: Edge) -> Bool { (a.row, a.column, a.isUp ? 1 : 0) < (b.row, b.column, b.isUp ? 1 : 0) }
    }

    /// Lines through edges that have one or two neighbours each.
    private func chains(_ ends: [Edge: [Edge]]) -> [[Edge]] {
        var used = Set<Edge>(), result: [[Edge]] = []
        // Those with an end first, closed ones after them.
        for start in ends.keys.sorted(by: { (ends[$0]!.count, $0) < (ends[$1]!.count, $1) }) where !used.contains(start) {
            var chain = [start], next: Edge? = start
            while let edge = next {
                used.insert(edge)
                next = ends[edge]!.first { !used.contains($0) }
                if let next { chain.append(next) }
            }
            if chain.count > 2, let last = chain.last, ends[last]!.contains(start) { chain.append(start) }
            if chain.count > 1 { result.append(chain) }
        }
        return result
    }

    private func place(on edge: Edge, _ level: Double) -> Place {
        let first = values[edge.row * columns + edge.column]
        let second = edge.isUp ? values[(edge.row + 1) * columns + edge.column] : values[edge.row * columns + edge.column + 1]
        let share = second != first ? (level - first) / (second - first) : 0.5
        let across = (Double(edge.column) + 0.5 + (edge.isUp ? 0 : share)) / Double(columns), up = (Double(edge.row) + 0.5 + (edge.isUp ? share : 0)) / Double(rows)
        return Place(x.lowerBound * (1 - across) + x.upperBound * across, y.lowerBound * (1 - up) + y.upperBound * up)
    }
}
