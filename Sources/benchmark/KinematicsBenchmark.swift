import Kinematics
import Numerics

/// Batched forward kinematics and Jacobians, one thread.
func benchmarkKinematics(_ chain: Chain, _ report: Report) {
    let lane = LaneChain(chain)
    let n = chain.degreesOfFreedom
    let blocks = 4096 / laneCount
    var stream = RandomStream(seed: 1)
    var random = LaneRandom(using: &stream)
    let q = UnsafeMutablePointer<Lanes>.allocate(capacity: blocks * n)
    let frames = UnsafeMutablePointer<LaneFrame>.allocate(capacity: blocks)
    let jacobians = UnsafeMutablePointer<Lanes>.allocate(capacity: blocks * 6 * n)
    frames.initialize(repeating: LaneFrame(.identity), count: blocks)
    jacobians.initialize(repeating: .zero, count: blocks * 6 * n)
    defer { q.deallocate(); frames.deallocate(); jacobians.deallocate() }
    for i in 0..<blocks * n {
        let lower = lane.lower[i % n], range = lane.upper[i % n] - lower
        (q + i).initialize(to: Lanes(repeating: lower).fma(random.uniform(), Lanes(repeating: range)))
    }
    report.rate("forward kinematics, batch of 4096", count: 4096, Timing(repetitions: 1000) {
        for block in 0..<blocks { frames[block] = lane.forward(q + block * n) }
    })
    report.rate("forward kinematics and Jacobian, batch of 4096", count: 4096, Timing(repetitions: 1000) {
        for block in 0..<blocks { frames[block] = lane.forward(q + block * n, jacobian: jacobians + block * 6 * n) }
    })
}

/// Poses of uniformly drawn configurations.
func reachablePoses(_ chain: Chain, count: Int, seed: UInt64) -> [Pose] {
    var stream = RandomStream(seed: seed)
    return (0..<count).map { _ in chain.forwardKinematics(chain.randomConfiguration(using: &stream)) }
}

/// The search without a model: one solution of 1000 poses, and many of a pose.
func benchmarkInverseKinematics(_ chain: Chain, _ report: Report) {
    let kinematics = InverseKinematics(chain)
    let poses = reachablePoses(chain, count: 1000, seed: 7)
    var stream = RandomStream(seed: 3)
    for (position, rotation) in [(1e-4, 1e-3), (1e-6, 1e-6)] {
        var seconds: [Double] = [], solved = 0
        for pose in poses {
            let start = secondsNow()
            let answer = kinematics.solve(
                pose, options: .init(positionTolerance: position, rotationTolerance: rotation), using: &stream)
            seconds.append(secondsNow() - start)
            let isExact = answer.solutions.first.map {
                let error = chain.forwardKinematics($0.configuration).error(to: pose)
                return error.position <= position && error.rotation <= rotation && chain.contains($0.configuration)
            }
            solved += isExact == true ? 1 : 0
        }
        report.row("robot:ik, one solution, \(position) m, \(rotation) rad", Timing(seconds), note: "\(solved) of 1000 solved")
    }
    for distance in [0.01, 0.1] {
        var seconds: [Double] = []
        for pose in poses.prefix(200) {
            let start = secondsNow()
            let answer = kinematics.solve(pose, options: .init(count: 100, minimumDistance: distance), using: &stream)
            let elapsed = secondsNow() - start
            if answer.found == 100 { seconds.append(elapsed) }
        }
        report.row("robot:ik, 100 solutions > \(distance) rad apart", Timing(seconds), note: "\(seconds.count) of 200 poses have so many")
    }
}
