import Kinematics
import Numerics
import TestSupport
import Testing

/// What is nearest to a preferred configuration where a goal leaves slack, on machines for which that is known otherwise.
@Suite struct NearestGoalTests {
    /// Three slides: a configuration is the tip's position.
    private func slides() throws -> Chain {
        let joint = { (name: String, parent: String, axis: String) in
            """
            <joint name="\(name)" type="prismatic"><parent link="\(parent)"/><child link="\(name)_link"/><axis xyz="\(axis)"/>
              <limit lower="-2" upper="2" effort="1" velocity="1"/></joint>
            """
        }
        let links = ["base", "x_link", "y_link", "z_link"].map { "<link name=\"\($0)\"/>" }.joined()
        let joints = joint("x", "base", "1 0 0") + joint("y", "x_link", "0 1 0") + joint("z", "y_link", "0 0 1")
        return try RobotDescription(urdfText: "<robot name=\"slides\">" + links + joints + "</robot>", source: "test").chain()
    }

    /// The nearest point of a turned rectangle, by weights of its own, is that of its inside or of one of its four edges.
    @Test func rectanglesAreMetAtTheirNearestPoint() throws {
        let chain = try slides(), solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 1)
        for _ in 0..<20 {
            let weights = (0..<3).map { _ in Elementary.exp(stream.normal()) }, metric = ConfigurationMetric(chain, weights: weights)
            let near = (0..<3).map { _ in 2 * stream.uniform() - 1 }, half = SIMD2(0.3, 0.2)
            let pose = Pose(position: [0.2, -0.1, 0.3], rotation: Rotation(roll: 0.5, pitch: 0.3, yaw: 3 * stream.uniform()))
            let goal = Goal(pose, orientation: .free, positionSlack: [half.x, half.y, 0])
            func point(_ u: Double, _ v: Double) -> [Double] { let p = pose * SIMD3(u, v, 0); return [p.x, p.y, p.z] }
            var least = Double.infinity
            for i in -100...100 { for j in -100...100 { least = min(least, metric.distance(near, point(half.x * Double(i) / 100, half.y * Double(j) / 100))) } }
            let answer = solver.solve(goal, preferences: Preferences(near: near, weights: weights), using: &stream)
            let nearest = try #require(answer.solutions.first)
            #expect(nearest.positionError <= 1e-4)
            // The grid is a little farther than the nearest point, the tolerance leads a little nearer.
            #expect(nearest.distance! < least + 1e-5 && nearest.distance! > least - 4e-3)
        }
    }

    /// A planar arm of three links that are 1 m long, and an angle of its tip with slack: the nearest over all angles and both elbows.
    @Test func tiltsAreMetAtTheirNearestAngle() throws {
        let chain = try library.robot("planar_3link").chain(), solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 2)
        for _ in 0..<20 {
            let q = chain.randomConfiguration(using: &stream), near = chain.randomConfiguration(using: &stream), metric = ConfigurationMetric(chain)
            let pose = chain.forwardKinematics(q), tilt = q.reduce(0, +), slack = 0.4
            var least = Double.infinity
            for step in -2000...2000 {
                let angle = tilt + slack * Double(step) / 2000
                let wrist = SIMD2(pose.position.x - Elementary.cos(angle), pose.position.y - Elementary.sin(angle))
                let cosine = ((wrist * wrist).sum() - 2) / 2
                guard abs(cosine) <= 1 else { continue }
                for elbow in [1.0, -1] {
                    let second = elbow * (.pi / 2 - Elementary.asin(cosine))
                    let first = Elementary.atan2(wrist.y, wrist.x) - Elementary.atan2(Elementary.sin(second), 1 + cosine)
                    least = min(least, metric.distance(near, [first.wrapped, second, (angle - first - second).wrapped]))
                }
            }
            let answer = solver.solve(Goal(pose, rotationSlack: slack), preferences: Preferences(near: near), using: &stream)
            let nearest = try #require(answer.solutions.first)
            #expect(nearest.distance! < least + 1e-4 && nearest.distance! > least - 5e-3)
        }
    }

    /// Where steps have led to the nearest on a branch, they lead from around it again.
    @Test func stepsFromAroundTheNearestLeadBack() throws {
        let chain = try library.robot("ur5").chain(), solver = InverseKinematics(chain), metric = ConfigurationMetric(chain)
        var stream = RandomStream(seed: 5), back = 0, asked = 0
        for _ in 0..<16 {
            let start = chain.randomConfiguration(using: &stream), near = chain.randomConfiguration(using: &stream)
            let goal = Goal(chain.forwardKinematics(start), positionSlack: [0.03, 0.03, 0.03], rotationSlack: 0.3)
            let nearest = try #require(solver.nearest(goal, to: near, from: start, options: .init()))
            for _ in 0..<2 {
                let around = nearest.configuration.map { $0 + 0.05 * stream.normal() }
                asked += 1
                guard let again = solver.nearest(goal, to: near, from: around, options: .init()) else { continue }
                if abs(metric.distance(near, again.configuration) - metric.distance(near, nearest.configuration)) < 1e-3 { back += 1 }
            }
        }
        // Where joints meet their limits, what is nearest around may be another place.
        #expect(back >= 20 && asked == 32)
    }
}
