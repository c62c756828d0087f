import ConditionalModels
import Kinematics
import ModelTraining
import Numerics
import RobotModels
import TestSupport
import Testing

@Suite struct TurningTests {
    /// At a pair's own configuration the pose target is at its peak: coordinates, angles and inputs lead back to joints and pose.
    @Test(arguments: ["panda", "valkyrie_lower_arm", "valkyrie_arm_waist", "atlas2013_arm_waist", "talos_right_arm_torso", "ur5e", "planar_3link", "pr2_left_arm_torso"],
          ContextKind.allCases)
    func coordinatesLeadBackToThePose(name: String, context: ContextKind) throws {
        let chain = try library.robot(name).chain()
        let model = try ConditionalMixture(chain: chain, context: context, configuration: ModelConfiguration(components: 2, hidden: [16]))
        let source = KinematicPairs(chain: chain, encoding: model.encoding)
        let widths = TargetWidths(position: 1e-3, rotation: 1e-3, limit: 1e-2)
        let target = PoseTarget(chain: chain, encoding: model.encoding, widths: widths)
        let n = source.dimension, count = 160
        var x = [Float](repeating: 0, count: n * count), inputs = [Float](repeating: 0, count: source.inputCount * count)
        var stream = RandomStream(seed: 3)
        source.draw(count, using: &stream, configurations: &x, contexts: &inputs, stride: count)
        var gradient = [Lanes](repeating: .zero, count: n), scratch = [Lanes](repeating: .zero, count: target.scratchCount)
        #expect(x.allSatisfy { abs($0) <= 1.00001 })
        for column in stride(from: 0, to: count, by: laneCount) {
            let registers = (0..<n).map { i in x.withUnsafeBufferPointer { Lanes(loading: $0.baseAddress! + i * count + column) } }
            let value = inputs.withUnsafeBufferPointer {
                target.evaluate(registers, inputs: $0.baseAddress! + column, stride: count, gradient: &gradient, scratch: &scratch)
            }
            #expect(value.distance.max() < 2e-5, "\(value.distance)")
            #expect(value.angle.max() < 5e-4, "\(value.angle)")
        }
    }

    @Test func oneTurnOfTheTargetTurnsTheAnswer() throws {
        let chain = try library.robot("panda").chain()
        let model = try ConditionalMixture(chain: chain, configuration: ModelConfiguration(components: 3, hidden: [16], seed: 5))
        let query = try PoseQuery(model, chain: chain)
        var stream = RandomStream(seed: 1)
        let q = chain.randomConfiguration(using: &stream)
        let pose = chain.forwardKinematics(q)
        let turn = 0.3
        // A model that is not trained yet has no reason to depend on the angles but by its inputs; its means move with the first joint.
        let turned = Pose(position: .zero, rotation: Rotation(axis: [0, 0, 1], angle: turn)) * pose
        let before = query.predict(pose).components.map(\.mean), after = query.predict(turned).components.map(\.mean)
        for (a, b) in zip(before, after) {
            let change = (b[0] - a[0] - turn) / (2 * .pi)
            #expect(abs(change - change.rounded()) < 0.1)
        }
    }

    @Test func modelsWithoutTargetSymmetryRemain() throws {
        let chain = try library.robot("panda").chain()
        let plain = try ConditionalMixture(chain: chain, usesSymmetry: false, configuration: ModelConfiguration(components: 2, hidden: [16]))
        #expect(plain.encoding.turns == nil && plain.encoding.inputCount == 9)
        let sliding = try library.robot("pr2_left_arm_torso").chain()
        #expect(try ConditionalMixture(chain: sliding, configuration: ModelConfiguration(components: 2, hidden: [16])).encoding.turns == nil)
    }
}
