/// The variables that a conditional mixture is over: their names, and how values become coordinates of about unit size.
///
/// A coordinate is (value − middle)/halfRange. Variables with edges have the edges at −1 and 1; others are scaled by a mean and a
/// deviation.
public struct SampleSpace: Sendable, Equatable, Codable {
    /// One name per variable.
    public var names: [String]
    /// The values of coordinate 0, and the lengths that are one coordinate.
    public var middle: [Double]
    public var halfRange: [Double]
    /// What a variable may be increased by without changing what it means: 2π for an angle without limits; 0 for none.
    public var periods: [Double]

    /// Variables between edges.
    ///
    /// - Parameter periodic: those whose edges are one and the same place.
    /// - Precondition: lists of one length; `lower < upper`.
    public init(names: [String], lower: [Double], upper: [Double], periodic: [Bool]? = nil) {
        self.init(
            names: names, middle: zip(lower, upper).map { ($0 + $1) / 2 }, halfRange: zip(lower, upper).map { ($1 - $0) / 2 })
        if let periodic { periods = zip(periodic, halfRange).map { $0 ? 2 * $1 : 0 } }
    }

    /// Variables without edges, for instance scaled by means and deviations.
    ///
    /// - Precondition: lists of one length; half ranges are positive.
    public init(names: [String], middle: [Double], halfRange: [Double]) {
        precondition(names.count == middle.count && names.count == halfRange.count, "lists of several lengths")
        self.names = names
        self.middle = middle
        self.halfRange = halfRange
        periods = names.map { _ in 0 }
    }

    /// Files may leave out that nothing is periodic.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        names = try values.decode([String].self, forKey: .names)
        middle = try values.decode([Double].self, forKey: .middle)
        halfRange = try values.decode([Double].self, forKey: .halfRange)
        periods = try values.decodeIfPresent([Double].self, forKey: .periods) ?? names.map { _ in 0 }
    }

    /// The variables that are periodic.
    public var periodic: [Int] { periods.indices.filter { periods[$0] > 0 } }

    /// The number of variables D.
    public var dimension: Int { names.count }

    /// The first variable that lies so far from zero that single precision, in which models count, hardly resolves it, and how far apart its numbers are;
    /// nil where there is none.
    public var unresolved: (variable: Int, step: Double)? {
        for (variable, (middle, halfRange)) in zip(middle, halfRange).enumerated() {
            let step = Double(Float(abs(middle) + halfRange).ulp)
            if step > Self.coarsestStep * halfRange { return (variable, step) }
        }
        return nil
    }
    /// The coarsest step of a variable, of the length that is one coordinate.
    private static let coarsestStep = 0.01

    /// Whether numbers that were read make a space.
    ///
    /// - Parameter greatest: of middles and half ranges; the inverse is the least half range.
    public func isSound(within greatest: Double) -> Bool {
        names.count == middle.count && names.count == halfRange.count && names.count == periods.count && periods.allSatisfy { $0 >= 0 && $0.isFinite }
            && middle.allSatisfy { abs($0) <= greatest } && halfRange.allSatisfy { $0 >= 1 / greatest && $0 <= greatest }
    }
}
