import Numerics

/// A configuration itself, then others around it, farther and farther, in turns with another source's starts.
struct StartsNear: StartSource {
    private let near: [Float]
    private let limits: [(lower: Float, upper: Float)?]
    private var rest: any StartSource
    private var noise = RandomStream(seed: 0x6e65_6172)
    private var drawn = 0
    private let spread: Double
    /// What lengths are multiplied by, one a variable.
    private let units: [Double]

    /// - Parameters:
    ///   - spread: multiplies how far the others lie.
    ///   - scale: metres that go with one radian.
    init(_ near: [Double], spread: Double = 1, scale: Double, variables: [Chain.Variable], rest: any StartSource) {
        self.near = near.map { Float($0) }
        self.spread = spread
        units = variables.map { $0.kind == .prismatic ? scale : 1 }
        limits = variables.map { $0.kind == .continuous ? nil : (Float($0.lower, roundedUp: true), Float($0.upper, roundedUp: false)) }
        self.rest = rest
    }

    var patience: Int { rest.patience }

    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        defer { drawn += 1 }
        if drawn >= 16, drawn % 2 == 0 || drawn > 64 { return rest.next(into: q, lane: lane) }
        let spread = drawn == 0 ? 0 : spread * min(0.1 + 0.02 * Double(drawn), 1)
        for i in near.indices {
            let value = near[i] + Float(spread * units[i] * noise.normal())
            q[i][lane] = limits[i].map { min(max(value, $0.lower), $0.upper) } ?? value
        }
        return placedStart
    }
}
