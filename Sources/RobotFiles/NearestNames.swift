/// Finds the names that someone who mistyped one most likely meant.
package enum NearestNames {
    /// The names ordered by their edit distance to a wanted one, upper and lower case alike; at most `limit`.
    package static func ordered(_ names: [String], by wanted: String, limit: Int = 8) -> [String] {
        let target = Array(wanted.lowercased().unicodeScalars.prefix(64))
        let ranked = names.enumerated().map { index, name in
            (distance: distance(target, Array(name.lowercased().unicodeScalars.prefix(64))), index: index, name: name)
        }
        return ranked.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(limit).map(\.name)
    }

    /// The name that is near enough to a wanted one to ask "did you mean", if there is one: a third of the letters
    /// may differ, or one of the names contains the other.
    package static func suggestion(_ names: [String], for wanted: String) -> String? {
        guard let best = ordered(names, by: wanted, limit: 1).first else { return nil }
        let (a, b) = (wanted.lowercased(), best.lowercased())
        let edits = distance(Array(a.unicodeScalars.prefix(64)), Array(b.unicodeScalars.prefix(64)))
        if edits <= max(1, max(a.count, b.count) / 3) { return best }
        guard a.count >= 3 else { return nil }
        return names.first { $0.lowercased().contains(a) }
    }

    /// The Levenshtein distance, which counts insertions, deletions and substitutions.
    static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                current.append(min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1))
            }
            previous = current
        }
        return previous[b.count]
    }

    /// A sentence that names what exists: "did you mean …? there are a, b, c".
    package static func hint(_ names: [String], for wanted: String, plural: String) -> String {
        guard !names.isEmpty else { return "there are no \(plural)" }
        let shown = ordered(names, by: wanted)
        let more = names.count > shown.count ? " and \(names.count - shown.count) more" : ""
        let list = "\(plural): " + shown.joined(separator: ", ") + more
        guard let best = suggestion(names, for: wanted) else { return list }
        return "did you mean \"\(best)\"? \(list)"
    }
}
