import RobotFiles
import TestSupport

/// Reads a URDF, and uses the tree that it describes.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        check(try RobotDescription(urdf: Array(UnsafeBufferPointer(start: bytes, count: count)), source: "input"))
    } catch {
        precondition(!"\(error)".isEmpty)
    }
    return 0
}

/// Whether what was read is a tree, and its kinematics are finite within the limits.
private func check(_ robot: RobotDescription) {
    precondition(robot.order.count == robot.joints.count && robot.links.count == robot.joints.count + 1)
    precondition(robot.links[robot.root].parentJoint == nil)
    for variable in robot.variables { precondition(variable.lower <= variable.upper) }
    for share in [0, 0.3, 1.0] {
        let q = robot.variables.map { $0.lower * (1 - share) + $0.upper * share }
        precondition(robot.linkPoses(q).allSatisfy { $0.position.x.isFinite && $0.rotation.x.x.isFinite })
        let last = robot.links.count - 1
        precondition(robot.jacobian(ofLink: last, at: q).elements.allSatisfy(\.isFinite))
        precondition(robot.centreOfMass(q)?.x.isFinite ?? true)
        precondition(robot.centreOfMassJacobian(q)?.elements.allSatisfy(\.isFinite) ?? true)
    }
    for variable in robot.variables.indices { _ = try? robot.narrowed(variable, by: Set(robot.joints.indices)) }
}
