/// The variables that a conditional mixture is over: their names, and how values become coordinates of about unit size.
///
/// A coordinate is (value − middle)/halfRange. Variables with edges have the edges at −1 and 1; others are scaled by a mean and a
/// deviation.
public struct SampleSpace: Sendable, Equatable, Codable {
    /// One name a variable.
    public var names: [String]
    /// The values of coordinate 0, and the lengths that are one coordinate.
    public var middle: [Double]
    public var halfRange: [Double]

    /// Variables between edges.
    ///
    /// - Precondition: lists of one length; `lower < upper`.
    public init(names: [String], lower: [Double], upper: [Double]) {
        self.init(
            names: names, middle: zip(lower, upper).map { ($0 + $1) / 2 }, halfRange: zip(lower, upper).map { ($1 - $0) / 2 })
    }

    /// Variables without edges, for instance scaled by means and deviations.
    ///
    /// - Precondition: lists of one length; half ranges are positive.
    public init(names: [String], middle: [Double], halfRange: [Double]) {
        precondition(names.count == middle.count && names.count == halfRange.count, "lists of several lengths")
        self.names = names
        self.middle = middle
        self.halfRange = halfRange
    }

    /// The number of variables D.
    public var dimension: Int { names.count }

    /// Whether numbers that were read make a space.
    public var isSound: Bool {
        names.count == middle.count && names.count == halfRange.count && middle.allSatisfy(\.isFinite)
            && halfRange.allSatisfy { $0 > 0 && $0.isFinite && Float($0) > 0 && Float(1 / $0).isFinite }
    }
}
