import Experiments
import Foundation
import Testing

@Suite struct ResultTests {
    @Test func summariesAreThoseOfSmallSamples() throws {
        let summary = try #require(Summary([4, 1, 3, 2]))
        #expect(summary.mean == 2.5)
        #expect(abs(summary.standardDeviation - (5.0 / 3).squareRoot()) < 1e-15)
        #expect(abs(summary.standardError - (5.0 / 12).squareRoot()) < 1e-15)
        #expect((summary.lowerQuartile, summary.median, summary.upperQuartile) == (1.75, 2.5, 3.25))
        #expect((summary.least, summary.greatest) == (1, 4))
        #expect(Summary([]) == nil)
        #expect(try #require(Summary([3])).standardError.isNaN)
    }

    /// Student's distribution has closed forms with one and two degrees of freedom.
    @Test func studentsTestHasItsClosedForms() throws {
        let two = try #require(PairedComparison(differences: [1, 2]))
        let t = 1.5 / 0.5
        #expect(abs(two.studentProbability - (1 - 2 / .pi * atan(t))) < 1e-13)
        let three = try #require(PairedComparison(differences: [1, 2, 4]))
        let mean = 7.0 / 3, error = (7.0 / 3 / 3).squareRoot(), u = mean / error
        #expect(abs(three.studentProbability - (1 - u / (2 + u * u).squareRoot())) < 1e-13)
        #expect(try #require(PairedComparison(differences: [0, 0, 0])).studentProbability == 1)
        #expect(try #require(PairedComparison(differences: [2, 2])).studentProbability == 0)
        #expect(try #require(PairedComparison(differences: [2])).studentProbability.isNaN)
    }

    @Test func signedRanksAreCountedExactly() throws {
        #expect(try #require(PairedComparison(differences: [1, 2, 3])).signedRankProbability == 0.25)
        #expect(try #require(PairedComparison(differences: [-1, 2, 3, 4, 5])).signedRankProbability == 4.0 / 32)
        // Ties share their ranks: 1.5, 1.5, 3; sums of at most 1.5 are those of no rank, and of either tied one.
        #expect(try #require(PairedComparison(differences: [-1, 1, 2])).signedRankProbability == 6.0 / 8)
        #expect(try #require(PairedComparison(differences: [0, 0])).signedRankProbability.isNaN)
    }

