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
    /// All but one of the joints that are surplus: the others can move the tip along every row.
    package let held: [Int]

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
        held = redundancy > 1 ? Self.surplus(redundancy - 1, of: chain, rows: rows) : []
    }

    /// The share of the best choice's volume that an earlier one must have to be taken before it.
    private static let leastVolumeShare = 0.1
    private static let configurations = 16

    /// So many joints without which the others move the tip best along the rows, or nearly so: the earliest of such choices.
    private static func surplus(_ count: Int, of chain: Chain, rows: [Int]) -> [Int] {
        var stream = RandomStream(seed: 2)
        let jacobians = (0..<configurations).map { _ in chain.jacobian(chain.randomConfiguration(using: &stream)) }
        func volume(without held: [Int]) -> Double {
            let columns = (0..<chain.degreesOfFreedom).filter { !held.contains($0) }
            return jacobians.reduce(0) { $0 + Self.volume(of: $1, rows: rows, columns: columns) } / Double(configurations)
        }
        var best: [Int] = Array(0..<count), greatest = volume(without: best)
        // As good as the first joints is good enough; where there are very many choices, only neighbours are looked at.
        var choices = Self.choices(count, of: chain.degreesOfFreedom)
        if choices.count > 2000 { choices = (0...chain.degreesOfFreedom - count).map { Array($0..<$0 + count) } }
        let volumes = choices.map { volume(without: $0) }
        greatest = max(greatest, volumes.max() ?? 0)
        if let place = volumes.firstIndex(where: { $0 >= leastVolumeShare * greatest }) { best = choices[place] }
        return best
    }

    /// √det(J·Jᵀ) of some rows and columns.
    private static func volume(of jacobian: Matrix, rows: [Int], columns: [Int]) -> Double {
        var basis: [[Double]] = [], volume = 1.0
        for row in rows {
            var vector = columns.map { jacobian[row, $0] }
            for other in basis {
                let along = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                for i in vector.indices { vector[i] -= along * other[i] }
            }
            let length = vector.squaredNorm.squareRoot()
            guard length > 1e-9 else { return 0 }
            volume *= length
            basis.append(vector.map { $0 / length })
        }
        return volume
    }

    /// All choices of so many of the first n numbers, in lexicographic order; without those beyond a few thousand.
    private static func choices(_ count: Int, of n: Int) -> [[Int]] {
        var result: [[Int]] = []
        func extend(_ chosen: [Int], from first: Int) {
            guard result.count <= 2000 else { return }
            guard chosen.count < count else {
                result.append(chosen)
                return
            }
            for next in first..<max(first, n) { extend(chosen + [next], from: next + 1) }
        }
        extend([], from: 0)
        return result
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
