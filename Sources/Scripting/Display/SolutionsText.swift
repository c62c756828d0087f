import Kinematics

/// Solutions as a header line and a ranked table, grouped by component.
struct SolutionsText {
    let answer: Answer
    /// Whether the time of the search is told.
    var showsTimes = true
    /// Columns of the page.
    var width = 100
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

    var header: String { "\(solutions.robot) · \(solutions.outcome.summary("solution", showsTimes: showsTimes))" }

    private struct Group {
        var component: Int?
        /// Indices of solutions, best first.
        var members: [Int]
    }

    /// In the order of their best solutions.
    private var groups: [Group] {
        // Nearest first is the order that was asked for; components would break it up.
        if solutions.outcome.hasDistances { return [Group(component: nil, members: Array(solutions.solutions.indices))] }
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
        var shown: [Int] = []
        var notes: [(after: Int, text: String)] = []
        var heads: [(before: Int, text: String)] = []
        for group in shownGroups {
            if let component = group.component {
                heads.append((shown.count, "component \(component + 1) · \(NumberText.counted(group.members.count, "solution"))"))
            }
            shown += group.members.prefix(share)
            let rest = group.members.count - min(share, group.members.count)
            if rest > 0 { notes.append((shown.count - 1, "     … \(NumberText.count(rest)) more")) }
        }
        var lines: [String] = []
        for (place, row) in table(shown).enumerated() {
            // The headings are the first row.
            let index = place - 1
            lines += heads.filter { $0.before == index }.map(\.text)
            lines += row
            lines += notes.filter { $0.after == index }.map(\.text)
        }
        if groups.count > shownGroups.count {
            let rest = groups.dropFirst(shownGroups.count)
            lines.append("… \(NumberText.counted(rest.reduce(0) { $0 + $1.members.count }, "solution")) more in \(NumberText.counted(rest.count, "component"))")
        }
        return lines
    }

    /// The lines of the headings and of every solution: configurations with a decimal, without, or below the figures, as the width allows.
    private func table(_ shown: [Int]) -> [[String]] {
        for decimals in [1, 0] {
            var table = TextTable([.right, .left, .right, .right, .right, .right, .right, .right])
            table.add(["#", "q " + SolutionsText.units(answer.robot)] + solutions.outcome.headings)
            table.shortHeadings = ["#", "q " + SolutionsText.units(answer.robot)] + solutions.outcome.shortHeadings
            for index in shown {
                let q = SolutionsText.configuration(solutions.solutions[index].configuration, of: answer.robot, decimals: decimals)
                table.add(["\(index + 1)", q] + figures(index))
            }
            if let lines = table.rowLines(within: width) { return lines }
        }
        var table = TextTable([.right, .right, .right, .right, .right, .right, .right])
        table.add(["#"] + solutions.outcome.headings)
        table.shortHeadings = ["#"] + solutions.outcome.shortHeadings
        for index in shown { table.add(["\(index + 1)"] + figures(index)) }
        let rows = table.rowLines(within: width) ?? table.lines.map { [$0] }
        return rows.enumerated().map { place, lines in
            guard place > 0 else { return lines }
            return lines + SolutionsText.brokenConfiguration(solutions.solutions[shown[place - 1]].configuration, of: answer.robot, width: width)
        }
    }

    private func figures(_ index: Int) -> [String] { solutions.solutions[index].figures { NumberText.fixed($0, 3) } }

    /// Joint values in degrees and millimetres, aligned.
    static func configuration(_ q: [Double], of robot: Robot, decimals: Int = 1) -> String {
        values(q, of: robot, decimals: decimals).map { text in
            String(repeating: " ", count: max(0, (decimals > 0 ? 5 + decimals : 4) - text.count)) + text
        }.joined(separator: " ")
    }

    private static func values(_ q: [Double], of robot: Robot, decimals: Int) -> [String] {
        zip(q, robot.chain.variables).map { value, variable in
            NumberText.fixed(variable.kind == .prismatic ? value * 1000 : value * 180 / .pi, decimals)
        }
    }

    /// Joint values in as many lines as they need, below a solution's figures.
    private static func brokenConfiguration(_ q: [Double], of robot: Robot, width: Int) -> [String] {
        var lines: [String] = []
        var line = "   q " + units(robot)
        for value in values(q, of: robot, decimals: 1) {
            if line.count + 1 + value.count > width {
                lines.append(line)
                line = "    "
            }
            line += " " + value
        }
        return lines + [line]
    }

    static func units(_ robot: Robot) -> String {
        let slides = robot.chain.variables.contains { $0.kind == .prismatic }
        let turns = robot.chain.variables.contains { $0.kind != .prismatic }
        return slides && turns ? "(°, mm)" : slides ? "(mm)" : "(°)"
    }
}
