import ConditionalModels
import Kinematics
import ModelFiles
import Numerics
import RobotModels
import TestSupport
import Testing

@Suite struct ModelPreferencesTests {
    private func model() throws -> (ConditionalMixture, Chain) {
        let chain = try library.robot("panda").chain()
        return (try ConditionalMixture(contentsOf: packageRoot + "/share/models/panda.safetensors"), chain)
    }

    @Test func batchesDoNotDependOnTheNumberOfThreads() throws {
        let (model, chain) = try model()
        var stream = RandomStream(seed: 1)
        let poses = (0..<70).map { _ in chain.forwardKinematics(chain.randomConfiguration(using: &stream)) }
        func configurations(_ threads: Int, _ preferences: Preferences = Preferences()) throws -> [[[Double]]] {
            try model.solve(
                poses.map { Goal($0) }, chain: chain, options: .init(count: 3), preferences: preferences, stream: RandomStream(seed: 7), threads: threads
            ).map { $0.solutions.map(\.configuration) }
        }
        let one = try configurations(1)
        #expect(one.count == 70 && one.allSatisfy { $0.count == 3 })
        #expect(try configurations(3) == one)
        let near = Preferences(near: chain.randomConfiguration(using: &stream))
        #expect(try configurations(1, near) == configurations(2, near))
        // A pose's answer is that of a single question with the pose's own stream.
        var own = RandomStream(seed: 7).split(69)
        let single = try PoseQuery(model, chain: chain).solve(poses[69], options: .init(count: 3), using: &own)
        #expect(single.solutions.map(\.configuration) == one[69])
        let without = InverseKinematics.solve(chain, goals: poses.map { Goal($0) }, options: .init(count: 2), stream: RandomStream(seed: 7), threads: 1)
        let parallel = InverseKinematics.solve(chain, goals: poses.map { Goal($0) }, options: .init(count: 2), stream: RandomStream(seed: 7), threads: 3)
        #expect(without.map { $0.solutions } == parallel.map { $0.solutions })
    }

    @Test func heldJointsConditionTheMixture() throws {
        let (model, chain) = try model()
        let query = try PoseQuery(model, chain: chain)
        var stream = RandomStream(seed: 3)
        for _ in 0..<30 {
            let q = chain.randomConfiguration(using: &stream)
            let pose = chain.forwardKinematics(q)
            let answer = query.solve(Goal(pose), options: .init(count: 1), preferences: Preferences(held: [0: q[0]]), using: &stream)
            let solution = try #require(answer.solutions.first)
            #expect(solution.configuration[0] == q[0])
            #expect(chain.forwardKinematics(solution.configuration).error(to: pose).position < 1e-4)
        }
    }
}
