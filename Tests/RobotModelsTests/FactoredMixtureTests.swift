import ConditionalModels
import Files
import Foundation
import Kinematics
import Mixtures
import ModelFiles
import ModelTraining
import Networks
import Numerics
import RobotModels
import TestSupport
import Testing

@Suite struct FactoredMixtureTests {
    private static let arm = try! library.robot("planar_3link").chain()
    private static let factored = Result { try trainedParts() }

    private static func trainedParts() throws -> FactoredMixture {
        try FactoredMixture(
            lead: arm.trainedModel(leading: 1, components: 4, steps: 150), rest: arm.split(behind: 1)!.rest.trainedModel(components: 3, steps: 150))
    }

    @Test func pairsOfTheFirstJointsAreThoseOfAll() throws {
        let model = try ConditionalMixture(chain: Self.arm, leading: 2, configuration: ModelConfiguration(components: 2, hidden: [16]))
        #expect(model.dimension == 2 && model.robot.isPartial)
        func draw(_ count: Int?) -> (x: [Float], c: [Float]) {
            let source = KinematicPairs(chain: Self.arm, encoding: model.encoding, leading: count)
            var x = [Float](repeating: 0, count: 32 * source.dimension), c = [Float](repeating: 0, count: 32 * source.inputCount)
            var stream = RandomStream(seed: 5)
            x.withUnsafeMutableBufferPointer { x in
                c.withUnsafeMutableBufferPointer { c in
                    source.draw(32, using: &stream, configurations: x.baseAddress!, contexts: c.baseAddress!, stride: 32)
                }
            }
            return (x, c)
        }
        let part = draw(2), whole = draw(nil)
        #expect(part.c == whole.c && part.x.count == 64 && part.x == Array(whole.x.prefix(64)))
    }

    /// The rest of every sample is distributed as the rest's model says for the pose seen from the link between.
    @Test func theRestFollowsItsModelGivenTheFirstJoints() throws {
        let model = try Self.factored.get(), query = FactoredQuery(model), last = try PoseQuery(model.parts[1], chain: Self.arm.split(behind: 1)!.rest)
        let target = Self.arm.forwardKinematics([0.4, 0.9, -0.6])
        var stream = RandomStream(seed: 1)
        let n = 3000, samples = query.sample(target, count: n, using: &stream)
        var density = 0.0, expected = 0.0, square = 0.0
        for row in 0..<n {
            let q = Array(samples.row(row))
            let seen = model.links[0].chain.forwardKinematics([q[0]]).inverse * target
            let mixture = last.predict(seen)
            density += mixture.logDensity(Array(q.dropFirst()))
            let own = mixture.logDensity(mixture.sample(using: &stream).x)
            expected += own
            square += own * own
        }
        let deviation = (square / Double(n) - (expected / Double(n)) * (expected / Double(n))).squareRoot()
        #expect(abs(density - expected) / Double(n) < 5 * deviation * (2 / Double(n)).squareRoot())
    }

