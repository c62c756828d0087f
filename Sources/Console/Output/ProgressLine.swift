import LuaBridge
import Scripting

/// Shows progress on a stream: one line that changes on a terminal, plain lines now and then elsewhere.
package final class ProgressLine: ProgressObserver {
    private let stream: OutputStream
    private let overwrites: Bool
    private let isUTF8: Bool
    private var schedule: ProgressSchedule
    private var line = OverwrittenLine()

    init(stream: OutputStream) {
        self.stream = stream
        overwrites = stream.overwrites
        isUTF8 = Locale.isUTF8
        schedule = ProgressSchedule(overwrites: overwrites)
    }

    package func show(_ report: ProgressReport) {
        guard schedule.isDue(at: report.fraction, .now) else { return }
        if overwrites {
            let columns = stream.size.columns
            stream.write(line.replace(with: report.line(columns: columns - 1, isUTF8: isUTF8), columns: columns))
        } else {
            stream.write(report.plainText + "\n")
        }
    }

    package func end() {
        // What was interrupted leaves its last line, which the terminal's ^C follows.
        if overwrites && schedule.hasShown && !Interrupt.process.isRaised { stream.write(line.replace(with: "", columns: stream.size.columns)) }
        line = OverwrittenLine()
        schedule = ProgressSchedule(overwrites: overwrites)
    }
}

/// A line at a terminal that others take the place of.
package struct OverwrittenLine {
    /// The columns that the line takes which stands there.
    private var length = 0

    package init() {}

    /// What to write so that a line stands in the place of the last one.
    ///
    /// - Parameters:
    ///   - text: the line, shorter than a row.
    ///   - columns: the terminal's present width; in a smaller one than before, the last line is wrapped to several rows.
    package mutating func replace(with text: String, columns: Int) -> String {
        let rowsAbove = max(length - 1, 0) / max(columns, 1)
        length = text.count
        guard rowsAbove > 0 else { return "\r\(text)\u{1B}[K" }
        let start = "\r\u{1B}[\(rowsAbove)A"
        // Not erased from the screen's corner, which some terminals take for the whole screen and keep above.
        return start + (text.isEmpty ? "\u{1B}[K\u{1B}[C\u{1B}[J\r" : text + "\u{1B}[J")
    }
}

/// When progress is worth showing: ten times a second where a line is overwritten, else each 10 % or 30 s, and not where the first report is the last.
package struct ProgressSchedule {
    private let overwrites: Bool
    private var last: (fraction: Double, time: ContinuousClock.Instant)?

    package init(overwrites: Bool) { self.overwrites = overwrites }

    /// Whether anything has been shown.
    package var hasShown: Bool { last != nil }

    /// Whether a report is to be shown now; one that is counts as shown.
    package mutating func isDue(at fraction: Double, _ time: ContinuousClock.Instant) -> Bool {
        let isDue: Bool
        if let last {
            let waited = time - last.time
            isDue = overwrites
                ? waited >= .milliseconds(100)
                : waited >= .seconds(30) || ProgressSchedule.tenths(fraction) > ProgressSchedule.tenths(last.fraction)
        } else {
            isDue = overwrites || !(fraction >= 1)
        }
        if isDue { last = (fraction, time) }
        return isDue
    }

    private static func tenths(_ fraction: Double) -> Int { Int((min(max(fraction, 0), 1) * 10 + 1e-9).rounded(.down)) }
}

extension ProgressReport {
    /// The report as one line with a bar, cut to a width.
    package func line(columns: Int, isUTF8: Bool) -> String {
        let width = 20
        let filled = Int((bounded * Double(width)).rounded(.down))
        let (full, empty): (Character, Character) = isUTF8 ? ("━", "╌") : ("#", "-")
        let bar = String(repeating: full, count: filled) + String(repeating: empty, count: width - filled)
        return String("\(activity)  \(bar)  \(parts.joined(separator: "  "))".prefix(max(columns, 0)))
    }

    /// The report as a line of a log.
    package var plainText: String { "\(activity): \(parts.joined(separator: ", "))" }

    private var bounded: Double { fraction.isFinite ? min(max(fraction, 0), 1) : 0 }

    private var parts: [String] {
        var parts = ["\(Int(bounded * 100)) %", count]
        if let rate, rate.isFinite { parts.append("\(rateText(rate)) \(rateUnit)/s") }
        parts += figures.map { "\($0.name) \($0.value)" }
        if let remaining, remaining.isFinite, bounded < 1 { parts.append("\(durationText(max(remaining, 0))) left") }
        return parts
    }

    private var count: String {
        total.map { "\(grouped(done)) of \(grouped($0)) \(unit)" } ?? "\(grouped(done)) \(unit)"
    }

    private func rateText(_ rate: Double) -> String {
        if abs(rate) >= 100 { return grouped(Int(exactly: rate.rounded()) ?? .max) }
        return "\((rate * 10).rounded() / 10)"
    }

    /// A count with a space between each three digits.
    private func grouped(_ count: Int) -> String {
        var text = ""
        for (index, digit) in String(count.magnitude).reversed().enumerated() {
            if index > 0 && index % 3 == 0 { text.append(" ") }
            text.append(digit)
        }
        return (count < 0 ? "-" : "") + String(text.reversed())
    }
}
