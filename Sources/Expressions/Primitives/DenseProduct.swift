import Numerics

/// A matrix, kept in both orders, times blocks of lanes: four rows and four registers at a time stay in the processor.
struct DenseProduct<Scalar: ProgramScalar>: Sendable {
    let rows: Int
    let columns: Int
    /// Four rows beside one another, column by column; the last ones filled up with zeros.
    private let plain: [Scalar]
    private let transposed: [Scalar]

    init(_ matrix: Matrix) {
        rows = matrix.rows
        columns = matrix.columns
        plain = Self.packed(matrix)
        transposed = Self.packed(matrix.transposed)
    }

    private static func packed(_ matrix: Matrix) -> [Scalar] {
        let bands = (matrix.rows + 3) / 4
        var result = Array(repeating: Scalar(0), count: bands * 4 * matrix.columns)
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns {
                result[(row / 4 * matrix.columns + column) * 4 + row % 4] = Scalar(matrix[row, column])
            }
        }
        return result
    }

    /// A·x, `[row][lane]` from `[column][lane]`; a start for every row may be given, as biases are.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    func multiply(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, biases: UnsafePointer<Scalar>? = nil) {
        plain.withUnsafeBufferPointer { Self.multiply($0.baseAddress, rows: rows, columns: columns, x, into: y, biases) }
    }

    /// Aᵀ·x, `[column][lane]` from `[row][lane]`.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    func multiplyTransposed(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) {
        transposed.withUnsafeBufferPointer { Self.multiply($0.baseAddress, rows: columns, columns: rows, x, into: y, nil) }
    }

    @inline(__always)
    private static func multiply(
        _ matrix: UnsafePointer<Scalar>?, rows: Int, columns: Int, _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>,
        _ biases: UnsafePointer<Scalar>?
    ) {
        typealias Lanes = Scalar.Register
        guard let matrix else { return }
        let register = Lanes.scalarCount, width = Scalar.blockWidth
        for first in stride(from: 0, to: rows, by: 4) {
            let band = matrix + first &* columns
            for half in 0..<2 {
                let x = x + half &* 4 &* register
                var (a0, a1, a2, a3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
                var (b0, b1, b2, b3) = (a0, a0, a0, a0), (c0, c1, c2, c3) = (a0, a0, a0, a0), (d0, d1, d2, d3) = (a0, a0, a0, a0)
                for column in 0..<columns {
                    let place = x + column &* width, factors = band + column &* 4
                    let x0 = Lanes(loading: place), x1 = Lanes(loading: place + register)
                    let x2 = Lanes(loading: place + 2 &* register), x3 = Lanes(loading: place + 3 &* register)
                    let a = Lanes(repeating: factors[0]), b = Lanes(repeating: factors[1])
                    let c = Lanes(repeating: factors[2]), d = Lanes(repeating: factors[3])
                    a0 = a0.fma(a, x0); a1 = a1.fma(a, x1); a2 = a2.fma(a, x2); a3 = a3.fma(a, x3)
                    b0 = b0.fma(b, x0); b1 = b1.fma(b, x1); b2 = b2.fma(b, x2); b3 = b3.fma(b, x3)
                    c0 = c0.fma(c, x0); c1 = c1.fma(c, x1); c2 = c2.fma(c, x2); c3 = c3.fma(c, x3)
                    d0 = d0.fma(d, x0); d1 = d1.fma(d, x1); d2 = d2.fma(d, x2); d3 = d3.fma(d, x3)
                }
                func store(_ row: Int, _ s: (Lanes, Lanes, Lanes, Lanes)) {
                    guard row < rows else { return }
                    let bias = Lanes(repeating: biases?[row] ?? 0), place = y + row &* width + half &* 4 &* register
                    (s.0 + bias).store(to: place)
                    (s.1 + bias).store(to: place + register)
                    (s.2 + bias).store(to: place + 2 &* register)
                    (s.3 + bias).store(to: place + 3 &* register)
                }
                store(first, (a0, a1, a2, a3))
                store(first + 1, (b0, b1, b2, b3))
                store(first + 2, (c0, c1, c2, c3))
                store(first + 3, (d0, d1, d2, d3))
            }
        }
    }
}
