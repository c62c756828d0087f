import Kinematics
import Numerics

/// A piece of a ``SolutionCurve`` between joint limits, as points along it.
struct Arc {
    /// Points a short step apart; continuous joints are not wrapped.
    var nodes: [[Double]]
    /// 1/√det(J·Jᵀ) at the nodes.
    var densities: [Double]

    /// The mass of the stretch from each node to the next, by the trapezoid rule.
    var masses: [Double] {
        (0..<max(0, nodes.count - 1)).map { i in
            distance(nodes[i], nodes[i + 1]) * (densities[i] + densities[i + 1]) / 2
        }
    }

    var length: Double { (0..<max(0, nodes.count - 1)).reduce(0) { $0 + distance(nodes[$1], nodes[$1 + 1]) } }
}

func distance(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += (a[i] - b[i]) * (a[i] - b[i]) }
    return sum.squareRoot()
}

extension Chain {
    /// The difference `b − a`, continuous joints taken the short way round.
    func difference(from a: [Double], to b: [Double]) -> [Double] {
        variables.indices.map { i in
            let d = b[i] - a[i]
            return variables[i].kind == .continuous ? d.wrapped : d
        }
    }

    /// Continuous joints brought to ±π.
    func wrapped(_ q: [Double]) -> [Double] {
        variables.indices.map { i in
            variables[i].kind == .continuous ? q[i].wrapped : q[i]
        }
    }
}

/// Follows a solution curve from points on it to the joint limits: predictor and corrector with a step that
/// adapts to how fast the tangent turns.
struct ArcTracer {
    let curve: SolutionCurve
    private var chain: Chain { curve.chain }

    private let firstStep = 0.03
    private let greatestStep = 0.1
    private let leastStep = 1e-4
    /// The least cosine between the tangents at the ends of a step.
    private let straightness = 0.97
    private let greatestCount = 6000

    /// The arcs that points lie on, each once; points that do not settle on the curve are passed over.
    func arcs(through seeds: [[Double]]) -> [Arc] {
        var arcs: [Arc] = []
        for seed in seeds {
            var q = seed
            guard curve.correct(&q), !arcs.contains(where: { lies(q, on: $0) }) else { continue }
            arcs.append(trace(from: q))
        }
        return arcs
    }

    /// Both ways from a point on the curve, at which the curve was linearised last.
    private func trace(from start: [Double]) -> Arc {
        let tangent = curve.tangent, density = 1 / curve.volume
        var forward = Arc(nodes: [start], densities: [density])
        if march(&forward, along: tangent) { return forward }
        var backward = Arc(nodes: [start], densities: [density])
        _ = march(&backward, along: tangent.map { -$0 })
        return Arc(
            nodes: backward.nodes.dropFirst().reversed() + forward.nodes,
            densities: backward.densities.dropFirst().reversed() + forward.densities)
    }

    /// Appends points until a limit, a singular point or the start; true where the arc is closed.
    private func march(_ arc: inout Arc, along direction: [Double]) -> Bool {
        var q = arc.nodes[0], tangent = direction, h = firstStep, length = 0.0
        let start = q
        while arc.nodes.count < greatestCount {
            guard let next = advance(q, tangent, by: h) else {
                h /= 2
                if h < leastStep { return false }
                continue
            }
            if let share = shareWithinLimits(from: q, to: next.q) {
                if share > 1e-6, let end = advance(q, tangent, by: h * share) { arc.append(end.q, end.density) }
                return false
            }
            length += distance(q, next.q)
            (q, tangent) = (next.q, next.tangent)
            arc.append(q, next.density)
            // Back at the start, a full turn of continuous joints included.
            let gap = chain.difference(from: q, to: start)
            if length > 4 * greatestStep, gap.squaredNorm < 0.7 * h * h, zip(tangent, direction).reduce(0, { $0 + $1.0 * $1.1 }) > 0.8 {
                arc.append(zip(q, gap).map { $0 + $1 }, arc.densities[0])
                return true
            }
            h = min(1.4 * h, greatestStep)
        }
        return false
    }

    /// The point a step along; nil where the curve bends too much for the step.
    private func advance(_ q: [Double], _ tangent: [Double], by h: Double) -> (q: [Double], tangent: [Double], density: Double)? {
        var next = zip(q, tangent).map { $0 + h * $1 }
        guard curve.correct(&next, tolerance: 1e-7), abs(distance(q, next) - h) < 0.2 * h else { return nil }
        let cosine = zip(tangent, curve.tangent).reduce(0) { $0 + $1.0 * $1.1 }
        guard abs(cosine) > straightness else { return nil }
        return (next, cosine > 0 ? curve.tangent : curve.tangent.map { -$0 }, 1 / curve.volume)
    }

    /// The share of a step at which the first joint meets a limit; nil where none does.
    private func shareWithinLimits(from a: [Double], to b: [Double]) -> Double? {
        var share: Double?
        for (i, variable) in chain.variables.enumerated() where variable.kind != .continuous {
            let limit = b[i] > variable.upper ? variable.upper : b[i] < variable.lower ? variable.lower : b[i]
            guard limit != b[i] else { continue }
            share = min(share ?? 1, max(0, (limit - a[i]) / (b[i] - a[i])))
        }
        return share
    }

    /// Whether a point lies on an arc that was traced: nearer to one of its stretches than chords are to the curve.
    private func lies(_ q: [Double], on arc: Arc) -> Bool {
        let tolerance = 0.006 * 0.006, n = q.count
        let wraps = chain.variables.map { $0.kind == .continuous }
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: n) { offset in
            for (i, node) in arc.nodes.enumerated() {
                var square = 0.0
                for k in 0..<n {
                    var d = q[k] - node[k]
                    if wraps[k] { d = d.wrapped }
                    offset[k] = d
                    square += d * d
                }
                if square > greatestStep * greatestStep { continue }
                if square < tolerance { return true }
                for other in [i - 1, i + 1] where arc.nodes.indices.contains(other) {
                    let end = arc.nodes[other]
                    var dot = 0.0, length = 0.0
                    for k in 0..<n {
                        dot += offset[k] * (end[k] - node[k])
                        length += (end[k] - node[k]) * (end[k] - node[k])
                    }
                    // The square of the distance from the stretch's line, where the foot lies on the stretch.
                    if dot >= 0, dot <= length, square - dot * dot / max(length, 1e-20) < tolerance { return true }
                }
            }
            return false
        }
    }
}

extension Arc {
    fileprivate mutating func append(_ node: [Double], _ density: Double) {
        nodes.append(node)
        densities.append(density)
    }
}
