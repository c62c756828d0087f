import Evaluation
import Kinematics
import Numerics
import SolutionSets

/// Checks the exact reference against brute force: uniform configurations, of which those are kept whose pose falls into a small ball
/// around the target's. As the ball shrinks, they become draws of the exact conditional distribution.
func benchmarkReference(_ chain: Chain, _ report: Report) {
    let target = chain.forwardKinematics([0.4, 0.3, -0.5, -1.6, 0.3, 1.9, 0.6])
    var stream = RandomStream(seed: 11)
    let count = 400
    let exact = ExactConditional(chain, target: target, using: &stream)
    let draws = (exact.sample(count, using: &stream), exact.sample(count, using: &stream))
    let multistart = ReferenceKind.multistart.sample(chain, target: target, count: count, using: &stream)
    report.figure("exact against exact, \(count) draws", rounded(Discrepancy.between(draws.0, draws.1), 3))
    report.figure("exact against multi-start", rounded(Discrepancy.between(draws.0, multistart), 3))
    let hits = bruteForce(chain, target: target, position: 0.12, rotation: 0.5, batches: 1 << 12)
    for share in [1.0, 0.75, 0.5] {
        let inside = hits.filter { $0.position <= 0.12 * share && $0.rotation <= 0.5 * share }.prefix(count).map(\.configuration)
        let rows = Matrix(rows: inside.count, columns: chain.degreesOfFreedom, elements: inside.flatMap(\.self))
        report.figure(
            "brute force within \(rounded(120 * share, 3)) mm and \(rounded(0.5 * share, 3)) rad", "\(inside.count) draws",
            note: "MMD to exact \(rounded(Discrepancy.between(draws.0, rows), 3)), to multi-start \(rounded(Discrepancy.between(multistart, rows), 3))")
    }
}

private struct Hit: Sendable {
    var configuration: [Double]
    var position: Double
    var rotation: Double
}

/// The hits among `batches` times 2¹⁸ uniform configurations.
private func bruteForce(_ chain: Chain, target: Pose, position: Float, rotation: Float, batches: Int) -> [Hit] {
    let lanes = LaneChain(chain), frame = LaneFrame(target)
    let n = chain.degreesOfFreedom
    let memory = UnsafeMutablePointer<[Hit]>.allocate(capacity: batches)
    memory.initialize(repeating: [], count: batches)
    defer {
        memory.deinitialize(count: batches)
        memory.deallocate()
    }
    nonisolated(unsafe) let places = memory
    parallelFor(batches) { batch in
        var stream = RandomStream(seed: 12).split(batch)
        var random = LaneRandom(using: &stream)
        var hits: [Hit] = []
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: n) { q in
            for _ in 0..<(1 << 14) {
                for i in 0..<n { q[i] = Lanes(repeating: lanes.lower[i]).fma(random.uniform(), Lanes(repeating: lanes.upper[i] - lanes.lower[i])) }
                let difference = lanes.forward(q.baseAddress!).difference(to: frame)
                let near = (difference.positionSquare .< position * position) .& (difference.rotationSquare .< rotation * rotation)
                guard any(near) else { continue }
                for lane in 0..<laneCount where near[lane] {
                    let configuration = (0..<n).map { Double(q[$0][lane]) }
                    let error = chain.forwardKinematics(configuration).error(to: target)
                    hits.append(Hit(configuration: configuration, position: error.position, rotation: error.rotation))
                }
            }
        }
        places[batch] = hits
    }
    return (0..<batches).flatMap { memory[$0] }
}
