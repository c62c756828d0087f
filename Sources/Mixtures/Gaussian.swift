import Numerics

/// A Gaussian over D variables, held by its mean and a factor of its precision.
public struct Gaussian: Sendable, Equatable {
    /// μ, D numbers.
    public let mean: [Double]
    /// A, lower triangular with a positive diagonal, packed by rows; the precision is A·Aᵀ.
    public let precisionFactor: [Double]
    /// Σ log A_jj − (D/2)·log 2π, the log-density at the mean.
    public let logDensityAtMean: Double

    /// - Precondition: `precisionFactor` has D·(D + 1)/2 elements, those on the diagonal positive.
    public init(mean: [Double], precisionFactor: [Double]) {
        let n = mean.count
        precondition(precisionFactor.count == triangleCount(n), "\(precisionFactor.count) elements do not make a triangle of \(n)")
        self.mean = mean
        self.precisionFactor = precisionFactor
        var sum = -0.5 * Double(n) * Elementary.log(2 * .pi)
        for j in 0..<n {
            precondition(precisionFactor[triangleIndex(j, j)] > 0, "the factor's diagonal must be positive")
            sum += Elementary.log(precisionFactor[triangleIndex(j, j)])
        }
        logDensityAtMean = sum
    }

    /// Independent variables.
    ///
    /// - Precondition: as many deviations as means, all positive.
    public init(mean: [Double], deviations: [Double]) {
        precondition(deviations.count == mean.count, "\(deviations.count) deviations for \(mean.count) variables")
        var factor = Array(repeating: 0.0, count: triangleCount(mean.count))
        for (index, deviation) in deviations.enumerated() { factor[triangleIndex(index, index)] = 1 / deviation }
        self.init(mean: mean, precisionFactor: factor)
    }

    /// The number of variables D.
    public var dimension: Int { mean.count }

    /// The log-density at a point.
    ///
    /// - Precondition: `x.count == dimension`.
    public func logDensity(_ x: some RandomAccessCollection<Double>) -> Double {
        precondition(x.count == dimension, "\(x.count) numbers for \(dimension) variables")
        return logDensity(at: Array(x))
    }

    /// The log-density at the point of D numbers.
    func logDensity(at x: UnsafePointer<Double>) -> Double {
        let n = dimension
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, n)) { z in
            guard let z = z.baseAddress else { return logDensityAtMean }
            for i in 0..<n { z[i] = x[i] - mean[i] }
            PackedTriangle.multiplyVectorTransposed(n, precisionFactor, z)
            return logDensityAtMean - 0.5 * DoubleVectors.dot(n, z, z)
        }
    }

    /// One sample.
    public func sample(using stream: inout RandomStream) -> [Double] {
        var x = mean
        x.withUnsafeMutableBufferPointer { if let place = $0.baseAddress { sample(into: place, using: &stream) } }
        return x
    }

    /// One sample, μ + A⁻ᵀ·n, written to D numbers.
    public func sample(into x: UnsafeMutablePointer<Double>, using stream: inout RandomStream) {
        for i in 0..<dimension { x[i] = stream.normal() }
        precisionFactor.withUnsafeBufferPointer { factor in
            if let factor = factor.baseAddress { PackedTriangle.solveVectorTransposed(dimension, factor, x) }
        }
        for i in 0..<dimension { x[i] += mean[i] }
    }

    /// The entropy, nats.
    public var entropy: Double { 0.5 * Double(dimension) - logDensityAtMean }

    /// The D × D precision.
    public var precision: Matrix {
        var result = Matrix(rows: dimension, columns: dimension)
        for i in 0..<dimension {
            for j in 0...i {
                var sum = 0.0
                for k in 0...j { sum += precisionFactor[triangleIndex(i, k)] * precisionFactor[triangleIndex(j, k)] }
                result[i, j] = sum
                result[j, i] = sum
            }
        }
        return result
    }

    /// The D × D covariance.
    public var covariance: Matrix {
        // Row by row of A⁻¹ (lower triangular): covariance = A⁻ᵀ·A⁻¹.
        let n = dimension
        var inverse = Matrix(rows: n, columns: n)
        for column in 0..<n {
            for i in column..<n {
                var sum = i == column ? 1.0 : 0
                for k in column..<i { sum -= precisionFactor[triangleIndex(i, k)] * inverse[k, column] }
                inverse[i, column] = sum / precisionFactor[triangleIndex(i, i)]
            }
        }
        var result = Matrix(rows: n, columns: n)
        for i in 0..<n {
            for j in 0...i {
                var sum = 0.0
                for k in i..<n { sum += inverse[k, i] * inverse[k, j] }
                result[i, j] = sum
                result[j, i] = sum
            }
        }
        return result
    }
}
