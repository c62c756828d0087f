import Kinematics

/// A robot as a header line and a table of its joints.
enum RobotText {
    static func header(_ robot: Robot) -> String {
        let chain = robot.chain
        return "\(chain.name) · \(NumberText.counted(chain.degreesOfFreedom, "joint")) · \(chain.base) → \(chain.tip)"
            + " · reach \(NumberText.length(robot.reach))"
    }

    static func text(_ robot: Robot, width: Int) -> String {
        var table = TextTable([.right, .left, .left, .right, .right, .left])
        table.add(["#", "joint", "type", "lower", "upper", "axis"])
        for (index, variable) in robot.chain.variables.enumerated() {
            let drivers = robot.chain.segments.filter { $0.variable == index }
            let own = drivers.first { $0.name == variable.name } ?? drivers.first
            var axis = own.map { name(ofAxis: $0.axis) } ?? ""
            if drivers.count > 1 { axis += "  (drives \(drivers.count) joints)" }
            table.add(["\(index + 1)", variable.name, variable.kind.rawValue, limit(variable, variable.lower), limit(variable, variable.upper), axis])
        }
        return ([header(robot)] + notes(robot.notes) + table.lines(within: width)).joined(separator: "\n")
    }

    /// The first of what was chosen and assumed, a line each.
    static func notes(_ notes: [String]) -> [String] {
        let shown = 6
        return notes.prefix(shown).map { "  " + $0 } + (notes.count > shown ? ["  … \(notes.count - shown) more in .notes"] : [])
    }

    private static func limit(_ variable: Chain.Variable, _ value: Double) -> String {
        switch variable.kind {
        case .prismatic where abs(value) >= 1e4: NumberText.significant(value) + " m"
        case .prismatic: NumberText.fixed(value * 1000, 1) + " mm"
        case .continuous: value < 0 ? "−∞" : "∞"
        default: NumberText.degrees(value)
        }
    }

    /// x, -z, or the components.
    private static func name(ofAxis axis: SIMD3<Double>) -> String {
        for (index, name) in ["x", "y", "z"].enumerated() where abs(axis[index]) > 1 - 1e-9 {
            return axis[index] < 0 ? "-" + name : name
        }
        return "(" + axis.list.map { NumberText.significant($0) }.joined(separator: " ") + ")"
    }
}
