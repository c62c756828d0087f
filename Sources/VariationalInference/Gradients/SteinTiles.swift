import Mixtures
import Numerics

/// The sums of ``SteinSums`` over blocks of 32 samples, a chunk of blocks at a time: a tile of the two matrices is held in registers while the
/// whole chunk is added to it.
final class SteinTiles {
    private static let chunk = 8

    private let mean: [Double]
    /// D, and D filled up to whole tiles of 2 × 4.
    private let n: Int
    private let padded: Int
    private let memory = Registers()
    private let all: UnsafeMutablePointer<DoubleLanes>
    /// Σ w·(x − μ) and Σ w·g, one register per variable; Σ w·(x − μ)_i·(x − μ)_j and Σ w·(x − μ)_i·g_j, one per element.
    private let first, second, squares, mixed: UnsafeMutablePointer<DoubleLanes>
    /// x − μ, w·(x − μ) and g of a chunk.
    private let differences, weighted, gradients: UnsafeMutablePointer<DoubleLanes>
    private var total = DoubleLanes.zero
    private var blocks = 0

    init(mean: [Double]) {
        self.mean = mean
        n = mean.count
        padded = (n + 3) / 4 * 4
        let size = 4 * padded * Self.chunk, count = 2 * n + 2 * padded * padded + 3 * size
        all = memory.take(count, repeating: .zero)
        first = all
        second = all + n
        squares = all + 2 * n
        mixed = squares + padded * padded
        differences = mixed + padded * padded
        weighted = differences + size
        gradients = weighted + size
    }

    /// Adds a block: four registers of weights, and four per variable of points and of gradients.
    func add(_ block: UnsafePointer<DoubleLanes>, _ slope: UnsafePointer<DoubleLanes>, _ w: UnsafePointer<DoubleLanes>) {
        let start = blocks * 4 * padded
        let d = differences + start, v = weighted + start, g = gradients + start
        let w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3]
        total += (w0 + w1) + (w2 + w3)
        for i in 0..<n {
            let m = DoubleLanes(repeating: mean[i])
            let d0 = block[4 * i] - m, d1 = block[4 * i + 1] - m, d2 = block[4 * i + 2] - m, d3 = block[4 * i + 3] - m
            let g0 = slope[4 * i], g1 = slope[4 * i + 1], g2 = slope[4 * i + 2], g3 = slope[4 * i + 3]
            let v0 = w0 * d0, v1 = w1 * d1, v2 = w2 * d2, v3 = w3 * d3
            (d[4 * i], d[4 * i + 1], d[4 * i + 2], d[4 * i + 3]) = (d0, d1, d2, d3)
            (v[4 * i], v[4 * i + 1], v[4 * i + 2], v[4 * i + 3]) = (v0, v1, v2, v3)
            (g[4 * i], g[4 * i + 1], g[4 * i + 2], g[4 * i + 3]) = (g0, g1, g2, g3)
            first[i] += (v0 + v1) + (v2 + v3)
            second[i] = second[i].fma(w0, g0).fma(w1, g1).fma(w2, g2).fma(w3, g3)
        }
        blocks += 1
        if blocks == Self.chunk { addChunk() }
    }

    private func addChunk() {
        for i in stride(from: 0, to: padded, by: 2) {
            for j in stride(from: 0, to: padded, by: 4) {
                if j <= i + 1 { addTile(weighted + 4 * i, differences + 4 * j, to: squares + i * padded + j) }
                addTile(weighted + 4 * i, gradients + 4 * j, to: mixed + i * padded + j)
            }
        }
        blocks = 0
    }

    // Two rows times four columns.
    @inline(__always)
    private func addTile(_ a: UnsafePointer<DoubleLanes>, _ b: UnsafePointer<DoubleLanes>, to sums: UnsafeMutablePointer<DoubleLanes>) {
        let next = sums + padded
        var s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3]
        var t0 = next[0], t1 = next[1], t2 = next[2], t3 = next[3]
        var a = a, b = b
        for _ in 0..<blocks {
            for r in 0..<4 {
                let u = a[r], v = a[4 + r], b0 = b[r], b1 = b[4 + r], b2 = b[8 + r], b3 = b[12 + r]
                s0 = s0.fma(u, b0)
                s1 = s1.fma(u, b1)
                s2 = s2.fma(u, b2)
                s3 = s3.fma(u, b3)
                t0 = t0.fma(v, b0)
                t1 = t1.fma(v, b1)
                t2 = t2.fma(v, b2)
                t3 = t3.fma(v, b3)
            }
            a += 4 * padded
            b += 4 * padded
        }
        (sums[0], sums[1], sums[2], sums[3]) = (s0, s1, s2, s3)
        (next[0], next[1], next[2], next[3]) = (t0, t1, t2, t3)
    }

    /// The sums over all lanes; matrices are D × D by rows, of the first the lower triangle.
    func finish(weight: inout Double, place: inout [Double], slope: inout [Double], places: inout [Double], products: inout [Double]) {
        addChunk()
        weight = total.sum()
        for i in 0..<n {
            place[i] = first[i].sum()
            slope[i] = second[i].sum()
            for j in 0..<n {
                products[i * n + j] = mixed[i * padded + j].sum()
                if j <= i { places[i * n + j] = squares[i * padded + j].sum() }
            }
        }
    }
}
