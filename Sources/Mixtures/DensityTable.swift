import Numerics

/// Gaussians of one dimension laid out for evaluation at many points: 32 points at a time, and only as far as a point matters.
public final class DensityTable: @unchecked Sendable {
    /// The number of variables D.
    public let dimension: Int
    /// The number of Gaussians.
    public let count: Int
    private let memory = Registers()
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
        means = memory.take(count * dimension, repeating: 0)
        columns = memory.take(count * triangle, repeating: 0)
        rows = memory.take(count * triangle, repeating: 0)
        peaks = memory.take(count, repeating: 0)
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

    /// A Gaussian's log-density at its mean.
    @inline(__always)
    public func peak(_ index: Int) -> Double { peaks[index] }

    /// |Aᵀ·(x − μ)|² at the points of a block, unless it is above a limit at all of them.
    ///
    /// The columns are taken from the last on, which has one element: a point far away is known as such after a few products.
    ///
    /// - Parameters:
    ///   - limits: four registers; nil for no limit.
    ///   - differences: receives x − μ, dimension × ``PointBlocks/registers`` registers.
    ///   - whitened: receives Aᵀ·(x − μ), as many.
    ///   - squares: receives four registers.
    /// - Returns: whether all was computed; false where the limits were passed everywhere.
    @inline(__always)
    public func squares(
        _ index: Int, at x: UnsafePointer<DoubleLanes>, limits: UnsafePointer<DoubleLanes>?,
        differences difference: UnsafeMutablePointer<DoubleLanes>, whitened: UnsafeMutablePointer<DoubleLanes>,
        into squares: UnsafeMutablePointer<DoubleLanes>
    ) -> Bool {
        let n = dimension
        let mean = means + index * n
        var column = UnsafePointer(columns + index * triangle)
        var s0 = DoubleLanes.zero, s1 = DoubleLanes.zero, s2 = DoubleLanes.zero, s3 = DoubleLanes.zero
        var untested = 0
        var j = n - 1
        // Two columns a turn share what they load.
        while j >= 1 {
            let second = column + (n - j)
            let m = DoubleLanes(repeating: mean[j]), k = DoubleLanes(repeating: mean[j - 1])
            let d = difference + 4 * j, e = d - 4
            (d[0], d[1], d[2], d[3]) = (x[4 * j] - m, x[4 * j + 1] - m, x[4 * j + 2] - m, x[4 * j + 3] - m)
            (e[0], e[1], e[2], e[3]) = (x[4 * j - 4] - k, x[4 * j - 3] - k, x[4 * j - 2] - k, x[4 * j - 1] - k)
            let a = DoubleLanes(repeating: column[0]), b = DoubleLanes(repeating: second[0]), c = DoubleLanes(repeating: second[1])
            var z0 = a * d[0], z1 = a * d[1], z2 = a * d[2], z3 = a * d[3]
            var y0 = (b * e[0]).fma(c, d[0]), y1 = (b * e[1]).fma(c, d[1]), y2 = (b * e[2]).fma(c, d[2]), y3 = (b * e[3]).fma(c, d[3])
            var row = d + 4
            for i in 1..<max(1, n - j) {
                let a = DoubleLanes(repeating: column[i]), b = DoubleLanes(repeating: second[i + 1])
                let (r0, r1, r2, r3) = (row[0], row[1], row[2], row[3])
                z0 = z0.fma(a, r0)
                z1 = z1.fma(a, r1)
                z2 = z2.fma(a, r2)
                z3 = z3.fma(a, r3)
                y0 = y0.fma(b, r0)
                y1 = y1.fma(b, r1)
                y2 = y2.fma(b, r2)
                y3 = y3.fma(b, r3)
                row += 4
            }
            let z = whitened + 4 * j, y = z - 4
            (z[0], z[1], z[2], z[3]) = (z0, z1, z2, z3)
            (y[0], y[1], y[2], y[3]) = (y0, y1, y2, y3)
            s0 = s0.fma(z0, z0).fma(y0, y0)
            s1 = s1.fma(z1, z1).fma(y1, y1)
            s2 = s2.fma(z2, z2).fma(y2, y2)
            s3 = s3.fma(z3, z3).fma(y3, y3)
            column = second + (n - j + 1)
            j -= 2
            untested += 1
            if let limits, untested == 2 {
                untested = 0
                guard s0.isAnywhereAtMost(limits[0]) || s1.isAnywhereAtMost(limits[1]) || s2.isAnywhereAtMost(limits[2])
                    || s3.isAnywhereAtMost(limits[3]) else { return false }
            }
        }
        if j == 0 {
            let m = DoubleLanes(repeating: mean[0]), a = DoubleLanes(repeating: column[0])
            (difference[0], difference[1], difference[2], difference[3]) = (x[0] - m, x[1] - m, x[2] - m, x[3] - m)
            var z0 = a * difference[0], z1 = a * difference[1], z2 = a * difference[2], z3 = a * difference[3]
            for i in 1..<max(1, n) {
                let a = DoubleLanes(repeating: column[i]), row = difference + 4 * i
                z0 = z0.fma(a, row[0])
                z1 = z1.fma(a, row[1])
                z2 = z2.fma(a, row[2])
                z3 = z3.fma(a, row[3])
            }
            (whitened[0], whitened[1], whitened[2], whitened[3]) = (z0, z1, z2, z3)
            s0 = s0.fma(z0, z0)
            s1 = s1.fma(z1, z1)
            s2 = s2.fma(z2, z2)
            s3 = s3.fma(z3, z3)
        }
        (squares[0], squares[1], squares[2], squares[3]) = (s0, s1, s2, s3)
        return true
    }

