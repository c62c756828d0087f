import Numerics

/// Kinematics of a body in double precision.
///
/// A configuration has as many entries as the body has variables; giving another number is a programming error. A value owns its
/// workspace: use one per thread.
public final class BodyEvaluator {
    public let body: Body
    private let kinematics: BodyKinematics<Double>

    /// Prepares a body; it starts at its nominal configuration.
    public init(_ body: Body) {
        self.body = body
        kinematics = BodyKinematics(body)
        evaluate(body.nominal)
    }

    /// Moves the body to a configuration.
    public func evaluate(_ q: [Double]) {
        precondition(q.count == body.degreesOfFreedom)
        q.withUnsafeBufferPointer { kinematics.evaluate($0.baseAddress!) }
    }

    /// A tip's pose in the base's frame.
    public func pose(ofTip index: Int) -> Pose { Pose(kinematics.tip(index)) }

    /// The geometric Jacobian of a tip, 6 × degrees of freedom: rows vx, vy, vz, wx, wy, wz along the base's axes.
    public func jacobian(ofTip index: Int) -> Matrix {
        var result = Matrix(rows: 6, columns: body.degreesOfFreedom)
        kinematics.forEachVelocity(ofTip: index, at: kinematics.tip(index).p) { variable, linear, angular in
            for row in 0..<3 {
                result[row, variable] += SIMD3(linear)[row]
                if let angular { result[row + 3, variable] += SIMD3(angular)[row] }
            }
        }
        return result
    }

    /// The centre of mass, m; nil for a body without mass.
    public var centreOfMass: SIMD3<Double>? { kinematics.hasMass ? SIMD3(kinematics.centreOfMass()) : nil }

    /// The Jacobian of the centre of mass, 3 × degrees of freedom; nil for a body without mass.
    public var centreOfMassJacobian: Matrix? {
        guard centreOfMass != nil else { return nil }
        var result = Matrix(rows: 3, columns: body.degreesOfFreedom)
        kinematics.forEachCentreVelocity { variable, linear in
            for row in 0..<3 { result[row, variable] += SIMD3(linear)[row] }
        }
        return result
    }

    /// How far the body misses a task: the largest distance in m, of a tip or of the centre of mass from its rectangle, and the
    /// largest angle in rad.
    public func error(of task: BodyTask) -> (position: Double, rotation: Double) {
        var position = 0.0, rotation = 0.0
        for aim in task.aims {
            let error = aim.goal.error(of: pose(ofTip: aim.tip))
            position = max(position, error.position)
            rotation = max(rotation, error.rotation)
        }
        if let balance = task.balance, let centre = centreOfMass {
            for i in 0..<2 { position = max(position, abs(centre[i] - balance.centre[i]) - balance.halfWidths[i]) }
        }
        return (position, rotation)
    }
}

extension SIMD3<Double> {
    init(_ v: Triple<Double>) { self.init(v.x, v.y, v.z) }
}

extension Pose {
    init(_ frame: BodyFrame<Double>) {
        self.init(position: SIMD3(frame.p), rotation: Rotation(x: SIMD3(frame.x), y: SIMD3(frame.y), z: SIMD3(frame.z)))
    }
}
