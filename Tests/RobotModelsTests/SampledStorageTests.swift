import Baselines
import ConditionalModels
import Files
import Foundation
import Kinematics
import ModelFiles
import ModelTraining
import Numerics
import RobotModels
import TestSupport
import Testing

/// Flows and generators in files.
@Suite struct SampledStorageTests {
    private func models() throws -> [any TrainableModel] {
        let chain = planarArm(), identity = RobotIdentity(chain), encoding = try PoseEncoding(of: chain, .pose, usesSymmetry: true)
        return [
            try ConditionalFlow(
                subject: identity, space: identity.space, encoder: encoding,
                configuration: FlowConfiguration(blocks: 2, hidden: [16], coupling: .spline, bins: 3, seed: 1)),
            try GeneratorEnsemble(
                subject: identity, space: identity.space, encoder: encoding,
                configuration: EnsembleConfiguration(generators: 2, hidden: [16], latents: 3, discriminator: [16], seed: 1)),
        ]
    }

    private func trained(_ model: any TrainableModel, steps: Int, of total: Int = 9) throws -> ModelTrainingState {
        let chain = planarArm()
        var settings = TrainingSettings(budget: .steps(total), seed: 3)
        settings.batch = 64
        settings.variational.forwardShare = .constant(0.5)
        var run = try ModelTrainingRun(ModelTrainingState(model, phases: [settings]), problem: .poses(of: chain, for: model), threads: 2)
        for _ in 0..<steps { try run.step() }
        return run.settled()
    }

    @Test func modelsAndTrainingsComeBackBitForBit() throws {
        for model in try models() {
            let path = temporaryPath("model.safetensors")
            defer { remove(path) }
            let state = try trained(model, steps: 4)
            try state.writeCheckpoint(to: path)
            let file = try Safetensors(contentsOf: path)
            #expect(StoredModel.isHeld(by: file))
            #expect(try StoredModel.model(file, path: path).equals(state.trainedModel))
            // The model that a restored training started from has the averaged parameters; what it goes on with is the same.
            let restored = try ModelTrainingState(file, path: path)
            #expect(restored.course == state.course && restored.optimizer == state.optimizer)
            try model.write(to: path)
            #expect(throws: ModelError.self) { try ModelTrainingState(Safetensors(contentsOf: path), path: path) }
        }
    }

    /// Files of before splines had scales lack the choice, and mean what they meant.
    @Test func splinesOfFormerFilesHaveNoScales() throws {
        let chain = planarArm(), identity = RobotIdentity(chain), encoding = try PoseEncoding(of: chain, .pose, usesSymmetry: true)
        let flow = try ConditionalFlow(
            subject: identity, space: identity.space, encoder: encoding,
            configuration: FlowConfiguration(blocks: 2, hidden: [16], coupling: .spline, bins: 3, scalesSplines: false, seed: 1))
        var file = flow.encoded()
        let text = try #require(file.metadata["configuration"])
        file.metadata["configuration"] = text.replacing("\"scalesSplines\":false,", with: "")
        #expect(file.metadata["configuration"] != text)
        #expect(try StoredModel.model(file, path: "x.safetensors").equals(flow))
        // Two raw numbers more for each of the couplings' three active coordinates, times a layer of sixteen and its biases.
        let scaled = try #require(try models()[0] as? ConditionalFlow)
        #expect(scaled.parameterCount == flow.parameterCount + 2 * 17 * 2 * 3)
    }

