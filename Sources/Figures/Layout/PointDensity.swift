import Numerics

/// How densely a cloud of many points lies: how many of them each cell of a grid over a panel's frame holds, and which of them lie alone.
///
/// Discs on each other soon look alike however many they are, and a part of them would show another density than all.
struct PointDensity {
    /// Clouds of more points than that are drawn by their density.
    static let threshold = 4000

    /// So few points in a cell and the cells around it are alone: each is drawn as a mark of full strength.
    static let alone = 3

    let columns: Int
    let rows: Int
    /// The points with hardly another around them, in the order given; they count in no cell.
    let outliers: [SIMD2<Double>]
    private let counts: [Int]
    private let greatest: Int

    /// - Parameters:
    ///   - points: in the frame.
    ///   - cell: the size of the grid's cells, which begin at the frame's upper left corner.
    ///   - reach: how many cells on every side of its own a point needs to itself, or all but, to be alone.
    init(_ points: [SIMD2<Double>], in frame: Box, cell: SIMD2<Double>, reach: Int) {
        columns = max(1, Int((frame.width / cell.x).rounded(.up)))
        rows = max(1, Int((frame.height / cell.y).rounded(.up)))
        let (columns, rows) = (columns, rows)
        let cells = points.map { point in
            // The frame's right and lower edge belong to its last cells.
            let column = min(max(Int((point.x - frame.x) / cell.x), 0), columns - 1), row = min(max(Int((point.y - frame.y) / cell.y), 0), rows - 1)
            return row * columns + column
        }
        var counts = [Int](repeating: 0, count: columns * rows)
        for cell in cells { counts[cell] += 1 }
        let isAlone = counts.indices.map { counts[$0] > 0 && Self.isAlone(row: $0 / columns, column: $0 % columns, counts, columns, rows, reach) }
        outliers = zip(points, cells).filter { isAlone[$0.1] }.map(\.0)
        for cell in counts.indices where isAlone[cell] { counts[cell] = 0 }
        self.counts = counts
        greatest = counts.max() ?? 0
    }

    private static func isAlone(row: Int, column: Int, _ counts: [Int], _ columns: Int, _ rows: Int, _ reach: Int) -> Bool {
        var around = 0
        for row in max(row - reach, 0)...min(row + reach, rows - 1) {
            for column in max(column - reach, 0)...min(column + reach, columns - 1) {
                around += counts[row * columns + column]
                if around > alone { return false }
            }
        }
        return true
    }

    /// How full a cell is, from 1 for a single point among many to `levels` for the cell with the most, by the logarithm of the count;
    /// 0 for an empty cell.
    func level(column: Int, row: Int, of levels: Int) -> Int {
        let count = counts[row * columns + column]
        guard count > 0 else { return 0 }
        let share = Elementary.log(1 + Double(count)) / Elementary.log(1 + Double(greatest))
        return min(max(Int((share * Double(levels)).rounded(.up)), 1), levels)
    }
}
