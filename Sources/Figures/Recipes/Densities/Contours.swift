extension Heatmap {
    /// The lines along which the values, taken at the cells' middles and linear between them, have a level (marching squares: Lorensen and Cline,
    /// "Marching cubes", SIGGRAPH 1987, in two dimensions).
    ///
    /// A cell that is blank has none around it. Lines that close end where they begin.
    package func contours(at level: Double) -> [[Place]] {
        guard columns > 1, rows > 1 else { return [] }
        var ends: [Edge: [Edge]] = [:]
        for row in 0..<rows - 1 {
            for column in 0..<columns - 1 {
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
