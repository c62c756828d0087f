import Numerics

extension TriangleMesh {
    /// The ground below a grid of heights: a closed mesh, two triangles a cell, with upright walls and a flat bottom one cell below the lowest height.
    ///
    /// - Parameters:
    ///   - heights: m; element (i, j) is the height at `x = (i − (rows − 1)/2)·cell`, `y = (j − (columns − 1)/2)·cell`.
    ///   - cell: the distance of neighbours along x and along y, m.
    /// - Throws: ``MeshError`` for fewer than two rows or columns, a cell that is not above zero, too many cells, or heights that are not finite.
    public init(heights: Matrix, cell: Double) throws(MeshError) {
        let (rows, columns) = (heights.rows, heights.columns)
        guard rows >= 2, columns >= 2 else { throw .noTriangles }
        guard cell > 0, cell <= RobotBounds.length else { throw .invalidCell(cell) }
        let count = 4 * (rows - 1) * (columns - 1) + 4 * (rows + columns - 2)
        guard count <= Self.greatestCount else { throw .tooManyTriangles(count) }
        let bottom = (heights.elements.min() ?? 0) - cell
        var vertices: [SIMD3<Double>] = [], triangles: [SIMD3<Int32>] = []
        for level in 0..<2 {
            for i in 0..<rows {
                for j in 0..<columns {
                    let (x, y) = ((Double(i) - Double(rows - 1) / 2) * cell, (Double(j) - Double(columns - 1) / 2) * cell)
                    vertices.append(SIMD3(x, y, level == 0 ? heights[i, j] : bottom))
                }
            }
        }
        func top(_ i: Int, _ j: Int) -> Int32 { Int32(i * columns + j) }
        func below(_ i: Int, _ j: Int) -> Int32 { top(i, j) + Int32(rows * columns) }
        for i in 0..<rows - 1 {
            for j in 0..<columns - 1 {
                triangles += [SIMD3(top(i, j), top(i + 1, j), top(i + 1, j + 1)), SIMD3(top(i, j), top(i + 1, j + 1), top(i, j + 1))]
                triangles += [SIMD3(below(i, j), below(i + 1, j + 1), below(i + 1, j)), SIMD3(below(i, j), below(i, j + 1), below(i + 1, j + 1))]
            }
        }
        /// The wall below an edge of the rim, which has the ground on its left.
        func addWall(_ a: (Int, Int), _ b: (Int, Int)) {
            triangles += [SIMD3(below(a.0, a.1), below(b.0, b.1), top(b.0, b.1)), SIMD3(below(a.0, a.1), top(b.0, b.1), top(a.0, a.1))]
        }
        for i in 0..<rows - 1 {
            addWall((i, 0), (i + 1, 0))
            addWall((i + 1, columns - 1), (i, columns - 1))
        }
        for j in 0..<columns - 1 {
            addWall((rows - 1, j), (rows - 1, j + 1))
            addWall((0, j + 1), (0, j))
        }
        try self.init(vertices: vertices, triangles: triangles)
    }
}
