import Geometry

extension ViewScene {
    /// The same scene with the camera, the axes and the floor's grid as large as what is to be seen.
    func framed() -> ViewScene {
        var lower = SIMD3<Double>.zero, upper = SIMD3<Double>.zero
        func include(_ point: SIMD3<Double>) {
            guard (0..<3).allSatisfy({ point[$0].isFinite && abs(point[$0]) < 1e9 }) else { return }
            lower = pointwiseMin(lower, point)
            upper = pointwiseMax(upper, point)
        }
        // A hundred configurations say how large the picture is.
        let all = configurations.map(\.q) + (path?.q ?? []) + [nominal]
        for q in stride(from: 0, to: all.count, by: max(1, all.count / 100)).map({ all[$0] }) { places(at: q).forEach(include) }
        for target in targets { include([target[3], target[7], target[11]]) }
        let extent = upper - lower
        var result = self
        result.size = max(extent.x, extent.y, extent.z, 1e-6)
        let centre = 0.5 * (lower + upper)
        result.centre = [centre.x, centre.y, centre.z]
        result.isFlat = extent.z < 0.05 * result.size
        let step = Self.roundStep(result.size / 8)
        result.grid = Grid(
            step: step, count: 6, centre: [(centre.x / step).rounded() * step, (centre.y / step).rounded() * step, min(0, lower.z)])
        return result
    }

    /// 1, 2 or 5 times a power of ten, at least a length.
    private static func roundStep(_ length: Double) -> Double {
        var power = 1e-9
        while power * 10 < length { power *= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= length } ?? 10 * power
    }

    /// Where the joints and the tips are.
    func places(at q: [Double]) -> [SIMD3<Double>] {
        var frames: [Pose] = []
        for joint in joints {
            let parent = joint.parent < 0 ? Pose.identity : frames[joint.parent]
            let value = joint.m * q[joint.v] + joint.o, axis = SIMD3(joint.axis)
            let motion = joint.kind == "p" ? Pose(position: value * axis, rotation: .identity) : Pose(position: .zero, rotation: Rotation(axis: axis, angle: value))
            frames.append(parent * Pose(rows: joint.origin) * motion)
        }
        return frames.map(\.position) + tips.map { ($0.joint < 0 ? .identity : frames[$0.joint]) * Pose(rows: $0.offset).position }
    }
}

extension Pose {
    fileprivate init(rows: [Double]) {
        self.init(position: [rows[3], rows[7], rows[11]], rotation: Rotation(x: [rows[0], rows[4], rows[8]], y: [rows[1], rows[5], rows[9]], z: [rows[2], rows[6], rows[10]]))
    }
}

extension ViewScene {
    /// The ways of the tips along the path.
    public var tipLines: [[SIMD3<Double>]] {
        guard let path else { return [] }
        let rows = path.q.map { Array(places(at: $0).suffix(tips.count)) }
        return tips.indices.map { tip in rows.map { $0[tip] } }
    }
}
