import Collision
import Numerics

/// Checks straight lines between configurations, sixteen places of a line at once.
///
/// The first sixteen places are spread over the whole line, the next ones lie between them (Thomason, Kingston and Kavraki, 2024): most lines that
/// collide are found out by the first check.
final class EdgeChecker {
    let checker: CollisionChecker
    /// Places checked a unit of joint space, 1/rad.
    var resolution: Float
    let dimension: Int
    /// The least clearance that a line must have, m.
    var margin: Float {
        get { checker.margin }
        set { checker.margin = newValue }
    }
    private let registers = Registers()
    private let q: UnsafeMutablePointer<Lanes>
    private static let fractions = Lanes((1...laneCount).map { Float($0) / Float(laneCount) })

    init(_ checker: CollisionChecker, resolution: Float) {
        self.checker = checker
        self.resolution = resolution
        dimension = checker.model.variables.count
        q = registers.take(dimension, repeating: .zero)
    }

    /// Whether the line from a configuration along a vector is free; its first end is not checked.
    ///
    /// - Parameter length: the vector's length.
    func isFree(_ start: UnsafePointer<Float>, along vector: UnsafePointer<Float>, length: Float) -> Bool {
        let rounds = max(1, Int((length * resolution / Float(laneCount)).rounded(.up)))
        for i in 0..<dimension { q[i] = Lanes(repeating: start[i]).fma(Self.fractions, Lanes(repeating: vector[i])) }
        let back = 1 / (Float(laneCount) * Float(rounds))
        for round in 0..<rounds {
            if round > 0 { for i in 0..<dimension { q[i] -= vector[i] * back } }
            if checker.anyCollides(q) { return false }
        }
        return true
    }

    /// Whether the line between two configurations is free, its first end apart.
    func isFree(from a: UnsafePointer<Float>, to b: UnsafePointer<Float>) -> Bool {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(dimension, 1)) { vector in
            var square: Float = 0
            for i in 0..<dimension {
                vector[i] = b[i] - a[i]
                square += vector[i] * vector[i]
            }
            return isFree(a, along: vector.baseAddress!, length: square.squareRoot())
        }
    }

    /// The clearances of up to sixteen configurations.
    func clearances(_ configurations: ArraySlice<[Double]>, upTo bound: Float) -> Lanes {
        configurations.flatMap(\.self).withUnsafeBufferPointer { clearances($0.baseAddress!, count: configurations.count, upTo: bound) }
    }

    /// The clearances of configurations that follow one another.
    ///
    /// - Parameter count: 1 to 16; lanes beyond repeat the last one.
    func clearances(_ configurations: UnsafePointer<Double>, count: Int, upTo bound: Float) -> Lanes {
        let numbers = UnsafeMutableRawPointer(q).assumingMemoryBound(to: Float.self)
        for lane in 0..<laneCount {
            let configuration = configurations + min(lane, count - 1) * dimension
            for i in 0..<dimension { numbers[i * laneCount + lane] = Float(configuration[i]) }
        }
        return checker.clearances(q, upTo: bound)
    }
}
