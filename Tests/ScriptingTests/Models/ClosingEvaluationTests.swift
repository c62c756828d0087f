import LuaBridge
import Scripting
import Testing

/// The evaluation that closes the training of a model that the program chose.
@Suite struct ClosingEvaluationTests {
    private static let start = """
        model = avips.model{ robot = "planar_3link", parts = true, hidden = {16}, seed = 1 }
        path = os.tmpname() .. ".safetensors"

        """

    /// Whoever presses Ctrl-C as soon as an evaluation has begun.
    private final class Impatience: ProgressObserver {
        let interrupt: Interrupt

        init(_ interrupt: Interrupt) { self.interrupt = interrupt }

        func show(_ report: ProgressReport) { if report.activity == "evaluating" { interrupt.raise() } }
        func end() {}
    }

    /// The message of a training that is interrupted after its last step.
    private func interruption(_ training: String, in fixture: Fixture) -> String {
        fixture.session.progress = Impatience(fixture.session.state.options.interrupt)
        let message = fixture.message(training)
        fixture.session.progress = nil
        fixture.session.state.clearInterrupt()
        return message ?? "not interrupted"
    }

    @Test func anInterruptionKeepsTheLogAndItsCheckpoint() throws {
        let fixture = try Fixture()
        try fixture.session.state.run(Self.start)
        let training = "log = model:train{ steps = 20, batch = 32, seed = 1, checkpoint = path }"
        #expect(interruption(training, in: fixture).contains("interrupted after the last step"))
        #expect(try fixture.shown("return #model.log == #avips.model(path).log, model.log.step[#model.log] == 20, model.log.outcome == nil") == "true\ntrue\ntrue")
        // What was left out is made up for.
        #expect(try fixture.shown("return model:train().outcome.poses, model.log.outcome.samples") == "200\n50")
        // An outcome is that of the last step, not of one before.
        #expect(interruption("model:train{ steps = 20, batch = 32, seed = 1 }", in: fixture).contains("model.log has the report"))
        #expect(try fixture.shown("os.remove(path) return model.log.outcome == nil") == "true")
    }

    /// The stages that evaluations are seen in.
    private final class Stages: ProgressObserver {
        var seen: Set<String> = []

        func show(_ report: ProgressReport) { seen.formUnion(report.figures.filter { $0.name == "measuring" }.map(\.value)) }
        func end() {}
    }

    @Test func nothingIsSolvedForAnOutcomeThatDoesNotTellIt() throws {
        let fixture = try Fixture(), stages = Stages()
        fixture.session.progress = stages
        defer { fixture.session.progress = nil }
        fixture.session.trainingShare = 0.01
        try fixture.session.state.run(Self.start + "model:train{ steps = 2000, batch = 32, seed = 1 }")
        #expect(stages.seen.contains("accuracy") && !stages.seen.contains("solving"), "\(stages.seen)")
    }

    @Test func aShareOfATrainingIsEvaluatedAtFewPoses() throws {
        let fixture = try Fixture()
        fixture.session.trainingShare = 0.01
        #expect(try fixture.shown(Self.start + "return model:train{ steps = 2000, batch = 32, seed = 1 }.outcome.poses") == "20")
    }
}
