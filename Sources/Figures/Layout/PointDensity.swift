import Numerics

/// How densely a cloud of many points lies: how many of them each cell of a grid over a panel's frame holds.
///
/// Discs on each other soon look alike however many they are, and a part of them would show another density than all.
struct PointDensity {
    /// Clouds of more points than that are drawn by their density.
    static let threshold = 4000

    let columns: Int
    let rows: Int
    private let counts: [Int]
    private let greatest: Int

    /// - Parameters:
    ///   - points: in the frame.
    ///   - cell: the size of the grid's cells, which begin at the frame's upper left corner.
    init(_ points: [SIMD2<Double>], in frame: Box, cell: SIMD2<Double>) {
        columns = max(1, Int((frame.width / cell.x).rounded(.up)))
        rows = max(1, Int((frame.height / cell.y).rounded(.up)))
        var counts = [Int](repeating: 0, count: columns * rows)
        for point in points {
            // The frame's right and lower edge belong to its last cells.
            let column = min(max(Int((point.x - frame.x) / cell.x), 0), columns - 1), row = min(max(Int((point.y - frame.y) / cell.y), 0), rows - 1)
            counts[row * columns + column] += 1
        }
        self.counts = counts
        greatest = counts.max() ?? 0
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
