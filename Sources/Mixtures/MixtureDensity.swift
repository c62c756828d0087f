import Numerics

/// The log-density of a mixture, its gradient and its responsibilities at blocks of points.
///
/// A component whose share of the density is below e⁻⁴⁵ at all 32 points of a block is skipped as soon as that is known.
public struct MixtureDensity: Sendable {
    /// What lies below the greatest term by so many nats is left out: 3e-20 of it.
    @usableFromInline static let negligible = 45.0

    public let table: DensityTable
    /// log w_o.
    public let logWeights: [Double]

    public init(_ mixture: GaussianMixture) {
        self.init(mixture.components, logWeights: mixture.weights.map { $0 > 0 ? Elementary.log($0) : -.infinity })
    }

    /// - Precondition: as many components as weights, at least one.
    public init(_ components: [Gaussian], logWeights: [Double]) {
        precondition(!components.isEmpty && components.count == logWeights.count, "\(logWeights.count) weights for \(components.count) components")
        table = DensityTable(components, dimension: components[0].dimension)
        self.logWeights = logWeights
    }

    public var dimension: Int { table.dimension }

    /// log q at points that lie one after the other.
    ///
    /// - Parameters:
    ///   - logDensities: receives `count` numbers.
    ///   - gradients: receives `count`·D numbers; nil where they are not needed.
    public func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        let workspace = MixtureDensityWorkspace(self)
        let blocks = PointBlocks(points, dimension: dimension, count: count)
        for block in 0..<blocks.blocks {
            let start = block * PointBlocks.width, size = min(PointBlocks.width, count - start)
            workspace.evaluate(blocks[block], gradient: gradients != nil)
            for point in 0..<size { logDensities[start + point] = workspace.logDensity[point / 8][point % 8] }
            guard let gradients else { continue }
            for point in 0..<size {
                for i in 0..<dimension {
                    gradients[(start + point) * dimension + i] = workspace.gradient[4 * i + point / 8][point % 8]
                }
            }
        }
    }
}

/// What one thread needs to evaluate a mixture.
public final class MixtureDensityWorkspace {
    private let density: MixtureDensity
    private let memory = Registers()
    /// Four registers: log q.
    public let logDensity: UnsafeMutablePointer<DoubleLanes>
    /// Four registers per variable: its gradient.
    public let gradient: UnsafeMutablePointer<DoubleLanes>
    private let differences, whitened: UnsafeMutablePointer<DoubleLanes>
    private let terms: UnsafeMutablePointer<DoubleLanes>
    private let all: UnsafeMutablePointer<DoubleLanes>
    /// The components that were not skipped.
    private var near: [Int] = []

    public init(_ density: MixtureDensity) {
        self.density = density
        let n = density.dimension, k = density.table.count
        let size = 12 + 12 * n + 4 * k
        all = memory.take(size, repeating: .zero)
        logDensity = all
        gradient = all + 12
        differences = gradient + 4 * n
        whitened = differences + 4 * n
        terms = whitened + 4 * n
        near.reserveCapacity(k)
    }

    /// Evaluates a block.
    public func evaluate(_ x: UnsafePointer<DoubleLanes>, gradient wantsGradient: Bool) {
        let n = density.dimension, table = density.table
        let greatest = all + 4, limits = all + 8
        for r in 0..<4 { greatest[r] = DoubleLanes(repeating: -.greatestFiniteMagnitude) }
        near.removeAll(keepingCapacity: true)
        for component in 0..<table.count {
            let peak = table.peak(component) + density.logWeights[component]
            guard peak > -.infinity else { continue }
            for r in 0..<4 { limits[r] = 2 * (peak + MixtureDensity.negligible - greatest[r]) }
            let term = terms + 4 * near.count
            guard table.squares(component, at: x, limits: limits, differences: differences, whitened: whitened, into: term) else { continue }
            for r in 0..<4 {
                term[r] = DoubleLanes(repeating: peak).fnma(DoubleLanes(repeating: 0.5), term[r])
                greatest[r] = greatest[r].maximum(term[r])
            }
            near.append(component)
        }
        for r in 0..<4 { logDensity[r] = .zero }
        for index in near.indices {
            for r in 0..<4 {
                let share = (terms[4 * index + r] - greatest[r]).exponential
                terms[4 * index + r] = share
                logDensity[r] += share
            }
        }
        guard wantsGradient else { return finish(greatest) }
        for i in 0..<4 * n { gradient[i] = .zero }
        let scales = limits
        for (index, component) in near.enumerated() {
            var most = DoubleLanes.zero
            for r in 0..<4 {
                let share = terms[4 * index + r] / logDensity[r]
                most = most.maximum(share)
                scales[r] = -share
            }
            guard DoubleLanes(repeating: 1e-14).isAnywhereAtMost(most) else { continue }
            let square = terms + 4 * index
            _ = table.squares(component, at: x, limits: nil, differences: differences, whitened: whitened, into: square)
            table.addProduct(component, whitened: whitened, scales: scales, to: gradient)
        }
        finish(greatest)
    }

    private func finish(_ greatest: UnsafePointer<DoubleLanes>) {
        for r in 0..<4 { logDensity[r] = greatest[r] + logDensity[r].logarithm }
    }
}
