import Kinematics
import Numerics

/// The directions of the tip's velocity in which a pose constrains a chain.
///
/// An arm in space has six, or three where the orientation is free. One that moves in a plane has fewer: the others are zero at every
/// configuration, and no constraint.
package struct PoseConstraints: Sendable {
    /// Orthonormal directions, each along vx vy vz wx wy wz.
    package let directions: [[Double]]
    /// Whether the directions are the first `count` coordinates.
    package let isPlain: Bool
    private let lanes: [[Float]]

    package init(_ chain: Chain, followsRotation: Bool) {
        let whole = followsRotation ? 6 : 3
        // The range of the mean of J·Jᵀ, by Gram and Schmidt with the longest remainder first.
        var sum = [[Double]](repeating: [Double](repeating: 0, count: whole), count: whole)
        var stream = RandomStream(seed: 0)
        for _ in 0..<32 {
            let jacobian = chain.jacobian(chain.randomConfiguration(using: &stream))
            for i in 0..<whole {
                for j in 0..<whole { sum[i][j] += zip(jacobian.row(i), jacobian.row(j)).reduce(0) { $0 + $1.0 * $1.1 } }
            }
        }
        func length(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let largest = sum.map(length).max() ?? 0
        var directions: [[Double]] = []
        while let longest = sum.max(by: { length($0) < length($1) }), length(longest) > 1e-9 * largest, directions.count < whole {
            let unit = longest.map { $0 / length(longest) }
            directions.append(unit)
            for i in sum.indices {
                let along = zip(sum[i], unit).reduce(0) { $0 + $1.0 * $1.1 }
                for j in 0..<whole { sum[i][j] -= along * unit[j] }
            }
        }
        isPlain = directions.count == whole
        if isPlain { directions = (0..<whole).map { i in (0..<whole).map { $0 == i ? 1 : 0 } } }
        self.directions = directions.map { $0 + [Double](repeating: 0, count: 6 - whole) }
        lanes = self.directions.map { $0.map { Float($0) } }
    }

    package var count: Int { directions.count }

    /// The Jacobian along the constraints, `count × D`.
    package func jacobian(_ chain: Chain, at configuration: [Double]) -> Matrix {
        let whole = chain.jacobian(configuration)
        var result = Matrix(rows: count, columns: whole.columns)
        for (i, direction) in directions.enumerated() {
            for j in 0..<whole.columns { result[i, j] = (0..<6).reduce(0) { $0 + direction[$1] * whole[$1, j] } }
        }
        return result
    }

    /// Replaces six registers by the `count` components along the constraints.
    @inline(__always)
    package func project(_ vector: UnsafeMutablePointer<Lanes>) {
        guard !isPlain else { return }
        let v = (vector[0], vector[1], vector[2], vector[3], vector[4], vector[5])
        for (i, d) in lanes.enumerated() {
            vector[i] = (v.0 * d[0]).fma(v.1, Lanes(repeating: d[1])).fma(v.2, Lanes(repeating: d[2]))
                .fma(v.3, Lanes(repeating: d[3])).fma(v.4, Lanes(repeating: d[4])).fma(v.5, Lanes(repeating: d[5]))
        }
    }
}
