import Numerics

/// A number that changes with the progress of a training: a rate, a bound, a width, a count, or the weight of a term.
///
/// Progress runs from 0 to 1 over a phase. Schedules are built from others by ``warmUp(share:then:)`` and ``sequence(_:)``.
public indirect enum Schedule: Sendable, Equatable, Codable {
    /// A value at a point of the training.
    public struct Point: Sendable, Equatable, Codable {
        /// From 0 to 1.
        public var progress: Double
        public var value: Double

        public init(progress: Double, value: Double) {
            self.progress = progress
            self.value = value
        }
    }

    /// A schedule that fills a share of the training, from its own beginning to its end.
    public struct Part: Sendable, Equatable, Codable {
        /// Relative to the other parts.
        public var share: Double
        public var schedule: Schedule

        public init(share: Double, schedule: Schedule) {
            self.share = share
            self.schedule = schedule
        }
    }

    case constant(Double)
    case linear(from: Double, to: Double)
    /// Half a cosine: flat at both ends.
    case cosine(from: Double, to: Double)
    /// A fixed factor a step; both ends are positive.
    case exponential(from: Double, to: Double)
    /// From each point's progress on its value; before the first point the first value.
    case steps([Point])
    /// A straight line through the points in the order of their progress; beyond the ends the values there.
    case table([Point])
    /// A linear rise from zero to the other schedule's first value, which then runs over the rest.
    case warmUp(share: Double, then: Schedule)
    /// One schedule after the other.
    case sequence([Part])
    /// A number that is set from outside before every step; `value` is the last one.
    case supplied(value: Double)

    /// The value at a share of the budget.
    ///
    /// - Parameter progress: from 0 to 1; what lies outside counts as the nearer end.
    public func value(at progress: Double) -> Double {
        let progress = min(max(progress, 0), 1)
        switch self {
        case .constant(let value), .supplied(let value): return value
        case .linear(let from, let to): return from + (to - from) * progress
        case .cosine(let from, let to): return to + (from - to) * 0.5 * (1 + Elementary.cos(.pi * progress))
        case .exponential(let from, let to): return from * Elementary.exp(progress * Elementary.log(to / from))
        case .steps(let points): return (points.last { $0.progress <= progress } ?? points[0]).value
        case .table(let points): return Self.interpolate(points, at: progress)
        case .warmUp(let share, let next):
            return progress < share ? next.value(at: 0) * progress / share : next.value(at: share < 1 ? (progress - share) / (1 - share) : 1)
        case .sequence(let parts): return Self.value(of: parts, at: progress)
        }
    }

    private static func interpolate(_ points: [Point], at progress: Double) -> Double {
        guard let next = points.firstIndex(where: { $0.progress > progress }) else { return points[points.count - 1].value }
        guard next > 0 else { return points[0].value }
        let (a, b) = (points[next - 1], points[next])
        return a.value + (b.value - a.value) * (progress - a.progress) / (b.progress - a.progress)
    }

    private static func value(of parts: [Part], at progress: Double) -> Double {
        let total = parts.reduce(0) { $0 + $1.share }
        var start = 0.0
        for part in parts.dropLast() {
            let end = start + part.share / total
            if progress < end { return part.schedule.value(at: (progress - start) / (end - start)) }
            start = end
        }
        return parts[parts.count - 1].schedule.value(at: start < 1 ? (progress - start) / (1 - start) : 1)
    }

    /// The values at `count` points, evenly spaced from the beginning to the end.
    public func values(_ count: Int) -> [Double] {
        (0..<max(count, 0)).map { value(at: count == 1 ? 0 : Double($0) / Double(count - 1)) }
    }
}

extension Schedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    public init(floatLiteral value: Double) { self = .constant(value) }
    public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}
