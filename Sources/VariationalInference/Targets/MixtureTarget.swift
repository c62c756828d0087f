import Mixtures
import Numerics

/// A Gaussian mixture as a target: what its modes and its log Z = 0 are is known.
public struct MixtureTarget: TargetDensity {
    public let name: String
    public let mixture: GaussianMixture
    public let start: InitialMixture
    private let density: MixtureDensity

    /// - Parameter start: the start of inferences that are given none.
    public init(name: String, mixture: GaussianMixture, start: InitialMixture) {
        self.name = name
        self.mixture = mixture
        self.start = start
        density = MixtureDensity(mixture)
    }

    /// Ten Gaussians of equal weight: means uniform in [−50, 50]ᴰ, covariances AᵀA + I with A_ij ~ N(0, (D/10)²), drawn as the
    /// authors' program does from a seed of numpy's (Arenz et al., JMLR 2020).
    public static func published(dimension n: Int, seed: UInt32 = 10_000) -> MixtureTarget {
        var random = MersenneTwister(seed: seed)
        let components = (0..<10).map { _ in
            let mean = (0..<n).map { _ in 100 * (random.uniform() - 0.5) }
            let a = (0..<n * n).map { _ in 0.1 * Double(n) * random.normal() }
            return Gaussian(mean: mean, precisionFactor: TargetMatrices.inverseFactor(n, TargetMatrices.gramPlusIdentity(n, a)))
        }
        return MixtureTarget(
            name: "Gaussian mixture, \(n) variables",
            mixture: GaussianMixture(weights: Array(repeating: 0.1, count: 10), components: components),
            start: InitialMixture(dimension: n, deviation: 1000.0.squareRoot()))
    }

    /// Forty Gaussians of equal weight and unit covariance, means uniform in [−40, 40]ᴰ (Blessing et al., ICML 2024, after Midgley et al.,
    /// ICLR 2023); drawn from a seed of NumPy's legacy generator, so that they are not the very means of those benchmarks.
    public static func forty(dimension n: Int, seed: UInt32 = 0) -> MixtureTarget {
        var random = MersenneTwister(seed: seed)
        let components = (0..<40).map { _ in
            Gaussian(mean: (0..<n).map { _ in 80 * random.uniform() - 40 }, deviations: Array(repeating: 1, count: n))
        }
        return MixtureTarget(
            name: "forty Gaussians, \(n) variables",
            mixture: GaussianMixture(weights: Array(repeating: 1.0 / 40, count: 40), components: components),
            start: InitialMixture(dimension: n, deviation: 40 / 3.0.squareRoot()))
    }

    public var dimension: Int { mixture.dimension }

    public var modes: TargetModes? { TargetModes(near: mixture.components.map(\.mean)) }

    public func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        density.evaluate(points, count: count, into: logDensities, gradients: gradients)
    }
}

extension TargetModes {
    /// Modes at points: what is nearer than 6·√D to one belongs to the nearest (Arenz et al., TMLR 2023).
    public init(near places: [[Double]]) {
        self.init(count: places.count) { x in
            let squares = places.map { zip($0, x).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
            guard let nearest = squares.indices.min(by: { squares[$0] < squares[$1] }) else { return nil }
            return squares[nearest] < 36 * Double(x.count) ? nearest : nil
        }
    }
}

/// The matrices that published targets are made of.
enum TargetMatrices {
    /// AᵀA + I of an n × n matrix, packed.
    static func gramPlusIdentity(_ n: Int, _ a: [Double]) -> [Double] {
        var result = Array(repeating: 0.0, count: triangleCount(n))
        for k in 0..<n {
            for i in 0..<n {
                let factor = a[k * n + i]
                result.withUnsafeMutableBufferPointer { result in
                    a.withUnsafeBufferPointer { a in
                        DoubleVectors.add(i + 1, factor, times: a.baseAddress! + k * n, to: result.baseAddress! + triangleIndex(i, 0))
                    }
                }
            }
        }
        for i in 0..<n { result[triangleIndex(i, i)] += 1 }
        return result
    }

    /// The Cholesky factor of a packed matrix that is positive definite.
    static func factor(_ n: Int, _ matrix: [Double]) -> [Double] {
        var result = matrix
        let isPositive = PackedTriangle.choleskyFactorise(n, &result)
        precondition(isPositive, "the matrix is not positive definite")
        return result
    }

    /// The Cholesky factor of a packed matrix's inverse.
    static func inverseFactor(_ n: Int, _ matrix: [Double]) -> [Double] {
        guard let result = PackedTriangle.inverseFactor(n, matrix) else { preconditionFailure("the matrix is not positive definite") }
        return result
    }
}
