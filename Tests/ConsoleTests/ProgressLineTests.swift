import Console
import Scripting
import Testing

@Suite struct ProgressLineTests {
    private let report = ProgressReport(
        "training", fraction: 0.344, done: 1720, total: 5000, unit: "steps", rate: 12345.6, rateUnit: "samples",
        remaining: 252, figures: [("loss", "-3.21"), ("error", "5.2 mm")])

    @Test func oneLineWithABar() {
        #expect(report.line(columns: 200, isUTF8: true)
            == "training  ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌  34 %  1 720 of 5 000 steps  12 346 samples/s  loss -3.21  error 5.2 mm  4 min 12 s left")
        #expect(report.line(columns: 30, isUTF8: false) == "training  ######--------------")
    }

    @Test func plainLines() {
        #expect(report.plainText
            == "training: 34 %, 1 720 of 5 000 steps, 12 346 samples/s, loss -3.21, error 5.2 mm, 4 min 12 s left")
        let odd = ProgressReport("evaluation", fraction: .nan, done: 7, unit: "poses", rate: .infinity, remaining: .nan)
        #expect(odd.plainText == "evaluation: 0 %, 7 poses")
    }

    @Test func aLineThatANarrowerTerminalWrapsIsOverwrittenWhole() {
        var line = OverwrittenLine()
        let long = String(repeating: "x", count: 79)
        #expect(line.replace(with: long, columns: 80) == "\r\(long)\u{1B}[K")
        #expect(line.replace(with: "short", columns: 50) == "\r\u{1B}[1Ashort\u{1B}[J")
        #expect(line.replace(with: long, columns: 80) == "\r\(long)\u{1B}[K")
        #expect(line.replace(with: "", columns: 20) == "\r\u{1B}[3A\u{1B}[K\u{1B}[C\u{1B}[J\r")
        #expect(line.replace(with: "", columns: 20) == "\r\u{1B}[K")
    }

    @Test func overwrittenLinesComeAtMostTenTimesASecond() {
        var schedule = ProgressSchedule(overwrites: true)
        let start = ContinuousClock.now
        let shown = (0..<100).filter { schedule.isDue(at: Double($0) / 100, start + .milliseconds(10 * $0)) }
        #expect(shown.count == 10)
    }

    @Test func plainLinesComeEachTenthOrHalfMinute() {
        var schedule = ProgressSchedule(overwrites: false)
        let start = ContinuousClock.now
        let quick = (0...1000).filter { schedule.isDue(at: Double($0) / 1000, start + .milliseconds($0)) }
        #expect(quick == Array(stride(from: 0, through: 1000, by: 100)))
        var slow = ProgressSchedule(overwrites: false)
        let times = (0...100).filter { slow.isDue(at: 0.01, start + .seconds($0)) }
        #expect(times == [0, 30, 60, 90])
        var short = ProgressSchedule(overwrites: false)
        let isShown = short.isDue(at: 1, start)
        #expect(!isShown)
    }
}
