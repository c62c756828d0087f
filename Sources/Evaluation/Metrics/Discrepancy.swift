import Foundation
import Numerics

/// The maximum mean discrepancy of two sets of configurations, as IKFlow defines it (Ames, Morgan and Konidaris, RA-L 2022).
///
/// With the inverse multiquadric kernel k(x, y) = Cᵃ·((C + |x − y|²)/a)⁻ᵃ, C = 1.1827…, a = 0.2,
///
///     MMD = mean over i, j of k(x_i, x_j) + k(y_i, y_j) − 2·k(x_i, y_j),
///
/// joints in radians, not normalised and not wrapped, the diagonal included, no square root taken. Two sets of 50 draws from the same
/// distribution do not score zero; the floor is to be given beside every figure.
public enum Discrepancy {
    static let c = 1.182_700_936_446_454_7
    static let a = 0.2

    /// Zero for equal sets; not-a-number where one of them is empty.
    ///
    /// - Parameters: n × D and m × D configurations.
    public static func between(_ x: Matrix, _ y: Matrix) -> Double {
        guard x.rows > 0, y.rows > 0 else { return .nan }
        return mean(x, x) + mean(y, y) - 2 * mean(x, y)
    }

    private static let factor = pow(c, a) * pow(a, a)

    private static func mean(_ x: Matrix, _ y: Matrix) -> Double {
        let n = x.columns
        var sum = 0.0
        x.elements.withUnsafeBufferPointer { p in
            y.elements.withUnsafeBufferPointer { q in
                for i in 0..<x.rows {
                    for j in 0..<y.rows {
                        var square = 0.0
                        for k in 0..<n {
                            let d = p[i * n + k] - q[j * n + k]
                            square += d * d
                        }
                        sum += exp(-a * log(c + square))
                    }
                }
            }
        }
        return factor * sum / Double(x.rows * y.rows)
    }
}