    @Test func wrongContentsAreNamed() throws {
        for model in try models() {
            let encoded = model.encoded(), name = try #require(encoded.tensors.keys.sorted().first { $0.hasSuffix(".weight") && !$0.hasPrefix("discriminator") })
            func reason(_ change: (inout Safetensors) -> Void) -> String {
                var file = encoded
                change(&file)
                do { _ = try StoredModel.model(file, path: "x.safetensors") } catch { return error.description }
                return ""
            }
            #expect(reason { _ in } == "")
            #expect(reason { $0.metadata["format"] = "avips flow 0" }.contains("format"))
            #expect(reason { $0.metadata["configuration"] = "{}" }.contains("configuration"))
            #expect(reason { $0.metadata["configuration"] = $0.metadata["configuration"]!.replacing("[16]", with: "[17]") }.contains("16"))
            // A size that would not fit in memory is refused before anything is made of it.
            #expect(reason { $0.metadata["configuration"] = $0.metadata["configuration"]!.replacing("\"hidden\":[16]", with: "\"hidden\":[4096,4096,4096,4096,4096,4096,4096,4096]") }
                .contains("parameters"))
            #expect(reason { $0.tensors[name] = nil }.contains(name))
            // The shapes of all tensors are judged before any number is read.
            let last = try #require(encoded.tensors.keys.sorted().last { $0.hasSuffix(".bias") })
            #expect(reason { $0.tensors[name]!.values[0] = .infinity; $0.tensors[last] = nil }.contains("tensor '\(last)' is missing"))
            #expect(reason { $0.tensors[name]!.values[0] = .infinity }.contains("not finite"))
            #expect(reason { $0.tensors[name]!.values = $0.tensors[name]!.values.map { _ in 3e38 } }.contains("not finite"))
            #expect(reason { $0.metadata["lower"] = "[1,2]" }.contains("limits"))
            #expect(reason { $0.metadata["history"] = "{}" }.contains("history"))
        }
    }

    @Test func queriesAnswerForEveryKind() throws {
        let chain = planarArm()
        for model in try models() {
            let query = try GenerativePoseModel(model).makeSampler(for: chain)
            var stream = RandomStream(seed: 1)
            let pose = chain.forwardKinematics([0.3, 0.4, -0.5])
            #expect(query.sample(pose, count: 21, using: &stream).rows == 21)
            #expect((query.logDensities(of: query.sample(pose, count: 3, using: &stream), at: pose) != nil) == model.hasDensity)
            let solutions = query.solve(pose, options: .init(count: 2), using: &stream, cancellation: .never)
            #expect(solutions.found >= 1)
            for solution in solutions.solutions { #expect(solution.positionError < 1e-3 && chain.contains(solution.configuration)) }
            let many = try GenerativePoseModel(model).solve([Goal(pose), Goal.position(pose.position)], chain: chain, options: .init(), stream: stream)
            #expect(many.count == 2 && many.allSatisfy { $0.found == 1 })
            // The mixture is asked in the same way.
            let mixture = try smallModel(chain)
            #expect(try GenerativePoseModel(mixture).makeSampler(for: chain).logDensities(of: Matrix(rows: 2, columns: 3), at: pose)?.count == 2)
        }
    }
}

/// How chains are cut into parts.
@Suite struct PartsPlanTests {
    private func plan(_ name: String) throws -> PartsPlan {
        PartsPlan(try library.robot(name).chain())
    }

    @Test func redundantJointsComeFirst() throws {
        #expect(try plan("panda").parts.map(\.joints) == [1, 1, 3, 2])
        #expect(try plan("panda").isReversed)
        #expect(try plan("atlas2013_arm").parts.map(\.joints) == [1, 5])
        #expect(try plan("atlas2013_arm_waist").parts.map(\.joints) == [3, 1, 5])
        #expect(try plan("valkyrie_arm").parts.map(\.joints) == [1, 1, 5])
        #expect(try plan("robonaut2_arm_waist").parts.map(\.joints) == [2, 1, 5])
        #expect(try plan("valkyrie_lower_arm").parts.map(\.joints) == [4])
    }

    @Test func modelsOfThePartsMakeOne() throws {
        for name in ["panda", "atlas2013_arm_waist"] {
            let chain = try library.robot(name).chain(), plan = PartsPlan(chain)
            let models = try plan.models(of: chain, hidden: [16], usesSymmetry: true, seed: 1)
            let model = try FactoredMixture(models, feasibilities: models.dropLast().map { _ in nil }, plan: plan, chain: chain)
            #expect(model.dimension == chain.degreesOfFreedom && model.isReversed == plan.isReversed)
            var stream = RandomStream(seed: 1)
            let query = FactoredQuery(model), pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
            #expect(query.sample(pose, count: 5, using: &stream).rows == 5)
        }
    }
}
