import Kinematics
import Numerics

/// Which rows of the Jacobian a chain can move independently: a planar arm turns about one axis and moves along two.
///
/// They are found by Gram–Schmidt with the longest remainder first, at the best conditioned of a few random configurations of
/// a fixed seed.
package struct TaskRows {
    /// Row indices, ascending: 0, 1, 2 for the position, 3, 4, 5 for the rotation.
    package let rows: [Int]
    /// The dimension of the set of solutions of a pose.
    package let redundancy: Int

    /// - Parameter followsRotation: false where only the position is asked for.
    package init(_ chain: Chain, followsRotation: Bool) {
        var stream = RandomStream(seed: 1)
        var best: [Int] = []
        for _ in 0..<8 {
            let rows = Self.independentRows(
                of: chain.jacobian(chain.randomConfiguration(using: &stream)), among: followsRotation ? 6 : 3)
            if rows.count > best.count { best = rows }
        }
        rows = best.sorted()
        redundancy = chain.degreesOfFreedom - rows.count
    }

    private static func independentRows(of jacobian: Matrix, among count: Int) -> [Int] {
        var remainders = (0..<count).map { (row: $0, vector: Array(jacobian.row($0))) }
        var chosen: [Int] = []
        while let place = remainders.indices.max(by: { remainders[$0].vector.squaredNorm < remainders[$1].vector.squaredNorm }) {
            let (row, vector) = remainders.remove(at: place)
            let square = vector.squaredNorm
            guard square > 1e-12 else { break }
            chosen.append(row)
            for i in remainders.indices {
                let along = zip(vector, remainders[i].vector).reduce(0) { $0 + $1.0 * $1.1 } / square
                for j in vector.indices { remainders[i].vector[j] -= along * vector[j] }
            }
        }
        return chosen
    }
}

extension [Double] {
    var squaredNorm: Double { reduce(0) { $0 + $1 * $1 } }
}
