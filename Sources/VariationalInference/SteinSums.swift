import Mixtures
import Numerics

/// Weighted sums over samples from which Stein's lemma gives a component's natural gradient.
///
/// Stein's lemma holds with any constant taken off ∇h, and E[(x − μ)·(x − μ)ᵀ] is known to be S, so that both can be used as control
/// variates: with y = Aᵀ·(x − μ), γ = A⁻¹·∇h and sample covariances C,
///
///     −M = C_yy⁻¹·C_yγ, symmetrised,    g = γ̄ + M·ȳ:
///
/// the regression of ∇h on x. It is exact wherever h is quadratic; the plain estimate C_yy ≈ I is noisy even there. With an effective number of
/// samples below 2·(D + 1), C_yy is drawn towards I, which it is from D + 1 downwards.
public struct SteinSums {
    let dimension: Int
    private(set) var weight = 0.0
    private var place: [Double]
    private var slope: [Double]
    /// Σ w·(x − μ)_i·(x − μ)_j and Σ w·(x − μ)_i·∇h_j, D × D by rows, of the first the lower triangle.
    private var places: [Double]
    private var products: [Double]

    /// The sums over blocks.
    ///
    /// - Parameters:
    ///   - mean: μ.
    ///   - entries: blocks and the places in `weights` of their four registers of weights.
    init(
        mean: [Double], places x: PlaceBlocks, slopes: PlaceBlocks, entries: [WeightedBlocks.Entry], weights: UnsafePointer<DoubleLanes>
    ) {
        let n = mean.count
        dimension = n
        place = Array(repeating: 0, count: n)
        slope = place
        places = Array(repeating: 0, count: n * n)
        products = places
        if n > Self.greatestLaneDimension {
            sumRows(mean, x, slopes, entries, weights)
        } else {
            sumLanes(mean, x, slopes, entries, weights)
        }
    }

    /// With more variables the sums of all lanes outgrow the caches, and matrix products are faster.
    private static let greatestLaneDimension = 40

    /// Blocks that are summed before the next tile of the matrices is.
    private static let chunk = 8

    // Eight samples to a register, a register a sum; lanes are summed at the end.
    private mutating func sumLanes(
        _ mean: [Double], _ x: PlaceBlocks, _ slopes: PlaceBlocks, _ entries: [WeightedBlocks.Entry], _ weights: UnsafePointer<DoubleLanes>
    ) {
        // Tiles are 2 × 4: the matrices are filled up with zeros.
        let n = dimension, padded = (n + 3) / 4 * 4, size = 4 * padded
        let count = 2 * n + 2 * padded * padded + 3 * Self.chunk * size
        let sums = UnsafeMutablePointer<DoubleLanes>.allocate(capacity: count)
        sums.initialize(repeating: .zero, count: count)
        defer { sums.deallocate() }
        let first = sums, second = sums + n, squares = sums + 2 * n, mixed = squares + padded * padded
        let differences = mixed + padded * padded, weighted = differences + Self.chunk * size, gradients = weighted + Self.chunk * size
        var total = DoubleLanes.zero
        for start in stride(from: 0, to: entries.count, by: Self.chunk) {
            let blocks = min(Self.chunk, entries.count - start)
            for index in 0..<blocks {
                let entry = entries[start + index]
                let w = weights + entry.weights, block = x[entry.block], slope = slopes[entry.block]
                let w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3]
                total += (w0 + w1) + (w2 + w3)
                let d = differences + index * size, v = weighted + index * size, g = gradients + index * size
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
            }
            for i in stride(from: 0, to: padded, by: 2) {
                for j in stride(from: 0, to: padded, by: 4) {
                    if j <= i + 1 {
                        Self.addTile(weighted + 4 * i, differences + 4 * j, blocks, size, to: squares + i * padded + j, rowSize: padded)
                    }
                    Self.addTile(weighted + 4 * i, gradients + 4 * j, blocks, size, to: mixed + i * padded + j, rowSize: padded)
                }
            }
        }
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

