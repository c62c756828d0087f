import LuaBridge
import Numerics
import Planning

/// The plans that answer a question, with the robot that they are for.
struct PlansItem {
    let robot: Robot
    let start: [Double]
    let plans: [Plan]
    /// What the plans keep clear of.
    let screen: CollisionScreen
    /// Configurations that reach the goal.
    let goals: [[Double]]
    let elapsed: Double
    /// Why there is no plan, or fewer than were asked for.
    let reason: String?

    /// How many of the goals touch nothing.
    var freeGoals: Int { screen.makeChecker().clearances(of: goals).count { $0 > 0 } }

    func item(_ index: Int) -> PlanItem { PlanItem(robot: robot, plan: plans[index], screen: screen) }
}

/// One plan.
struct PlanItem {
    let robot: Robot
    let plan: Plan
    /// What it keeps clear of.
    let screen: CollisionScreen

    /// The points as rows.
    var path: Matrix {
        Matrix(rows: plan.points.count, columns: robot.chain.degreesOfFreedom, elements: plan.points.flatMap { $0 })
    }

    /// The distances from obstacles and between links at the points, m, up to ``CollisionScreen/greatestClearance``.
    var clearances: [Double] { screen.makeChecker().clearances(of: plan.points) }

    /// Configurations at equal times from the start to the goal.
    func sweep(_ count: Int) -> [[Double]] {
        (0..<count).map { plan.configuration(at: plan.duration * Double($0) / Double(max(count - 1, 1))) }
    }
}

/// Plans as people read them.
enum PlanText {
    static func text(_ item: PlansItem, showsTimes: Bool) -> String {
        let title = "Plans · \(item.robot.chain.name) · \(NumberText.counted(item.plans.count, "plan")) to \(NumberText.counted(item.goals.count, "goal"))"
            + (showsTimes ? " · \(NumberText.duration(item.elapsed))" : "")
        let rows = item.plans.enumerated().map { index, plan in
            "\(index + 1)  \(line(plan)) · weight \(NumberText.fixed(plan.weight, 2)) · goal \(plan.goal + 1)"
        }
        return ([title] + rows + [item.reason].compactMap(\.self)).joined(separator: "\n")
    }

    static func text(_ item: PlanItem) -> String {
        "Plan · \(item.robot.chain.name) · \(line(item.plan)) · \(NumberText.counted(item.plan.corners.count - 2, "corner"))"
    }

    private static func line(_ plan: Plan) -> String {
        "length \(NumberText.fixed(plan.length, 2)) · \(NumberText.fixed(plan.duration, 2)) s · clearance \(NumberText.length(plan.clearance))"
    }
}

extension DataTable {
    /// A row a point of the path: the time, then the joints.
    init(_ item: PlanItem) {
        self.init(columns: ["time"] + item.robot.chain.variables.map(\.name), rows: zip(item.plan.times, item.plan.points).map { time, point in
            [.number(time)] + point.map { .number($0) }
        })
    }

    /// A row a plan.
    init(_ item: PlansItem) {
        self.init(columns: ["plan", "length", "duration", "clearance", "weight", "goal", "corners"], rows: item.plans.enumerated().map { index, plan in
            [.integer(index + 1), .number(plan.length), .number(plan.duration), .number(plan.clearance), .number(plan.weight), .integer(plan.goal + 1),
             .integer(plan.corners.count)]
        })
    }
}
