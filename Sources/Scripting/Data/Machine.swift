import Foundation
import Numerics

/// The machine that the program runs on, for those who ask later where a model came from.
enum Machine {
    /// "AMD EPYC 9B45, 2 cores".
    static let description: String = {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        return "\(model ?? "unknown processor"), \(availableCores) core\(availableCores == 1 ? "" : "s")"
    }()
}