    /// Adds scale·A·z at the points of a block: with z = Aᵀ·(x − μ), the gradient of log N is −A·z.
    ///
    /// - Parameters:
    ///   - whitened: z, four registers per variable.
    ///   - scales: four registers.
    ///   - result: four registers per variable.
    @inline(__always)
    public func addProduct(
        _ index: Int, whitened: UnsafePointer<DoubleLanes>, scales: UnsafePointer<DoubleLanes>, to result: UnsafeMutablePointer<DoubleLanes>
    ) {
        var row = UnsafePointer(rows + index * triangle)
        let w0 = scales[0], w1 = scales[1], w2 = scales[2], w3 = scales[3]
        var i = 0
        // Two rows a turn share what they load.
        while i + 1 < dimension {
            let second = row + (i + 1)
            var z = whitened
            var y0 = DoubleLanes.zero, y1 = y0, y2 = y0, y3 = y0, u0 = y0, u1 = y0, u2 = y0, u3 = y0
            for j in 0...i {
                let a = DoubleLanes(repeating: row[j]), b = DoubleLanes(repeating: second[j])
                let (z0, z1, z2, z3) = (z[0], z[1], z[2], z[3])
                y0 = y0.fma(a, z0)
                y1 = y1.fma(a, z1)
                y2 = y2.fma(a, z2)
                y3 = y3.fma(a, z3)
                u0 = u0.fma(b, z0)
                u1 = u1.fma(b, z1)
                u2 = u2.fma(b, z2)
                u3 = u3.fma(b, z3)
                z += 4
            }
            let last = DoubleLanes(repeating: second[i + 1]), place = result + 4 * i
            place[0] = place[0].fma(w0, y0)
            place[1] = place[1].fma(w1, y1)
            place[2] = place[2].fma(w2, y2)
            place[3] = place[3].fma(w3, y3)
            place[4] = place[4].fma(w0, u0.fma(last, z[0]))
            place[5] = place[5].fma(w1, u1.fma(last, z[1]))
            place[6] = place[6].fma(w2, u2.fma(last, z[2]))
            place[7] = place[7].fma(w3, u3.fma(last, z[3]))
            row = second + (i + 2)
            i += 2
        }
        guard i < dimension else { return }
        var z = whitened
        var y0 = DoubleLanes.zero, y1 = y0, y2 = y0, y3 = y0
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
    }
}
