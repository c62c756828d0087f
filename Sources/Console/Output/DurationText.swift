/// A duration for people: `1.25 s`, `2 min 5 s`, `1 h 3 min`.
///
/// - Parameter isShort: whether what is below a second is told in `ms` or `µs`.
func durationText(_ seconds: Double, isShort: Bool = false) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    if isShort, seconds < 0.9995 {
        let (value, unit) = seconds < 0.9995e-3 ? (seconds * 1e6, "µs") : (seconds * 1e3, "ms")
        let tenths = Int((value * 10).rounded())
        return value >= 100 ? "\(Int(value.rounded())) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
    let whole = Int(seconds.rounded())
    switch seconds {
    case ..<59.5:
        let hundredths = Int((seconds * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
    case ..<3600: return "\(whole / 60) min \(whole % 60) s"
    default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
