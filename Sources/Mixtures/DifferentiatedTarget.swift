import Numerics

/// A target whose gradient comes from central differences where it has none of its own.
public struct DifferentiatedTarget: TargetDensity {
    public let target: any TargetDensity
    /// How far the variables reach, each; nil where nothing is known.
    private let scales: [Double]?

    /// - Parameter scales: by how much each variable changes what matters, in its own unit, for the steps of the differences; 1, or the variable's own
    ///   magnitude where that is greater, where nil.
    public init(_ target: any TargetDensity, scales: [Double]? = nil) {
        self.target = target
        self.scales = scales
    }

    public var name: String { target.name }
    public var dimension: Int { target.dimension }
    public var hasGradient: Bool { true }
    public var isConcurrent: Bool { target.isConcurrent }
    public var start: InitialMixture { target.start }
    public var modes: TargetModes? { target.modes }

    /// How many points are evaluated for one point and its gradient.
    public var evaluationsPerPoint: Int { target.hasGradient ? 1 : 1 + 2 * dimension }

    public func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws {
        try target.evaluate(points, count: count, into: logDensities, gradients: target.hasGradient ? gradients : nil)
        guard let gradients, !target.hasGradient else { return }
        // The points on both sides of one, along all variables, are a batch.
        let n = dimension
        var sides = Array(repeating: 0.0, count: 2 * n * n), values = Array(repeating: 0.0, count: 2 * n)
        for index in 0..<count {
            let x = points + index * n
            for variable in 0..<n {
                let step = step(x[variable], variable)
                for side in 0..<2 {
                    for i in 0..<n { sides[(2 * variable + side) * n + i] = x[i] }
                    sides[(2 * variable + side) * n + variable] += side == 0 ? -step : step
                }
            }
            try target.evaluate(sides, count: 2 * n, into: &values, gradients: nil)
            for variable in 0..<n {
                gradients[index * n + variable] = Self.slope(
                    below: values[2 * variable], here: logDensities[index], above: values[2 * variable + 1], step: step(x[variable], variable))
            }
        }
    }

    /// A central difference; next to where the density is zero that of the other side, and 0 where there is none.
    private static func slope(below: Double, here: Double, above: Double, step: Double) -> Double {
        switch (below == -.infinity, above == -.infinity) {
        case (false, false): (above - below) / (2 * step)
        case (true, false): (above - here) / step
        case (false, true): (here - below) / step
        case (true, true): 0
        }
    }

    /// The third root of the precision, of the variable's scale; at least some hundred steps of the numbers there.
    private func step(_ x: Double, _ variable: Int) -> Double {
        guard let scales else { return 6e-6 * max(1, abs(x)) }
        return max(6e-6 * scales[variable], 256 * x.ulp)
    }
}
