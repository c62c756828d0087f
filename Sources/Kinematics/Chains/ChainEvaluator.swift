import Numerics

/// Forward kinematics and Jacobian of a chain in double precision, without allocating in an evaluation.
///
/// The constant part is built once: every moving joint's frame is turned so that the joint's axis is its z axis, and
/// what is fixed between two moving joints is folded into one transform. A joint then costs one product of
/// rotations and the rotation of two columns; sines and cosines are computed for eight joints at a time. The mutable part, one workspace, is why an evaluator serves one thread at a time;
/// copies are independent.
public struct ChainEvaluator: Sendable {
    /// A moving joint, about or along its own z axis.
    private struct Joint {
        /// The joint's frame in the turned frame of the moving joint before it, or of the base.
        var origin: Pose
        var variable: Int
        var multiplier: Double
        var offset: Double
        var slides: Bool
    }

    /// Where a joint's axis lies in the base frame.
    private struct Line {
        var point: SIMD3<Double>
        var direction: SIMD3<Double>
    }

    /// The number of variables of the chain.
    public let degreesOfFreedom: Int
    private let joints: [Joint]
    /// The tip's frame in the turned frame of the last moving joint.
    private let tipOrigin: Pose
    private var lines: [Line]

    /// The pose of the tip in the base frame, at the configuration evaluated last.
    public private(set) var tip: Pose

    /// Prepares a chain; the tip starts at the configuration zero.
    public init(_ chain: Chain) {
        var joints: [Joint] = []
        var pending = Pose.identity
        for segment in chain.segments {
            pending = pending * segment.origin
            guard let variable = segment.variable else { continue }
            let turn = Rotation(takingZTo: segment.axis)
            joints.append(Joint(
                origin: pending * Pose(position: .zero, rotation: turn), variable: variable,
                multiplier: segment.multiplier, offset: segment.offset, slides: segment.kind == .prismatic))
            pending = Pose(position: .zero, rotation: turn.inverse)
        }
        self.joints = joints
        degreesOfFreedom = chain.degreesOfFreedom
        tipOrigin = pending
        lines = Array(repeating: Line(point: .zero, direction: .zero), count: joints.count)
        tip = .identity
        let zero = [Double](repeating: 0, count: chain.degreesOfFreedom)
        zero.withUnsafeBufferPointer { evaluate($0) }
    }

    /// Computes the tip's pose and what the Jacobian needs at a configuration.
    ///
    /// - Precondition: `q.count == degreesOfFreedom`.
    /// - Complexity: O(joints), no allocation.
    public mutating func evaluate(_ q: UnsafeBufferPointer<Double>) {
        precondition(q.count == degreesOfFreedom)
        var frame = Pose.identity
        let tipOrigin = self.tipOrigin
        joints.withUnsafeBufferPointer { joints in
            lines.withUnsafeMutableBufferPointer { lines in
                var first = 0
                while first < joints.count {
                    let count = min(8, joints.count - first)
                    var values = SIMD8<Double>.zero
                    for lane in 0..<count {
                        let joint = joints[first + lane]
                        values[lane] = joint.multiplier * q[joint.variable] + joint.offset
                    }
                    let (sines, cosines) = values.sineAndCosineOfAnyAngle
                    for lane in 0..<count {
                        let joint = joints[first + lane]
                        frame = frame.fusedProduct(joint.origin)
                        lines[first + lane] = Line(point: frame.position, direction: frame.rotation.z)
                        if joint.slides {
                            frame.position += values[lane] * frame.rotation.z
                        } else {
                            let (x, y) = (frame.rotation.x, frame.rotation.y)
                            let sine = SIMD3(repeating: sines[lane]), cosine = SIMD3(repeating: cosines[lane])
                            frame.rotation.x = (sine * y).addingProduct(cosine, x)
                            frame.rotation.y = (cosine * y).addingProduct(-sine, x)
                        }
                    }
                    first += 8
                }
            }
        }
        tip = frame * tipOrigin
    }

    /// Writes the geometric Jacobian at the configuration evaluated last.
    ///
    /// The matrix is 6 × degrees of freedom, stored by rows: the velocity vx, vy, vz of the tip's origin in m and the
    /// angular velocity wx, wy, wz in rad, both along the axes of the base, for a unit change of each variable.
    ///
    /// - Precondition: `jacobian.count == 6 * degreesOfFreedom`.
    /// - Complexity: O(joints), no allocation.
    public func jacobian(into jacobian: UnsafeMutableBufferPointer<Double>) {
        precondition(jacobian.count == 6 * degreesOfFreedom)
        let n = degreesOfFreedom
        jacobian.update(repeating: 0)
        joints.withUnsafeBufferPointer { joints in
            lines.withUnsafeBufferPointer { lines in
                for i in joints.indices {
                    let joint = joints[i], column = joint.variable
                    let direction = joint.multiplier * lines[i].direction
                    if joint.slides {
                        jacobian[column] += direction.x
                        jacobian[n + column] += direction.y
                        jacobian[2 * n + column] += direction.z
                    } else {
                        let velocity = direction.cross(tip.position - lines[i].point)
                        jacobian[column] += velocity.x
                        jacobian[n + column] += velocity.y
                        jacobian[2 * n + column] += velocity.z
                        jacobian[3 * n + column] += direction.x
                        jacobian[4 * n + column] += direction.y
                        jacobian[5 * n + column] += direction.z
                    }
                }
            }
        }
    }

    /// Adds how velocities change with the configuration evaluated last, along a force f and a moment m: for each two joints a and b, a before b
    /// or the same,
    ///
    ///     f·(ωₐ × vᵦ) + m·(ωₐ × ωᵦ)
    ///
    /// in the rows and columns of their variables. ωₐ × vᵦ is the second derivative of the tip's position by both.
    ///
    /// - Parameter matrix: degrees of freedom squared.
    func addCurvature(along force: SIMD3<Double>, _ moment: SIMD3<Double>, to matrix: UnsafeMutableBufferPointer<Double>) {
        let n = degreesOfFreedom
        precondition(matrix.count == n * n)
        for b in joints.indices {
            let second = joints[b], direction = second.multiplier * lines[b].direction
            let velocity = second.slides ? direction : direction.cross(tip.position - lines[b].point)
            // f·(ω × v) + m·(ω × ω') = ω·(v × f + ω' × m)
            let couple = velocity.cross(force) + (second.slides ? .zero : direction.cross(moment))
            for a in 0...b where !joints[a].slides {
                let value = joints[a].multiplier * lines[a].direction.dot(couple)
                matrix[joints[a].variable * n + second.variable] += value
                if a < b { matrix[second.variable * n + joints[a].variable] += value }
            }
        }
    }
}

extension Pose {
    /// The product of two poses by fused multiplications and additions.
    @inline(__always)
    fileprivate func fusedProduct(_ other: Pose) -> Pose {
        let (x, y, z) = (rotation.x, rotation.y, rotation.z)
        func image(_ v: SIMD3<Double>, from start: SIMD3<Double>) -> SIMD3<Double> {
            start.addingProduct(x, SIMD3(repeating: v.x))
                .addingProduct(y, SIMD3(repeating: v.y)).addingProduct(z, SIMD3(repeating: v.z))
        }
        let r = other.rotation
        return Pose(
            position: image(other.position, from: position),
            rotation: Rotation(x: image(r.x, from: .zero), y: image(r.y, from: .zero), z: image(r.z, from: .zero)))
    }
}
