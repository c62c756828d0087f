/// The numbers that an option admits.
public struct NumberRange: Sendable, CustomStringConvertible {
    public let bounds: ClosedRange<Double>
    public let isOpenBelow: Bool
    public let admitsInfinity: Bool

    /// Every finite number.
    public static let finite = NumberRange(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)

    /// The finite numbers above a bound; with infinity, where that means something.
    public static func above(_ bound: Double, orInfinity admitsInfinity: Bool = false) -> NumberRange {
        NumberRange(bound...Double.greatestFiniteMagnitude, isOpenBelow: true, admitsInfinity: admitsInfinity)
    }

    /// The numbers between bounds; with infinity, where that means something.
    public init(_ bounds: ClosedRange<Double>, orInfinity admitsInfinity: Bool = false) {
        self.init(bounds, isOpenBelow: false, admitsInfinity: admitsInfinity)
    }

    /// The whole numbers between bounds; without an upper one where that is the greatest `Int`.
    init(_ bounds: ClosedRange<Int>) {
        self.init(Double(bounds.lowerBound)...(bounds.upperBound == .max ? .greatestFiniteMagnitude : Double(bounds.upperBound)))
    }

    private init(_ bounds: ClosedRange<Double>, isOpenBelow: Bool, admitsInfinity: Bool) {
        self.bounds = bounds
        self.isOpenBelow = isOpenBelow
        self.admitsInfinity = admitsInfinity
    }

    func contains(_ number: Double) -> Bool {
        if number == .infinity { return admitsInfinity }
        return bounds.contains(number) && !(isOpenBelow && number == bounds.lowerBound)
    }

    /// The words with the range: "a number from 0 to 1".
    func phrase(_ words: String) -> String {
        let range = description
        return range.isEmpty ? words : words + (range.first?.isNumber == true || range.first == "-" ? " from " : " ") + range
    }

    public var description: String {
        let hasUpper = bounds.upperBound < .greatestFiniteMagnitude
        if bounds.lowerBound <= -.greatestFiniteMagnitude { return hasUpper ? "at most \(plainText(bounds.upperBound))" : "" }
        let lower = plainText(bounds.lowerBound)
        let finite = isOpenBelow ? "above \(lower)" : hasUpper ? "\(lower) to \(plainText(bounds.upperBound))" : "at least \(lower)"
        return finite + (admitsInfinity ? ", or math.huge" : "")
    }
}

extension Slot {
    /// A number of a range.
    public func number(of range: NumberRange) throws -> Double {
        if range.admitsInfinity, kind == .number, case .number(.infinity) = value { return .infinity }
        let number = try number()
        guard range.contains(number) else {
            throw mismatch(range.phrase("a number"))
        }
        return number
    }
}