    /// Beyond 30 pairs the normal approximation with a correction for continuity takes over; at 30 both agree.
    @Test func theNormalApproximationAgreesWithTheExactCount() throws {
        let ranks = (1...30).map(Double.init), negative = ranks.filter { Int($0) % 3 == 0 }.reduce(0, +)
        let exact = try #require(PairedComparison(differences: ranks.map { Int($0) % 3 == 0 ? -$0 : $0 })).signedRankProbability
        let mean = ranks.reduce(0, +) / 2, deviation = (ranks.reduce(0) { $0 + $1 * $1 } / 4).squareRoot()
        #expect(abs(exact - erfc((mean - negative - 0.5) / deviation / 2.0.squareRoot())) < 0.005)
        let more = (1...31).map { Double($0) * ($0 % 3 == 0 ? -1 : 1) }
        let moreMean = 31.0 * 32 / 4, moreDeviation = ((1...31).reduce(0.0) { $0 + Double($1 * $1) } / 4).squareRoot()
        #expect(
            abs(try #require(PairedComparison(differences: more)).signedRankProbability - erfc((moreMean - negative - 0.5) / moreDeviation / 2.0.squareRoot())) < 1e-12)
    }

    private var table: ResultTable {
        let study = Study.small()
        let runs = study.runs.map { run -> (run: PlannedRun, result: RunResult?) in
            guard run.setting("robot") != "panda" || run.seed != 3 else { return (run, nil) }
            return (run, .of(.init("loss", .number(Double(run.seed) + 10 * run.setting("components")!.double!))))
        }
        return ResultTable(runs, rowAxes: ["robot"], columnAxis: "components", measures: ["loss"])
    }

    @Test func tablesHaveAMeanOverTheSeedsInEachCell() {
        #expect(table.rows.map(\.labels) == [["ur5"], ["panda"]])
        #expect(table.columns.map(table.heading) == ["components=1", "components=2"])
        #expect(table.rows[0].cells.map(\.?.mean) == [12, 22])
        #expect(table.rows[1].cells.map(\.?.count) == [2, 2])
        #expect(table.rows[1].missing == [1, 1])
        #expect(table.shown.text == """
            robot            components=1            components=2
            ur5              12.00 ± 0.58            22.00 ± 0.58
            panda   11.50 ± 0.50 (2 of 3)   21.50 ± 0.50 (2 of 3)
            (mean ± standard error, n from 2 to 3)
            """)
    }

    @Test func tablesAreWrittenForPapersAndPrograms() throws {
        #expect(table.shown.markdown.split(separator: "\n").count == 4)
        #expect(table.shown.markdown.contains("| ur5 | 12.00 ± 0.58 | 22.00 ± 0.58 |"))
        #expect(table.shown.latex.contains("  ur5 & 12.00 $\\pm$ 0.58 & 22.00 $\\pm$ 0.58 \\\\"))
        #expect(table.shown.csv.hasPrefix("robot,components,measure,n,missing,mean,"))
        #expect(table.shown.csv.split(separator: "\n").count == 5)
        let rows = try Datum(json: Array(table.shown.json.json.utf8))
        #expect(rows.list?.count == 4)
        #expect(rows.list?.first?["mean"]?.double == 12)
    }

    @Test func whatTeXWouldTakeForACommandIsSpelledOut() {
        let grid = StudyGrid([GridAxis("a_b", [GridSetting("50 % & more")])])
        let study = Study(name: "s", grids: [grid], seeds: [1], code: "c")
        let table = ResultTable([(study.runs[0], .of(.init("x_y", 1)))], rowAxes: ["a_b"], measures: ["x_y"])
        #expect(table.shown.latex.contains("a\\_b & x\\_y"))
        #expect(table.shown.latex.contains("50 \\% \\& more & 1.00 \\\\"))
    }

    @Test func medianTablesShowQuartiles() {
        let study = Study.small(values: [1], seeds: [1, 2, 3, 4])
        let runs = study.runs.map { (run: $0, result: RunResult?.some(.of(.init("x", .integer($0.seed))))) }
        let table = ResultTable(runs, rowAxes: ["robot"], measures: ["x"], statistic: .median)
        #expect(table.shown.fields[1] == ["ur5", "2.5 [1.8, 3.2]"])
    }

    @Test func notANumberIsMissingAndNotAveraged() {
        let study = Study.small(values: [1], seeds: [1, 2])
        let runs = study.runs.map { (run: $0, result: RunResult?.some(.of(.init("x", $0.seed == 1 ? .null : 3)))) }
        let table = ResultTable(runs, rowAxes: ["robot"], measures: ["x"])
        #expect(table.rows[0].cells[0]?.mean == 3)
        #expect(table.rows[0].missing == [1])
    }

    @Test func resultsWithoutNumbersAreToldFromNone() {
        let runs = Study.small(values: [1], seeds: [1]).runs
        func note(_ result: RunResult?) -> String { ResultTable(runs.map { ($0, result) }, rowAxes: ["robot"], measures: ["value"]).shown.note }
        #expect(note(nil).hasSuffix(", no results yet"))
        #expect(note(.of()).hasSuffix(", no result has numbers; a run returns a number, or a table of numbers by name"))
    }

    @Test func settingsAreComparedSeedBySeed() throws {
        let study = Study.small(values: [4, 16], seeds: [1, 2, 3])
        let noise = [1: 10.0, 2: -20, 3: 5]
        let runs = study.runs.map { run -> (run: PlannedRun, result: RunResult?) in
            guard run.setting("robot") != "panda" || run.seed != 3 || run.setting("components") != 16 else { return (run, nil) }
            return (run, .of(.init("loss", .number(noise[run.seed]! + (run.setting("components") == 16 ? -1 - 0.01 * Double(run.seed) : 0)))))
        }
        let table = ComparisonTable(runs, axis: "components", baseline: 4, measure: "loss")
        #expect(table.rows.map(\.setting) == [16])
        #expect(table.rows[0].missing == 1)
        let comparison = try #require(table.rows[0].comparison)
        #expect(comparison.summary.count == 5)
        #expect(abs(comparison.summary.mean + 1.018) < 1e-12)
        #expect(comparison.studentProbability < 1e-6)
        // All five signs agree: twice one in 32, ties or not.
        #expect(comparison.signedRankProbability == 2.0 / 32)
        #expect(table.shown.fields[1][0] == "16")
        #expect(table.shown.csv.hasPrefix("components,baseline,measure,n,missing,"))
        #expect(table.shown.note.hasSuffix("two-sided tests; 1 pair left out, of which a result is missing"))
        let first = ComparisonTable(runs, axis: "components", baseline: 4, measure: "loss", choices: ["loss", "time"])
        #expect(first.shown.note.hasSuffix("; loss is the first measure; others: time"))
        let complete = ComparisonTable(runs.filter { $0.result != nil && $0.run.seed != 3 }, axis: "components", baseline: 4, measure: "loss", choices: ["loss"])
        #expect(complete.shown.note.hasSuffix("two-sided tests"))
    }

    /// What a run measures itself goes before what is known of every run, whatever it is called.
    @Test func ownMeasuresGoFirst() {
        let result = RunResult.of(.init("seconds", 5), .init("processor_seconds", 7))
        #expect(result.measure("seconds") == 5 && result.measure("processor_seconds") == 7)
        #expect(RunResult.of().measure("processor_seconds") == 0.1)
    }

    @Test func settingsOfOneValueAreOne() {
        func study(_ value: Datum) -> Study { Study(name: "s", grids: [StudyGrid([GridAxis("x", [GridSetting(value)])])], seeds: [1, 2], code: "c") }
        let runs = [Datum.integer(1), .integer(2), .number(2)].flatMap { value in study(value).runs.map { (run: $0, result: RunResult?.some(.of(.init("loss", .integer($0.seed))))) } }
        let table = ComparisonTable(runs, axis: "x", baseline: .number(1), measure: "loss")
        #expect(table.rows.count == 1)
        #expect(table.rows[0].comparison?.summary.count == 4)
    }

    @Test func cellsOfCSVAreFieldsOfCSV() {
        let table = ShownTable(fields: [["a"]], labels: 1, note: "", header: ["a", "b, c", "d"], rows: [[.list([1, 2]), .number(3), .null], [.text("\"\u{301}"), .number(0.5), .text("")]])
        #expect(table.csv == "a,\"b, c\",d\n1 2,3.0,\n\"\"\"\u{301}\",0.5,\"\"\n")
    }
}
