/// The configuration of a run, as its directory has it.
public struct RunConfig: Sendable, Equatable {
    public var point: [Datum.Member]
    public var seed: Int
    /// The identifier of the function's version.
    public var code: String
    /// The run whose files were taken for those of this one.
    public var adopted: String?

    public init(_ run: PlannedRun, code: String) {
        point = run.point
        seed = run.seed
        self.code = code
    }

    public init?(record: Datum) {
        guard let point = record["point"]?.members, let seed = record["seed"]?.integer, let code = record["code"]?.text else { return nil }
        self.point = point
        self.seed = seed
        self.code = code
        adopted = record["adopted"]?.text
    }

    public var record: Datum {
        .record([.init("point", .record(point)), .init("seed", .integer(seed)), .init("code", .text(code))] + (adopted.map { [.init("adopted", .text($0))] } ?? []))
    }
}
