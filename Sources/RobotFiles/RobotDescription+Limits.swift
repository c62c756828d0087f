extension RobotDescription {
    /// Gives a joint limits in place of its own; a continuous joint is then revolute.
    ///
    /// - Throws: ``URDFError`` where there is no such moving joint, or the limits are none.
    public mutating func limit(_ name: String, to limits: JointLimits) throws(URDFError) {
        func fail(_ problem: URDFError.Problem) -> URDFError { URDFError(source: source, line: nil, problem: problem) }
        guard let index = joints.firstIndex(where: { $0.name == name }), let variable = joints[index].variable, !joints[index].mimics else {
            throw fail(.unknownJoint(in: "limits", joint: name, hint: NearestNames.hint(variables.map(\.name), for: name, plural: "moving joints")))
        }
        guard limits.lower <= limits.upper else { throw fail(.limitsReversed(joint: name, lower: limits.lower, upper: limits.upper)) }
        let bound = joints[index].kind == .prismatic ? RobotBounds.length : RobotBounds.angle
        guard max(abs(limits.lower), abs(limits.upper)) <= bound else {
            throw fail(.invalidValue(element: "limits", attribute: name, value: "\(limits.upper)", expected: "numbers of at most \(bound)"))
        }
        if joints[index].kind == .continuous { joints[index].kind = .revolute }
        joints[index].limits = limits
        joints[index].fault = nil
        joints[index].notes = joints[index].kind == .revolute ? limits.doubtOfUnit.map { ["joint \"\(name)\" \($0)"] } ?? [] : []
        variables[variable] = JointVariable(name: name, kind: joints[index].kind, lower: limits.lower, upper: limits.upper)
    }

    /// A variable with the limits that the joints that mimic it leave.
    ///
    /// A joint of value m·q + o within its limits keeps q within theirs; where q has no limits, so that its turns are alike, one with room for a turn
    /// does so only if it is used and a turn of q leaves it elsewhere. Joints outside `path` that leave no value are passed over.
    ///
    /// - Parameter path: the joints that are used, by their indices.
    /// - Returns: the variable, and a sentence for every joint that narrows it.
    /// - Throws: ``URDFError`` where joints of the path leave no value.
    public func narrowed(_ variable: Int, by path: Set<Int>) throws(URDFError) -> (variable: JointVariable, notes: [String]) {
        var result = variables[variable], notes: [String] = []
        let followers = joints.indices.filter { joints[$0].mimics && joints[$0].variable == variable }
        for index in followers.filter(path.contains) + followers.filter({ !path.contains($0) }) {
            let joint = joints[index]
            guard let own = joint.limits, joint.multiplier != 0 else { continue }
            let ends = [(own.lower - joint.offset) / joint.multiplier, (own.upper - joint.offset) / joint.multiplier]
            // A continuous driver has no limits yet.
            let isFree = result.kind == .continuous
            let lower = isFree ? ends.min()! : max(ends.min()!, result.lower), upper = isFree ? ends.max()! : min(ends.max()!, result.upper)
            if !isFree, lower <= result.lower, upper >= result.upper { continue }
            if isFree, upper - lower >= 2 * .pi {
                // With room for a turn it has none either, unless a turn leaves the joint elsewhere, as a screw does its nut.
                let isBack = joint.kind != .prismatic && joint.multiplier == joint.multiplier.rounded()
                if isBack || !path.contains(index) || max(abs(lower), abs(upper)) > RobotBounds.angle { continue }
            }
            guard lower <= upper, max(abs(lower), abs(upper)) <= RobotBounds.length else {
                if path.contains(index) { throw URDFError(source: source, line: nil, problem: .mimicLimits(joint: joint.name, mimicked: result.name)) }
                continue
            }
            if isFree { result.kind = .revolute }
            (result.lower, result.upper) = (lower, upper)
            notes.append("joint \"\(result.name)\" is limited by \"\(joint.name)\", which mimics it")
        }
        return (result, notes)
    }
}
