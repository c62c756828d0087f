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
        let shown = configurations.map(\.q) + paths.flatMap(\.q) + frames.flatMap { $0.members.map(\.q) }
        let all = shown.isEmpty ? [nominal] : shown
        for q in stride(from: 0, to: all.count, by: max(1, all.count / 100)).map({ all[$0] }) { places(at: q).forEach(include) }
        // Shapes reach beyond the joints that carry them.
        for q in stride(from: 0, to: all.count, by: max(1, all.count / 8)).map({ all[$0] }) {
            let frames = jointFrames(at: q)
            for shape in shapes { for corner in corners(of: shape) { include(shape.joint < 0 ? corner : frames[shape.joint] * corner) } }
        }
        for target in targets { include([target[3], target[7], target[11]]) }
        // A floor or a wall is larger than what is to be seen of it.
        let reach = 0.7 * (upper - lower).max()
        let (nearLower, nearUpper) = (lower - reach, upper + reach)
        for shape in world { for corner in corners(of: shape) { include(pointwiseMax(nearLower, pointwiseMin(nearUpper, corner))) } }
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

    /// The corners of a box around a shape, in the frame that it is fixed to.
    private func corners(of shape: ViewShape) -> [SIMD3<Double>] {
        let pose = shape.at.map { Pose(rows: $0) } ?? .identity, s = shape.size
        var lower = SIMD3<Double>.zero, upper = SIMD3<Double>.zero
        switch shape.type {
        case .sphere: upper = SIMD3(repeating: s[0])
        case .spheres:
            let centres = stride(from: 0, to: s.count - 3, by: 4).map { (SIMD3(s[$0], s[$0 + 1], s[$0 + 2]), s[$0 + 3]) }
            lower = centres.reduce(SIMD3(repeating: .infinity)) { pointwiseMin($0, $1.0 - $1.1) }
            upper = centres.reduce(SIMD3(repeating: -.infinity)) { pointwiseMax($0, $1.0 + $1.1) }
        case .capsule: upper = [s[0], s[0], s[1] / 2 + s[0]]
        case .cylinder: upper = [s[0], s[0], s[1] / 2]
        case .box: upper = SIMD3(s[0], s[1], s[2]) / 2
        case .mesh, .points:
            guard let mesh = shape.mesh else { return [] }
            let scale: SIMD3<Double> = s.count == 3 ? SIMD3(s) : SIMD3(repeating: 1)
            (lower, upper) = (scale * SIMD3(meshes[mesh].lower), scale * SIMD3(meshes[mesh].upper))
        }
        if shape.mesh == nil, shape.type != .spheres { lower = -upper }
        return (0..<8).map { corner in pose * SIMD3((0..<3).map { corner >> $0 & 1 == 0 ? lower[$0] : upper[$0] }) }
    }

    /// Where the joints and the tips are.
    func places(at q: [Double]) -> [SIMD3<Double>] {
        let frames = jointFrames(at: q)
        return frames.map(\.position) + tips.map { ($0.joint < 0 ? .identity : frames[$0.joint]) * Pose(rows: $0.offset).position }
    }

    func jointFrames(at q: [Double]) -> [Pose] {
        var frames: [Pose] = []
        for joint in joints {
            let parent = joint.parent < 0 ? Pose.identity : frames[joint.parent]
            let value = joint.m * q[joint.v] + joint.o, axis = SIMD3(joint.axis)
            let motion = joint.kind == "p" ? Pose(position: value * axis, rotation: .identity) : Pose(position: .zero, rotation: Rotation(axis: axis, angle: value))
            frames.append(parent * Pose(rows: joint.origin) * motion)
        }
        return frames
    }
}

extension Pose {
    fileprivate init(rows: [Double]) {
        self.init(position: [rows[3], rows[7], rows[11]], rotation: Rotation(x: [rows[0], rows[4], rows[8]], y: [rows[1], rows[5], rows[9]], z: [rows[2], rows[6], rows[10]]))
    }
}
