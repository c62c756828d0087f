import Experiments
import Files

/// What a saved value's file is named after.
enum SavedKind: String, CaseIterable {
    case safetensors, json, svg
}

/// When a value was saved.
struct SavedMoment {
    struct Moment {
        var kind: SavedKind
        /// The rows that there were.
        var rows: Int
        /// How many values had been saved, this one included.
        var saves: Int
    }

    let now: Moment
    /// What held while the value was still to be written, and the file that it was to replace.
    let before: (moment: Moment, file: Int)?

    init(now: Moment, before: (moment: Moment, file: Int)?) { (self.now, self.before) = (now, before) }

    init?(_ record: Datum) {
        func moment(_ record: Datum) -> Moment? {
            guard let kind = record["kind"]?.text.flatMap(SavedKind.init), let rows = record["rows"]?.integer, let saves = record["saves"]?.integer else { return nil }
            return Moment(kind: kind, rows: rows, saves: saves)
        }
        guard let now = moment(record) else { return nil }
        self.now = now
        before = record["before"].flatMap { record in moment(record).flatMap { moment in record["file"]?.integer.map { (moment, $0) } } }
    }

    var record: Datum {
        func members(_ moment: Moment) -> [Datum.Member] {
            [.init("kind", .text(moment.kind.rawValue)), .init("rows", .integer(moment.rows)), .init("saves", .integer(moment.saves))]
        }
        return .record(members(now) + (before.map { [.init("before", .record(members($0.moment) + [.init("file", .integer($0.file))]))] } ?? []))
    }

    /// When the value was saved that stands there.
    func moment(with file: FileTree.Status) -> Moment {
        guard let before, before.file == file.identity else { return now }
        return before.moment
    }
}
