import Geometry
import Numerics
import RobotFiles

/// Kinematics of the whole tree, link by link and without chains or bodies, with poses in the frame of its root link: what these are compared with.
///
/// A configuration has ``degreesOfFreedom`` entries; giving another number is a programming error.
extension RobotDescription {
    /// The poses of all links, in the order of ``links``.
    public func linkPoses(_ q: [Double]) -> [Pose] {
        precondition(q.count == degreesOfFreedom)
        var poses = [Pose](repeating: .identity, count: links.count)
        for index in order {
            let joint = joints[index]
            var frame = joint.origin
            if let variable = joint.variable {
                frame = frame * joint.kind.motion(by: joint.multiplier * q[variable] + joint.offset, along: joint.axis)
            }
            poses[joint.child] = poses[joint.parent] * frame
        }
        return poses
    }

    /// The pose of a link.
    ///
    /// - Parameter link: an index into ``links``.
    public func pose(ofLink link: Int, at q: [Double]) -> Pose { linkPoses(q)[link] }

    /// The geometric Jacobian of a link's origin, 6 × degrees of freedom: rows vx, vy, vz, wx, wy, wz along the axes
    /// of the root, with a column of zeros for every variable that does not move the link.
    ///
    /// - Parameter link: an index into ``links``.
    public func jacobian(ofLink link: Int, at q: [Double]) -> Matrix {
        let poses = linkPoses(q)
        let target = poses[link].position
        var result = Matrix(rows: 6, columns: degreesOfFreedom)
        var current = link
        while let index = links[current].parentJoint {
            let joint = joints[index]
            if let column = joint.variable {
                let velocity = joint.velocity(of: target, under: poses)
                let turn = joint.kind == .prismatic ? .zero : joint.multiplier * joint.direction(under: poses)
                for row in 0..<3 {
                    result[row, column] += velocity[row]
                    result[row + 3, column] += turn[row]
                }
            }
            current = joint.parent
        }
        return result
    }

    /// The mass of all links in kg.
    public var totalMass: Double { links.reduce(0) { $0 + $1.mass } }

    /// The centre of mass of the robot, m; nil if no link has mass.
    public func centreOfMass(_ q: [Double]) -> SIMD3<Double>? {
        let total = totalMass
        guard total > 0 else { return nil }
        let moment = zip(linkPoses(q), links).reduce(SIMD3<Double>.zero) { sum, pair in
            sum + pair.1.mass * (pair.0 * pair.1.centreOfMass)
        }
        return moment / total
    }

    /// The Jacobian of the centre of mass, 3 × degrees of freedom, along the axes of the root; nil if no link has
    /// mass.
    ///
    /// A joint moves what it carries as one body, so that its column is the velocity of that body's centre of mass
    /// times the body's share of the mass.
    public func centreOfMassJacobian(_ q: [Double]) -> Matrix? {
        let total = totalMass
        guard total > 0 else { return nil }
        let poses = linkPoses(q)
        var mass = links.map(\.mass)
        var moment = zip(poses, links).map { $1.mass * ($0 * $1.centreOfMass) }
        var result = Matrix(rows: 3, columns: degreesOfFreedom)
        for index in order.reversed() {
            let joint = joints[index]
            if let column = joint.variable, mass[joint.child] > 0 {
                let centre = moment[joint.child] / mass[joint.child]
                let velocity = joint.velocity(of: centre, under: poses) * (mass[joint.child] / total)
                for row in 0..<3 { result[row, column] += velocity[row] }
            }
            mass[joint.parent] += mass[joint.child]
            moment[joint.parent] += moment[joint.child]
        }
        return result
    }
}

extension RobotDescription.Joint {
    /// The axis in the root's frame. The joint's motion leaves its own axis in place, so the child's frame serves.
    fileprivate func direction(under poses: [Pose]) -> SIMD3<Double> { poses[child].rotation * axis }

    /// The velocity of a point that the joint carries, for a unit change of the joint's variable.
    fileprivate func velocity(of point: SIMD3<Double>, under poses: [Pose]) -> SIMD3<Double> {
        let direction = multiplier * direction(under: poses)
        return kind == .prismatic ? direction : direction.cross(point - poses[child].position)
    }
}
