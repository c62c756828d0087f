import Figures
import Kinematics
import LuaBridge
import Numerics

// Where a density is drawn: wide enough for its mass, and no wider.

extension DensityPlot {
    /// The ends of what is drawn of a variable: the corner that is given, its limits, or where Gaussians have their mass.
    static func ends(
        of joint: Int, _ axis: JointAxis, lower: Double?, upper: Double?, around expected: [(mean: [Double], deviations: [Double])]
    ) -> (Double, Double) {
        let known = axis.limits
        let reach = expected.compactMap { gaussian -> (Double, Double)? in
            let spread = 3.5 * gaussian.deviations[joint]
            return spread.isFinite ? (gaussian.mean[joint] - spread, gaussian.mean[joint] + spread) : nil
        }
        let low = lower ?? known?.lowerBound ?? (axis.scale == .degrees ? -.pi : reach.map(\.0).min() ?? -3)
        let high = upper ?? known?.upperBound ?? (axis.scale == .degrees ? .pi : reach.map(\.1).max() ?? 3)
        return (low, high)
    }

    /// How often the ranges may be doubled.
    private static let widenings = 10

    /// The ranges, wide enough that no mass lies at their borders; as they are where it does at any width.
    func widened() throws -> (ClosedRange<Double>, ClosedRange<Double>) {
        var coarse = self
        coarse.resolution = Self.coarse
        for _ in 0..<Self.widenings {
            let values = try coarse.logDensities(), greatest = values.filter { $0 < .infinity }.max() ?? 0, last = Self.coarse - 1
            var sides = (left: false, right: false, below: false, above: false)
            for (index, value) in values.enumerated() where value > greatest - Self.visible {
                let (column, row) = (index % Self.coarse, index / Self.coarse)
                if column == 0 { sides.left = true }
                if column == last { sides.right = true }
                if row == 0 { sides.below = true }
                if row == last { sides.above = true }
            }
            func wider(_ range: ClosedRange<Double>, _ atStart: Bool, _ atEnd: Bool) -> ClosedRange<Double> {
                let length = range.upperBound - range.lowerBound
                return (range.lowerBound - (atStart ? length : 0))...(range.upperBound + (atEnd ? length : 0))
            }
            let next = (wider(coarse.ranges.0, sides.left, sides.right), wider(coarse.ranges.1, sides.below, sides.above))
            if next == coarse.ranges { return next }
            coarse.ranges = next
        }
        return ranges
    }

    /// Cells each way where mass is looked for, and how far below the greatest log-density it is to be seen.
    private static let coarse = 48
    private static let visible = 4.5

    /// The part of the ranges in which there is mass to be seen: cells of a coarse grid with a hundredth of the greatest density, and the
    /// components that count, with some air.
    func zoomed() throws -> (ClosedRange<Double>, ClosedRange<Double>) {
        var coarse = self
        coarse.resolution = Self.coarse
        let values = try coarse.logDensities()
        let greatest = values.filter { $0 < .infinity }.max() ?? 0
        var (low, high) = ((Double.infinity, Double.infinity), (-Double.infinity, -Double.infinity))
        func include(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>) {
            low = (min(low.0, x.lowerBound), min(low.1, y.lowerBound))
            high = (max(high.0, x.upperBound), max(high.1, y.upperBound))
        }
        func cell(_ range: ClosedRange<Double>, _ index: Int) -> ClosedRange<Double> {
            let side = (range.upperBound - range.lowerBound) / Double(Self.coarse)
            return (range.lowerBound + side * Double(index))...(range.lowerBound + side * Double(index + 1))
        }
        for (index, value) in values.enumerated() where value > greatest - Self.visible {
            include(cell(ranges.0, index % Self.coarse), cell(ranges.1, index / Self.coarse))
        }
        let all = drawnShapes
        for shape in all where shape.weight > 0.01 {
            let spread = (0..<2).map { 2.5 * max(0, shape.covariance[$0, $0]).squareRoot() }
            guard spread.allSatisfy(\.isFinite) else { continue }
            include((shape.mean[0] - spread[0])...(shape.mean[0] + spread[0]), (shape.mean[1] - spread[1])...(shape.mean[1] + spread[1]))
        }
        func part(_ range: ClosedRange<Double>, _ low: Double, _ high: Double) -> ClosedRange<Double> {
            let air = 0.08 * (high - low)
            let (start, end) = (max(range.lowerBound, low - air), min(range.upperBound, high + air))
            return end - start > 1e-9 * (range.upperBound - range.lowerBound) ? start...end : range
        }
        return (part(ranges.0, low.0, high.0), part(ranges.1, low.1, high.1))
    }
}

extension Slot {
    /// The means and standard deviations of Gaussians that tell where a density has its mass: a mixture's components, or where inference of a target
    /// starts; none for other values.
    func spreads() throws -> [(mean: [Double], deviations: [Double])] {
        if let mixture = try boxIfPresent(Prediction.self)?.read().mixture {
            return mixture.components.map { component in
                (component.mean, component.mean.indices.map { component.covariance[$0, $0].squareRoot() })
            }
        }
        guard let start = try boxIfPresent(Target.self)?.read().density.start else { return [] }
        return [(start.mean, zip(start.deviations, start.componentDeviations).map { max($0, $1) })]
    }
}
