import Kinematics

/// The plane that a robot stands on with lines at round values, which gives an axonometric view its scale and its depth.
struct FloorGrid {
    /// The distance of lines, m, as it is and as text.
    let size: Double
    let sizeText: String
    private let base: SIMD3<Double>
    private let x: Span
    private let y: Span
    private let foot: SIMD3<Double>?
    private let target: SIMD3<Double>?

    /// A grid at the base's height under all that lies between two corners, with the point under the target marked.
    init(bounds: (lower: SIMD3<Double>, upper: SIMD3<Double>), base: SIMD3<Double>, target: Pose?) {
        // What lies farther away is drawn on no grid.
        let far = 1e9
        let bounds = (lower: bounds.lower.clamped(to: far), upper: bounds.upper.clamped(to: far))
        let base = base.clamped(to: far)
        let across = Span(lower: bounds.lower.x, upper: bounds.upper.x)
        let deep = Span(lower: bounds.lower.y, upper: bounds.upper.y)
        let high = Span(lower: bounds.lower.z, upper: bounds.upper.z)
        let longest = max(across.length, deep.length, high.length)
        let step = TickSearch.best(in: Span(lower: 0, upper: longest > 1e-9 ? longest : 1), wanted: 5)
        let mantissa = step.mantissas[1] - step.mantissas[0]
        size = Double(mantissa) * Decimal.power(step.exponent)
        sizeText = FloorGrid.text(mantissa, exponent: step.exponent)
        x = FloorGrid.rounded(across, to: size)
        y = FloorGrid.rounded(deep, to: size)
        self.base = base
        self.target = target?.position
        foot = target.map { SIMD3($0.position.x, $0.position.y, base.z) }
    }

    func layers(_ projection: Projection) -> [Layer] {
        var lines: [Mark] = []
        for value in values(x) { lines.append(.line([projection([value, y.lower, base.z]), projection([value, y.upper, base.z])])) }
        for value in values(y) { lines.append(.line([projection([x.lower, value, base.z]), projection([x.upper, value, base.z])])) }
        var corner = SIMD3(x.lower, y.lower, base.z)
        let step = corner - base
        // Beside a base that the arrows would reach; on one they are its axes.
        if step.x < 0 || step.y < 0, step.x > -1.5 * size, step.y > -1.5 * size { corner -= SIMD3(size, size, 0) }
        var axes: [Mark] = []
        for (axis, name) in [(SIMD3<Double>(1, 0, 0), "x"), (SIMD3(0, 1, 0), "y"), (SIMD3(0, 0, 1), "z")] {
            let head = projection(corner + axis * size)
            axes.append(.arrow(projection(corner), head))
            axes.append(.text(name, at: head))
        }
        var layers = [
            Layer(name: "floor", style: Style(.muted, .faint), marks: lines),
            Layer(name: "directions", style: Style(.muted), marks: axes),
        ]
        if let foot, let target {
            layers.append(
                Layer(
                    name: "plumb line", style: Style(.muted),
                    marks: [.line([projection(foot), projection(target)]), .points([projection(foot)], .cross)]))
        }
        return layers
    }

    private func values(_ span: Span) -> [Double] {
        (0...Int((span.length / size).rounded())).map { span.lower + Double($0) * size }
    }

    /// The least span between multiples of the size, at least one long.
    private static func rounded(_ span: Span, to size: Double) -> Span {
        let lower = (span.lower / size + 1e-9).rounded(.down) * size
        let upper = (span.upper / size - 1e-9).rounded(.up) * size
        return Span(lower: lower, upper: max(upper, lower + size))
    }

    private static func text(_ mantissa: Int, exponent: Int) -> String {
        var (mantissa, exponent) = (mantissa, exponent)
        while mantissa % 10 == 0 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        guard (-6...5).contains(exponent) else { return "\(mantissa)e\(exponent)" }
        return Decimal.text(mantissa: mantissa, exponent: exponent, decimals: max(0, -exponent))
    }
}

extension SIMD3<Double> {
    fileprivate func clamped(to limit: Double) -> SIMD3<Double> {
        clamped(lowerBound: SIMD3(repeating: -limit), upperBound: SIMD3(repeating: limit))
    }
}
