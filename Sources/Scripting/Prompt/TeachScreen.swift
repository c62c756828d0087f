import Figures
import Kinematics
import LuaBridge
import Numerics

/// What a teach pendant shows: the joints at the left, the robot at the right, the pose and the keys below.
extension TeachPendant {
    /// The lines of the screen, as many as it has rows at most.
    func screen(_ display: DisplayStyle, size: (columns: Int, rows: Int)) throws -> [String] {
        let height = max(1, size.rows - 5)
        let figureWidth = size.columns >= 78 ? min(size.columns - 39, max(40, 2 * height + 2)) : 0
        let joints = jointLines(width: size.columns - figureWidth - (figureWidth > 0 ? 1 : 0), rows: height)
        let figure = figureWidth > 0 ? try drawing(display, width: figureWidth, rows: height) : []
        let pose = PoseText.text(configuration.withUnsafeBufferPointer { robot.pose($0) })
        var lines = [fitted(heading, size.columns)]
        for row in 0..<max(joints.count, figure.count) {
            let left = row < joints.count ? joints[row] : ""
            guard row < figure.count else { lines.append(left); continue }
            lines.append(left + String(repeating: " ", count: max(1, size.columns - figureWidth - left.count)) + figure[row])
        }
        lines += [
            fitted(pose, size.columns), fitted(complaint, size.columns),
            fitted("↑ ↓ joint · ← → move · 45 Enter sets it · + - step · x y z a b c tip, X back", size.columns),
            fitted("s store · u undo · r random · m middle · v view · q return", size.columns),
        ]
        return lines.map { TeachPendant.spelled($0, display) }
    }

    private var heading: String {
        let size = NumberText.short(TeachPendant.stepSizes[step])
        return "teach \(robot.chain.name) · joint \(joint + 1) of \(configuration.count) · step \(size)° or \(size) mm · \(NumberText.count(stored.count)) stored"
            + (typed.isEmpty ? "" : " · \(variables[joint].name) to \(typed)_")
    }

    private func fitted(_ text: String, _ width: Int) -> String { text.count <= width ? text : text.prefix(width - 1) + "…" }

    // MARK: Joints

    /// A line a joint; of more than there is room for, those around the chosen one.
    private func jointLines(width: Int, rows: Int) -> [String] {
        let count = min(variables.count, rows)
        let first = min(max(0, joint - count / 2), variables.count - count)
        let names = variables[first..<(first + count)].map(\.name)
        let nameWidth = min(names.map(\.count).max() ?? 0, width - 22)
        let barWidth = min(30, width - nameWidth - 16)
        return (first..<(first + count)).map { index in
            let variable = variables[index], isSliding = variable.kind == .prismatic
            let value = NumberText.fixed(isSliding ? configuration[index] * 1000 : configuration[index] * 180 / .pi, 1) + (isSliding ? " mm" : "°")
            let name = variable.name.count <= nameWidth ? variable.name : "…" + variable.name.suffix(nameWidth - 1)
            func padding(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) }
            return "\(index == joint ? ">" : " ") \(name)\(padding(name, nameWidth)) \(padding(value, 9))\(value) " + bar(index, width: barWidth)
        }
    }

    /// Where a joint stands between its limits.
    private func bar(_ index: Int, width: Int) -> String {
        guard width >= 3 else { return "" }
        let variable = variables[index], range = variable.upper - variable.lower
        let share = range > 0 && range.isFinite ? (configuration[index] - variable.lower) / range : 0.5
        let place = Int((min(max(share, 0), 1) * Double(width - 1)).rounded())
        return "|" + String(repeating: "-", count: place) + "o" + String(repeating: "-", count: width - 1 - place) + "|"
    }

    // MARK: The robot

    /// The robot in a frame that stays the same while it moves.
    private func drawing(_ display: DisplayStyle, width: Int, rows: Int) throws -> [String] {
        guard rows >= 6 else { return [] }
        let style = TerminalStyle(width: width, unicode: display.isUnicode, color: display.isColored)
        let reach = robot.ownReach.isFinite && robot.ownReach > 1e-6 ? robot.ownReach : 1
        // A cell has two dots across and four up; two cells are the frame's.
        var height = rows - 2
        while height >= 4 {
            let aspect = Double(4 * height) / Double(2 * (width - 2))
            let figure = try Figure.pendant(robot: robot.chain, configuration: configuration, view: view, reach: reach, aspect: aspect)
            var lines = figure.text(style: style).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            while lines.last?.isEmpty == true { lines.removeLast() }
            while lines.first?.isEmpty == true { lines.removeFirst() }
            if lines.count <= rows { return lines }
            height -= 1
        }
        return []
    }

    private static func spelled(_ text: String, _ display: DisplayStyle) -> String {
        guard !display.isUnicode else { return text }
        let arrows = text.replacing("↑ ↓", with: "up/down").replacing("← →", with: "left/right")
        return display.spelled(arrows)
    }
}
