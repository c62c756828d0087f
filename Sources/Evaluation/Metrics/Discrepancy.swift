import Foundation
import Numerics

/// The maximum mean discrepancy of two sets of places:
///
///     MMD = mean over i, j of k(x_i, x_j) + k(y_i, y_j) − 2·k(x_i, y_j),
///
/// not normalised and not wrapped, the diagonal included, no square root taken. Two sets of n draws from the same distribution do not score zero;
/// the floor is to be given beside every figure.
public enum Discrepancy {
    /// What tells near places from far ones.
    public enum Kernel: Sendable, Equatable {
        /// The inverse multiquadric k(x, y) = Cᵃ·((C + |x − y|²)/a)⁻ᵃ, C = 1.1827…, a = 0.2: that of IKFlow, joints in radians (Ames, Morgan and
        /// Konidaris, RA-L 2022).
        case multiquadric
        /// k(x, y) = exp(−Σ_i (x_i − y_i)²/(bandwidth·m_i)) with m_i the median of the reference's squared differences in variable i (Arenz et al.,
        /// TMLR 2023).
        case gaussian(bandwidth: Double)
    }

    static let c = 1.182_700_936_446_454_7
    static let a = 0.2
    /// Places of the reference whose differences the median is taken from.
    private static let medianPlaces = 1000

    /// Zero for equal sets; not-a-number where one of them is empty, or where it is cancelled.
    ///
    /// - Parameters:
    ///   - x: n × D.
    ///   - y: m × D, the reference.
    /// - Precondition: as many columns in both.
    public static func between(_ x: Matrix, _ y: Matrix, kernel: Kernel = .multiquadric, cancellation: Cancellation = .never) -> Double {
        precondition(x.columns == y.columns, "places of \(x.columns) and of \(y.columns) variables")
        guard x.rows > 0, y.rows > 0 else { return .nan }
        switch kernel {
        case .multiquadric:
            let scales = Array(repeating: 1.0, count: x.columns)
            let factor = pow(c, a) * pow(a, a)
            func mean(_ x: Matrix, _ y: Matrix) -> Double { factor * self.mean(x, y, scales, cancellation) { exp(-a * log(c + $0)) } }
            return mean(x, x) + mean(y, y) - 2 * mean(x, y)
        case .gaussian(let bandwidth):
            let scales = medianSquares(y, cancellation).map { 1 / (bandwidth * max($0, .leastNormalMagnitude)) }
            func mean(_ x: Matrix, _ y: Matrix) -> Double { self.mean(x, y, scales, cancellation) { exp(-$0) } }
            return mean(x, x) + mean(y, y) - 2 * mean(x, y)
        }
    }

    /// The mean of k(Σ_i scale_i·(x_i − y_i)²) over all pairs.
    private static func mean(
        _ x: Matrix, _ y: Matrix, _ scales: [Double], _ cancellation: Cancellation, _ kernel: (Double) -> Double
    ) -> Double {
        let n = x.columns
        var sum = 0.0
        x.elements.withUnsafeBufferPointer { p in
            y.elements.withUnsafeBufferPointer { q in
                for i in 0..<x.rows {
                    if cancellation.isRequested { return sum = .nan }
                    for j in 0..<y.rows {
                        var square = 0.0
                        for k in 0..<n {
                            let d = p[i * n + k] - q[j * n + k]
                            square += scales[k] * d * d
                        }
                        sum += kernel(square)
                    }
                }
            }
        }
        return sum / Double(x.rows * y.rows)
    }

    /// The medians over pairs, each place with itself included, of the squared differences in every variable.
    private static func medianSquares(_ y: Matrix, _ cancellation: Cancellation) -> [Double] {
        let count = min(y.rows, medianPlaces)
        return (0..<y.columns).map { variable in
            guard !cancellation.isRequested else { return .nan }
            var squares: [Double] = []
            squares.reserveCapacity(count * (count + 1) / 2)
            for i in 0..<count {
                for j in i..<count {
                    let d = y[i, variable] - y[j, variable]
                    squares.append(d * d)
                }
            }
            squares.sort()
            return squares.highMedian
        }
    }
}
