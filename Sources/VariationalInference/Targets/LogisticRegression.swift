import Mixtures
import Numerics

/// The posterior of Bayesian logistic regression: weights w of a bias and of features as a file has them or standardised.
///
///     log p̃(w) = log N(w; 0, s²·I) + Σ_rows log σ(±x·w)
///
/// with + where the label is true.
public struct LogisticRegression: TargetDensity {
    public let name: String
    /// A bias and one weight a feature.
    public let dimension: Int
    /// The prior's standard deviation s.
    public let deviation: Double
    /// Rows ±(1, x), the sign that of the label, the features as they were scaled.
    private let rows: [Double]
    private let count: Int

    /// - Parameters:
    ///   - features: one row a data point; at least one row.
    ///   - labels: as many truth values.
    ///   - scaling: what becomes of the features first.
    public init(name: String, features: Matrix, labels: [Bool], deviation: Double = 10, scaling: Scaling = .deviation) {
        precondition(features.rows == labels.count && features.rows > 0, "\(labels.count) labels for \(features.rows) rows")
        self.name = name
        self.deviation = deviation
        count = features.rows
        dimension = features.columns + 1
        let (shifts, scales) = scaling.factors(features)
        var rows: [Double] = []
        rows.reserveCapacity(count * dimension)
        for row in 0..<features.rows {
            let sign = labels[row] ? 1.0 : -1
            rows.append(sign)
            for column in 0..<features.columns { rows.append(sign * (features[row, column] - shifts[column]) / scales[column]) }
        }
        self.rows = rows
    }

    /// What becomes of the features before the regression.
    public enum Scaling: String, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// They are divided by their standard deviations, and not centred.
        case deviation
        /// They are centred and divided by their standard deviations.
        case standard

        /// What is taken off each column, and what the rest is divided by; a column of equal numbers is divided by one.
        func factors(_ features: Matrix) -> (shifts: [Double], scales: [Double]) {
            let means = (0..<features.columns).map { column in
                (0..<features.rows).reduce(0) { $0 + features[$1, column] } / Double(features.rows)
            }
            let none = Array(repeating: 0.0, count: features.columns), one = Array(repeating: 1.0, count: features.columns)
            if self == .none { return (none, one) }
            let scales = means.enumerated().map { column, mean in
                let square = (0..<features.rows).reduce(0) { $0 + (features[$1, column] - mean) * (features[$1, column] - mean) }
                let deviation = (square / Double(features.rows)).squareRoot()
                return deviation > 0 ? deviation : 1
            }
            return (self == .standard ? means : none, scales)
        }
    }

    public var start: InitialMixture { InitialMixture(dimension: dimension, deviation: deviation) }

    public func evaluate(
        _ points: UnsafePointer<Double>, count places: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        let n = dimension
        let blocks = PointBlocks(points, dimension: n, count: places)
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
            let start = block * PointBlocks.width
            let here = min(PointBlocks.width, places - start)
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
        let one = DoubleLanes(repeating: 1)
        var p0 = one, p1 = one, p2 = one, p3 = one
        // Two rows a turn share what they load; the last row of an odd number comes with weight zero a second time.
        for index in stride(from: 0, to: count, by: 2) {
            let isPair = index + 1 < count
            let row = rows + index * n, second = isPair ? row + n : row
            var f0 = DoubleLanes.zero, f1 = f0, f2 = f0, f3 = f0, h0 = f0, h1 = f0, h2 = f0, h3 = f0
            for i in 0..<n {
                let a = DoubleLanes(repeating: row[i]), b = DoubleLanes(repeating: second[i])
                let (x0, x1, x2, x3) = (x[4 * i], x[4 * i + 1], x[4 * i + 2], x[4 * i + 3])
                f0 = f0.fma(a, x0)
                f1 = f1.fma(a, x1)
                f2 = f2.fma(a, x2)
                f3 = f3.fma(a, x3)
                h0 = h0.fma(b, x0)
                h1 = h1.fma(b, x1)
                h2 = h2.fma(b, x2)
                h3 = h3.fma(b, x3)
            }
            let share = DoubleLanes(repeating: isPair ? 1 : 0)
            let g0 = add(f0, one, &value[0], &p0), g1 = add(f1, one, &value[1], &p1)
            let g2 = add(f2, one, &value[2], &p2), g3 = add(f3, one, &value[3], &p3)
            let k0 = add(h0, share, &value[0], &p0), k1 = add(h1, share, &value[1], &p1)
            let k2 = add(h2, share, &value[2], &p2), k3 = add(h3, share, &value[3], &p3)
            if index % 512 == 510 || index + 2 >= count {
                value[0] -= p0.logarithm
                value[1] -= p1.logarithm
                value[2] -= p2.logarithm
                value[3] -= p3.logarithm
                (p0, p1, p2, p3) = (one, one, one, one)
            }
            guard let gradient else { continue }
            for i in 0..<n {
                let a = DoubleLanes(repeating: row[i]), b = DoubleLanes(repeating: second[i]), place = gradient + 4 * i
                place[0] = place[0].fma(a, g0).fma(b, k0)
                place[1] = place[1].fma(a, g1).fma(b, k1)
                place[2] = place[2].fma(a, g2).fma(b, k2)
                place[3] = place[3].fma(a, g3).fma(b, k3)
            }
        }
    }

    // Adds log σ(f), the part of the logarithm as a factor to `product`; returns the derivative 1 − σ(f), which is e/(1 + e) where f > 0, else
    // 1/(1 + e).
    @inline(__always)
    private func add(_ f: DoubleLanes, _ share: DoubleLanes, _ value: inout DoubleLanes, _ product: inout DoubleLanes) -> DoubleLanes {
        let e = (-f.magnitude).exponential
        product = product.fma(product, share * e)
        value = value.fma(share, f.minimum(.zero))
        return share * DoubleLanes(repeating: 1).replacing(with: e, where: f .> 0) / (1 + e)
    }
}
