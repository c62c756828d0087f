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
package struct SolutionChart {
    /// The chart's numbers, placed as ``ChartLayout`` says.
    package let numbers: [Float]
    /// The share of samples that are drawn here.
    package let share: Double

    /// How far from the tangent plane solutions may lie, rad.
    package static let gate: Float = 0.5
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
    package init?(anchor: [Double], jacobian: Matrix, gaussian: Gaussian?, share: Double) {
        let n = anchor.count, m = jacobian.rows, r = n - m
        self.share = share
        guard let frame = OrthonormalFrame(jacobian) else { return nil }
        let basis = frame.complement
        // The marginal of the component in the tangent space: Nᵀ·(μ − m) and Nᵀ·A⁻ᵀ·A⁻¹·N.
        var mean = [Double](repeating: 0, count: r)
        var covariance = [Double](repeating: 0, count: triangleCount(r))
        if let gaussian {
            var images = basis
            images.withUnsafeMutableBufferPointer { images in
                for a in 0..<r { PackedTriangle.solve(n, gaussian.precisionFactor, images.baseAddress! + a * n) }
            }
            for a in 0..<r {
                for i in 0..<n { mean[a] += basis[a * n + i] * (gaussian.mean[i] - anchor[i]) }
                for b in 0...a {
                    var sum = 0.0
                    for i in 0..<n { sum += images[a * n + i] * images[b * n + i] }
                    covariance[triangleIndex(a, b)] = sum
                }
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
        var logDeterminant = 0.0
        for a in 0..<r { logDeterminant += Elementary.log(covariance[triangleIndex(a, a)]) }
        let layout = ChartLayout(dimension: n, tangents: r, constraints: m)
        numbers = [Float](unsafeUninitializedCapacity: layout.count) { numbers, count in
            var next = 0
            func add(_ values: [Double]) {
                for value in values { numbers[next] = Float(value); next += 1 }
            }
            for part in [anchor, basis, frame.pseudoInverse, mean, covariance, inverse] { add(part) }
            add([-logDeterminant - 0.5 * Double(r) * Elementary.log(2 * .pi)])
            count = layout.count
        }
    }
}

/// Where a chart's numbers lie.
struct ChartLayout {
    let dimension: Int
    /// The dimension r of the set.
    let tangents: Int
    /// The constraints: 6, or 3 where the orientation is free.
    let constraints: Int

    var count: Int { dimension * (1 + tangents + constraints) + tangents + 2 * triangleCount(tangents) + 1 }
}

/// The charts that a pool is drawn from, with their numbers in one place.
final class ChartTable {
    /// A chart's numbers.
    struct Row {
        /// m.
        let anchor: UnsafePointer<Float>
        /// N, one row of `dimension` numbers a tangent.
        let basis: UnsafePointer<Float>
        /// The pseudo-inverse of J at the anchor, `dimension` rows of `constraints` numbers.
        let correction: UnsafePointer<Float>
        /// t̄.
        let mean: UnsafePointer<Float>
        /// C, lower triangular, packed by rows, and its inverse.
        let spread: UnsafePointer<Float>
        let inverseSpread: UnsafePointer<Float>
        /// −log|C| − r/2·log 2π.
        let logNormaliser: Float
    }

    let rows: [Row]
    private let registers = Registers()

    init(_ charts: [SolutionChart], layout: ChartLayout) {
        let memory = registers.take(charts.count * layout.count, repeating: Float(0))
        let n = layout.dimension, r = layout.tangents
        rows = charts.enumerated().map { index, chart in
            var next = UnsafePointer(memory + index * layout.count)
            chart.numbers.withUnsafeBufferPointer { (memory + index * layout.count).update(from: $0.baseAddress!, count: layout.count) }
            func take(_ count: Int) -> UnsafePointer<Float> {
                defer { next += count }
                return next
            }
            return Row(
                anchor: take(n), basis: take(r * n), correction: take(n * layout.constraints), mean: take(r), spread: take(triangleCount(r)),
                inverseSpread: take(triangleCount(r)), logNormaliser: take(1)[0])
        }
    }
}
