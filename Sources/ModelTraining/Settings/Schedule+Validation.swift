import Foundation

// What a schedule may look like, and how it is told.
extension Schedule {
    /// Schedules nest so deep at most, and hold so many points and parts in all.
    public static let greatestDepth = 16
    public static let greatestSize = 100_000

    /// How deep the schedule nests.
    var depth: Int {
        switch self {
        case .warmUp(_, let next): 1 + next.depth
        case .sequence(let parts): 1 + (parts.map(\.schedule.depth).max() ?? 0)
        default: 1
        }
    }

    /// How many points and parts it holds in all.
    var size: Int {
        switch self {
        case .steps(let points), .table(let points): points.count
        case .warmUp(_, let next): 1 + next.size
        case .sequence(let parts): parts.reduce(1) { $0 + $1.schedule.size }
        default: 1
        }
    }

    /// What makes the schedule unusable, in words; nil where it is sound.
    ///
    /// Whoever builds a schedule from others checks every step, so that none grows beyond the bounds.
    public var fault: String? {
        switch self {
        case .constant(let value), .supplied(let value):
            return value.isFinite ? nil : "its value must be finite, not \(value)"
        case .linear(let from, let to), .cosine(let from, let to):
            return from.isFinite && to.isFinite ? nil : "both ends must be finite, not \(from) and \(to)"
        case .exponential(let from, let to):
            return from > 0 && to > 0 && from.isFinite && to.isFinite ? nil : "both ends of an exponential must be above 0, not \(from) and \(to)"
        case .steps(let points), .table(let points): return Self.fault(of: points)
        case .warmUp(let share, let next):
            guard share > 0, share < 1 else { return "the share of a warm-up must be above 0 and below 1, not \(share)" }
            return next.fault ?? extentFault
        case .sequence(let parts):
            guard !parts.isEmpty else { return "a sequence needs a part" }
            if let part = parts.first(where: { !($0.share > 0 && $0.share.isFinite) }) {
                return "the share of a part must be above 0, not \(part.share)"
            }
            for part in parts { if let fault = part.schedule.fault { return fault } }
            return extentFault
        }
    }

    private var extentFault: String? {
        if depth > Self.greatestDepth { return "schedules may be nested \(Self.greatestDepth) deep" }
        return size > Self.greatestSize ? "a schedule may have \(Self.greatestSize) points and parts" : nil
    }

    private static func fault(of points: [Point]) -> String? {
        guard !points.isEmpty else { return "it needs a point" }
        guard points.count <= greatestSize else { return "a schedule may have \(greatestSize) points and parts" }
        for (index, point) in points.enumerated() {
            guard point.value.isFinite, (0...1).contains(point.progress) else {
                return "point \(index + 1) must have a progress from 0 to 1 and a finite value, not \(point.progress) and \(point.value)"
            }
            guard index == 0 || point.progress > points[index - 1].progress else { return "the progress of its points must rise" }
        }
        return nil
    }

    /// The least and the greatest value over the whole training.
    public var range: ClosedRange<Double> {
        func span(_ values: [Double]) -> ClosedRange<Double> { values.min()!...values.max()! }
        switch self {
        case .constant(let value), .supplied(let value): return value...value
        case .linear(let from, let to), .cosine(let from, let to), .exponential(let from, let to): return span([from, to])
        case .steps(let points), .table(let points): return span(points.map(\.value))
        case .warmUp(_, let next): return span([0, next.range.lowerBound, next.range.upperBound])
        case .sequence(let parts):
            let ranges = parts.map(\.schedule.range)
            return ranges.map(\.lowerBound).min()!...ranges.map(\.upperBound).max()!
        }
    }

    /// Throws unless the schedule is sound and stays within a range.
    ///
    /// - Parameter name: names the quantity in the error.
    public func validate(_ name: String, within allowed: ClosedRange<Double>) throws(TrainingError) {
        if let fault { throw .invalidSettings("\(name): \(fault)") }
        let range = range
        guard allowed.contains(range.lowerBound), allowed.contains(range.upperBound) else {
            let reached = allowed.contains(range.lowerBound) ? range.upperBound : range.lowerBound
            throw .invalidSettings("\(name) must be from \(allowed.lowerBound) to \(allowed.upperBound), not \(reached)")
        }
    }

    var isSupplied: Bool { if case .supplied = self { true } else { false } }
}

extension Schedule: CustomStringConvertible {
    /// "cosine from 0.004 to 4e-05".
    public var description: String {
        func text(_ value: Double) -> String { value.isNaN ? "nan" : String(format: "%.4g", value) }
        func list(_ points: [Point]) -> String {
            let shown = points.prefix(6).map { "\(text($0.value)) at \(text($0.progress))" }
            return shown.joined(separator: ", ") + (points.count > 6 ? ", … (\(points.count) points)" : "")
        }
        switch self {
        case .constant(let value): return "constant \(text(value))"
        case .linear(let from, let to): return "linear from \(text(from)) to \(text(to))"
        case .cosine(let from, let to): return "cosine from \(text(from)) to \(text(to))"
        case .exponential(let from, let to): return "exponential from \(text(from)) to \(text(to))"
        case .steps(let points): return "steps: " + list(points)
        case .table(let points): return "table: " + list(points)
        case .warmUp(let share, let next): return "warm-up over \(text(100 * share)) %, then \(next)"
        case .sequence(let parts):
            let total = parts.reduce(0) { $0 + $1.share }
            let shown = parts.prefix(6).map { "\(text(100 * $0.share / total)) % \($0.schedule)" }
            return "sequence: " + shown.joined(separator: "; ") + (parts.count > 6 ? "; … (\(parts.count) parts)" : "")
        case .supplied(let value): return "function, last \(text(value))"
        }
    }
}
