import Numerics

/// Gaussians of one dimension laid out for evaluation at many places: 32 places a time, and only as far as a place matters.
public final class DensityTable: @unchecked Sendable {
    public let dimension: Int
    public let count: Int
    /// Each Gaussian's mean, the columns of its precision factor from the last to the first (each from its diagonal down), and the
    /// factor's rows.
    private let means: UnsafeMutablePointer<Double>
    private let columns: UnsafeMutablePointer<Double>
    private let rows: UnsafeMutablePointer<Double>
    private let peaks: UnsafeMutablePointer<Double>
    private let triangle: Int

    /// - Precondition: all Gaussians are of the given dimension.
    public init(_ gaussians: [Gaussian], dimension: Int) {
        self.dimension = dimension
        count = gaussians.count
        triangle = triangleCount(dimension)
        means = .allocate(capacity: max(1, count * dimension))
        columns = .allocate(capacity: max(1, count * triangle))
        rows = .allocate(capacity: max(1, count * triangle))
        peaks = .allocate(capacity: max(1, count))
        for (index, gaussian) in gaussians.enumerated() {
            precondition(gaussian.dimension == dimension, "a Gaussian of \(gaussian.dimension) variables among those of \(dimension)")
            peaks[index] = gaussian.logDensityAtMean
            for i in 0..<dimension { means[index * dimension + i] = gaussian.mean[i] }
            gaussian.precisionFactor.withUnsafeBufferPointer { factor in
                var place = columns + index * triangle
                for j in stride(from: dimension - 1, through: 0, by: -1) {
                    for i in j..<dimension {
                        place.pointee = factor[triangleIndex(i, j)]
                        place += 1
                    }
                }
                (rows + index * triangle).update(from: factor.baseAddress!, count: triangle)
            }
        }
    }

    deinit {
        means.deallocate()
        columns.deallocate()
        rows.deallocate()
        peaks.deallocate()
    }

    /// A Gaussian's log-density at its mean.
    @inline(__always)
    public func peak(_ index: Int) -> Double { peaks[index] }

    /// The places of scratch, in registers, that ``squares(_:at:limits:scratch:into:)`` needs.
    public var scratchCount: Int { 2 * dimension * PlaceBlocks.registers }

    /// |Aᵀ·(x − μ)|² at the places of a block, unless it is above a limit at all of them.
    ///
    /// The columns are taken from the last on, which has one element: a place far away is known as such after a few products.
    ///
    /// - Parameters:
    ///   - limits: four registers; nil for no limit.
    ///   - scratch: ``scratchCount`` registers; afterwards the first half holds x − μ, the second Aᵀ·(x − μ).
    ///   - squares: receives four registers.
    /// - Returns: whether all was computed; false where the limits were passed everywhere.
    @inline(__always)
    public func squares(
        _ index: Int, at x: UnsafePointer<DoubleLanes>, limits: UnsafePointer<DoubleLanes>?,
        scratch: UnsafeMutablePointer<DoubleLanes>, into squares: UnsafeMutablePointer<DoubleLanes>
    ) -> Bool {
        let n = dimension
        let mean = means + index * n
        let difference = scratch, whitened = scratch + n * 4
        var column = UnsafePointer(columns + index * triangle)
        var s0 = DoubleLanes.zero, s1 = DoubleLanes.zero, s2 = DoubleLanes.zero, s3 = DoubleLanes.zero
        var untested = 0
        var j = n - 1
        while j >= 0 {
            let m = DoubleLanes(repeating: mean[j])
            let d0 = x[4 * j] - m, d1 = x[4 * j + 1] - m, d2 = x[4 * j + 2] - m, d3 = x[4 * j + 3] - m
            difference[4 * j] = d0
            difference[4 * j + 1] = d1
            difference[4 * j + 2] = d2
            difference[4 * j + 3] = d3
            let pivot = DoubleLanes(repeating: column[0])
            var z0 = pivot * d0, z1 = pivot * d1, z2 = pivot * d2, z3 = pivot * d3
            var d = difference + 4 * (j + 1)
            for i in 1..<max(1, n - j) {
                let a = DoubleLanes(repeating: column[i])
                z0 = z0.fma(a, d[0])
                z1 = z1.fma(a, d[1])
                z2 = z2.fma(a, d[2])
                z3 = z3.fma(a, d[3])
                d += 4
            }
            whitened[4 * j] = z0
            whitened[4 * j + 1] = z1
            whitened[4 * j + 2] = z2
            whitened[4 * j + 3] = z3
            s0 = s0.fma(z0, z0)
            s1 = s1.fma(z1, z1)
            s2 = s2.fma(z2, z2)
            s3 = s3.fma(z3, z3)
            column += n - j
            j -= 1
            untested += 1
            if let limits, untested == 3 {
                untested = 0
                let within = (s0 .<= limits[0]) .| (s1 .<= limits[1]) .| (s2 .<= limits[2]) .| (s3 .<= limits[3])
                if !DoubleLanes.holdsAnywhere(within) { return false }
            }
        }
        squares[0] = s0
        squares[1] = s1
        squares[2] = s2
        squares[3] = s3
        return true
    }

    /// Adds scale·A·z at the places of a block: with z = Aᵀ·(x − μ), the gradient of log N is −A·z.
    ///
    /// - Parameters:
    ///   - whitened: z, four registers a variable.
    ///   - scales: four registers.
    ///   - result: four registers a variable.
    @inline(__always)
    public func addProduct(
        _ index: Int, whitened: UnsafePointer<DoubleLanes>, scales: UnsafePointer<DoubleLanes>, to result: UnsafeMutablePointer<DoubleLanes>
    ) {
        var row = UnsafePointer(rows + index * triangle)
        let w0 = scales[0], w1 = scales[1], w2 = scales[2], w3 = scales[3]
        for i in 0..<dimension {
            var z = whitened
            var y0 = DoubleLanes.zero, y1 = DoubleLanes.zero, y2 = DoubleLanes.zero, y3 = DoubleLanes.zero
            for j in 0...i {
                let a = DoubleLanes(repeating: row[j])
                y0 = y0.fma(a, z[0])
                y1 = y1.fma(a, z[1])
                y2 = y2.fma(a, z[2])
                y3 = y3.fma(a, z[3])
                z += 4
            }
            let place = result + 4 * i
            place[0] = place[0].fma(w0, y0)
            place[1] = place[1].fma(w1, y1)
            place[2] = place[2].fma(w2, y2)
            place[3] = place[3].fma(w3, y3)
            row += i + 1
        }
    }
}
