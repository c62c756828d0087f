/// How many values the axes of a figure have no place for, or do not reach; told behind its title.
struct LeftOut {
    private var counts: [Scale.Refusal: Int] = [:]
    /// How many values have a place, but beyond what is shown.
    private var outside = 0
    /// The series of which nothing is to be seen.
    private var empty: [String] = []

    var isEmpty: Bool { counts.isEmpty && outside == 0 && empty.isEmpty }

    mutating func count(_ value: Double, on scale: Scale) {
        if let refusal = scale.refusal(value) { counts[refusal, default: 0] += 1 }
    }

    mutating func count(_ place: Place, x: Scale, y: Scale) {
        if let refusal = x.refusal(place.x) ?? y.refusal(place.y) { counts[refusal, default: 0] += 1 }
    }

    /// Counts the places of a line, in which those without a number are gaps that were meant.
    mutating func count(line: [Place], x: Scale, y: Scale) {
        for place in line where !place.x.isNaN && !place.y.isNaN { count(place, x: x, y: y) }
    }

    /// Counts values beyond the range that is shown.
    mutating func count(outside values: Int) { outside += values }

    /// Notes a series of which nothing is drawn.
    mutating func note(empty name: String) { empty.append(name) }

    /// " (1 not finite, 2 not above 0, nothing of b)"; empty where nothing is left out.
    var note: String {
        var parts = Scale.Refusal.allCases.compactMap { refusal in counts[refusal].map { "\($0) \(refusal.rawValue)" } }
        if outside > 0 { parts.append("\(outside) beyond the range shown") }
        if !empty.isEmpty { parts.append("nothing of " + Words.list(empty)) }
        return parts.isEmpty ? "" : " (" + parts.joined(separator: ", ") + ")"
    }
}
