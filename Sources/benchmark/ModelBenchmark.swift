import ConditionalModels
import Kinematics
import Numerics
import RobotModels
import Scripting

/// Queries of a trained model, one thread.
func benchmarkModel(_ model: ConditionalMixture, _ chain: Chain, _ report: Report) throws {
    let query = try PoseQuery(model, chain: chain)
    let poses = reachablePoses(chain, count: 1000, seed: 7)
    var stream = RandomStream(seed: 3)
    for count in [1, 1000] {
        report.row("model:sample, \(count) raw", time(poses.prefix(count == 1 ? 1000 : 200)) { pose in
            _ = query.sample(pose, count: count, using: &stream)
        })
    }
    report.row("model:predict", time(poses[...]) { _ = query.predict($0) })
    // As many starts as samples were asked for: what converges needed no redraw.
    var converged = 0
    for pose in poses {
        var options = SearchOptions(count: 100, minimumDistance: 0)
        options.restarts = 100
        converged += query.solve(pose, options: options, using: &stream).converged
    }
    report.figure("model:solve, samples that become valid before redraws", rounded(Double(converged) / 1000, 3) + " %", note: "1000 poses × 100 samples")
    for distance in [0.01, 0.1] {
        var solved = 0, complete = 0
        let timing = time(poses[...]) { pose in
            let answer = query.solve(pose, options: .init(count: 100, minimumDistance: distance, spreads: true), using: &stream)
            solved += answer.found > 0 ? 1 : 0
            complete += answer.found == 100 ? 1 : 0
        }
        report.row("model:solve, 100 solutions > \(distance) rad apart", timing, note: "\(solved) of 1000 solved, \(complete) with 100 solutions")
    }
    let (raw, share) = rawErrors(query, poses, using: &stream)
    report.figure("raw samples: median error", "\(rounded(raw.position * 1e3, 3)) mm, \(rounded(raw.rotation * 180 / .pi, 3))°",
                  note: "\(rounded(100 * share, 3)) % inside the limits")
}

/// What one call takes, call by call.
private func time(_ poses: ArraySlice<Pose>, _ operation: (Pose) -> Void) -> Timing {
    return Timing(poses.map { pose in
        let start = secondsNow()
        operation(pose)
        return secondsNow() - start
    })
}

private func rawErrors(
    _ query: PoseQuery, _ poses: [Pose], using stream: inout RandomStream
) -> (median: (position: Double, rotation: Double), insideShare: Double) {
    var positions: [Double] = [], rotations: [Double] = [], inside = 0
    for pose in poses {
        let samples = query.sample(pose, count: 20, using: &stream)
        for row in 0..<samples.rows {
            let q = Array(samples.row(row))
            let error = query.chain.forwardKinematics(q).error(to: pose)
            positions.append(error.position)
            rotations.append(error.rotation)
            inside += query.chain.contains(q) ? 1 : 0
        }
    }
    return ((positions.sorted().quantile(0.5), rotations.sorted().quantile(0.5)), Double(inside) / Double(positions.count))
}

/// The same question from Swift and from a Lua loop, in turns; Lua asks for solutions that are far apart, so Swift does too.
func benchmarkLua(root: String, _ model: ConditionalMixture, _ chain: Chain, _ report: Report) throws {
    let session = try Session(resources: Resources(root: root))
    let query = try PoseQuery(model, chain: chain)
    let pose = reachablePoses(chain, count: 1, seed: 7)[0]
    let q = pose.rotation.quaternion
    _ = try session.state.run("""
        model = avips.model "panda"
        target = avips.pose{ xyz = {\(pose.position.x), \(pose.position.y), \(pose.position.z)}, quat = {\(q.w), \(q.x), \(q.y), \(q.z)} }
        function loop(n) local solve = model.solve for i = 1, n do model:solve(target, { count = 10, seed = i }) end end
        """, name: "=benchmark")
    let calls = 200
    var swift: [Double] = [], lua: [Double] = []
    for _ in 0..<50 {
        var start = secondsNow()
        for seed in 1...calls {
            var stream = RandomStream(seed: UInt64(seed))
            _ = query.solve(pose, options: .init(count: 10, spreads: true), using: &stream)
        }
        swift.append((secondsNow() - start) / Double(calls))
        start = secondsNow()
        _ = try session.state.run("loop(\(calls))", name: "=benchmark")
        lua.append((secondsNow() - start) / Double(calls))
    }
    report.row("model:solve, 10 solutions, from Swift", Timing(swift))
    report.row("model:solve, 10 solutions, from a Lua loop", Timing(lua), note: "\(rounded(Timing(lua).median / Timing(swift).median, 4)) of the Swift call")
}
