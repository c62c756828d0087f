import Kinematics
import Numerics

extension PosesScene {
    /// The heading and the sentence for readers who do not see the picture.
    var summary: (title: String, description: String) {
        let count = sticks.count.counted("configuration")
        let groups = hasComponents && !sticks.isEmpty
            ? " in \(families.count.counted("component"))" : ""
        let title = sticks.isEmpty ? "\(robot.name): no configurations" : "\(robot.name): \(count)\(groups)"
        let who = sticks.isEmpty ? "No configurations of \(robot.name)" : "\(count) of \(robot.name)\(groups)"
        guard let target else { return (title, who + ", drawn as stick figures.") }
        let place = [target.position.x, target.position.y, target.position.z].map(PosesScene.metres)
            .joined(separator: ", ")
        if sticks.isEmpty { return (title, "\(who) for a target at (\(place)) m.") }
        let arrived = sticks.count { stick in
            let miss = (stick.last ?? .zero) - target.position
            return miss.dot(miss) < 1e-6
        }
        let outcome = arrived == sticks.count
            ? sticks.count == 1 ? " reaches" : " reach"
            : ", of which \(arrived) come\(arrived == 1 ? "s" : "") within 1 mm of"
        return (title, "\(who)\(outcome) a target at (\(place)) m.")
    }

    /// A length with two decimals, or as it is where that would not do.
    static func metres(_ value: Double) -> String {
        guard value.magnitude < 1e6 else { return "\(value)" }
        return Decimal.text(mantissa: Int((value * 100).rounded()), exponent: -2, decimals: 2)
    }
}
