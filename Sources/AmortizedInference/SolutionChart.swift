import Kinematics
import Mixtures
import Numerics

/// A Gaussian that follows the set of solutions of a pose: a component bent onto the set.
///
/// Around an anchor m on the set, with N an orthonormal basis of its tangent space (the null space of the Jacobian J at m), the chart maps
/// tangent coordinates t to the solution x = m + N·t + Jᵀ·y, with y such that x reaches the pose. Coordinates are read off a solution by
/// t = Nᵀ·(x − m). With t ~ N(t̄, C·Cᵀ), the density of x with respect to the set's own volume is
///
///     g(x) = N(Nᵀ(x − m); t̄, C·Cᵀ) · |det(Nᵀ·N_x)|,
///
/// N_x being a basis of the tangent space at x. Solutions farther than a gate from the tangent plane belong to other sheets of the set;
/// the chart leaves them out.
struct SolutionChart {
    let dimension: Int
    /// The dimension r of the set.
    let tangents: Int
    /// The constraints: 6, or 3 where the orientation is free.
    let constraints: Int
    /// m.
    let anchor: [Float]
    /// N, one row of `dimension` numbers a tangent.
    let basis: [Float]
    /// The pseudo-inverse of J at the anchor, `dimension` rows of `constraints` numbers.
    let correction: [Float]
    /// t̄.
    let mean: [Float]
    /// C, lower triangular, packed by rows, and its inverse.
    let spread: [Float]
    let inverseSpread: [Float]
    /// −log|C| − r/2·log 2π.
    let logNormaliser: Float
    /// The share of samples that are drawn here.
    var share: Double
    /// The component that the chart was made from; nil for one that a uniform start led to.
    let component: Int?

    /// How far from the tangent plane solutions may lie, rad.
    static let gate: Float = 0.5
    /// A component's standard deviation along the set is widened by this factor, and by this much, and not beyond that, rad: a proposal
    /// should rather be too wide than too narrow.
    private static let widening = 1.2
    private static let leastDeviation = 0.05
    private static let greatestDeviation = 0.6

    /// A chart of a component's Gaussian.
    ///
    /// - Parameters:
    ///   - anchor: a solution near the component.
    ///   - jacobian: `constraints × D`, by rows, at the anchor.
    ///   - gaussian: the component; nil for a chart of the greatest spread.
    /// - Returns: nil where the anchor is singular.
    init?(anchor: [Double], jacobian: Matrix, gaussian: Gaussian?, component: Int?, share: Double) {
        let n = anchor.count, m = jacobian.rows, r = n - m
        dimension = n
        constraints = m
        tangents = r
        self.share = share
        self.component = component
        self.anchor = anchor.map { Float($0) }
        guard let frame = OrthonormalFrame(jacobian) else { return nil }
        basis = frame.complement.flatMap { $0.map { Float($0) } }
        correction = frame.pseudoInverse.map { Float($0) }
        // The marginal of the component in the tangent space: Nᵀ·(μ − m) and Nᵀ·A⁻ᵀ·A⁻¹·N.
        var mean = [Double](repeating: 0, count: r)
        var covariance = [Double](repeating: 0, count: triangleCount(r))
        if let gaussian {
            let images = frame.complement.map { column -> [Double] in
                var y = column
                y.withUnsafeMutableBufferPointer { PackedTriangle.solve(n, gaussian.precisionFactor, $0.baseAddress!) }
                return y
            }
            for a in 0..<r {
                mean[a] = (0..<n).reduce(0) { $0 + frame.complement[a][$1] * (gaussian.mean[$1] - anchor[$1]) }
                for b in 0...a { covariance[triangleIndex(a, b)] = zip(images[a], images[b]).reduce(0) { $0 + $1.0 * $1.1 } }
            }
        }
        var widest = 0.0
        for a in 0..<r { widest = max(widest, covariance[triangleIndex(a, a)]) }
        let greatest = Self.greatestDeviation * Self.greatestDeviation
        var scale = Self.widening * Self.widening
        if scale * widest > greatest { scale = greatest / widest }
        let floor = gaussian == nil ? 0.25 * greatest : Self.leastDeviation * Self.leastDeviation
        for a in 0..<r {
            for b in 0...a { covariance[triangleIndex(a, b)] *= scale }
            covariance[triangleIndex(a, a)] += floor
            // A mean beyond the gate would draw where the chart does not reach.
            mean[a] = min(max(mean[a], -0.3), 0.3)
        }
        var inverse = covariance
        covariance.withUnsafeMutableBufferPointer { PackedTriangle.factorise(r, $0.baseAddress!, least: 1e-12) }
        inverse.withUnsafeMutableBufferPointer { PackedTriangle.invert(r, covariance, into: $0.baseAddress!) }
        self.mean = mean.map { Float($0) }
        spread = covariance.map { Float($0) }
        inverseSpread = inverse.map { Float($0) }
        let logDeterminant = (0..<r).reduce(0) { $0 + Elementary.log(covariance[triangleIndex($1, $1)]) }
        logNormaliser = Float(-logDeterminant - 0.5 * Double(r) * Elementary.log(2 * .pi))
    }
}

/// An orthonormal basis of the rows of a matrix with full row rank, what is left of the space, and the pseudo-inverse.
private struct OrthonormalFrame {
    /// The vectors across the rows.
    private(set) var complement: [[Double]] = []
    /// `columns` rows of `rows` numbers.
    private(set) var pseudoInverse: [Double] = []

    init?(_ matrix: Matrix) {
        let m = matrix.rows, n = matrix.columns
        var rows: [[Double]] = []
        // R of Q·R: matrix = R·rows with R lower triangular.
        var triangle = [[Double]](repeating: [Double](repeating: 0, count: m), count: m)
        for i in 0..<m {
            var vector = Array(matrix.row(i))
            for (j, row) in rows.enumerated() { triangle[i][j] = Self.remove(row, from: &vector) }
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 1e-6 else { return nil }
            triangle[i][i] = length
            rows.append(vector.map { $0 / length })
        }
        while complement.count < n - m {
            // Of the coordinate axes, the one with the longest remainder.
            var best: [Double] = [], bestLength = -1.0
            for axis in 0..<n {
                var vector = [Double](repeating: 0, count: n)
                vector[axis] = 1
                for row in rows + complement { Self.remove(row, from: &vector) }
                for row in rows + complement { Self.remove(row, from: &vector) }
                let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                if length > bestLength { (best, bestLength) = (vector, length) }
            }
            complement.append(best.map { $0 / bestLength })
        }
        // matrix⁺ = rowsᵀ·R⁻¹.
        pseudoInverse = [Double](repeating: 0, count: n * m)
        for k in 0..<m {
            var column = [Double](repeating: 0, count: m)
            column[k] = 1
            for i in 0..<m {
                for j in 0..<i { column[i] -= triangle[i][j] * column[j] }
                column[i] /= triangle[i][i]
            }
            for i in 0..<n { pseudoInverse[i * m + k] = (0..<m).reduce(0) { $0 + rows[$1][i] * column[$1] } }
        }
    }

    @discardableResult
    private static func remove(_ direction: [Double], from vector: inout [Double]) -> Double {
        let along = zip(direction, vector).reduce(0) { $0 + $1.0 * $1.1 }
        for i in vector.indices { vector[i] -= along * direction[i] }
        return along
    }
}
