import Numerics

extension Body {
    /// Why an untrusted body cannot be used; nil where it can.
    public var fault: String? {
        if variables.isEmpty { return "the body has no moving joints" }
        if nominal.count != variables.count || !nominal.allSatisfy(\.isFinite) { return "the nominal configuration does not fit" }
        for variable in variables {
            guard variable.lower <= variable.upper, max(abs(variable.lower), abs(variable.upper)) <= RobotBounds.length, variable.kind != .fixed else {
                return "the limits of \(variable.name) are not two rising numbers"
            }
        }
        var isDriven = variables.map { _ in false }
        for (index, joint) in joints.enumerated() {
            guard joint.parent.map({ (0..<index).contains($0) }) ?? true else { return "the joint \(joint.name) stands before its parent" }
            guard joint.origin.isRigid, abs(joint.multiplier) <= RobotBounds.multiplier, abs(joint.offset) <= RobotBounds.length,
                  joint.centreOfMass.isFinite, (0...RobotBounds.mass).contains(joint.mass) else { return "a number of the joint \(joint.name) is out of range" }
            guard joint.kind != .fixed, abs(joint.axis.dot(joint.axis) - 1) < 1e-9 else { return "the axis of the joint \(joint.name) is no unit vector" }
            guard variables.indices.contains(joint.variable) else { return "the joint \(joint.name) follows a variable that does not exist" }
            isDriven[joint.variable] = true
        }
        if let index = isDriven.firstIndex(of: false) { return "nothing follows the variable \(variables[index].name)" }
        guard fixedMass.isFinite, fixedMass >= 0, fixedCentre.isFinite else { return "the fixed mass is out of range" }
        for tip in tips {
            guard tip.joint.map({ joints.indices.contains($0) }) ?? true, tip.offset.isRigid else { return "the tip \(tip.name) does not fit" }
        }
        return stance.flatMap { fault(of: $0) }
    }

    /// Why an untrusted task does not suit the body; nil where it does.
    public func fault(of task: BodyTask) -> String? {
        for aim in task.aims {
            guard tips.indices.contains(aim.tip) else { return "a goal names a tip that does not exist" }
            guard aim.goal.isSound else { return "the goal of \(tips[aim.tip].name) has numbers out of range" }
        }
        if let balance = task.balance {
            let numbers = [balance.centre.x, balance.centre.y, balance.halfWidths.x, balance.halfWidths.y]
            guard numbers.allSatisfy(\.isFinite), balance.halfWidths.min() >= 0 else { return "the rectangle of the centre of mass is out of range" }
        }
        return nil
    }
}

extension Pose {
    /// Whether it is a finite place and a rotation.
    fileprivate var isRigid: Bool {
        let r = rotation
        let products = [r.x.dot(r.x) - 1, r.y.dot(r.y) - 1, r.z.dot(r.z) - 1, r.x.dot(r.y), r.x.dot(r.z), r.y.dot(r.z)]
        return position.isLength && isFinite && products.allSatisfy { abs($0) < 1e-6 } && r.x.dot(r.y.cross(r.z)) > 0
    }
}
