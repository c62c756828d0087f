import Kinematics

/// Solutions as a header line and a ranked table, grouped by component.
struct SolutionsText {
    let answer: Answer
    /// Whether the time of the search is told.
    var showsTimes = true
    /// The solutions that are shown at most.
    static let rowLimit = 12

    private var solutions: Solutions { answer.solutions }

    var text: String {
        var lines = [header, "target " + target]
        if solutions.found > 0 { lines += rows }
        if let reason = solutions.reason { lines.append(reason) }
        if let closest = solutions.closest {
            lines.append("closest approach: \(NumberText.length(closest.positionError)) and \(NumberText.angle(closest.rotationError)) away, "
                + "at q = " + SolutionsText.configuration(closest.configuration, of: answer.robot))
        }
        return lines.joined(separator: "\n")
    }

    private var target: String {
        solutions.goal.map(BodyText.goal) ?? String(PoseText.text(solutions.target).dropFirst("Pose · ".count))
    }

    var header: String {
        let found = solutions.found
        let amount = found == solutions.requested
            ? NumberText.counted(found, "solution")
            : "\(NumberText.count(found)) of \(NumberText.counted(solutions.requested, "solution"))"
        return "\(solutions.robot) · \(amount)" + (showsTimes ? " · \(NumberText.duration(solutions.elapsed))" : "")
    }

    private var hasDistances: Bool { solutions.solutions.first?.distance != nil }
    private var hasClearances: Bool { solutions.solutions.first?.clearance != nil }

    private struct Group {
        var component: Int?
        /// Indices of solutions, best first.
        var members: [Int]
    }

    /// In the order of their best solutions.
    private var groups: [Group] {
        // Nearest first is the order that was asked for; components would break it up.
        if hasDistances { return [Group(component: nil, members: Array(solutions.solutions.indices))] }
        var groups: [Group] = []
        var position: [Int?: Int] = [:]
        for (index, solution) in solutions.solutions.enumerated() {
            if let known = position[solution.component] {
                groups[known].members.append(index)
            } else {
                position[solution.component] = groups.count
                groups.append(Group(component: solution.component, members: [index]))
            }
        }
        return groups
    }

    private var rows: [String] {
        let groups = groups
        let shownGroups = groups.prefix(SolutionsText.rowLimit)
        let share = max(1, SolutionsText.rowLimit / shownGroups.count)
        var table = TextTable([.right, .left, .right, .right, .right, .right, .right, .right])
        table.add(["#", "q " + SolutionsText.units(answer.robot), "position", "rotation", "margin", "manipulability"] + (hasClearances ? ["clearance"] : [])
            + (hasDistances ? ["distance"] : []))
        var notes: [(after: Int, text: String)] = []
        var heads: [(before: Int, text: String)] = []
        for group in shownGroups {
            if let component = group.component {
                heads.append((table.rows.count, "component \(component + 1) · \(NumberText.counted(group.members.count, "solution"))"))
            }
            for index in group.members.prefix(share) { table.add(row(index)) }
            let rest = group.members.count - min(share, group.members.count)
            if rest > 0 { notes.append((table.rows.count - 1, "     … \(NumberText.count(rest)) more")) }
        }
        var lines: [String] = []
        for (index, line) in table.lines.enumerated() {
            lines += heads.filter { $0.before == index }.map(\.text)
            lines.append(line)
            lines += notes.filter { $0.after == index }.map(\.text)
        }
        if groups.count > shownGroups.count {
            let rest = groups.dropFirst(shownGroups.count)
            lines.append("… \(NumberText.counted(rest.reduce(0) { $0 + $1.members.count }, "solution")) more in \(NumberText.counted(rest.count, "component"))")
        }
        return lines
    }

    private func row(_ index: Int) -> [String] {
        let solution = solutions.solutions[index]
        return [
            "\(index + 1)", SolutionsText.configuration(solution.configuration, of: answer.robot),
            NumberText.length(solution.positionError), NumberText.angle(solution.rotationError),
            NumberText.fixed(solution.limitMargin, 2), NumberText.fixed(solution.manipulability, 3),
        ] + (solution.clearance.map { [NumberText.length($0)] } ?? []) + (solution.distance.map { [NumberText.significant($0)] } ?? [])
    }

    /// Joint values in degrees and millimetres, aligned.
    static func configuration(_ q: [Double], of robot: Robot) -> String {
        zip(q, robot.chain.variables).map { value, variable in
            let text = NumberText.fixed(variable.kind == .prismatic ? value * 1000 : value * 180 / .pi, 1)
            return String(repeating: " ", count: max(0, 6 - text.count)) + text
        }.joined(separator: " ")
    }

    static func units(_ robot: Robot) -> String {
        let slides = robot.chain.variables.contains { $0.kind == .prismatic }
        let turns = robot.chain.variables.contains { $0.kind != .prismatic }
        return slides && turns ? "(°, mm)" : slides ? "(mm)" : "(°)"
    }
}
