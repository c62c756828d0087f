import Kinematics
import TestSupport

/// Arms of the library on bases that move.
enum MountedChains {
    static func slide(_ name: String, _ axis: SIMD3<Double>, _ range: Double) -> (Chain.Segment, Chain.Variable) {
        (Chain.Segment(name: name, kind: .prismatic, child: name + "_link", origin: .identity, axis: axis, variable: 0),
         Chain.Variable(name: name, kind: .prismatic, lower: -range, upper: range))
    }

    static func turn(_ name: String, _ axis: SIMD3<Double>, origin: Pose = .identity, limit: Double? = nil) -> (Chain.Segment, Chain.Variable) {
        (Chain.Segment(name: name, kind: limit == nil ? .continuous : .revolute, child: name + "_link", origin: origin, axis: axis, variable: 0),
         Chain.Variable(name: name, kind: limit == nil ? .continuous : .revolute, lower: -(limit ?? .pi), upper: limit ?? .pi))
    }

    /// A chain of joints, from base to tip, with an arm behind them.
    static func chain(_ name: String, _ joints: [(Chain.Segment, Chain.Variable)], carrying arm: Chain? = nil) -> Chain {
        var segments: [Chain.Segment] = [], variables: [Chain.Variable] = []
        for (segment, variable) in joints {
            var segment = segment
            segment.variable = variables.count
            segments.append(segment)
            variables.append(variable)
        }
        for segment in arm?.segments ?? [] {
            var segment = segment
            segment.variable = segment.variable.map { $0 + joints.count }
            segments.append(segment)
        }
        return Chain(name: name, base: "base", tip: arm?.tip ?? segments.last!.child, segments: segments, variables: variables + (arm?.variables ?? []))
    }

    /// An arm on a rail.
    static func rail(_ range: Double) throws -> Chain {
        chain("rail", [slide("x", [1, 0, 0], range)], carrying: try library.robot("ur5").chain())
    }

    /// Three slides and a wrist.
    static func gantry(_ range: Double) -> Chain {
        chain("gantry", [
            slide("x", [1, 0, 0], range), slide("y", [0, 1, 0], range), slide("z", [0, 0, 1], range), turn("roll", [0, 0, 1]),
            turn("pitch", [0, 1, 0], origin: Pose(position: [0, 0, 0.1], rotation: .identity), limit: 2),
            turn("yaw", [0, 0, 1], origin: Pose(position: [0, 0, 0.1], rotation: .identity)),
        ])
    }

    /// A base that turns and then drives straight ahead, with an arm of seven joints.
    static func driving(_ range: Double) throws -> Chain {
        chain("driving", [turn("heading", [0, 0, 1], limit: .pi), slide("ahead", [1, 0, 0], range)], carrying: try library.robot("panda").chain())
    }

    /// A base that moves in the plane and turns, with an arm of six joints.
    static func planar(_ range: Double) throws -> Chain {
        chain("planar", [slide("x", [1, 0, 0], range), slide("y", [0, 1, 0], range), turn("heading", [0, 0, 1])], carrying: try library.robot("ur5").chain())
    }

    /// A chain with all lengths multiplied.
    static func scaled(_ chain: Chain, by factor: Double) -> Chain {
        var chain = chain
        for i in chain.segments.indices { chain.segments[i].origin.position *= factor }
        for i in chain.variables.indices where chain.variables[i].kind == .prismatic {
            chain.variables[i].lower *= factor
            chain.variables[i].upper *= factor
        }
        return chain
    }
}
