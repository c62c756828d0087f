import Numerics

/// A Gaussian component as figures show it: its weight, its mean and its covariance.
public struct GaussianShape: Sendable, Equatable {
    /// The number that the component is shown by.
    public var number: Int
    public var weight: Double
    /// D values, rad or m.
    public var mean: [Double]
    /// D × D.
    public var covariance: Matrix

    public init(number: Int, weight: Double, mean: [Double], covariance: Matrix) {
        self.number = number
        self.weight = weight
        self.mean = mean
        self.covariance = covariance
    }

    /// The component over two of its variables where the others are held at values, its weight times the density of those values on a
    /// logarithmic scale; nil where the covariance is none.
    ///
    /// With a the two variables and b the others: mean μ_a + Σ_ab Σ_bb⁻¹ (x_b − μ_b), covariance Σ_aa − Σ_ab Σ_bb⁻¹ Σ_ba.
    public func slice(_ i: Int, _ j: Int, at values: [Double]) -> (shape: GaussianShape, logWeight: Double)? {
        let kept = [i, j], held = mean.indices.filter { $0 != i && $0 != j }
        // Σ_bb = L Lᵀ; the columns of `solved` are L⁻¹ of Σ_bi, Σ_bj and x_b − μ_b.
        var factor = [[Double]](repeating: [], count: held.count)
        var solved = [[Double]](repeating: [0, 0, 0], count: held.count)
        var logWeight = Elementary.log(weight)
        for (row, b) in held.enumerated() {
            for column in 0...row {
                let sum = (0..<column).reduce(covariance[b, held[column]]) { $0 - factor[row][$1] * factor[column][$1] }
                if column == row { guard sum > 0, sum.isFinite else { return nil } }
                factor[row].append(column == row ? sum.squareRoot() : sum / factor[column][column])
            }
            let right = kept.map { covariance[b, $0] } + [values[b] - mean[b]]
            for k in 0..<3 { solved[row][k] = (0..<row).reduce(right[k]) { $0 - factor[row][$1] * solved[$1][k] } / factor[row][row] }
            logWeight -= Elementary.log(factor[row][row]) + 0.5 * solved[row][2] * solved[row][2]
        }
        func product(_ p: Int, _ q: Int) -> Double { solved.reduce(0) { $0 + $1[p] * $1[q] } }
        var shape = self
        shape.mean = kept.indices.map { mean[kept[$0]] + product($0, 2) }
        shape.covariance = Matrix(
            rows: 2, columns: 2, elements: kept.indices.flatMap { p in kept.indices.map { covariance[kept[p], kept[$0]] - product(p, $0) } })
        return (shape, logWeight)
    }

    /// The ellipse of so many standard deviations in two variables; nil where it has no finite size.
    func ellipse(_ i: Int, _ j: Int, deviations: Double) -> Mark? {
        let (a, b, c) = (covariance[i, i], covariance[i, j], covariance[j, j])
        guard a > 0, c > 0, a < 1e200, c < 1e200, b.isFinite else { return nil }
        // The columns of the Cholesky factor are conjugate half-axes.
        let root = a.squareRoot()
        let rest = max(0, c - b / root * (b / root)).squareRoot()
        return .ellipse(
            center: Place(mean[i], mean[j]), Place(root, b / root) * deviations, Place(0, rest) * deviations)
    }
}

/// Components in the order in which they are coloured: by number; the heaviest only where there are too many to be told apart.
struct ShownComponents {
    /// As many components as a figure shows one by one.
    static let limit = 24
    /// Lighter components are left out: their ellipses, often wide, would hide the others.
    static let leastWeight = 0.002

    /// The components by number, each with the index of its colour.
    var shapes: [(shape: GaussianShape, series: Int)]
    /// How many are left out, and their weight.
    var omitted: Int
    var omittedWeight: Double

    init(_ shapes: [GaussianShape], limit: Int = ShownComponents.limit) {
        let order = shapes.indices.sorted {
            shapes[$0].weight != shapes[$1].weight ? shapes[$0].weight > shapes[$1].weight : $0 < $1
        }
        let heavy = order.filter { !(shapes[$0].weight < ShownComponents.leastWeight) }
        let kept = (heavy.isEmpty ? order : heavy).prefix(limit).sorted { shapes[$0].number < shapes[$1].number }
        self.shapes = kept.enumerated().map { (shapes[$1], $0) }
        omitted = shapes.count - kept.count
        omittedWeight = order.dropFirst(kept.count).reduce(0) { $0 + shapes[$1].weight }
    }

    /// One line a component, and one for those that are left out.
    ///
    /// - Parameter ink: the same for all components; each its own if nil.
    func legend(ink: Style.Ink? = nil) -> [LegendEntry] {
        func weight(_ value: Double) -> String { "weight " + Decimal.significant(value, digits: 2) }
        var entries = shapes.map { shape, series in
            LegendEntry(text: weight(shape.weight), sample: .line(badge: String(shape.number)), style: Style(ink ?? .series(series)))
        }
        if omitted > 0 {
            entries.append(LegendEntry(
                text: weight(omittedWeight) + " in \(omitted) not drawn", sample: .nothing, style: Style(.muted, .faint)))
        }
        return entries
    }

    /// Ellipses of one and two standard deviations and the component's number, one layer a component.
    ///
    /// - Parameters:
    ///   - ink: the same for all components; each its own if nil.
    ///   - isNumbered: whether the component with this index carries its number here.
    func layers(_ i: Int, _ j: Int, ink: Style.Ink? = nil, isNumbered: (Int) -> Bool = { _ in true }) -> [Layer] {
        shapes.map { shape, series in
            var marks = [1.0, 2].compactMap { shape.ellipse(i, j, deviations: $0) }
            let mean = Place(shape.mean[i], shape.mean[j])
            if isNumbered(series) { marks.append(.badge(String(shape.number), on: [mean])) }
            if marks.count < 2 { marks.append(.points([mean], .cross)) }
            return Layer(name: "component \(shape.number)", style: Style(ink ?? .series(series)), marks: marks)
        }
    }
}