    @Test func theFirstJointsFollowTheirModel() throws {
        let model = try Self.factored.get(), query = FactoredQuery(model)
        let target = Self.arm.forwardKinematics([0.4, 0.9, -0.6])
        var stream = RandomStream(seed: 2)
        // Of uniform configurations with the tip nearby, the first joints are distributed as those that the lead was trained for.
        var near: [Double] = []
        while near.count < 400 {
            let q = Self.arm.randomConfiguration(using: &stream)
            if Self.arm.forwardKinematics(q).error(to: target).position < 0.1 { near.append(q[0]) }
        }
        let samples = query.sample(target, count: 4000, using: &stream)
        let drawn = (0..<4000).map { samples[$0, 0] }
        func share(_ values: [Double], below x: Double) -> Double { Double(values.count { $0 < x }) / Double(values.count) }
        for x in [-0.6, 0, 0.3, 0.6, 1.2] { #expect(abs(share(drawn, below: x) - share(near, below: x)) < 0.15) }
        #expect(drawn.allSatisfy { (Self.arm.variables[0].lower...Self.arm.variables[0].upper).contains($0) })
        #expect(abs(query.weights(at: target).reduce(0, +) - 1) < 1e-5)
    }

    /// Three parts draw as one part and then the other two by themselves, at the pose seen from the first link.
    @Test func partsFollowOneAnother() throws {
        let others = Self.arm.split(behind: 1)!.rest
        let rest = try FactoredMixture(
            lead: others.trainedModel(leading: 1, components: 3, steps: 150), rest: others.split(behind: 1)!.rest.trainedModel(components: 2, steps: 150))
        let model = try FactoredMixture(lead: Self.factored.get().lead, rest: rest)
        #expect(model.parts.count == 3 && model.rest == rest && rest.rest == nil && model.dimension == 3)
        #expect(model.parameterCount == model.lead.parameterCount + rest.parameterCount && model.history.steps == 450)
        let target = Self.arm.forwardKinematics([0.4, 0.9, -0.6])
        var stream = RandomStream(seed: 1)
        let n = 4000, query = FactoredQuery(model), alone = FactoredQuery(rest)
        let samples = query.sample(target, count: n, using: &stream)
        var own: [[Double]] = []
        for row in 0..<n {
            let seen = model.links[0].chain.forwardKinematics([samples[row, 0]]).inverse * target
            own.append(Array(alone.sample(seen, count: 1, using: &stream).row(0)))
        }
        for joint in 1...2 {
            let drawn = (0..<n).map { samples[$0, joint] }, expected = own.map { $0[joint - 1] }
            for x in [-1.2, -0.6, 0, 0.6, 1.2] {
                #expect(abs(drawn.count { $0 < x } - expected.count { $0 < x }) < 5 * Int(Double(n / 2).squareRoot()), "joint \(joint + 1) below \(x)")
            }
            // Where the first joint is, the others are: what they have to do with it is there too.
            func moment(_ values: [Double]) -> Double { zip(values, 0..<n).reduce(0) { $0 + $1.0 * samples[$1.1, 0] } / Double(n) }
            #expect(abs(moment(drawn) - moment(expected)) < 0.1)
        }
        for answer in query.solve(target, options: .init(count: 4), using: &stream, cancellation: .never).solutions {
            #expect(Self.arm.forwardKinematics(answer.configuration).error(to: target).position < 1e-4)
        }
        let file = try Safetensors(model.encoded().encoded(), path: "memory")
        #expect(try FactoredMixture(file, path: "memory") == model)
        var broken = file
        broken.tensors["rest.lead.logits.bias"] = nil
        #expect(throws: ModelError.self) { try FactoredMixture(broken, path: "memory") }
        // The lead of the others by itself is no rest, and neither is a pair that begins elsewhere.
        #expect(throws: ModelError.self) { try FactoredMixture(lead: model.lead, rest: rest.lead) }
        #expect(throws: ModelError.self) { try FactoredMixture(lead: model.lead, rest: model) }
    }

    @Test func solutionsAreExact() throws {
        let query = FactoredQuery(try Self.factored.get())
        var stream = RandomStream(seed: 3)
        for _ in 0..<20 {
            let target = Self.arm.forwardKinematics(Self.arm.randomConfiguration(using: &stream))
            let answers = query.solve(target, options: .init(count: 8), using: &stream, cancellation: .never)
            #expect(!answers.solutions.isEmpty)
            for answer in answers.solutions {
                #expect(Self.arm.contains(answer.configuration))
                #expect(Self.arm.forwardKinematics(answer.configuration).error(to: target).position < 1e-4)
            }
        }
        let target = Self.arm.forwardKinematics([0.4, 0.9, -0.6])
        var (one, other) = (RandomStream(seed: 4), RandomStream(seed: 4))
        #expect(query.sample(target, count: 300, using: &one) == query.sample(target, count: 300, using: &other))
        #expect(query.sampleResampled(target, count: 20, pool: 8, using: &one).rows == 20)
        #expect(query.sample(target, count: 0, using: &one).rows == 0)
    }

    /// The arm alone and the arm on its waist: the rest may have been trained where it counts poses from elsewhere.
    @Test func theRestMayStandElsewhere() throws {
        let whole = try library.robot("atlas2013_arm_waist").chain(), arm = try library.robot("atlas2013_arm").chain()
        let configuration = ModelConfiguration(components: 1, hidden: [16], seed: 1)
        let lead = try ConditionalMixture(chain: whole, leading: 3, usesSymmetry: false, configuration: configuration)
        let rest = try ConditionalMixture(chain: arm, usesSymmetry: false, configuration: configuration)
        let query = FactoredQuery(try FactoredMixture(lead: lead, rest: rest)), alone = try PoseQuery(rest, chain: arm)
        let target = whole.forwardKinematics(Array(repeating: 0.2, count: 9)), parts = whole.split(behind: 3)!
        let pelvis = arm.forwardKinematics(Array(repeating: 0.1, count: 6)) * parts.rest.forwardKinematics(Array(repeating: 0.1, count: 6)).inverse
        var stream = RandomStream(seed: 1)
        let n = 2000, samples = query.sample(target, count: n, using: &stream)
        var whitened = 0.0
        for row in 0..<n {
            let q = Array(samples.row(row))
            let seen = pelvis * (parts.lead.forwardKinematics(Array(q.prefix(3))).inverse * target)
            let component = alone.predict(seen).components[0]
            whitened += (q[3] - component.mean[0]) * (q[3] - component.mean[0]) / component.covariance[0, 0]
        }
        #expect(abs(whitened / Double(n) - 1) < 0.15)
    }

    /// A model of the chain from its tip draws for a pose what the parts draw for its inverse, in the opposite order.
    @Test func partsMayBeginAtTheTip() throws {
        let arm = try library.robot("panda").chain(), back = arm.reversed()
        let configuration = ModelConfiguration(components: 2, hidden: [16], seed: 1)
        let lead = try ConditionalMixture(chain: back, leading: 2, configuration: configuration)
        let rest = try ConditionalMixture(chain: back.split(behind: 2)!.rest, configuration: configuration)
        var parts = try FactoredMixture(lead: lead, rest: rest)
        try parts.adopt(Feasibility(of: rest, tolerance: 0.3, hidden: [16], seed: 1))
        let model = try parts.reversed(of: arm)
        #expect(model.isReversed && model.chain == arm && parts.chain == back)
        let q = [0.3, 0.2, 0, -1.5, 0.1, 1.5, 0.7], pose = arm.forwardKinematics(q)
        var (one, other) = (RandomStream(seed: 4), RandomStream(seed: 4))
        let samples = FactoredQuery(model).sample(pose, count: 40, using: &one), mirrored = FactoredQuery(parts).sample(pose.inverse, count: 40, using: &other)
        for row in 0..<40 { #expect(Array(samples.row(row)) == mirrored.row(row).reversed()) }
        #expect(FactoredQuery(model).weights(at: pose) == FactoredQuery(parts).weights(at: pose.inverse))
        for answer in FactoredQuery(model).solve(pose, options: .init(count: 3), using: &one, cancellation: .never).solutions {
            #expect(arm.contains(answer.configuration) && arm.forwardKinematics(answer.configuration).error(to: pose).position < 1e-4)
        }
        try model.check(arm)
        #expect(throws: ModelError.self) { try model.check(back) }
        // What is asked of the second part, and how far samples end, is alike from both sides.
        let means = try [model, parts].map { model in
            let pairs = try StoredPairs(ofFeasibility: model, count: 4096, seed: 3)
            var x = [Float](repeating: 0, count: 4096), c = [Float](repeating: 0, count: 4096 * pairs.inputCount), stream = RandomStream(seed: 5)
            pairs.draw(4096, using: &stream, configurations: &x, contexts: &c, stride: 4096)
            return [x.reduce(0, +) / 4096] + (0..<pairs.inputCount).map { c[$0 * 4096..<($0 + 1) * 4096].reduce(0, +) / 4096 }
        }
        for (ours, theirs) in zip(means[0], means[1]) { #expect(abs(ours - theirs) < 0.35) }
        let file = try Safetensors(model.encoded().encoded(), path: "memory")
        #expect(try FactoredMixture(file, path: "memory") == model)
        var broken = file
        broken.metadata["chain"] = "{}"
        #expect(throws: ModelError.self) { try FactoredMixture(broken, path: "memory") }
        let iiwa = try library.robot("iiwa14").chain()
        for chain in [back, iiwa] { #expect(throws: ModelError.self) { try parts.reversed(of: chain) } }
        #expect(throws: ModelError.self) { try model.reversed(of: arm) }
        #expect(throws: ModelError.self) { try Self.factored.get().reversed(of: Self.arm.reversed()) }
    }

    @Test func partsThatDoNotFitAreRefused() throws {
        let configuration = ModelConfiguration(components: 2, hidden: [16])
        func model(_ chain: Chain, leading count: Int? = nil) throws -> ConditionalMixture {
            try ConditionalMixture(chain: chain, leading: count, context: .position, configuration: configuration)
        }
        let lead = try model(Self.arm, leading: 1), whole = try model(Self.arm), rest = try model(Self.arm.split(behind: 1)!.rest)
        let posed = try ConditionalMixture(chain: Self.arm.split(behind: 1)!.rest, configuration: configuration)
        let shorter = try model(Self.arm.split(behind: 2)!.rest)
        _ = try FactoredMixture(lead: lead, rest: rest)
        for (first, second) in [(whole, rest), (rest, rest), (lead, lead), (lead, whole), (lead, shorter), (lead, posed)] {
            #expect { try FactoredMixture(lead: first, rest: second) } throws: { if case .mismatched = $0 as? ModelError { true } else { false } }
        }
        #expect(throws: ModelError.partial(joints: 1, of: Self.arm.name)) { try PoseQuery(lead, chain: Self.arm) }
        #expect(throws: ModelError.partial(joints: 1, of: Self.arm.name)) { _ = try lead.solve([Goal(.identity)], chain: Self.arm, options: .init(), stream: RandomStream(seed: 1)) }
        #expect(throws: ModelError.self) { try model(Self.arm, leading: 3) }
        var settings = TrainingSettings(budget: .steps(2))
        settings.variational.forwardShare = 0.5
        let state = try TrainingState(lead, settings: settings)
        #expect(throws: TrainingError.self) { try TrainingRun(state, problem: .poses(of: Self.arm, for: lead)) }
    }

    @Test func aModelOfTheFirstJointsIsStored() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lead-\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let panda = try library.robot("panda").chain()
        let lead = try ConditionalMixture(chain: panda, leading: 2, configuration: ModelConfiguration(components: 2, hidden: [16], seed: 4))
        try lead.write(to: path)
        #expect(try ConditionalMixture(contentsOf: path) == lead)
    }

    @Test func bothPartsAreStoredInOneFile() throws {
        let model = try Self.factored.get()
        let file = try Safetensors(model.encoded().encoded(), path: "memory")
        #expect(try FactoredMixture(file, path: "memory") == model)
        for name in ["lead", "rest", "format"] {
            var broken = file
            broken.metadata[name] = nil
            #expect(throws: ModelError.self) { try FactoredMixture(broken, path: "memory") }
        }
        var broken = file
        broken.tensors["rest.logits.bias"] = nil
        #expect(throws: ModelError.self) { try FactoredMixture(broken, path: "memory") }
    }
}
