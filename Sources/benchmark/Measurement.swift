import Glibc

/// Wall-clock seconds from an arbitrary origin.
func secondsNow() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// The times that repetitions of one operation took, in seconds.
struct Timing {
    private let sorted: [Double]

    init(_ seconds: [Double]) { sorted = seconds.sorted() }

    /// Runs an operation once to warm up, then `repetitions` times.
    init(repetitions: Int, _ operation: () -> Void) {
        operation()
        var seconds: [Double] = []
        for _ in 0..<repetitions {
            let start = secondsNow()
            operation()
            seconds.append(secondsNow() - start)
        }
        self.init(seconds)
    }

    /// The value below which a share of the times lies.
    func quantile(_ share: Double) -> Double { sorted.quantile(share) }

    var median: Double { quantile(0.5) }
    var mean: Double { sorted.reduce(0, +) / Double(sorted.count) }
}

/// Prints the rows of the result table as Markdown.
struct Report {
    func begin() {
        print("| what | median | mean | 95 % | note |")
        print("|---|---|---|---|---|")
    }

    func row(_ what: String, _ timing: Timing, note: String = "") {
        let times = [timing.median, timing.mean, timing.quantile(0.95)].map { milliseconds($0) }
        print("| \(what) | \(times[0]) | \(times[1]) | \(times[2]) | \(note) |")
    }

    func rate(_ what: String, count: Int, _ timing: Timing, note: String = "") {
        let rates = [timing.median, timing.mean, timing.quantile(0.95)].map { rounded(Double(count) / $0 * 1e-6, 4) + " M/s" }
        print("| \(what) | \(rates[0]) | \(rates[1]) | \(rates[2]) | \(note) |")
    }

    func figure(_ what: String, _ value: String, note: String = "") {
        print("| \(what) | \(value) | | | \(note) |")
    }

    private func milliseconds(_ seconds: Double) -> String { rounded(seconds * 1e3, 3) + " ms" }
}

/// A number with so many significant digits.
func rounded(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    let magnitude = Int(log10(abs(value)).rounded(.down))
    let places = max(0, digits - 1 - magnitude)
    let scale = pow(10, Double(places))
    let text = "\((value * scale).rounded() / scale)"
    return places == 0 && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
