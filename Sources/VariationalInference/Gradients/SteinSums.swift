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
    ///   - entries: blocks and the offsets in `weights` of their four registers of weights.
    ///   - least: samples of less weight are left out.
    init(
        mean: [Double], places x: PointBlocks, slopes: PointBlocks, entries: [WeightedBlocks.Entry], weights: UnsafePointer<DoubleLanes>,
        least: Double
    ) {
        let n = mean.count
        dimension = n
        place = Array(repeating: 0, count: n)
        slope = place
        places = Array(repeating: 0, count: n * n)
        products = places
        if n > Self.greatestLaneDimension {
            sumRows(mean, x, slopes, entries, weights, least)
        } else {
            sumLanes(mean, x, slopes, entries, weights, least)
        }
    }

    /// With more variables the sums of all lanes outgrow the caches, and matrix products are faster.
    private static let greatestLaneDimension = 40

    // Eight samples to a register, a register a sum; lanes are summed at the end. Samples of weight from blocks where they are few are
    // gathered to blocks of their own.
    private mutating func sumLanes(
        _ mean: [Double], _ x: PointBlocks, _ slopes: PointBlocks, _ entries: [WeightedBlocks.Entry], _ weights: UnsafePointer<DoubleLanes>,
        _ least: Double
    ) {
        let n = dimension, tiles = SteinTiles(mean: mean)
        let gathered = UnsafeMutablePointer<DoubleLanes>.allocate(capacity: 4 + 8 * n)
        gathered.initialize(repeating: .zero, count: 4 + 8 * n)
        defer { gathered.deallocate() }
        let lanes = UnsafeMutableRawPointer(gathered).assumingMemoryBound(to: Double.self)
        let width = PointBlocks.width
        var count = 0
        for entry in entries {
            let w = UnsafeRawPointer(weights + entry.weights).assumingMemoryBound(to: Double.self)
            var known = 0
            for place in 0..<width where w[place] >= least { known += 1 }
            guard known > 0 else { continue }
            guard 2 * known < width else {
                tiles.add(x[entry.block], slopes[entry.block], weights + entry.weights)
                continue
            }
            let place = UnsafeRawPointer(x[entry.block]).assumingMemoryBound(to: Double.self)
            let slope = UnsafeRawPointer(slopes[entry.block]).assumingMemoryBound(to: Double.self)
            for lane in 0..<width where w[lane] >= least {
                lanes[count] = w[lane]
                for i in 0..<n {
                    lanes[width * (1 + i) + count] = place[width * i + lane]
                    lanes[width * (1 + n + i) + count] = slope[width * i + lane]
                }
                count += 1
                if count == width {
                    tiles.add(gathered + 4, gathered + 4 + 4 * n, gathered)
                    count = 0
                }
            }
        }
        if count > 0 {
            for lane in count..<width { lanes[lane] = 0 }
            tiles.add(gathered + 4, gathered + 4 + 4 * n, gathered)
        }
        tiles.finish(weight: &weight, place: &place, slope: &slope, places: &places, products: &products)
    }

    // Samples of some weight as rows of two matrices, whose products are the sums.
    private mutating func sumRows(
        _ mean: [Double], _ x: PointBlocks, _ slopes: PointBlocks, _ entries: [WeightedBlocks.Entry], _ weights: UnsafePointer<DoubleLanes>,
        _ least: Double
    ) {
        let n = dimension
        var differences: [Double] = [], weighted: [Double] = [], gradients: [Double] = []
        for entry in entries {
            let block = x[entry.block], g = slopes[entry.block]
            for index in 0..<PointBlocks.width {
                let register = index / 8, lane = index % 8
                let w = weights[entry.weights + register][lane]
                guard w >= least, w > 0 else { continue }
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
