import Mixtures
import Numerics

/// A mixture of Student's t-distributions of equal weight, normalised.
///
///     log t(x) = log Γ((ν + D)/2) − log Γ(ν/2) − (D/2)·log(ν·π) + ½·log|P| − ((ν + D)/2)·log(1 + (x − m)ᵀ·P·(x − m)/ν)
public struct StudentMixture: TargetDensity {
    public let name: String
    /// The centres m, and factors of the inverse scale matrices P, held as Gaussians.
    public let components: [Gaussian]
    /// ν.
    public let degreesOfFreedom: Double
    public let start: InitialMixture
    private let table: DensityTable
    private let peaks: [Double]

    /// - Parameters:
    ///   - components: the centres m and factors of the inverse scale matrices P, as Gaussians of one dimension.
    ///   - degreesOfFreedom: ν > 0.
    public init(name: String, components: [Gaussian], degreesOfFreedom: Double, start: InitialMixture) {
        precondition(!components.isEmpty && degreesOfFreedom > 0, "a mixture has components and degrees of freedom")
        self.name = name
        self.components = components
        self.degreesOfFreedom = degreesOfFreedom
        self.start = start
        let n = components[0].dimension, nu = degreesOfFreedom
        table = DensityTable(components, dimension: n)
        let constant = Elementary.logGamma(0.5 * (nu + Double(n))) - Elementary.logGamma(0.5 * nu) - 0.5 * Double(n) * Elementary.log(nu * .pi)
        peaks = components.map { gaussian in
            (0..<n).reduce(constant - Elementary.log(Double(components.count))) {
                $0 + Elementary.log(gaussian.precisionFactor[triangleIndex($1, $1)])
            }
        }
    }

    /// Two degrees of freedom; centres uniform in [−s, s]ᴰ, P = BᵀB + I with B_ij ~ 0.1·D·N(0, 1) (Lin et al., ICML 2020): ten
    /// components and s = 20, or with `isHard` twenty and s = 25.
    public static func published(dimension n: Int, isHard: Bool, seed: UInt32 = 10_000) -> StudentMixture {
        var random = MersenneTwister(seed: seed)
        let reach = isHard ? 25.0 : 20
        let components = (0..<(isHard ? 20 : 10)).map { _ in
            let mean = (0..<n).map { _ in 2 * reach * random.uniform() - reach }
            let b = (0..<n * n).map { _ in 0.1 * Double(n) * random.normal() }
            return Gaussian(mean: mean, precisionFactor: TargetMatrices.factor(n, TargetMatrices.gramPlusIdentity(n, b)))
        }
        let deviations = Array(repeating: reach / 3.0.squareRoot(), count: n)
        var start = InitialMixture(mean: Array(repeating: 0, count: n), deviations: deviations, componentDeviations: deviations)
        start.drawsFirstMean = true
        return StudentMixture(name: "Student mixture, \(n) variables", components: components, degreesOfFreedom: 2, start: start)
    }

    public var dimension: Int { table.dimension }

    public var modes: TargetModes? { TargetModes(near: components.map(\.mean)) }

    public func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        let n = dimension, k = table.count
        let blocks = PointBlocks(points, dimension: n, count: count)
        let size = 8 * k + 12 * n + 12
        let scratch = UnsafeMutablePointer<DoubleLanes>.allocate(capacity: size)
        scratch.initialize(repeating: .zero, count: size)
        defer { scratch.deallocate() }
        let differences = scratch, whitened = scratch + 4 * n
        let terms = whitened + 4 * n, slopes = terms + 4 * k, gradient = slopes + 4 * k
        let greatest = gradient + 4 * n, sum = greatest + 4, square = sum + 4
        let half = 0.5 * (degreesOfFreedom + Double(n))
        for block in 0..<blocks.blocks {
            for r in 0..<4 { greatest[r] = DoubleLanes(repeating: -.infinity) }
            for component in 0..<k {
                _ = table.squares(component, at: blocks[block], limits: nil, differences: differences, whitened: whitened, into: square)
                for r in 0..<4 {
                    terms[4 * component + r] = peaks[component] - half * (1 + square[r] / degreesOfFreedom).logarithm
                    slopes[4 * component + r] = 2 * half / (degreesOfFreedom + square[r])
                    greatest[r] = greatest[r].maximum(terms[4 * component + r])
                }
            }
            for r in 0..<4 {
                sum[r] = .zero
                for component in 0..<k { sum[r] += (terms[4 * component + r] - greatest[r]).exponential }
                greatest[r] += sum[r].logarithm
            }
            let start = block * PointBlocks.width
            let here = min(PointBlocks.width, count - start)
            for place in 0..<here { logDensities[start + place] = greatest[place / 8][place % 8] }
            guard let gradients else { continue }
            for i in 0..<4 * n { gradient[i] = .zero }
            for component in 0..<k {
                var most = DoubleLanes.zero
                for r in 0..<4 {
                    let share = (terms[4 * component + r] - greatest[r]).exponential
                    most = most.maximum(share)
                    sum[r] = -share * slopes[4 * component + r]
                }
                guard DoubleLanes(repeating: 1e-15).isAnywhereAtMost(most) else { continue }
                _ = table.squares(component, at: blocks[block], limits: nil, differences: differences, whitened: whitened, into: square)
                table.addProduct(component, whitened: whitened, scales: sum, to: gradient)
            }
            for place in 0..<here {
                for i in 0..<n { gradients[(start + place) * n + i] = gradient[4 * i + place / 8][place % 8] }
            }
        }
    }
}
