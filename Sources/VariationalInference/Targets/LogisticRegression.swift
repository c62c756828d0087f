import Mixtures
import Numerics

/// The posterior of Bayesian logistic regression: weights w of a bias and of features that were divided by their standard deviations.
///
///     log p̃(w) = log N(w; 0, s²·I) + Σ_rows log σ(±x·w)
///
/// with + where the label is true. Features are scaled, not centred.
public struct LogisticRegression: TargetDensity {
    public let name: String
    /// A bias and one weight a feature.
    public let dimension: Int
    /// The prior's standard deviation s.
    public let deviation: Double
    /// Rows ±(1, x/deviation), the sign that of the label.
    private let rows: [Double]
    private let count: Int

    /// - Parameters:
    ///   - features: one row a data point; at least one row.
    ///   - labels: as many truth values.
    public init(name: String, features: Matrix, labels: [Bool], deviation: Double = 10) {
        precondition(features.rows == labels.count && features.rows > 0, "\(labels.count) labels for \(features.rows) rows")
        self.name = name
        self.deviation = deviation
        count = features.rows
        dimension = features.columns + 1
        let scales = (0..<features.columns).map { column in
            let mean = (0..<features.rows).reduce(0) { $0 + features[$1, column] } / Double(features.rows)
            let square = (0..<features.rows).reduce(0) { $0 + (features[$1, column] - mean) * (features[$1, column] - mean) }
            let deviation = (square / Double(features.rows)).squareRoot()
            return deviation > 0 ? deviation : 1
        }
        var rows: [Double] = []
        rows.reserveCapacity(count * dimension)
        for row in 0..<features.rows {
            let sign = labels[row] ? 1.0 : -1
            rows.append(sign)
            for column in 0..<features.columns { rows.append(sign * features[row, column] / scales[column]) }
        }
        self.rows = rows
    }

    public var start: InitialMixture { InitialMixture(dimension: dimension, deviation: deviation) }

    public func evaluate(
        _ points: UnsafePointer<Double>, count places: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        let n = dimension
        let blocks = PlaceBlocks(points, dimension: n, count: places)
        let scratch = UnsafeMutablePointer<DoubleLanes>.allocate(capacity: 4 * n + 4)
        scratch.initialize(repeating: .zero, count: 4 * n + 4)
        defer { scratch.deallocate() }
        let gradient = scratch + 4
        let normaliser = -Double(n) * (Elementary.log(deviation) + 0.5 * Elementary.log(2 * .pi))
        let precision = 1 / (deviation * deviation)
        for block in 0..<blocks.blocks {
            let x = blocks[block]
            for r in 0..<4 { scratch[r] = DoubleLanes(repeating: normaliser) }
            for i in 0..<n {
                for r in 0..<4 {
                    gradient[4 * i + r] = -precision * x[4 * i + r]
                    scratch[r] = scratch[r].fnma(0.5 * precision * x[4 * i + r], x[4 * i + r])
                }
            }
            rows.withUnsafeBufferPointer { addRows($0.baseAddress!, x, scratch, gradients == nil ? nil : gradient) }
            let start = block * PlaceBlocks.width
            let here = min(PlaceBlocks.width, places - start)
            for place in 0..<here { logDensities[start + place] = scratch[place / 8][place % 8] }
            guard let gradients else { continue }
            for place in 0..<here {
                for i in 0..<n { gradients[(start + place) * n + i] = gradient[4 * i + place / 8][place % 8] }
            }
        }
    }

    // Adds Σ log σ(f) and its gradient. With e = exp(−|f|), log σ(f) = min(f, 0) − log(1 + e); the products of many factors 1 + e, each at most
    // two, need one logarithm.
    private func addRows(
        _ rows: UnsafePointer<Double>, _ x: UnsafePointer<DoubleLanes>, _ value: UnsafeMutablePointer<DoubleLanes>,
        _ gradient: UnsafeMutablePointer<DoubleLanes>?
    ) {
        let n = dimension
        var p0 = DoubleLanes(repeating: 1), p1 = p0, p2 = p0, p3 = p0
        for index in 0..<count {
            let row = rows + index * n
            var f0 = DoubleLanes.zero, f1 = DoubleLanes.zero, f2 = DoubleLanes.zero, f3 = DoubleLanes.zero
            for i in 0..<n {
                let a = DoubleLanes(repeating: row[i])
                f0 = f0.fma(a, x[4 * i])
                f1 = f1.fma(a, x[4 * i + 1])
                f2 = f2.fma(a, x[4 * i + 2])
                f3 = f3.fma(a, x[4 * i + 3])
            }
            let e0 = (-f0.magnitude).exponential, e1 = (-f1.magnitude).exponential
            let e2 = (-f2.magnitude).exponential, e3 = (-f3.magnitude).exponential
            p0 *= 1 + e0
            p1 *= 1 + e1
            p2 *= 1 + e2
            p3 *= 1 + e3
            value[0] += f0.minimum(.zero)
            value[1] += f1.minimum(.zero)
            value[2] += f2.minimum(.zero)
            value[3] += f3.minimum(.zero)
            if index % 512 == 511 || index == count - 1 {
                value[0] -= p0.logarithm
                value[1] -= p1.logarithm
                value[2] -= p2.logarithm
                value[3] -= p3.logarithm
                p0 = DoubleLanes(repeating: 1)
                (p1, p2, p3) = (p0, p0, p0)
            }
            guard let gradient else { continue }
            // 1 − σ(f) is e/(1 + e) where f > 0, else 1/(1 + e).
            let g0 = DoubleLanes(repeating: 1).replacing(with: e0, where: f0 .> 0) / (1 + e0)
            let g1 = DoubleLanes(repeating: 1).replacing(with: e1, where: f1 .> 0) / (1 + e1)
            let g2 = DoubleLanes(repeating: 1).replacing(with: e2, where: f2 .> 0) / (1 + e2)
            let g3 = DoubleLanes(repeating: 1).replacing(with: e3, where: f3 .> 0) / (1 + e3)
            for i in 0..<n {
                let a = DoubleLanes(repeating: row[i])
                gradient[4 * i] = gradient[4 * i].fma(a, g0)
                gradient[4 * i + 1] = gradient[4 * i + 1].fma(a, g1)
                gradient[4 * i + 2] = gradient[4 * i + 2].fma(a, g2)
                gradient[4 * i + 3] = gradient[4 * i + 3].fma(a, g3)
            }
        }
    }
}
