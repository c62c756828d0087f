import ConditionalModels
import Files
import Kinematics
import ModelFiles
import ModelTraining
import Networks
import Numerics
import RobotModels
import TestSupport
import Testing

@Suite struct FeasibilityTests {
    private static let arm = try! library.robot("planar_3link").chain()
    private static let factored = Result { try trainedParts() }
    private static let tolerance = 0.1
    private static let judged = Result { try learned(factored.get()) }

    /// A lead that has hardly begun to learn, and a rest that knows what it does.
    private static func trainedParts() throws -> FactoredMixture {
        try FactoredMixture(
            lead: arm.trainedModel(leading: 1, components: 4, steps: 60), rest: arm.split(behind: 1)!.rest.trainedModel(components: 3, steps: 600))
    }

    private static func learned(_ model: FactoredMixture, tolerance: Double = tolerance, steps: Int = 300, threads: Int = 2) throws -> FactoredMixture {
        var settings = TrainingSettings(budget: .steps(steps), seed: 5)
        settings.batch = 256
        settings.warmupSteps = 20
        var training = try FeasibilityTraining(Feasibility(of: model.parts[1], tolerance: tolerance, hidden: [32, 32], seed: 5), settings: settings)
        #expect(training.learned == nil)
        #expect(try training.run(StoredPairs(ofFeasibility: model, count: 20_000, seed: 5, threads: threads), threads: threads))
        var result = model
        try result.adopt(#require(training.learned))
        return result
    }

    private static func errors(_ model: FactoredMixture, usesFeasibility: Bool = true) -> [Double] {
        let query = FactoredQuery(model)
        query.usesFeasibility = usesFeasibility
        var stream = RandomStream(seed: 9)
        return (0..<100).flatMap { _ in
            let target = arm.forwardKinematics(arm.randomConfiguration(using: &stream))
            let samples = query.sample(target, count: 20, using: &stream)
            return (0..<20).map { arm.forwardKinematics(Array(samples.row($0))).error(to: target).position }
        }
    }

    @Test func samplesThatMissAreRarer() throws {
        let before = Self.errors(try Self.factored.get()), after = Self.errors(try Self.judged.get())
        func missing(_ errors: [Double]) -> Int { errors.count { $0 > 2 * Self.tolerance } }
        #expect(missing(before) > 100)
        #expect(2 * missing(after) < missing(before))
        #expect(after.reduce(0, +) < 0.75 * before.reduce(0, +))
    }

    /// Between the second and the third part of a model, as between the first and the second.
    @Test func aLaterPartIsDrawnAnewToo() throws {
        let others = Self.arm.split(behind: 1)!.rest
        let before = try FactoredMixture(
            lead: others.trainedModel(leading: 1, components: 3, steps: 60), rest: others.split(behind: 1)!.rest.trainedModel(components: 1, steps: 300))
        let after = try Self.learned(before)
        let lead = try Self.arm.trainedModel(leading: 1, components: 4, steps: 300)
        let open = try FactoredMixture(lead: lead, rest: before), judged = try FactoredMixture(lead: lead, rest: after)
        #expect(judged.rest == after && judged.feasibility == nil && judged.links[1].feasibility == after.feasibility)
        func missing(_ model: FactoredMixture) -> Int { Self.errors(model).count { $0 > 2 * Self.tolerance } }
        #expect(missing(open) > 100)
        #expect(10 * missing(judged) < 9 * missing(open))
        // The outer one is learned of samples that the inner one has chosen already.
        let both = try Self.learned(judged)
        #expect(both.links[1].feasibility == after.feasibility)
        #expect(missing(both) < missing(judged))
        #expect(Self.errors(both, usesFeasibility: false) == Self.errors(open))
        let file = try Safetensors(both.encoded().encoded(), path: "memory")
        #expect(try FactoredMixture(file, path: "memory") == both)
    }

    /// The network knows the whole distribution of the error: what is asked of it needs no new training.
    @Test func moreConfidenceLeavesFewerMisses() throws {
        var model = try Self.judged.get()
        var sure = try #require(model.feasibility)
        sure.confidence = 0.9
        try model.adopt(sure)
        func missing(_ errors: [Double]) -> Int { errors.count { $0 > Self.tolerance } }
        #expect(missing(Self.errors(model)) < missing(Self.errors(try Self.judged.get())))
        let file = try Safetensors(model.encoded().encoded(), path: "memory")
        #expect(try FactoredMixture(file, path: "memory").feasibility?.confidence == 0.9)
        var older = file
        older.metadata["confidence"] = nil
        #expect(try FactoredMixture(older, path: "memory").feasibility?.confidence == 0.5)
        older.metadata["confidence"] = "1.5"
        #expect(throws: ModelError.self) { try FactoredMixture(older, path: "memory") }
    }

    @Test func canBeSwitchedOff() throws {
        let model = try Self.judged.get()
        #expect(Self.errors(model, usesFeasibility: false) == Self.errors(try Self.factored.get()))
        var without = model
        without.forgetFeasibility()
        #expect(without == (try Self.factored.get()))
    }

    @Test func theSameSeedGivesTheSameWithAnyNumberOfThreads() throws {
        let model = try Self.factored.get()
        let one = try Self.learned(model, steps: 20, threads: 1), two = try Self.learned(model, steps: 20, threads: 2)
        func draw(_ model: FactoredMixture) throws -> Matrix {
            var stream = RandomStream(seed: 1)
            return FactoredQuery(model).sample(Self.arm.forwardKinematics([0.4, 0.9, -0.6]), count: 100, using: &stream)
        }
        #expect(try draw(one) == draw(two))
    }

    /// Where no first joints are good enough, there are as many samples as asked for all the same.
    @Test func whatIsNeverMetIsGivenUp() throws {
        let query = FactoredQuery(try Self.learned(Self.factored.get(), tolerance: 1e-5, steps: 100))
        var stream = RandomStream(seed: 1)
        #expect(query.sample(Self.arm.forwardKinematics([0.4, 0.9, -0.6]), count: 50, using: &stream).rows == 50)
    }

    @Test func isStoredWithTheModel() throws {
        let model = try Self.judged.get()
        let file = try Safetensors(model.encoded().encoded(), path: "memory")
        #expect(try FactoredMixture(file, path: "memory") == model)
        var broken = file
        broken.metadata["tolerance"] = "2"
        #expect(throws: ModelError.self) { try FactoredMixture(broken, path: "memory") }
        broken = file
        broken.tensors["feasibility.logits.bias"] = nil
        #expect(throws: ModelError.self) { try FactoredMixture(broken, path: "memory") }
        // An arm whose joints turn with the target: the encoding names a joint that the network does not have.
        let chain = try library.robot("iiwa14").chain(), configuration = ModelConfiguration(components: 2, hidden: [16])
        let rest = try ConditionalMixture(chain: chain.split(behind: 1)!.rest, configuration: configuration)
        var turning = try FactoredMixture(lead: ConditionalMixture(chain: chain, leading: 1, configuration: configuration), rest: rest)
        #expect(rest.encoding.turns != nil)
        try turning.adopt(Feasibility(of: rest, tolerance: 0.01, hidden: [16], seed: 1))
        #expect(try FactoredMixture(Safetensors(turning.encoded().encoded(), path: "memory"), path: "memory") == turning)
    }

    @Test func thatOfAnotherRestIsRefused() throws {
        var model = try Self.factored.get()
        let other = try ConditionalMixture(
            chain: Self.arm.split(behind: 2)!.rest, context: .position, configuration: ModelConfiguration(components: 2, hidden: [16]))
        let feasibility = try Feasibility(of: other, tolerance: 0.1, hidden: [16], seed: 1)
        #expect { try model.adopt(feasibility) } throws: { if case .mismatched = $0 as? ModelError { true } else { false } }
        #expect(throws: ModelError.self) { try Feasibility(of: model.parts[1], tolerance: 0.1, hidden: [17], seed: 1) }
    }

    @Test func theDrawingOfPairsCanBeInterrupted() throws {
        let model = try Self.factored.get()
        #expect(throws: TrainingError.self) {
            try StoredPairs(ofFeasibility: model, count: 1000, seed: 1, cancellation: Cancellation { true })
        }
    }
}
