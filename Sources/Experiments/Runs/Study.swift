/// One run of a study: a point of its grid and a seed.
public struct PlannedRun: Sendable, Equatable {
    /// The identifier of the run, and the name of its directory.
    public let id: String
    /// The settings by the names of the axes, sorted by those.
    public let point: [Datum.Member]
    public let seed: Int
    /// Which grid the point is from, and its settings there.
    public let origin: Origin

    /// Where a point comes from in the grids that a script gave.
    public struct Origin: Sendable, Equatable {
        /// The position of the grid among those of the script.
        public var grid: Int
        /// The positions of the settings, one an axis.
        public var settings: [Int]

        public init(grid: Int, settings: [Int]) {
            self.grid = grid
            self.settings = settings
        }
    }

    /// - Parameter code: what tells the version of the function that is run.
    public init(grid: StudyGrid, origin: Origin, seed: Int, code: String) {
        let chosen = zip(grid.axes, origin.settings).map { (name: $0.name, setting: $0.settings[$1]) }.sorted { $0.name < $1.name }
        point = chosen.map { Datum.Member($0.name, $0.setting.label) }
        self.seed = seed
        self.origin = origin
        let identity: Datum = [
            "code": .text(code), "point": .record(chosen.map { Datum.Member($0.name, $0.setting.identity) }), "seed": .integer(seed),
        ]
        id = Digest(of: identity.canonical).short
    }

    init(id: String, point: [Datum.Member], seed: Int) {
        self.id = id
        self.point = point
        self.seed = seed
        origin = Origin(grid: 0, settings: [])
    }

    /// The point without the seed as text: "components=4 robot=ur5".
    public var pointText: String { point.map { "\($0.name)=\($0.value.label)" }.joined(separator: " ") }

    /// Point and seed as text, for people and filters.
    public var text: String { (point.isEmpty ? "" : pointText + " ") + "seed=\(seed)" }

    /// The setting of an axis, or the seed.
    public func setting(_ axis: String) -> Datum? { axis == "seed" ? .integer(seed) : point.first { $0.name == axis }?.value }
}

/// The definition of a study: its name, its runs, and the version of the function that they run.
public struct Study: Sendable, Equatable {
    /// The name that the script gave it.
    public var name: String
    /// All runs, those that are done included.
    public var runs: [PlannedRun]
    /// The identifier of the function's version.
    public var code: String
    /// The provenance of the study: script, version, commit.
    public var provenance: [Datum.Member]

    public init(name: String, runs: [PlannedRun], code: String, provenance: [Datum.Member] = []) {
        self.name = name
        self.runs = runs
        self.code = code
        self.provenance = provenance
    }

    /// The runs of some grids and seeds, points in the order of the grids, each with all its seeds; what occurs twice is one run.
    ///
    /// - Parameter keep: whether a run is to be part of the study.
    public init(name: String, grids: [StudyGrid], seeds: [Int], code: String, keep: (PlannedRun) throws -> Bool) rethrows {
        var runs: [PlannedRun] = [], known: Set<String> = []
        for (index, grid) in grids.enumerated() {
            for settings in grid.combinations() {
                for seed in seeds {
                    let run = PlannedRun(grid: grid, origin: .init(grid: index, settings: settings), seed: seed, code: code)
                    if try keep(run), known.insert(run.id).inserted { runs.append(run) }
                }
            }
        }
        self.init(name: name, runs: runs, code: code)
    }

    /// All runs of some grids and seeds.
    public init(name: String, grids: [StudyGrid], seeds: [Int], code: String) {
        self.init(name: name, grids: grids, seeds: seeds, code: code, keep: { _ in true })
    }

    /// The names of all axes, sorted.
    public var axes: [String] {
        var names: Set<String> = []
        for run in runs { for member in run.point { names.insert(member.name) } }
        return names.sorted()
    }

    /// The axes that take more than one setting.
    public var varying: [String] {
        axes.filter { axis in
            let first = runs.first?.setting(axis)
            return runs.contains { $0.setting(axis) != first }
        }
    }

    /// A point in the words of what varies, for legends: words by themselves, numbers with their axis: "components=4 ur5".
    public func shortText(_ run: PlannedRun, varying: [String]) -> String {
        let parts = varying.compactMap { axis in run.setting(axis).map { $0.text ?? "\(axis)=\($0.label)" } }
        return parts.isEmpty ? name : parts.joined(separator: " ")
    }
}

extension Study {
    /// The contents of study.json.
    var record: Datum {
        .record([
            .init("format", 1), .init("name", .text(name)), .init("axes", .list(axes.map { .text($0) })), .init("code", .text(code)),
            .init("provenance", .record(provenance)),
            .init("runs", .list(runs.map { ["id": .text($0.id), "seed": .integer($0.seed), "point": .record($0.point)] })),
        ])
    }

    init?(record: Datum) {
        guard record["format"] == 1, let name = record["name"]?.text, let code = record["code"]?.text, let runs = record["runs"]?.list else {
            return nil
        }
        var planned: [PlannedRun] = []
        for run in runs {
            guard let id = run["id"]?.text, StudyStore.isRunName(id), let seed = run["seed"]?.integer, let point = run["point"]?.members else {
                return nil
            }
            planned.append(PlannedRun(id: id, point: point, seed: seed))
        }
        self.init(name: name, runs: planned, code: code, provenance: record["provenance"]?.members ?? [])
    }
}
