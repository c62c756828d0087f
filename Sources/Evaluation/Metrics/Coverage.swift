import Kinematics
import Numerics

/// How much of a set of reference solutions has an answer close by.
public enum Coverage {
    /// The share of the reference's rows with an answer within a radius (Euclidean, rad and m; continuous joints wrap).
    ///
    /// - Parameter radii: several radii at once, ascending or not.
    /// - Returns: a share for each radius; not-a-number where there is no reference, zero where there is no answer.
    public static func share(of reference: Matrix, by answers: Matrix, within radii: [Double], on chain: Chain) -> [Double] {
        guard reference.rows > 0 else { return radii.map { _ in .nan } }
        let wraps = chain.variables.map { $0.kind == .continuous }
        let n = reference.columns
        var counts = radii.map { _ in 0 }
        for i in 0..<reference.rows {
            var nearest = Double.infinity
            for j in 0..<answers.rows {
                var square = 0.0
                for k in 0..<n {
                    var d = reference.elements[i * n + k] - answers.elements[j * n + k]
                    if wraps[k] { d = d.wrapped }
                    square += d * d
                }
                nearest = min(nearest, square)
            }
            for (index, radius) in radii.enumerated() where nearest <= radius * radius { counts[index] += 1 }
        }
        return counts.map { Double($0) / Double(reference.rows) }
    }
}
