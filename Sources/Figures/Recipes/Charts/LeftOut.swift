/// How many values the axes of a figure have no place for; told behind its title.
struct LeftOut {
    private var counts: [Scale.Refusal: Int] = [:]

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

    /// " (1 not finite, 2 not above 0)"; empty where nothing is left out.
    var note: String {
        let parts = Scale.Refusal.allCases.compactMap { refusal in counts[refusal].map { "\($0) \(refusal.rawValue)" } }
        return parts.isEmpty ? "" : " (" + parts.joined(separator: ", ") + ")"
    }
}
