import Numerics

extension Chain {
    /// The length of everything fixed from base to tip, m: what the robot's size is told by, however far its joints slide.
    var fixedLength: Double { segments.reduce(0) { $0 + $1.origin.position.length } }

    /// Metres that searches take for one: 1 for robots of usual size, else a power of two near the robot's own.
    var searchScale: Double { Kinematics.searchScale(of: fixedLength) }

    /// The chain with all lengths, those of sliding joints included, divided by a scale.
    func scaled(by scale: Double) -> Chain {
        guard scale != 1 else { return self }
        var result = self
        for i in variables.indices where variables[i].kind == .prismatic {
            result.variables[i].lower /= scale
            result.variables[i].upper /= scale
        }
        for i in segments.indices {
            result.segments[i].origin.position /= scale
            guard let variable = segments[i].variable else { continue }
            let unit = segments[i].kind == .prismatic ? scale : 1
            result.segments[i].multiplier *= (variables[variable].kind == .prismatic ? scale : 1) / unit
            result.segments[i].offset /= unit
        }
        return result
    }
}

extension Body {
    /// The length of everything fixed from the root to the farthest tip, m.
    var fixedLength: Double {
        var lengths: [Double] = []
        for joint in joints { lengths.append((joint.parent.map { lengths[$0] } ?? 0) + joint.origin.position.length) }
        return tips.map { tip in (tip.joint.map { lengths[$0] } ?? 0) + tip.offset.position.length }.max() ?? 0
    }

    var searchScale: Double { Kinematics.searchScale(of: fixedLength) }

    /// The body with all lengths divided by a scale.
    func scaled(by scale: Double) -> Body {
        guard scale != 1 else { return self }
        var result = self
        for i in variables.indices where variables[i].kind == .prismatic {
            result.variables[i].lower /= scale
            result.variables[i].upper /= scale
            result.nominal[i] /= scale
        }
        for i in joints.indices {
            let unit = joints[i].kind == .prismatic ? scale : 1
            result.joints[i].origin.position /= scale
            result.joints[i].centreOfMass /= scale
            result.joints[i].multiplier *= (variables[joints[i].variable].kind == .prismatic ? scale : 1) / unit
            result.joints[i].offset /= unit
        }
        for i in tips.indices { result.tips[i].offset.position /= scale }
        result.fixedCentre /= scale
        return result
    }
}

extension BodyTask {
    /// The task of a body whose lengths are divided by a scale.
    func scaled(by scale: Double) -> BodyTask {
        guard scale != 1 else { return self }
        var result = self
        for i in aims.indices {
            result.aims[i].goal.pose.position /= scale
            result.aims[i].goal.positionSlack /= scale
        }
        result.balance?.centre /= scale
        result.balance?.halfWidths /= scale
        return result
    }
}

/// The units of a search: its configurations have sliding joints in lengths that it takes for one, all others in rad.
struct SearchUnits {
    /// Metres that count as one.
    let scale: Double
    /// The variables that are lengths; none where the scale is 1.
    let slides: [Int]

    init(scale: Double, _ variables: [Chain.Variable]) {
        self.scale = scale
        slides = scale == 1 ? [] : variables.indices.filter { variables[$0].kind == .prismatic }
    }

    /// A configuration in rad and m in the units of the search.
    func scaled(_ q: [Double]) -> [Double] { multiplied(q, by: 1 / scale) }

    /// A configuration of the search in rad and m.
    func unscaled(_ q: [Double]) -> [Double] { multiplied(q, by: scale) }

    // Scales are powers of two, so that multiplying by the inverse is exact.
    private func multiplied(_ q: [Double], by factor: Double) -> [Double] {
        guard !slides.isEmpty else { return q }
        var q = q
        for i in slides { q[i] *= factor }
        return q
    }
}

/// The scale of a search for a robot whose fixed lengths add up to so much: single precision and tuning suit a metre or so.
private func searchScale(of length: Double) -> Double {
    guard length > 0, length.isFinite, !(1.0 / 16...64).contains(length) else { return 1 }
    return Double(sign: .plus, exponent: Int(length.exponent), significand: 1)
}

/// The sliding joints whose range is so great, against the robot's fixed lengths, that uniform values hardly ever lie near a target.
func wideVariables(_ variables: [Chain.Variable], fixedLength: Double) -> [Int] {
    variables.indices.filter { variables[$0].kind == .prismatic && !(variables[$0].upper - variables[$0].lower <= 2 * fixedLength) }
}

/// The distance to the nearest limit: 0 at a limit, 1 where every variable is in the middle of its range.
func limitMargin(of q: [Double], _ variables: [Chain.Variable]) -> Double {
    q.withUnsafeBufferPointer { limitMargin(of: $0, variables) }
}

func limitMargin(of q: UnsafeBufferPointer<Double>, _ variables: [Chain.Variable]) -> Double {
    var margin = 1.0
    for (value, variable) in zip(q, variables) where variable.kind != .continuous {
        let range = variable.upper - variable.lower
        guard range > 0, range.isFinite else { continue }
        margin = min(margin, 2 * min(value - variable.lower, variable.upper - value) / range)
    }
    return max(margin, 0)
}
