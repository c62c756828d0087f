import Kinematics

/// Bodies, goals and postures as a person reads them.
enum BodyText {
    static func text(_ whole: WholeBody, width: Int) -> String {
        let body = whole.body
        var lines = ["\(body.name) · \(NumberText.counted(body.degreesOfFreedom, "variable")) · \(body.isFloating ? "floating base" : "base " + body.base)"
            + " · \(NumberText.counted(body.tips.count, "tip"))"
            + (body.totalMass > 0 ? " · \(NumberText.fixed(body.totalMass, 1)) kg" : "")]
        lines.append("tips  " + body.tips.map { $0.name == $0.link ? $0.name : "\($0.name) (\($0.link))" }.joined(separator: ", "))
        lines += RobotText.notes(whole.notes)
        if let stance = body.stance { lines.append("stands with " + task(stance, of: body)) }
        var table = TextTable([.right, .left, .left, .right, .right, .right])
        table.add(["#", "variable", "type", "lower", "upper", "nominal"])
        for (index, variable) in body.variables.enumerated() {
            table.add([
                "\(index + 1)", variable.name, variable.kind.rawValue, amount(variable, variable.lower), amount(variable, variable.upper),
                amount(variable, body.nominal[index]),
            ])
        }
        return (lines + table.lines(within: width)).joined(separator: "\n")
    }

    private static func amount(_ variable: Chain.Variable, _ value: Double) -> String {
        variable.kind == .prismatic ? NumberText.fixed(value * 1000, 1) + " mm" : NumberText.degrees(value)
    }

    /// "left_foot at (…), right_hand …; centre of mass within …".
    static func task(_ task: BodyTask, of body: Body) -> String {
        var parts = task.aims.map { "\(body.tips[$0.tip].name) \(goal($0.goal))" }
        if let balance = task.balance {
            parts.append("centre of mass within \(NumberText.length(balance.halfWidths.x)) × \(NumberText.length(balance.halfWidths.y)) of "
                + "(\(NumberText.fixed(balance.centre.x, 3)) \(NumberText.fixed(balance.centre.y, 3))) m")
        }
        return parts.joined(separator: ", ")
    }

    /// "at (x y z) m, any orientation".
    static func goal(_ goal: Goal) -> String {
        let p = goal.pose.position, slack = goal.positionSlack
        var text: String
        if slack == SIMD3(repeating: .infinity) {
            text = "anywhere"
        } else {
            text = "at (" + p.list.map { NumberText.fixed($0, 3) }.joined(separator: " ") + ") m"
            if slack != .zero { text += " ± (" + slack.list.map { $0.isFinite ? NumberText.length($0) : "any" }.joined(separator: " ") + ")" }
        }
        switch goal.orientation {
        case .full:
            let angles = goal.pose.rotation.rollPitchYaw
            text += ", rpy (" + [angles.roll, angles.pitch, angles.yaw].map { NumberText.fixed($0 * 180 / .pi, 1) }.joined(separator: " ") + ")°"
        case .free: text += ", any orientation"
        case .axis(let axis):
            let direction = goal.pose.rotation * axis
            text += ", axis (\(vector(axis))) along (\(vector(direction)))"
        }
        if goal.rotationSlack > 0, goal.orientation != .free { text += " ± \(NumberText.angle(goal.rotationSlack))" }
        return text
    }

    /// The components of a direction; what rounding left of zeros is zero.
    private static func vector(_ v: SIMD3<Double>) -> String {
        v.list.map { abs($0) < 1e-9 ? "0" : NumberText.significant($0) }.joined(separator: " ")
    }

    static func text(_ postures: Postures, showsTimes: Bool, width: Int) -> String {
        let solutions = postures.solutions, body = postures.whole.body
        var lines = ["\(body.name) · \(solutions.outcome.summary("posture", showsTimes: showsTimes))"]
        lines += solutions.task.aims.map { "  \(body.tips[$0.tip].name) \(goal($0.goal))" }
        if solutions.found > 0 {
            let headings = ["#", "component"] + solutions.outcome.headings
            var table = TextTable(Array(repeating: .right, count: headings.count))
            table.add(headings)
            table.shortHeadings = ["#", "component"] + solutions.outcome.shortHeadings
            for (index, solution) in solutions.solutions.prefix(SolutionsText.rowLimit).enumerated() {
                table.add(["\(index + 1)", solution.component.map { "\($0 + 1)" } ?? ""] + solution.figures(manipulability: NumberText.significant))
            }
            lines += table.lines(within: width)
            let rest = solutions.found - SolutionsText.rowLimit
            if rest > 0 { lines.append("… \(NumberText.count(rest)) more") }
        }
        if let reason = solutions.reason { lines.append(reason) }
        if let closest = solutions.closest {
            lines.append("closest approach: \(NumberText.length(closest.positionError)) and \(NumberText.angle(closest.rotationError)) away")
        }
        return lines.joined(separator: "\n")
    }
}
