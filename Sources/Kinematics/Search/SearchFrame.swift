import Numerics

/// The frame that a search works in: along the axes of the base, with its origin near the robot and a unit of length near the robot's size.
///
/// Single precision and tuning suit a robot of a metre or so that stands at the origin. A robot that is mounted far away is searched for from where it
/// stands, so that its answers are those of the same robot at the origin.
struct SearchFrame {
    /// The origin in the base's frame, m: a whole number of units along every axis, so that positions near the robot lose no digits. Zero for a robot
    /// that stands within a few units.
    let origin: SIMD3<Double>
    /// Metres that count as one: 1 for robots of usual size, else a power of two near the robot's own.
    let scale: Double
    /// How many units away a robot stands at the origin all the same.
    private static let greatestDistance = 8.0

    /// - Parameters:
    ///   - place: where the first joint stands in the base's frame, m.
    ///   - length: the length of everything fixed behind the first joint, m.
    init(place: SIMD3<Double>, length: Double) {
        let own = Self.scale(of: length), distance = place.length
        let isFar = distance > Self.greatestDistance * own
        scale = isFar ? own : Self.scale(of: length + distance)
        origin = isFar ? own * (place / own).rounded(.toNearestOrEven) : .zero
    }

    /// The scale of a robot whose fixed lengths add up to so much, m.
    private static func scale(of length: Double) -> Double {
        guard length > 0, length.isFinite, !(1.0 / 16...64).contains(length) else { return 1 }
        return Double(sign: .plus, exponent: Int(length.exponent), significand: 1)
    }

    private init(origin: SIMD3<Double>, scale: Double) { (self.origin, self.scale) = (origin, scale) }

    /// The frame with a metre as its unit.
    var inMetres: SearchFrame { SearchFrame(origin: origin, scale: 1) }

    /// A position in the base's frame, m, in the frame of the search, in its units.
    func position(_ position: SIMD3<Double>) -> SIMD3<Double> { (position - origin) / scale }
}

extension Chain.Variable {
    /// The variable with its range, if it slides, divided by a scale.
    fileprivate func scaled(by scale: Double) -> Self {
        guard kind == .prismatic else { return self }
        var result = self
        result.lower /= scale
        result.upper /= scale
        return result
    }
}

extension Chain {
    /// Metres that count as one where lengths are called small: 1 for a chain of usual size, else a power of two near its own.
    package var lengthUnit: Double { searchFrame.scale }

    /// The length of everything fixed from base to tip, m: what the robot's size is told by, however far its joints slide.
    var fixedLength: Double { segments.reduce(0) { $0 + $1.origin.position.length } }

    /// Where the chain is searched.
    var searchFrame: SearchFrame {
        let first = segments.firstIndex { $0.variable != nil } ?? segments.endIndex
        let place = segments[..<min(first + 1, segments.endIndex)], rest = segments.dropFirst(first + 1)
        return SearchFrame(place: place.reduce(.identity) { $0 * $1.origin }.position, length: rest.reduce(0) { $0 + $1.origin.position.length })
    }

    /// The chain in the frame of a search, in its units.
    func seen(from frame: SearchFrame) -> Chain { moved(by: -frame.origin).scaled(by: frame.scale) }

    /// The chain with its base elsewhere; what is fixed before the first joint becomes part of that.
    private func moved(by offset: SIMD3<Double>) -> Chain {
        guard offset != .zero, let first = segments.firstIndex(where: { $0.variable != nil }) else { return self }
        var result = self
        result.segments = Array(segments[first...])
        result.segments[0].origin = segments[...first].reduce(.identity) { $0 * $1.origin }
        result.segments[0].origin.position += offset
        return result
    }

    /// The chain with all lengths, those of sliding joints included, divided by a scale.
    private func scaled(by scale: Double) -> Chain {
        guard scale != 1 else { return self }
        var result = self
        result.variables = variables.map { $0.scaled(by: scale) }
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
    /// Metres that count as one where lengths are called small: 1 for a body of usual size, else a power of two near its own.
    package var lengthUnit: Double { searchFrame.scale }

    /// The length of everything fixed from the base's origin to the farthest tip, m.
    var fixedLength: Double { fixedLength(from: .zero) }

    private func fixedLength(from origin: SIMD3<Double>) -> Double {
        func length(_ pose: Pose, behind parent: Double?) -> Double { parent.map { $0 + pose.position.length } ?? (pose.position - origin).length }
        var lengths: [Double] = []
        for joint in joints { lengths.append(length(joint.origin, behind: joint.parent.map { lengths[$0] })) }
        return tips.map { tip in length(tip.offset, behind: tip.joint.map { lengths[$0] }) }.max() ?? 0
    }

    /// Where the body is searched.
    var searchFrame: SearchFrame {
        let place = joints.first { $0.parent == nil }?.origin.position ?? .zero
        return SearchFrame(place: place, length: fixedLength(from: place))
    }

    /// The body in the frame of a search, in its units.
    func seen(from frame: SearchFrame) -> Body { moved(by: -frame.origin).scaled(by: frame.scale) }

    /// The body with its base elsewhere.
    private func moved(by offset: SIMD3<Double>) -> Body {
        guard offset != .zero else { return self }
        var result = self
        for i in joints.indices where joints[i].parent == nil { result.joints[i].origin.position += offset }
        for i in tips.indices where tips[i].joint == nil { result.tips[i].offset.position += offset }
        result.fixedCentre += offset
        return result
    }

    /// The body with all lengths divided by a scale.
    private func scaled(by scale: Double) -> Body {
        guard scale != 1 else { return self }
        var result = self
        result.variables = variables.map { $0.scaled(by: scale) }
        for i in variables.indices where variables[i].kind == .prismatic {
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
    /// The task in the frame of a search, in its units.
    func seen(from frame: SearchFrame) -> BodyTask {
        var result = self
        for i in aims.indices {
            result.aims[i].goal.pose.position = frame.position(aims[i].goal.pose.position)
            result.aims[i].goal.positionSlack /= frame.scale
        }
        result.balance = balance?.seen(from: frame)
        return result
    }
}

extension BodyTask.Balance {
    /// The rectangle in the frame of a search, in its units.
    func seen(from frame: SearchFrame) -> Self {
        let centre = frame.position(SIMD3(centre.x, centre.y, 0))
        return Self(centre: [centre.x, centre.y], halfWidths: halfWidths / frame.scale)
    }
}
