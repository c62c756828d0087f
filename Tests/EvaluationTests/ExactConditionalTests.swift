import Evaluation
import Foundation
import Kinematics
import Numerics
import SolutionSets
import TestSupport
import Testing

func libraryChain(_ name: String) throws -> Chain { try library.robot(name).chain() }

/// How uniformly a configuration ranks among draws of its pose's distribution, by χ² with nine degrees of freedom.
///
/// With x uniform and c = FK(x), x itself is a draw of p(x|c); so whatever is computed of x must rank uniformly among the same of nine
/// draws from p(x|c), if they are what they claim to be (simulation-based calibration; Talts et al., 2018).
private func rankStatistics(
    _ chain: Chain, poses: Int, draws: @escaping @Sendable (Pose, inout RandomStream) -> Matrix, of quantities: [@Sendable ([Double]) -> Double]
) -> [Double] {
    let counts = Guarded(quantities.map { _ in [Double](repeating: 0, count: 10) })
    parallelFor(poses) { index in
        var stream = RandomStream(seed: 99).split(index)
        let truth = chain.randomConfiguration(using: &stream)
        let rows = draws(chain.forwardKinematics(truth), &stream)
        guard rows.rows == 9 else { return }
        // Isolated solutions are drawn again and again: ties are broken at random.
        let ranks = quantities.map { quantity in
            let differences = (0..<9).map { quantity(Array(rows.row($0))) - quantity(truth) }
            let ties = differences.filter { abs($0) < 1e-4 }.count
            return differences.filter { $0 <= -1e-4 }.count + Int(stream.uniform() * Double(ties + 1))
        }
        counts.update { counts in for (k, rank) in ranks.enumerated() { counts[k][rank] += 1 } }
    }
    return counts.value.map { count in
        let expected = count.reduce(0, +) / 10
        return count.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    }
}

/// A value that threads change one after the other.
private final class Guarded<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value

    init(_ value: Value) { stored = value }

    var value: Value { lock.withLock { stored } }

    func update(_ body: (inout Value) -> Void) { lock.withLock { body(&stored) } }
}

private func quantities(_ chain: Chain) -> [@Sendable ([Double]) -> Double] {
    let joints = (0..<chain.degreesOfFreedom).map { i -> @Sendable ([Double]) -> Double in { $0[i] } }
    return joints + [{ chain.manipulability($0) }]
}

@Suite struct ExactConditionalTests {
    /// χ² with nine degrees of freedom exceeds this once in ten thousand times.
    static let bound = 33.7

    @Test(arguments: [("panda", 400), ("ur5", 400), ("planar_3link", 400), ("atlas2013_arm_waist", 120)])
    func aUniformConfigurationIsADrawOfItsPose(_ name: String, _ poses: Int) throws {
        let chain = try libraryChain(name)
        let statistics = rankStatistics(chain, poses: poses, draws: { pose, stream in
            var effort = ExactConditional.Effort()
            effort.slices = 40
            let exact = ExactConditional(chain, target: pose, effort: effort, using: &stream)
            return exact.sample(9, using: &stream)
        }, of: quantities(chain))
        for statistic in statistics { #expect(statistic < Self.bound, "\(name): \(statistics)") }
    }

    /// Of the lower arm's four joints two alone move the tip to its place: those are not among the ones that are held.
    @Test(arguments: [("valkyrie_lower_arm", 200), ("planar_3link", 300), ("panda", 60)])
    func aUniformConfigurationIsADrawOfItsPosition(_ name: String, _ poses: Int) throws {
        let chain = try libraryChain(name)
        let statistics = rankStatistics(chain, poses: poses, draws: { pose, stream in
            var effort = ExactConditional.Effort()
            effort.slices = 200
            let exact = ExactConditional(chain, target: pose, followsRotation: false, effort: effort, using: &stream)
            return exact.sample(9, using: &stream)
        }, of: quantities(chain))
        for statistic in statistics { #expect(statistic < Self.bound, "\(name): \(statistics)") }
    }

    /// The test above can fail: what searches from uniform starts reach does not pass it.
    @Test func multiStartSolutionsAreNotDrawsOfThePose() throws {
        let chain = try libraryChain("panda")
        let statistics = rankStatistics(chain, poses: 1500, draws: { pose, stream in
            ReferenceKind.multistart.sample(chain, target: pose, count: 9, using: &stream)
        }, of: quantities(chain))
        #expect(statistics.max()! > 2 * Self.bound, "\(statistics)")
    }

    @Test(arguments: ["panda", "atlas2013_arm", "valkyrie_lower_arm", "planar_10link"])
    func drawsReachThePoseWithinTheLimits(_ name: String) throws {
        let chain = try libraryChain(name)
        var stream = RandomStream(seed: 5)
        var effort = ExactConditional.Effort()
        effort.slices = 4
        for _ in 0..<4 {
            let pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
            let exact = ExactConditional(chain, target: pose, effort: effort, using: &stream)
            let rows = exact.sample(20, using: &stream)
            #expect(rows.rows == 20)
            for row in 0..<rows.rows {
                let q = Array(rows.row(row))
                let error = chain.forwardKinematics(q).error(to: pose)
                #expect(error.position < 2e-6 && error.rotation < 2e-6)
                #expect(chain.contains(q, tolerance: 1e-9))
            }
        }
    }

    /// Two links in a plane, asked for a position with a third joint turning about the same axis at the tip's place: the first two
    /// joints are isolated, the third is free, so it is uniform.
    @Test func aFreeJointIsUniform() throws {
        func joint(_ index: Int, at x: Double) -> Chain.Segment {
            Chain.Segment(
                name: "j\(index)", kind: .revolute, child: "l\(index)", origin: Pose(position: [x, 0, 0], rotation: .identity),
                axis: [0, 0, 1], variable: index)
        }
        let chain = Chain(
            name: "free", base: "base", tip: "l2", segments: [joint(0, at: 0), joint(1, at: 1), joint(2, at: 1)],
            variables: (0..<3).map { Chain.Variable(name: "j\($0)", kind: .revolute, lower: -2, upper: 2) })
        var stream = RandomStream(seed: 3)
        let exact = ExactConditional(
            chain, target: chain.forwardKinematics([0.4, 0.9, 0]), followsRotation: false, using: &stream)
        #expect(exact.redundancy == 1)
        // Elbow up and elbow down, each an arc of the third joint's range.
        let arcs = try #require(exact.arcs)
        #expect(arcs.count == 2 && abs(arcs.length - 8) < 1e-3)
        let draws = exact.sample(4000, using: &stream)
        let third = (0..<4000).map { draws[$0, 2] }
        #expect(abs(third.reduce(0, +) / 4000) < 0.08)
        #expect(abs(third.reduce(0) { $0 + $1 * $1 } / 4000 - 4.0 / 3) < 0.08)
        // Both elbows have the same Jacobian determinant.
        let up = (0..<4000).filter { draws[$0, 1] > 0 }.count
        #expect(abs(up - 2000) < 150)
    }

    @Test func anUnreachablePoseHasNoSolutions() throws {
        let chain = try libraryChain("panda")
        var stream = RandomStream(seed: 1)
        for kind in ReferenceKind.allCases {
            let rows = kind.sample(chain, target: Pose(position: [3, 0, 0], rotation: .identity), count: 5, using: &stream)
            #expect(rows.rows == 0 && rows.columns == 7)
        }
    }
}
