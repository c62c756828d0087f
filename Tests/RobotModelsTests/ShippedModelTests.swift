import ConditionalModels
import Files
import Foundation
import Kinematics
import ModelFiles
import Numerics
import RobotModels
import TestSupport
import Testing

/// The models that come with the program answer as they did when they were measured, whatever the files' readers are rewritten to.
@Suite struct ShippedModelTests {
    private static let models = packageRoot + "/share/models/"

    /// First joints from which no later part reaches the pose are drawn anew; one sample in a hundred kept them otherwise, decimetres away.
    @Test(arguments: [("valkyrie_arm_waist", 0.6), ("panda", 2.2)]) func samplesOfPartsHaveNoTail(name: String, greatest: Double) throws {
        let model = try FactoredMixture(Safetensors(contentsOf: Self.models + "\(name)_factored.safetensors"), path: name)
        let query = FactoredQuery(model)
        var stream = RandomStream(seed: 3), sum = 0.0
        for _ in 0..<100 {
            let pose = model.chain.forwardKinematics(model.chain.randomConfiguration(using: &stream))
            let samples = query.sample(pose, count: 25, using: &stream)
            for row in 0..<25 { sum += model.chain.forwardKinematics(Array(samples.row(row))).error(to: pose).position }
        }
        #expect(1000 * sum / 2500 < greatest)
    }

    /// Nobody looks at the clock while starts are drawn: under a limit of the time they are few.
    @Test func theTimeOfASearchIsLimitedWhileItDraws() throws {
        let model = try FactoredMixture(Safetensors(contentsOf: Self.models + "panda_factored.safetensors"), path: "panda")
        var stream = RandomStream(seed: 3)
        let query = FactoredQuery(model), pose = model.chain.forwardKinematics(model.chain.randomConfiguration(using: &stream))
        func seconds(_ body: () -> Void) -> Double {
            let start = threadSeconds()
            body()
            return threadSeconds() - start
        }
        let options = SearchOptions(count: 4000, seconds: 1e-6, findsClosest: false)
        let limited = seconds { _ = query.solve(Goal(pose), options: options, using: &stream) }
        #expect(limited < 0.3 * seconds { _ = query.sample(pose, count: 4000, using: &stream) })
    }

    /// A model, its heaviest component at a pose, that one's weight and first means, and the log-density at the configuration behind the pose.
    private static let known: [(name: String, component: Int, weight: Double, mean: [Double], logDensity: Double)] = [
        ("panda", 22, 0.190974, [1.84551, -0.44046, 0.27692], -4.1558),
        ("atlas2013_arm_waist", 0, 0.208134, [0.06265, 0.08243, -0.48069], 12.5650),
        ("valkyrie_arm", 5, 0.337202, [-0.21984, -0.27912, -1.85231], 3.6091),
        ("panda_ikflow2022", 0, 0.256720, [2.37198, -0.38057, 0.17253], 3.0488),
    ]

    @Test(arguments: known.indices)
    func answersStay(_ index: Int) throws {
        let known = Self.known[index]
        let model = try ConditionalMixture(contentsOf: Self.models + "\(known.name).safetensors")
        let chain = try #require(model.robot.chain)
        let q = (1...chain.degreesOfFreedom).map { 0.1 * Double($0) - 0.3 }
        let mixture = try PoseQuery(model, chain: chain).predict(chain.forwardKinematics(q))
        let heaviest = mixture.weights.indices.max { mixture.weights[$0] < mixture.weights[$1] }
        #expect(heaviest == known.component)
        // Processors round differently, by no more than this.
        #expect(abs(mixture.weights[known.component] - known.weight) < 1e-4)
        for i in 0..<3 { #expect(abs(mixture.components[known.component].mean[i] - known.mean[i]) < 1e-4) }
        #expect(abs(mixture.logDensity(q) - known.logDensity) < 0.01)
        // What is written is read again as the same.
        #expect(try ConditionalMixture(model.encoded(), path: "memory") == model)
    }
}
