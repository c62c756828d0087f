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
        equip(found.chain, of: robot)
    }
    // From the last link to the first, which crosses branches.
    if let last = robot.links.last, let across = try? robot.chain(base: last.name, tip: robot.links[0].name) {
        precondition(across.fault == nil, across.fault ?? "")
        precondition(across.forwardKinematics(across.randomConfiguration(using: &stream)).isFinite)
    }
    if let last = robot.links.last { standOn(last.name, of: robot) }
    if let body = try? robot.body(floating: .wide) {
        precondition(body.fault == nil, body.fault ?? "")
        let evaluator = BodyEvaluator(body)
        evaluator.evaluate(body.randomConfiguration(using: &stream))
        for tip in body.tips.indices { precondition(evaluator.pose(ofTip: tip).isFinite) }
    }
    return 0
}

/// The chain with a tool, on a table, and with other limits of its first joint, as the options of avips.robot make it.
private func equip(_ chain: Chain, of robot: RobotDescription) {
    let q = chain.variables.map { ($0.lower + $0.upper) / 2 }
    let tool = Pose(position: [0.1, -0.2, 0.3], rotation: Rotation(roll: 0.4, pitch: -0.5, yaw: 0.6)), table = Pose(position: [0, 1, 0.8], rotation: .identity)
    let equipped = chain.carrying(tool).mounted(at: table)
    if equipped.fault == nil {
        let expected = table * chain.forwardKinematics(q) * tool, found = equipped.forwardKinematics(q)
        precondition(found.isFinite && distance(found.position, expected.position) <= 1e-9 * max(1, distance(expected.position, .zero)))
    }
    guard let name = chain.variables.first?.name else { return }
    var limited = robot
    for limits in [JointLimits(lower: -0.1, upper: 0.2), JointLimits(lower: 0, upper: 0), JointLimits(lower: 1, upper: -1), JointLimits(lower: -1e300, upper: 1e300)] {
        guard (try? limited.limit(name, to: limits)) != nil, let narrow = try? limited.foundChain().chain else { continue }
        precondition(narrow.fault == nil, narrow.fault ?? "")
        if let variable = narrow.variables.first(where: { $0.name == name }) { precondition(variable.lower >= limits.lower && variable.upper <= limits.upper) }
    }
}

/// The whole body that has the first link and another one as tips.
private func standOn(_ link: String, of robot: RobotDescription) {
    var robot = robot
    robot.tips = [.init(name: "first", link: link, offset: Pose(position: [0, 0, 0.1], rotation: .identity)), .init(name: "second", link: robot.links[0].name)]
    robot.stance = nil
    guard let body = try? robot.foundBody(floating: .wide, at: .identity, holdingFingers: true).body, body.fault == nil else { return }
    let evaluator = BodyEvaluator(body)
    evaluator.evaluate(body.nominal)
    for tip in body.tips.indices { precondition(evaluator.pose(ofTip: tip).isFinite) }
}

private func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { ((a - b) * (a - b)).sum().squareRoot() }