    // Two rows times four columns, summed over blocks that are `size` registers apart.
    @inline(__always)
    private static func addTile(
        _ a: UnsafePointer<DoubleLanes>, _ b: UnsafePointer<DoubleLanes>, _ blocks: Int, _ size: Int,
        to sums: UnsafeMutablePointer<DoubleLanes>, rowSize: Int
    ) {
        let next = sums + rowSize
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
            a += size
            b += size
        }
        (sums[0], sums[1], sums[2], sums[3]) = (s0, s1, s2, s3)
        (next[0], next[1], next[2], next[3]) = (t0, t1, t2, t3)
    }

    // Samples of some weight as rows of two matrices, whose products are the sums.
    private mutating func sumRows(
        _ mean: [Double], _ x: PlaceBlocks, _ slopes: PlaceBlocks, _ entries: [WeightedBlocks.Entry], _ weights: UnsafePointer<DoubleLanes>
    ) {
        let n = dimension
        var differences: [Double] = [], weighted: [Double] = [], gradients: [Double] = []
        for entry in entries {
            let block = x[entry.block], g = slopes[entry.block]
            for index in 0..<PlaceBlocks.width {
                let register = index / 8, lane = index % 8
                let w = weights[entry.weights + register][lane]
                guard w > 0 else { continue }
                weight += w
                for i in 0..<n {
                    let difference = block[4 * i + register][lane] - mean[i], gradient = g[4 * i + register][lane]
                    differences.append(difference)
                    weighted.append(w * difference)
                    gradients.append(gradient)
                    place[i] += w * difference
                    slope[i] += w * gradient
                }
            }
        }
        guard !differences.isEmpty else { return }
        BLAS.multiplyTransposed(weighted, by: differences, into: &places, rows: n, columns: n, inner: differences.count / n)
        BLAS.multiplyTransposed(weighted, by: gradients, into: &products, rows: n, columns: n, inner: differences.count / n)
    }

    /// The estimate for a component; nil where the sums hold nothing.
    ///
    /// - Parameter effectiveSamples: (Σ w)²/Σ w².
    func estimate(for gaussian: Gaussian, effectiveSamples: Double) -> NaturalGradient? {
        guard weight > 0, weight.isFinite else { return nil }
        let n = dimension
        let factor = gaussian.precisionFactor
        let meanPlace = place.map { $0 / weight }, meanSlope = slope.map { $0 / weight }
        // Sample covariances in x.
        var yy = Array(repeating: 0.0, count: n * n), yg = yy
        for i in 0..<n {
            for j in 0..<n {
                if j <= i {
                    let value = places[i * n + j] / weight - meanPlace[i] * meanPlace[j]
                    yy[i * n + j] = value
                    yy[j * n + i] = value
                }
                yg[i * n + j] = products[i * n + j] / weight - meanPlace[i] * meanSlope[j]
            }
        }
        PackedTriangle.multiplyTransposed(n, factor, &yy)
        for i in 0..<n { for j in 0..<i { (yy[i * n + j], yy[j * n + i]) = (yy[j * n + i], yy[i * n + j]) } }
        PackedTriangle.multiplyTransposed(n, factor, &yy)
        PackedTriangle.multiplyTransposed(n, factor, &yg)
        // C_yγ = Aᵀ·C_xg·A⁻ᵀ: every row r becomes A⁻¹·r.
        yg.withUnsafeMutableBufferPointer { yg in
            for i in 0..<n { PackedTriangle.solveVector(n, factor, yg.baseAddress! + i * n) }
        }
        var y = meanPlace, gamma = meanSlope
        PackedTriangle.multiplyVectorTransposed(n, factor, &y)
        PackedTriangle.solveVector(n, factor, &gamma)
        let share = min(1, max(0, (2 * Double(n + 1) - effectiveSamples) / Double(n + 1)))
        let hessian = Self.regression(n, yy, yg, shrinkage: share)
        var curvature = Array(repeating: 0.0, count: triangleCount(n))
        for i in 0..<n { for j in 0...i { curvature[triangleIndex(i, j)] = -0.5 * (hessian[i * n + j] + hessian[j * n + i]) } }
        for i in 0..<n {
            for j in 0..<n { gamma[i] += (1 - share) * curvature[i >= j ? triangleIndex(i, j) : triangleIndex(j, i)] * y[j] }
        }
        let result = NaturalGradient(gradient: gamma, curvature: curvature)
        return result.isFinite ? result : nil
    }

    /// ((1 − share)·C + share·I)⁻¹·B, n × n by rows.
    private static func regression(_ n: Int, _ c: [Double], _ b: [Double], shrinkage share: Double) -> [Double] {
        if share >= 1 { return b }
        var triangle = Array(repeating: 0.0, count: triangleCount(n))
        for i in 0..<n {
            for j in 0...i { triangle[triangleIndex(i, j)] = (1 - share) * c[i * n + j] + (i == j ? share + 1e-12 : 0) }
        }
        guard PackedTriangle.choleskyFactorise(n, &triangle) else { return b }
        var result = b
        PackedTriangle.solveMatrix(n, triangle, &result)
        return result
    }
}
