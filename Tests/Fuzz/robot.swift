import Kinematics
import Geometry
import RobotFiles
import Numerics

/// Reads a URDF, and uses the chain and the body that it describes as far as that is cheap.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let document = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let robot = try? RobotDescription(urdf: document, source: "input") else { return 0 }
    var stream = RandomStream(seed: 1)
    if let found = try? robot.foundChain() {
        precondition(found.chain.fault == nil, found.chain.fault ?? "")
        precondition(found.chain.fingerprint.count == 16)
        let q = found.chain.randomConfiguration(using: &stream)
        precondition(found.chain.forwardKinematics(q).isFinite)
        _ = found.chain.jacobian(q)
    }
    // From the last link to the first, which crosses branches.
    if let last = robot.links.last, let across = try? robot.chain(base: last.name, tip: robot.links[0].name) {
        precondition(across.fault == nil, across.fault ?? "")
        precondition(across.forwardKinematics(across.randomConfiguration(using: &stream)).isFinite)
    }
    if let body = try? robot.body(floating: .wide) {
        precondition(body.fault == nil, body.fault ?? "")
        let evaluator = BodyEvaluator(body)
        evaluator.evaluate(body.randomConfiguration(using: &stream))
        for tip in body.tips.indices { precondition(evaluator.pose(ofTip: tip).isFinite) }
    }
    return 0
}
