import Experiments
import Figures
import Files

extension Session {
    /// Where a figure that is written now comes from.
    ///
    /// Its date is that of `SOURCE_DATE_EPOCH` where the environment sets it, so that what is built twice has the same bytes.
    var provenance: FigureProvenance {
        func fact(_ members: [Datum.Member], _ name: String) -> String? { members.first { $0.name == name }?.value.text }
        let script = commandLine.first { $0.hasSuffix(".lua") }
        let epoch = SystemFacts.variable("SOURCE_DATE_EPOCH").flatMap { Int($0) }
        let facts: [(String, String?)] = [
            ("program", "avips \(Session.version)"), ("commit", fact(Provenance.program, "commit")), ("script", script), ("seed", "\(streamSeed)"),
            ("date", epoch.map { Timestamp.text(seconds: $0) } ?? Timestamp.now),
        ]
        return FigureProvenance(facts.compactMap { name, value in value.map { (name, $0) } })
    }
}
