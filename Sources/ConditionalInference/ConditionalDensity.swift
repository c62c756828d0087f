import Mixtures
import Numerics

/// An unnormalised log-density log p̃(x|c) of points x given a context c, evaluated for sixteen contexts side by side.
///
/// Lane l of every register belongs to context l; a call evaluates several points of each. Values may be anything a density's logarithm
/// may be: −∞ and very low values where the density vanishes. NaN and +∞ are faults of the density; the objectives count both kinds.
public protocol ConditionalDensity: Sendable {
    /// The number of coordinates of x.
    var dimension: Int { get }
    /// The number of values of a context.
    var contextCount: Int { get }
    /// Registers of scratch that a call needs.
    var scratchCount: Int { get }

    /// Evaluates `count` points of each of sixteen contexts.
    ///
    /// - Parameters:
    ///   - points: `dimension` registers per point.
    ///   - contexts: value i of context l is at `i·stride + l`.
    ///   - values: receives log p̃, one register per point.
    ///   - gradients: receives d log p̃/dx, `dimension` registers per point.
    ///   - scratch: `scratchCount` registers.
    func evaluate(
        _ points: UnsafePointer<Lanes>, count: Int, contexts: UnsafePointer<Float>, stride: Int, values: UnsafeMutablePointer<Lanes>,
        gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>)
}

/// A density in the coordinates u of x = centre + scale·u, in which networks predict.
///
/// The Jacobian's logarithm Σ log scale is left out: evidence bounds are those of the density in its own coordinates if entropies are too.
public struct StandardisedDensity<Base: ConditionalDensity>: ConditionalDensity {
    public let base: Base
    public let centre: [Float]
    public let scale: [Float]

    /// - Precondition: as many centres and scales as coordinates; scales are positive.
    public init(_ base: Base, centre: [Float], scale: [Float]) {
        precondition(centre.count == base.dimension && scale.count == base.dimension && scale.allSatisfy { $0 > 0 },
                     "\(base.dimension) coordinates need as many centres and positive scales")
        self.base = base
        self.centre = centre
        self.scale = scale
    }

    public var dimension: Int { base.dimension }
    public var contextCount: Int { base.contextCount }
    public var scratchCount: Int { base.scratchCount + base.dimension * Self.portion }

    /// Points that are converted and evaluated at a time.
    private static var portion: Int { 64 }

    public func evaluate(
        _ points: UnsafePointer<Lanes>, count: Int, contexts: UnsafePointer<Float>, stride: Int, values: UnsafeMutablePointer<Lanes>,
        gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        let n = dimension, x = scratch + base.scratchCount
        centre.withUnsafeBufferPointer { centre in
            scale.withUnsafeBufferPointer { scale in
                for start in Swift.stride(from: 0, to: count, by: Self.portion) {
                    let size = min(Self.portion, count - start), u = points + start * n, g = gradients + start * n
                    for point in 0..<size {
                        for i in 0..<n { x[point * n + i] = Lanes(repeating: centre[i]).fma(u[point * n + i], Lanes(repeating: scale[i])) }
                    }
                    base.evaluate(x, count: size, contexts: contexts, stride: stride, values: values + start, gradients: g, scratch: scratch)
                    for point in 0..<size {
                        for i in 0..<n { g[point * n + i] *= scale[i] }
                    }
                }
            }
        }
    }
}

/// A density of lanes with the context held: a target in double precision, whose values have the accuracy of single.
public final class LaneDensityAtContext<Base: ConditionalDensity>: TargetDensity {
    public let name: String
    private let base: Base
    private let contexts: [Float]

    /// - Parameter context: `contextCount` numbers, as the density reads them.
    public init(_ base: Base, context: [Float], name: String) {
        precondition(context.count == base.contextCount, "a context of \(context.count) numbers in place of \(base.contextCount)")
        self.name = name
        self.base = base
        contexts = context.flatMap { [Float](repeating: $0, count: laneCount) }
    }

    public var dimension: Int { base.dimension }
    public var start: InitialMixture { InitialMixture(dimension: dimension) }

    public func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>, gradients: UnsafeMutablePointer<Double>?
    ) throws {
        let n = dimension, rows = (count + laneCount - 1) / laneCount
        var x = [Lanes](repeating: .zero, count: rows * n), slopes = x, values = [Lanes](repeating: .zero, count: rows)
        var scratch = [Lanes](repeating: .zero, count: max(1, base.scratchCount))
        for point in 0..<rows * laneCount {
            // Lanes beyond the last point repeat it.
            let source = min(point, count - 1)
            for i in 0..<n { x[point / laneCount * n + i][point % laneCount] = Float(points[source * n + i]) }
        }
        base.evaluate(x, count: rows, contexts: contexts, stride: laneCount, values: &values, gradients: &slopes, scratch: &scratch)
        for point in 0..<count {
            let (row, lane) = (point / laneCount, point % laneCount)
            logDensities[point] = Double(values[row][lane])
            guard let gradients else { continue }
            for i in 0..<n { gradients[point * n + i] = Double(slopes[row * n + i][lane]) }
        }
    }
}
