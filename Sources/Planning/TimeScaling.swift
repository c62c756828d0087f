import Numerics

/// How fast joints may move and change their speed.
public struct MotionLimits: Sendable, Equatable {
    /// rad/s or m/s, one a variable.
    public var velocity: [Double]
    /// rad/s² or m/s², one a variable.
    public var acceleration: [Double]

    /// - Precondition: one positive number per variable in both lists.
    public init(velocity: [Double], acceleration: [Double]) {
        self.velocity = velocity
        self.acceleration = acceleration
    }
}

/// The times at which a path's points are passed, from rest to rest, as fast as the limits allow.
///
/// The square of the speed along the path is raised forwards and lowered backwards within the bounds that velocities and accelerations set at every
/// point (Kunz and Stilman, 2012): where the path bends, part of the acceleration is spent on bending.
public enum TimeScaling {
    /// - Precondition: points and limits have numbers for the same variables.
    /// - Returns: s, one a point, the first 0.
    public static func times(of points: [[Double]], limits: MotionLimits) -> [Double] {
        guard let first = points.first, !first.isEmpty else { return Array(repeating: 0, count: points.count) }
        return times(of: ConfigurationList(points), limits: limits)
    }

    static func times(of points: ConfigurationList, limits: MotionLimits) -> [Double] {
        let count = points.count
        guard count > 2 else { return count < 2 ? Array(repeating: 0, count: count) : [0, straight(from: points[0], to: points[1], limits: limits)] }
        var path = TimedPath(points, limits)
        path.limitSpeeds()
        for k in 1..<count { path.squares[k] = min(path.squares[k], path.squares[k - 1] + 2 * path.steps[k - 1] * path.gain(k - 1)) }
        for k in stride(from: count - 2, through: 0, by: -1) {
            path.squares[k] = min(path.squares[k], path.squares[k + 1] + 2 * path.steps[k] * path.gain(k + 1))
        }
        var times = [0.0]
        times.reserveCapacity(count)
        for k in 1..<count {
            times.append(times[k - 1] + 2 * path.steps[k - 1] / max(path.squares[k - 1].squareRoot() + path.squares[k].squareRoot(), 1e-9))
        }
        let excess = path.excess(times)
        return excess > 1 ? times.map { $0 * excess } : times
    }

    /// The time from rest to rest along a straight line: the speed rises, stays at the limit where that is reached, and falls.
    private static func straight(from a: [Double], to b: [Double], limits: MotionLimits) -> Double {
        var longest = 0.0
        for i in a.indices {
            let way = abs(b[i] - a[i]), speed = limits.velocity[i], gain = limits.acceleration[i]
            longest = max(longest, way * gain < speed * speed ? 2 * (way / gain).squareRoot() : way / speed + speed / gain)
        }
        return longest
    }
}

/// A path with its slopes and bends, and the greatest speeds along it.
private struct TimedPath {
    private let count: Int
    private let dimension: Int
    private let values: [Double]
    private let velocity: [Double]
    private let acceleration: [Double]
    /// The lengths of the pieces.
    var steps: [Double]
    /// The squares of the speeds at the points.
    var squares: [Double]
    /// At a point, the change of the slope over half of both steps, and the greater slope of either side: `dimension` numbers per point.
    private var bends: [Double]
    private var slopes: [Double]

    init(_ points: ConfigurationList, _ limits: MotionLimits) {
        count = points.count
        dimension = points.dimension
        values = points.values
        velocity = limits.velocity
        acceleration = limits.acceleration
        steps = (1..<points.count).map { max(points.distance($0 - 1, $0), 1e-9) }
        squares = Array(repeating: .infinity, count: points.count)
        bends = Array(repeating: 0, count: points.values.count)
        slopes = bends
        for k in 0..<count {
            let (before, after) = (max(k - 1, 0), min(k, count - 2)), half = (steps[before] + steps[after]) / 2
            for i in 0..<dimension {
                let a = (values[(before + 1) * dimension + i] - values[before * dimension + i]) / steps[before]
                let b = (values[(after + 1) * dimension + i] - values[after * dimension + i]) / steps[after]
                slopes[k * dimension + i] = max(abs(a), abs(b))
                if k > 0, k < count - 1 { bends[k * dimension + i] = abs(b - a) / half }
            }
        }
    }

    /// The greatest speeds at the points; half of the acceleration is for bending at most. The path begins and ends at rest.
    mutating func limitSpeeds() {
        for k in 1..<count - 1 {
            for i in 0..<dimension {
                let slope = slopes[k * dimension + i], bend = bends[k * dimension + i]
                if slope > 1e-9 {
                    let speed = velocity[i] / slope
                    squares[k] = min(squares[k], speed * speed)
                }
                if bend > 1e-9 { squares[k] = min(squares[k], acceleration[i] / 2 / bend) }
            }
        }
        (squares[0], squares[count - 1]) = (0, 0)
    }

    /// What is left of the acceleration for changes of the speed.
    func gain(_ k: Int) -> Double {
        var bound = Double.infinity
        for i in 0..<dimension {
            let slope = slopes[k * dimension + i]
            if slope > 1e-9 { bound = min(bound, (acceleration[i] - bends[k * dimension + i] * squares[k]) / slope) }
        }
        return bound
    }

    /// By how much all times would have to grow for every difference of points to keep the limits: what the bounds at single points leave open.
    func excess(_ times: [Double]) -> Double {
        var greatest = 1.0
        var before = Array(repeating: 0.0, count: dimension), hasBefore = false
        for k in 1..<count {
            let span = times[k] - times[k - 1]
            guard span > 0 else { continue }
            let half = k > 1 ? (times[k] - times[k - 2]) / 2 : 0
            for i in 0..<dimension {
                let speed = (values[k * dimension + i] - values[(k - 1) * dimension + i]) / span
                greatest = max(greatest, abs(speed) / velocity[i])
                if hasBefore { greatest = max(greatest, (abs(speed - before[i]) / half / acceleration[i]).squareRoot()) }
                before[i] = speed
            }
            hasBefore = true
        }
        return greatest
    }
}
