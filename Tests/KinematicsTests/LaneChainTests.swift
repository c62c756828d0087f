import Kinematics
import Numerics
import Testing

/// Chains of every make: random axes, slides, mimics, and the arms with quarter-turn twists that most robots are.
private func chains() -> [Chain] {
    var stream = RandomStream(seed: 11)
    var result = (1...10).map { randomChain(moving: $0, using: &stream) }
    // The same without the joint that mimics another.
    result += result.map { chain in
        var plain = chain
        plain.segments.removeAll { $0.name == "mimic" }
        return plain
    }
    result.append(quarterTurnArm(continuous: false))
    return result
}

/// A seven-joint arm whose consecutive axes cross at right angles.
func quarterTurnArm(continuous: Bool) -> Chain {
    let quarter = 1.570_796_326_794_896_6
    let offsets: [(SIMD3<Double>, Double)] = [
        ([0, 0, 0.33], 0), ([0, 0, 0], -quarter), ([0, -0.32, 0], quarter), ([0.08, 0, 0], quarter),
        ([-0.08, 0.38, 0], -quarter), ([0, 0, 0], quarter), ([0.09, 0, 0], quarter),
    ]
    var segments: [Chain.Segment] = []
    var variables: [Chain.Variable] = []
    for (i, (position, roll)) in offsets.enumerated() {
        let kind: JointKind = continuous && i == 0 ? .continuous : .revolute
        segments.append(Chain.Segment(
            name: "joint\(i)", kind: kind, child: "link\(i)",
            origin: Pose(position: position, rotation: Rotation(roll: roll, pitch: 0, yaw: 0)), axis: [0, 0, 1], variable: i))
        variables.append(Chain.Variable(
            name: "joint\(i)", kind: kind, lower: kind == .continuous ? -.pi : (i == 3 ? -3 : -2.8), upper: kind == .continuous ? .pi : (i == 3 ? -0.1 : 2.8)))
    }
    segments.append(Chain.Segment(
        name: "flange", kind: .fixed, child: "tip", origin: Pose(position: [0, 0, 0.1], rotation: Rotation(roll: 0.3, pitch: -0.2, yaw: -0.8)),
        axis: .zero, variable: nil))
    return Chain(name: "arm", base: "base", tip: "tip", segments: segments, variables: variables)
}

/// Sixteen random configurations, one register a variable.
private func randomLanes(_ chain: Chain, using stream: inout RandomStream) -> ([Lanes], [[Double]]) {
    let lane = LaneChain(chain)
    var q = [Lanes](repeating: .zero, count: chain.degreesOfFreedom)
    for i in q.indices { for l in 0..<laneCount { q[i][l] = lane.lower[i] + (lane.upper[i] - lane.lower[i]) * Float(stream.uniform()) } }
    return (q, (0..<laneCount).map { l in q.map { Double($0[l]) } })
}

@Suite struct LaneChainTests {
    @Test func framesAgreeWithDoublePrecision() {
        var stream = RandomStream(seed: 5)
        for chain in chains() {
            let (q, configurations) = randomLanes(chain, using: &stream)
            let frame = LaneChain(chain).forward(q)
            for (l, configuration) in configurations.enumerated() {
                let pose = chain.forwardKinematics(configuration)
                let position = SIMD3(Double(frame.px[l]), Double(frame.py[l]), Double(frame.pz[l]))
                let scale = 1 + chain.segments.reduce(0) { $0 + ($1.origin.position * $1.origin.position).sum().squareRoot() } + configuration.map(abs).max()!
                #expect(((position - pose.position) * (position - pose.position)).sum().squareRoot() < 2e-6 * scale)
                for (column, expected) in [
                    (SIMD3(frame.xx[l], frame.xy[l], frame.xz[l]), pose.rotation.x), (SIMD3(frame.yx[l], frame.yy[l], frame.yz[l]), pose.rotation.y),
                    (SIMD3(frame.zx[l], frame.zy[l], frame.zz[l]), pose.rotation.z),
                ] {
                    let d = SIMD3<Double>(column) - expected
                    #expect((d * d).sum().squareRoot() < 4e-6)
                }
            }
        }
    }

    @Test func jacobiansAgreeWithDoublePrecision() {
        var stream = RandomStream(seed: 6)
        for chain in chains() {
            let (q, configurations) = randomLanes(chain, using: &stream)
            let n = chain.degreesOfFreedom
            var columns = [Lanes](repeating: .zero, count: 6 * n)
            let lane = LaneChain(chain)
            _ = columns.withUnsafeMutableBufferPointer { lane.forward(q, jacobian: $0.baseAddress!) }
            for (l, configuration) in configurations.enumerated() {
                let jacobian = chain.jacobian(configuration)
                let scale = 1 + jacobian.elements.map(abs).max()!
                for i in 0..<n { for row in 0..<6 { #expect(abs(Double(columns[6 * i + row][l]) - jacobian[row, i]) < 1e-5 * scale) } }
            }
        }
    }

    @Test func limitsAreRoundedInwards() {
        var stream = RandomStream(seed: 7)
        let chain = randomChain(moving: 9, using: &stream)
        let lane = LaneChain(chain)
        for (i, variable) in chain.variables.enumerated() {
            #expect(Double(lane.lower[i]) >= variable.lower && Double(lane.upper[i]) <= variable.upper)
            #expect(Double(lane.lower[i].nextDown) < variable.lower + 1e-12 && Double(lane.upper[i].nextUp) > variable.upper - 1e-12)
        }
    }
}
