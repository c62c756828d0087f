import Numerics

// The way to targets that only sliding joints of very great range reach.

extension PoseCorrector {
    /// Moves sliding joints of very great range, from 0 or the end that is nearest to it, so that the tip comes near a position.
    ///
    /// The tip's position is linear in them, and least squares place it at once; where that leaves it farther off than a length, turning
    /// joints are turned by a damped step and the slides set anew, a few times.
    mutating func reach(for position: SIMD3<Double>, from start: UnsafePointer<Double>, along wide: [Int], within length: Double) -> [Double] {
        begin(at: start, followsRotation: false)
        for i in wide { q[i] = variables[i].restValue }
        let target = Pose(position: position, rotation: .identity)
        for _ in 0..<12 {
            slide(towards: target, along: wide)
            let error = evaluate(target)
            if error.position <= length { break }
            let before = q
            step(error, damping: 1e-6 * error.square)
            let longest = q.indices.reduce(0) { wide.contains($1) ? $0 : max($0, abs(q[$1] - before[$1])) }
            let share = min(1, 1 / max(longest, 1e-300))
            for i in q.indices { q[i] = wide.contains(i) ? before[i] : before[i] + share * (q[i] - before[i]) }
        }
        return q
    }

    /// The least-squares values of some sliding joints, within their limits; those that meet one are held there.
    private mutating func slide(towards target: Pose, along wide: [Int]) {
        var free = wide
        let n = variables.count
        for _ in 0..<3 where !free.isEmpty {
            let error = evaluate(target)
            let moves = withUnsafeTemporaryAllocation(of: Double.self, capacity: 42) { memory in
                let normal = UnsafeMutableBufferPointer(rebasing: memory[0..<36]), y = UnsafeMutableBufferPointer(rebasing: memory[36..<42])
                for a in 0..<6 {
                    y[a] = a < 3 ? error.linear[a] : 0
                    for b in 0...a {
                        normal[a * 6 + b] = a < 3 ? free.reduce(0) { $0 + jacobian[a * n + $1] * jacobian[b * n + $1] } : 0
                    }
                    normal[a * 6 + a] += a < 3 ? 1e-9 : 1
                }
                guard choleskySolve(normal, y) else { return [Double](repeating: 0, count: free.count) }
                return free.map { i in (0..<3).reduce(0) { $0 + jacobian[$1 * n + i] * y[$1] } }
            }
            var held: Set<Int> = []
            for (i, move) in zip(free, moves) {
                let value = q[i] + move
                q[i] = min(max(value, variables[i].lower), variables[i].upper)
                if q[i] != value { held.insert(i) }
            }
            free.removeAll { held.contains($0) }
        }
    }
}
