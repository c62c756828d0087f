import Numerics

/// How fast joints may move and change their speed.
public struct MotionLimits: Sendable, Equatable {
    /// rad/s or m/s, one a variable.
    public var velocity: [Double]
    /// rad/s² or m/s², one a variable.
    public var acceleration: [Double]

    public init(velocity: [Double], acceleration: [Double]) {
        self.velocity = velocity
        self.acceleration = acceleration
    }
}

/// The times at which a path's points are passed, from rest to rest, as fast as the limits allow.
///
/// The square of the speed along the path is raised forwards and lowered backwards within the bounds that velocities and accelerations set at every
/// point (Kunz and Stilman, 2012): where the path bends, part of the acceleration is spent on bending.
enum TimeScaling {
    /// - Returns: s, one a point, the first 0.
    static func times(of points: [[Double]], limits: MotionLimits) -> [Double] {
        let count = points.count
        guard count > 2 else { return count < 2 ? Array(repeating: 0, count: count) : [0, straight(from: points[0], to: points[1], limits: limits)] }
        var steps: [Double] = [], slopes: [[Double]] = []
        for k in 1..<count {
            let (a, b) = (points[k - 1], points[k])
            let step = max(BlendedPath.distance(a, b), 1e-9)
            steps.append(step)
            slopes.append(a.indices.map { (b[$0] - a[$0]) / step })
        }
        // At a point, the bend is the change of the slope over half of both steps, and the slope the greater one of either side.
        let dimension = points[0].count
        var bends = [[Double]](repeating: Array(repeating: 0, count: dimension), count: count), greatest = bends
        for k in 0..<count {
            let (before, after) = (slopes[max(k - 1, 0)], slopes[min(k, count - 2)])
            for i in 0..<dimension {
                greatest[k][i] = max(abs(before[i]), abs(after[i]))
                if k > 0, k < count - 1 { bends[k][i] = abs(after[i] - before[i]) / ((steps[k - 1] + steps[k]) / 2) }
            }
        }
        // The squares of the greatest speeds; half of the acceleration is for bending at most.
        var squares = [Double](repeating: .infinity, count: count)
        for k in 0..<count {
            for i in 0..<dimension {
                if greatest[k][i] > 1e-9 {
                    let speed = limits.velocity[i] / greatest[k][i]
                    squares[k] = min(squares[k], speed * speed)
                }
                if bends[k][i] > 1e-9 { squares[k] = min(squares[k], limits.acceleration[i] / 2 / bends[k][i]) }
            }
        }
        (squares[0], squares[count - 1]) = (0, 0)
        /// What is left of the acceleration for changes of the speed.
        func gain(_ k: Int) -> Double {
            var bound = Double.infinity
            for i in 0..<dimension where greatest[k][i] > 1e-9 {
                bound = min(bound, (limits.acceleration[i] - bends[k][i] * squares[k]) / greatest[k][i])
            }
            return bound
        }
        for k in 1..<count { squares[k] = min(squares[k], squares[k - 1] + 2 * steps[k - 1] * gain(k - 1)) }
        for k in stride(from: count - 2, through: 0, by: -1) { squares[k] = min(squares[k], squares[k + 1] + 2 * steps[k] * gain(k + 1)) }
        var times = [0.0]
        for k in 1..<count { times.append(times[k - 1] + 2 * steps[k - 1] / max(squares[k - 1].squareRoot() + squares[k].squareRoot(), 1e-9)) }
        let excess = excess(points, times, limits)
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

    /// By how much all times would have to grow for every difference of points to keep the limits: what the bounds at single points leave open.
    private static func excess(_ points: [[Double]], _ times: [Double], _ limits: MotionLimits) -> Double {
        var greatest = 1.0
        var before: [Double]?
        for k in 1..<points.count {
            let span = times[k] - times[k - 1]
            guard span > 0 else { continue }
            let speeds = points[k].indices.map { (points[k][$0] - points[k - 1][$0]) / span }
            for i in speeds.indices { greatest = max(greatest, abs(speeds[i]) / limits.velocity[i]) }
            if let before {
                let half = (times[k] - times[k - 2]) / 2
                for i in speeds.indices { greatest = max(greatest, (abs(speeds[i] - before[i]) / half / limits.acceleration[i]).squareRoot()) }
            }
            before = speeds
        }
        return greatest
    }
}
