import LuaBridge
import Scripting
import Testing

/// What runs report of how far they are: counts of what was asked for, whatever came before.
@Suite struct ProgressTests {
    private final class Reader: ProgressObserver {
        private(set) var reports: [ProgressReport] = []

        func show(_ report: ProgressReport) { reports.append(report) }
        func end() {}
    }

    /// The reports of a script.
    private func reports(_ text: String, in fixture: Fixture) throws -> [ProgressReport] {
        let reader = Reader()
        fixture.session.progress = reader
        defer { fixture.session.progress = nil }
        try fixture.session.state.run(text)
        return reader.reports
    }

    @Test func iterationsAreCountedFromTheStartOfTheirRun() throws {
        let fixture = try Fixture()
        try fixture.session.state.run("vips = avips.vips{ target = avips.target.two_joint_arm(), components = 2, samples = 20, seed = 1 }")
        for count in [51, 150] {
            let reports = try reports("vips:run{ iterations = \(count) }", in: fixture)
            #expect(reports.map(\.done) == Array(1...count))
            #expect(reports.allSatisfy { $0.total == count })
        }
    }

    @Test func stepsAreCountedFromTheStartOfTheirTraining() throws {
        let fixture = try Fixture()
        try fixture.session.state.run("model = avips.model{ robot = 'planar_3link', components = 2, hidden = {16}, seed = 1 }")
        for phases in ["steps = 20", "phases = { { steps = 20 }, { steps = 10 } }"] {
            let last = try reports("model:train{ batch = 16, seed = 1, \(phases) }", in: fixture).last
            let total = phases.hasPrefix("steps") ? 20 : 30
            #expect(last?.total == total && last?.done == total)
        }
        let left = "for report in model:training{ batch = 16, seed = 1, interval = 25, phases = { { steps = 20 }, { steps = 10 } } } do break end"
        #expect(try fixture.shown(left + " return model").contains("at step 25 of 30; model:train() continues"))
        // The log goes on counting.
        #expect(try fixture.shown("return model:train().step[#model.log] == 80, model.history.steps") == "true\n80")
    }
}
