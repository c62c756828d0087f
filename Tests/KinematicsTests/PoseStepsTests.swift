import Kinematics
import Numerics
import TestSupport
import Testing

@Suite struct PoseStepsTests {
    private func chain(_ name: String) throws -> Chain {
        try library.robot(name).chain()
    }

    /// The mean position error after one step from configurations so far from solutions.
    private func error(_ chain: Chain, distance: Double, isAccelerated: Bool) -> Double {
        var stream = RandomStream(seed: 6)
        let steps = PoseSteps(chain, isAccelerated: isAccelerated)
        var errors: [Double] = []
        for _ in 0..<100 {
            let q = chain.randomConfiguration(using: &stream), pose = chain.forwardKinematics(q)
            var rows = Matrix(rows: 1, columns: q.count, elements: q.map { $0 + distance * stream.normal() })
            steps.take(1, from: &rows, towards: pose)
            let difference = chain.forwardKinematics(Array(rows.row(0))).position - pose.position
            errors.append((difference * difference).sum().squareRoot())
        }
        return errors.sorted()[50]
    }

    @Test(arguments: ["panda", "atlas2013_arm", "valkyrie_arm_waist"])
    func errorsAreQuadraticInTheDistanceAndCubicWithAcceleration(_ name: String) throws {
        let chain = try chain(name)
        let plain = error(chain, distance: 0.1, isAccelerated: false) / error(chain, distance: 0.05, isAccelerated: false)
        let accelerated = error(chain, distance: 0.1, isAccelerated: true) / error(chain, distance: 0.05, isAccelerated: true)
        #expect((3.0...5.5).contains(plain), "\(plain)")
        #expect((5.0...12).contains(accelerated), "\(accelerated)")
        #expect(error(chain, distance: 0.1, isAccelerated: true) < 0.3 * error(chain, distance: 0.1, isAccelerated: false))
    }

    @Test func noStepsChangeNothingAndManyArrive() throws {
        let chain = try chain("panda")
        var stream = RandomStream(seed: 7)
        let q = chain.randomConfiguration(using: &stream), steps = PoseSteps(chain, isAccelerated: true)
        let start = Matrix(rows: 1, columns: 7, elements: q.map { $0 + 0.1 })
        var rows = start
        steps.take(0, from: &rows, towards: chain.forwardKinematics(q))
        #expect(rows == start)
        steps.take(20, from: &rows, towards: chain.forwardKinematics(q))
        let difference = chain.forwardKinematics(Array(rows.row(0))).position - chain.forwardKinematics(q).position
        #expect((difference * difference).sum().squareRoot() < 1e-5)
    }
}
