import Numerics
import Testing

@Suite struct MatrixTests {
    /// Sizes around that of the blocks it works in.
    @Test(arguments: [(0, 0), (0, 3), (1, 1), (1, 200), (63, 65), (64, 64), (130, 70)]) func rowsBecomeColumns(rows: Int, columns: Int) {
        let matrix = Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map(Double.init))
        let turned = matrix.transposed
        #expect(turned.rows == columns && turned.columns == rows && turned.transposed == matrix)
        for i in 0..<rows { for j in 0..<columns { #expect(turned[j, i] == matrix[i, j]) } }
    }

    @Test func transpositionEndsWhereItsCheckFails() throws {
        struct Stop: Error {}
        var calls = 0
        #expect(throws: Stop.self) {
            _ = try Matrix(rows: 1000, columns: 2).transposed {
                calls += 1
                if calls == 3 { throw Stop() }
            }
        }
        #expect(calls == 3)
    }
}
