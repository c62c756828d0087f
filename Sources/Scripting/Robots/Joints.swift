import Kinematics
import LuaBridge

// The Joint type.

extension RobotEntries {
    /// An object rather than a table, so that an assignment to one of its fields is an error and not lost.
    var jointType: ObjectType {
        ObjectType(
            "Joint", of: Chain.Variable.self, "A joint of a robot: its name, type and limits, read-only.",
            describe: { display.spelled("Joint · \($0.name) · \($0.kind.rawValue) · \(Self.limits(of: $0))") },
            operators: [(.equal, { arguments in
                guard let other = try? arguments.operand(2, Chain.Variable.self) else { return .boolean(false) }
                return .boolean(try arguments.operand(1, Chain.Variable.self) == other)
            })],
            value: {
                .record(["name": .string($0.name), "type": .string($0.kind.rawValue), "lower": .number($0.lower), "upper": .number($0.upper)])
            },
            table: { DataTable([$0]) },
            properties: [
                ObjectProperty("name", "string", "the joint's name") { .string($0.name) },
                ObjectProperty("type", "string", "\"revolute\", \"continuous\" or \"prismatic\"") { .string($0.kind.rawValue) },
                ObjectProperty("lower", "number", "the lower limit in rad or m; -pi for a continuous joint") { .number($0.lower) },
                ObjectProperty("upper", "number", "the upper limit in rad or m; pi for a continuous joint") { .number($0.upper) },
            ])
    }

    private static func limits(of variable: Chain.Variable) -> String {
        variable.isAngle
            ? "\(NumberText.degrees(variable.lower)) … \(NumberText.degrees(variable.upper))"
            : "\(NumberText.length(variable.lower)) … \(NumberText.length(variable.upper))"
    }
}
