/// A step size that grows while steps improve the objective and shrinks while they do not (Arenz et al., TMLR 2023).
public enum AdaptiveBound {
    public static let growth = 1.15
    public static let decay = 0.85

    /// The next value: 1.15 of it where there was an improvement, else 0.85, within a range.
    public static func next(_ value: Double, improved: Bool, in range: ClosedRange<Double>) -> Double {
        min(max(value * (improved ? growth : decay), range.lowerBound), range.upperBound)
    }
}
