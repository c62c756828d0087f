import Foundation

/// The machine that a result was computed on, for records.
public enum Machine {
    /// The processor's name and the number of cores that this process may use, such as "AMD EPYC, 2 cores".
    public static var description: String {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line.flatMap { $0.split(separator: ":").last }.map { $0.trimmingCharacters(in: .whitespaces) }
        return "\(name ?? "unknown processor"), \(availableCores) cores"
    }
}
