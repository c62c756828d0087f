/// A track as a person reads it: how far it goes, and where it breaks.
enum TrackText {
    static func text(_ item: TrackItem, showsTimes: Bool) -> String {
        let track = item.track
        var lines = ["Track · \(item.subject.name) · \(NumberText.counted(track.configurations.count, "pose")) · length \(NumberText.significant(track.length))"
            + " · greatest step \(NumberText.significant(track.greatestStep))" + (showsTimes ? " · \(NumberText.duration(track.elapsed))" : "")]
        lines.append(list(track.jumps, "jump").map { $0 + (track.areJumpsProven ? ", as few as there can be" : ", not proven unavoidable") } ?? "no jumps")
        if let text = ways(item.collisions) { lines.append("touches something between poses " + text) }
        if let text = list(track.unreached, "pose") { lines.append("not reached: " + text) }
        if let position = track.positionErrors.max(), let rotation = track.rotationErrors.max() {
            lines.append("greatest error \(NumberText.length(position)), \(NumberText.angle(rotation)) · \(NumberText.fixed(track.candidates, 1)) candidates a pose")
        }
        let measures = [item.times?.last.map { "\(NumberText.fixed($0, 2)) s from rest to rest" }, item.clearance.map { "clearance \(NumberText.length($0))" }]
        if !measures.allSatisfy({ $0 == nil }) { lines.append(measures.compactMap(\.self).joined(separator: " · ")) }
        if let reason = track.reason { lines.append(reason) }
        return lines.joined(separator: "\n")
    }

    /// "3 and 4, 17 and 18"; nil where there is none.
    private static func ways(_ indices: [Int]) -> String? {
        guard !indices.isEmpty else { return nil }
        return indices.prefix(6).map { "\($0 + 1) and \($0 + 2)" }.joined(separator: ", ") + (indices.count > 6 ? ", …" : "")
    }

    /// "2 jumps at 3, 17"; nil where there is none.
    private static func list(_ indices: [Int], _ noun: String) -> String? {
        guard !indices.isEmpty else { return nil }
        let shown = indices.prefix(12).map { "\($0 + 1)" }.joined(separator: ", ") + (indices.count > 12 ? ", …" : "")
        return "\(NumberText.counted(indices.count, noun)) at \(shown)"
    }
}
