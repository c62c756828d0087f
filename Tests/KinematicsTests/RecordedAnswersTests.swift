import Kinematics
import Numerics
import TestSupport
import Testing

/// Answers of plain chains as they were recorded before the search for chains and that for bodies became one: the same starts lead to the same solutions.
@Suite struct RecordedAnswersTests {
    struct Record: Sendable {
        var robot: String
        var tolerances: (position: Double, rotation: Double)
        var count: Int
        var found: Int
        var starts: Int
        var converged: Int
        /// The sum of all joint values, each weighted by where it stands.
        var sum: Double
    }

    static let records: [Record] = [
        Record(robot: "panda", tolerances: (0.0001, 0.001), count: 1, found: 20, starts: 340, converged: 20, sum: 190.220153),
        Record(robot: "panda", tolerances: (0.0001, 0.001), count: 100, found: 1981, starts: 11787, converged: 4792, sum: 2274.380391),
        Record(robot: "panda", tolerances: (1e-06, 1e-06), count: 1, found: 20, starts: 340, converged: 20, sum: 226.400953),
        Record(robot: "panda", tolerances: (1e-06, 1e-06), count: 100, found: 1981, starts: 11806, converged: 4749, sum: 3045.663937),
        Record(robot: "ur5", tolerances: (0.0001, 0.001), count: 1, found: 20, starts: 388, converged: 20, sum: 187.139273),
        Record(robot: "ur5", tolerances: (1e-06, 1e-06), count: 1, found: 20, starts: 389, converged: 20, sum: 142.096414),
        Record(robot: "ur5", tolerances: (1e-06, 1e-06), count: 100, found: 134, starts: 128000, converged: 34916, sum: 169.442663),
        Record(robot: "atlas2013_arm", tolerances: (0.0001, 0.001), count: 1, found: 20, starts: 340, converged: 20, sum: 397.156844),
        Record(robot: "atlas2013_arm", tolerances: (0.0001, 0.001), count: 100, found: 112, starts: 128000, converged: 78314, sum: 1208.310516),
        Record(robot: "atlas2013_arm", tolerances: (1e-06, 1e-06), count: 1, found: 20, starts: 344, converged: 20, sum: 398.212311),
        Record(robot: "atlas2013_arm", tolerances: (1e-06, 1e-06), count: 100, found: 46, starts: 128000, converged: 75428, sum: 303.121734),
        Record(robot: "atlas2013_arm_waist", tolerances: (0.0001, 0.001), count: 1, found: 20, starts: 340, converged: 20, sum: 503.638189),
        Record(robot: "atlas2013_arm_waist", tolerances: (0.0001, 0.001), count: 100, found: 2000, starts: 3254, converged: 2072, sum: 51445.402024),
        Record(robot: "atlas2013_arm_waist", tolerances: (1e-06, 1e-06), count: 1, found: 20, starts: 341, converged: 20, sum: 549.147066),
        Record(robot: "atlas2013_arm_waist", tolerances: (1e-06, 1e-06), count: 100, found: 2000, starts: 3449, converged: 2055, sum: 51447.852751),
        Record(robot: "planar_3link", tolerances: (0.0001, 0.001), count: 1, found: 20, starts: 340, converged: 20, sum: 117.931766),
        Record(robot: "planar_3link", tolerances: (0.0001, 0.001), count: 100, found: 40, starts: 128000, converged: 62176, sum: -58.139572),
        Record(robot: "planar_3link", tolerances: (1e-06, 1e-06), count: 1, found: 20, starts: 340, converged: 20, sum: 164.580552),
        Record(robot: "planar_3link", tolerances: (1e-06, 1e-06), count: 100, found: 40, starts: 128000, converged: 62174, sum: -89.555449),
        Record(robot: "valkyrie_lower_arm", tolerances: (0.0001, 0.001), count: 1, found: 20, starts: 340, converged: 20, sum: 82.575004),
        Record(robot: "valkyrie_lower_arm", tolerances: (0.0001, 0.001), count: 100, found: 20, starts: 128000, converged: 109314, sum: 82.575097),
        Record(robot: "valkyrie_lower_arm", tolerances: (1e-06, 1e-06), count: 1, found: 20, starts: 340, converged: 20, sum: 82.575008),
        Record(robot: "valkyrie_lower_arm", tolerances: (1e-06, 1e-06), count: 100, found: 20, starts: 128000, converged: 109314, sum: 82.575008),
    ]

    @Test(arguments: records) func answersAreWhatTheyWere(record: Record) throws {
        let chain = try library.robot(record.robot).chain(), kinematics = InverseKinematics(chain)
        let options = SearchOptions(count: record.count, positionTolerance: record.tolerances.position, rotationTolerance: record.tolerances.rotation)
        var stream = RandomStream(seed: 11), poses = RandomStream(seed: 12)
        var found = 0, starts = 0, converged = 0, sum = 0.0
        for _ in 0..<20 {
            let answer = kinematics.solve(chain.forwardKinematics(chain.randomConfiguration(using: &poses)), options: options, using: &stream)
            found += answer.found
            starts += answer.starts
            converged += answer.converged
            for (i, solution) in answer.solutions.enumerated() {
                for (j, value) in solution.configuration.enumerated() { sum += value * Double((31 * i + 7 * j) % 13 + 1) }
            }
        }
        #expect(found == record.found && starts == record.starts && converged == record.converged)
        #expect(abs(sum - record.sum) < 1e-4)
    }
}
