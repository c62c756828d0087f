extension Chain {
    /// Why an untrusted chain cannot be used; nil where it can.
    ///
    /// Chains built from a ``RobotDescription`` are sound; one that was decoded from a file need not be, and what evaluates
    /// chains does not check.
    public var fault: String? {
        if variables.isEmpty { return "the chain has no moving joints" }
        for variable in variables {
            guard variable.lower <= variable.upper, max(abs(variable.lower), abs(variable.upper)) <= RobotBounds.length else {
                return "the limits of \(variable.name) are not two rising numbers"
            }
            if variable.kind == .fixed { return "the variable \(variable.name) is fixed" }
        }
        var isDriven = variables.map { _ in false }
        for segment in segments {
            guard segment.origin.isFinite, segment.origin.position.isLength, segment.axis.isFinite, abs(segment.multiplier) <= RobotBounds.multiplier,
                  abs(segment.offset) <= RobotBounds.length else {
                return "a number of the joint \(segment.name) is out of range"
            }
            guard segment.origin.rotation.isOrthonormal else { return "the frame of the joint \(segment.name) is no rotation" }
            guard (segment.kind == .fixed) == (segment.variable == nil) else { return "the joint \(segment.name) does not fit its variable" }
            guard let variable = segment.variable else { continue }
            guard variables.indices.contains(variable) else { return "the joint \(segment.name) follows a variable that does not exist" }
            guard abs(segment.axis.dot(segment.axis) - 1) < 1e-9 else { return "the axis of the joint \(segment.name) is no unit vector" }
            isDriven[variable] = true
        }
        if let index = isDriven.firstIndex(of: false) { return "nothing follows the variable \(variables[index].name)" }
        return nil
    }
}

extension Rotation {
    fileprivate var isOrthonormal: Bool {
        let products = [x.dot(x) - 1, y.dot(y) - 1, z.dot(z) - 1, x.dot(y), x.dot(z), y.dot(z)]
        let volume = x.dot(y.cross(z))
        return products.allSatisfy { abs($0) < 1e-6 } && volume > 0
    }
}

extension SIMD3<Double> {
    /// Whether it is finite and within the bounds of a robot.
    var isLength: Bool { abs(x) <= RobotBounds.length && abs(y) <= RobotBounds.length && abs(z) <= RobotBounds.length }
}
