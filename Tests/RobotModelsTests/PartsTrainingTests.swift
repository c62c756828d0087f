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

/// Models in parts, trained as a whole.
@Suite struct PartsTrainingTests {
    private let arm = planarArm(lengths: [0.5, 0.4, 0.3, 0.2, 0.2])

    private func model(_ chain: Chain) throws -> FactoredMixture {
        let plan = PartsPlan(chain)
        let parts = try plan.models(of: chain, hidden: [16], usesSymmetry: true, seed: 1)
        return try FactoredMixture(parts, feasibilities: parts.dropLast().map { _ in nil }, plan: plan, chain: chain)
    }

    private func settings(_ budget: TrainingBudget) -> TrainingSettings {
        var settings = TrainingSettings(budget: budget, seed: 5)
        settings.batch = 64
        return settings
    }

    private func state(_ steps: Int) throws -> PartsTrainingState { try PartsTrainingState(model(arm), phases: [settings(.steps(steps))]) }

    private func finish(_ run: inout PartsTrainingRun) throws {
        while !run.state.course.isFinished { try run.step() }
    }

    private func numbers(_ model: FactoredMixture) -> [[Float]] {
        model.encoded().tensors.sorted { $0.key < $1.key }.map(\.value.values)
    }

    @Test func partsAreTrainedFromTheLastToTheFirst() throws {
        let panda = try library.robot("panda").chain()
        let state = try PartsTrainingState(model(panda), phases: [settings(.steps(70))])
        #expect(state.stages == [.part(3), .part(2), .feasibility(2), .part(1), .feasibility(1), .part(0), .feasibility(0)])
        var run = PartsTrainingRun(state), phases: [Int] = []
        while !run.state.course.isFinished {
            try run.step()
            let reading = run.reading
            if phases.last != reading.phase { phases.append(reading.phase) }
            #expect(reading.step == run.state.course.step && reading.loss.isFinite && reading.totalSteps == 70)
        }
        #expect(phases == Array(0...6))
        let trained = run.settled().trainedModel
        #expect(run.state.course.step == 70 && trained.isReversed)
        #expect(trained.parts.map(\.history.steps).reduce(0, +) + trained.links.reduce(0) { $0 + ($1.feasibility?.history.steps ?? 0) } == 70)
        #expect(trained.parts.allSatisfy { $0.history.steps > 0 } && trained.links.allSatisfy { $0.feasibility != nil })
    }

    @Test func everyStageHasAStepAndTheBudgetIsKept() throws {
        for steps in [3, 4, 7, 31] {
            var run = PartsTrainingRun(try state(steps))
            try finish(&run)
            #expect(run.state.course.step == steps && run.reading.fraction == 1)
        }
        #expect(throws: TrainingError.self) { try state(2) }
        #expect(throws: TrainingError.self) { try PartsTrainingState(model(arm), phases: [settings(.steps(9)), settings(.steps(9))]) }
    }

    @Test func budgetsOfTimeReachEveryStage() throws {
        for budget in [TrainingBudget.minutes(0.002), .processorMinutes(0.002)] {
            var run = PartsTrainingRun(try PartsTrainingState(model(arm), phases: [settings(budget)]))
            try finish(&run)
            let trained = run.settled().trainedModel
            #expect(trained.parts.allSatisfy { $0.history.steps > 0 } && trained.feasibility?.history.steps ?? 0 > 0)
            #expect(run.reading.fraction == 1)
        }
    }

    @Test func aTrainingThatWasStoredGoesOnWithTheSameBits() throws {
        var whole = PartsTrainingRun(try state(30), threads: 2)
        try finish(&whole)
        let expected = numbers(whole.settled().trainedModel)
        // In a part, at the end of a stage, and in the feasibility.
        for stop in [1, 6, 11, 12, 20, 29] {
            let path = temporaryPath("parts.safetensors")
            defer { remove(path) }
            var run = PartsTrainingRun(try state(30), threads: 1)
            for _ in 0..<stop { try run.step() }
            try run.settled().writeCheckpoint(to: path, metadata: ["log": "kept"])
            let file = try Safetensors(contentsOf: path)
            #expect(PartsTrainingState.isHeld(by: file) && file.metadata["log"] == "kept")
            // It is a model, too.
            #expect(try numbers(FactoredMixture(file, path: path)) == numbers(run.settled().trainedModel))
            let restored = try PartsTrainingState(file, path: path)
            #expect(restored.course.step == stop && restored.stage == run.state.stage)
            var rest = PartsTrainingRun(restored, threads: 2)
            try finish(&rest)
            #expect(numbers(rest.settled().trainedModel) == expected, "stopped after \(stop) steps")
        }
    }

    @Test func aFileThatDoesNotFitIsRefused() throws {
        let path = temporaryPath("parts.safetensors")
        defer { remove(path) }
        var run = PartsTrainingRun(try state(30))
        for _ in 0..<20 { try run.step() }
        try run.settled().writeCheckpoint(to: path)
        func isRefused(_ change: (inout Safetensors) -> Void) throws -> Bool {
            var file = try Safetensors(contentsOf: path)
            change(&file)
            do { _ = try PartsTrainingState(file, path: path) } catch { return true }
            return false
        }
        #expect(try !isRefused { _ in })
        // Another stage than that of the network, one that is not there, and what cannot be read.
        for stage in ["0", "7", "-1", "1.5"] {
            #expect(try isRefused { $0.metadata["parts_training"] = $0.metadata["parts_training"]!.replacing(/"stage":\d+/, with: "\"stage\":\(stage)") }, "stage \(stage)")
        }
        #expect(try isRefused { $0.metadata["stage"] = "{}" })
        #expect(try isRefused { $0.tensors["stage.logits.bias"] = nil })
        #expect(try isRefused { $0.metadata["parts_training"] = $0.metadata["parts_training"]!.replacing(/"seconds":[0-9.e-]+/, with: "\"seconds\":-1") })
    }

    @Test func aDrawingThatIsInterruptedLeavesTheStateAsItWas() throws {
        final class Flag: @unchecked Sendable { var isSet = false }
        let flag = Flag(), cancellation = Cancellation { flag.isSet }
        var run = PartsTrainingRun(try state(30))
        while run.state.stage < 1 || run.state.inner?.isFinished == false { try run.step() }
        let before = run.state.course.step
        flag.isSet = true
        for _ in 0..<3 { try run.step(cancellation: cancellation) }
        #expect(run.state.course.step == before && !run.state.course.isFinished)
        flag.isSet = false
        try finish(&run)
        #expect(run.state.course.step == 30)
    }

    @Test func trainingBringsSamplesNearerToThePose() throws {
        func error(_ model: FactoredMixture) -> Double {
            var stream = RandomStream(seed: 9), total = 0.0
            let query = FactoredQuery(model)
            for _ in 0..<20 {
                let pose = arm.forwardKinematics(arm.randomConfiguration(using: &stream))
                let samples = query.sample(pose, count: 16, using: &stream)
                for row in 0..<samples.rows { total += arm.forwardKinematics(Array(samples.row(row))).error(to: pose).position }
            }
            return total / 320
        }
        var run = PartsTrainingRun(try state(600))
        try finish(&run)
        let (before, after) = (error(try model(arm)), error(run.settled().trainedModel))
        #expect(after < 0.5 * before, "\(after) m after, \(before) m before")
        // Another training starts from there.
        let next = try run.settled().continuing(with: [settings(.steps(30))])
        #expect(numbers(next.trainedModel) == numbers(run.settled().trainedModel) && next.course.step == 600 && !next.course.isFinished)
    }
}
