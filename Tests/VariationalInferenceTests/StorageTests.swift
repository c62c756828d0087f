import Foundation
import Mixtures
import Files
import ModelFiles
import Numerics
import Testing
import VariationalInference

/// An inference in a file goes on with the same bits; what is wrong with a file is an error.
@Suite struct InferenceStorageTests {
    private static func run(_ change: (inout InferenceSettings) -> Void = { _ in }) throws -> (PlanarRobot, InferenceState) {
        let target = PlanarRobot.published(goals: 4)
        var state = try InferenceState(target, settings: settings {
            $0.components = 4
            $0.selection = .perComponent(count: 40, reuse: 2)
            $0.databaseCapacity = 500
            $0.start = InitialMixture(dimension: 10, deviation: 0.7)
            $0.adaptation = .addAndDelete({ var k = AddAndDelete(); k.addInterval = 3; k.deleteInterval = 4; k.thresholds = [.infinity, 50]; return k }())
            change(&$0)
        })
        for _ in 0..<11 { _ = try state.step(target) }
        return (target, state)
    }

    @Test(arguments: GradientEstimate.allCases)
    func aFileGoesOnWithTheSameBits(_ estimate: GradientEstimate) throws {
        var (target, state) = try Self.run { $0.estimate = estimate; $0.acceleratesScale = true }
        let bytes = try state.encoded(target: target.name).encoded()
        var again = try InferenceState(Safetensors(bytes), target: target, path: "file", threads: 2)
        #expect(again.components == state.components && again.evaluations == state.evaluations && again.seconds == state.seconds)
        for _ in 0..<9 {
            let one = try state.step(target), other = try again.step(target)
            #expect(one.bound == other.bound && one.weights == other.weights && one.identifiers == other.identifiers)
        }
        #expect(again.components == state.components && again.components.map(\.rewards) == state.components.map(\.rewards))
        #expect(again.evaluations == state.evaluations && again.additions == state.additions)
    }

    @Test func runsThatWereInterruptedComeBack() throws {
        var (target, state) = try Self.run()
        var run = InferenceRun(.samples(2000), from: state)
        _ = try run.step(&state, target)
        var again = try InferenceState(Safetensors(state.encoded(target: "").encoded()), target: target, path: "")
        var rest = try #require(InferenceRun(run.text, of: again))
        while try run.step(&state, target) != nil {}
        while try rest.step(&again, target) != nil {}
        #expect(state.components == again.components && state.iteration == again.iteration)
        #expect(InferenceRun(#"{"budget":{"iterations":{"_0":-1}},"firstIteration":0,"firstEvaluations":0,"firstSeconds":0,"lastCost":0}"#, of: state) == nil)
    }

    @Test func otherTargetsAreTold() throws {
        let (_, state) = try Self.run()
        let file = state.encoded(target: "planar robot")
        let other = try #require(#expect(throws: InferenceError.self) { try InferenceState(file, target: PlanarRobot.published(goals: 1), path: "arm.safetensors") })
        #expect("\(other)".contains("arm.safetensors is of another target: at {"))
        #expect(throws: InferenceError.self) { try InferenceState(file, target: MixtureTarget.published(dimension: 3), path: "") }
    }

    /// Every tensor and every number of the metadata, spoiled in turn: an error or a sound state, never a trap.
    @Test func spoiledFilesAreErrorsOrSoundStates() throws {
        let (target, state) = try Self.run()
        let file = state.encoded(target: target.name)
        var refused = 0
        func load(_ change: (inout Safetensors) -> Void) {
            var spoiled = file
            change(&spoiled)
            guard var found = try? InferenceState(spoiled, target: target, path: "spoiled", threads: 1) else { return refused += 1 }
            for _ in 0..<2 { _ = try? found.step(target) }
            #expect(found.components.allSatisfy { Gaussian.isSound(mean: $0.gaussian.mean, precisionFactor: $0.gaussian.precisionFactor) })
        }
        for name in file.doubles.keys.sorted() {
            load { $0.doubles[name] = nil }
            load { $0.doubles[name] = DoubleTensor(shape: [0], values: []) }
            for value in [Double.nan, .infinity, -1e300, 0, 1e300] where !file.doubles[name]!.values.isEmpty {
                load { $0.doubles[name]!.values[0] = value }
                load { file in file.doubles[name]!.values = file.doubles[name]!.values.map { _ in value } }
            }
        }
        let text = try #require(file.metadata["inference"])
        let numbers = text.matches(of: /:(-?[0-9][0-9.e+-]*)/)
        #expect(numbers.count > 30)
        for match in numbers {
            for value in ["-1", "0", "1e18", "9223372036854775807", "\"inf\""] {
                load { $0.metadata["inference"] = text.replacingCharacters(in: match.range, with: ":" + value) }
            }
        }
        #expect(refused > 100)
    }
}
