import Expressions
import Geometry
import Kinematics
import LuaBridge
import Numerics

/// The pose of a chain's tip as expressions of the joints: a formula like any other, with its derivative.
struct SymbolicPose {
    var position: [Formula]
    /// The columns of the rotation.
    var columns: [[Formula]]

    /// The tip of a chain at symbolic joint values, one a variable.
    init(_ chain: Chain, _ q: [Formula], in graph: ExpressionGraph) {
        position = (0..<3).map { _ in graph.number(0) }
        columns = (0..<3).map { column in (0..<3).map { graph.number($0 == column ? 1 : 0) } }
        for segment in chain.segments {
            place(segment.origin, graph)
            guard segment.kind != .fixed, let variable = segment.variable else { continue }
            let value = segment.multiplier * q[variable] + segment.offset
            let axis = [segment.axis.x, segment.axis.y, segment.axis.z]
            if segment.kind == .prismatic {
                let direction = turned(axis, graph)
                position = zip(position, direction).map { $0 + value * $1 }
            } else {
                turn(about: axis, sine: value.sin, cosine: value.cos, graph)
            }
        }
    }

    // A direction given along the frame's axes; what is zero is left out.
    private func turned(_ direction: [Double], _ graph: ExpressionGraph) -> [Formula] {
        (0..<3).map { row in
            graph.sum((0..<3).filter { abs(direction[$0]) > 1e-15 }.map { direction[$0] * columns[$0][row] })
        }
    }

    private mutating func place(_ pose: Pose, _ graph: ExpressionGraph) {
        let shift = turned([pose.position.x, pose.position.y, pose.position.z], graph)
        let axes = [pose.rotation.x, pose.rotation.y, pose.rotation.z].map { turned([$0.x, $0.y, $0.z], graph) }
        position = zip(position, shift).map { $0 + $1 }
        columns = axes
    }

    // By Rodrigues' formula: R = cos·(1 − a aᵀ) + sin·[a]× + a aᵀ.
    private mutating func turn(about a: [Double], sine: Formula, cosine: Formula, _ graph: ExpressionGraph) {
        let cross = [[0, -a[2], a[1]], [a[2], 0, -a[0]], [-a[1], a[0], 0]]
        columns = (0..<3).map { column in
            let entries = (0..<3).map { row -> Formula? in
                let along = a[row] * a[column], across = (row == column ? 1 : 0) - along
                let terms = [(across, cosine), (cross[row][column], sine)].filter { abs($0.0) > 1e-15 }.map { $0.0 * $0.1 }
                if terms.isEmpty, abs(along) <= 1e-15 { return nil }
                return graph.sum(terms + [graph.number(abs(along) > 1e-15 ? along : 0)])
            }
            return (0..<3).map { row in
                graph.sum((0..<3).compactMap { inner in entries[inner].map { $0 * columns[inner][row] } })
            }
        }
    }

    /// What Lua gets: `position` and `rotation` as a Pose has them.
    var value: Value {
        func symbols(_ expressions: [Formula]) -> Value { .list(expressions.map { Quantity.symbol($0).value }) }
        return .record([
            "position": symbols(position),
            "rotation": .list((0..<3).map { row in symbols(columns.map { $0[row] }) }),
        ])
    }
}

extension Robot {
    /// The pose at a configuration with symbols in it; nil where there are none.
    func symbolicPose(_ slot: Slot, in unit: AngleUnit) throws -> Value? {
        guard slot.hasSymbols else { return nil }
        let q = try slot.quantities()
        let count = chain.degreesOfFreedom
        guard q.count == count else { throw slot.wrongLength(q.count, "a list of \(count.counted("number")) or Symbols") }
        guard let graph = try Quantity.graph(of: q) else { return nil }
        let joints = zip(q, chain.variables).map { unit.scale(of: $1) * $0.expression(in: graph) }
        return SymbolicPose(chain, joints, in: graph).value
    }
}
