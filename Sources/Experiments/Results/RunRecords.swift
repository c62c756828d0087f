import Files

/// The result of a run.
public struct RunResult: Sendable, Equatable {
    /// What the function returned.
    public var value: Datum
    /// The numbers in it that tables are made of, by names such as "loss" or "raw.position".
    public var measures: [Datum.Member]
    /// How long all attempts that were not lost took, s by the clock and s of processor time.
    public var seconds: Double
    public var processorSeconds: Double
    /// When it ended (``Timestamp``).
    public var finished: String
    /// The process that ended it, a file in `workers`.
    public var worker: String
    /// Files that the run saved, relative to its directory.
    public var files: [String]

    public init(
        value: Datum, measures: [Datum.Member], seconds: Double, processorSeconds: Double, finished: String = Timestamp.now, worker: String, files: [String] = []
    ) {
        self.value = value
        self.measures = measures
        self.seconds = seconds
        self.processorSeconds = processorSeconds
        self.finished = finished
        self.worker = worker
        self.files = files
    }

    /// Reads the contents of result.json; nil where they are not those of a result.
    public init?(record: Datum) {
        guard let value = record["value"], let measures = record["measures"]?.members else { return nil }
        self.init(
            value: value, measures: measures, seconds: record["seconds"]?.double ?? .nan, processorSeconds: record["processor_seconds"]?.double ?? .nan,
            finished: record["finished"]?.text ?? "", worker: record["worker"]?.text ?? "", files: record["files"]?.list?.compactMap(\.text) ?? [])
    }

    /// The contents of result.json: point and seed stand in it as well, so that the file is self-contained.
    public func record(of run: PlannedRun) -> Datum {
        .record([
            .init("id", .text(run.id)), .init("point", .record(run.point)), .init("seed", .integer(run.seed)), .init("measures", .record(measures)),
            .init("value", value), .init("files", .list(files.map { .text($0) })), .init("seconds", .number(seconds)),
            .init("processor_seconds", .number(processorSeconds)), .init("finished", .text(finished)), .init("worker", .text(worker)),
        ])
    }

    /// The number of a measure, or the run's "seconds" and "processor_seconds" where no measure is called so; nil where there is none, or it is not a number.
    public func measure(_ name: String) -> Double? {
        if let own = measures.first(where: { $0.name == name }) { return own.value.double }
        return switch name {
        case "seconds": seconds
        case "processor_seconds": processorSeconds
        default: nil
        }
    }
}

/// The error that a run ended with.
public struct RunFailure: Sendable, Equatable {
    /// The text of the error.
    public var message: String
    /// The calls that led to it, the innermost first.
    public var traceback: [String]
    /// How long all attempts that were not lost took, s by the clock.
    public var seconds: Double
    /// When it ended (``Timestamp``).
    public var finished: String
    /// The process that ended it, a file in `workers`.
    public var worker: String

    public init(message: String, traceback: [String] = [], seconds: Double, finished: String = Timestamp.now, worker: String) {
        self.message = message
        self.traceback = traceback
        self.seconds = seconds
        self.finished = finished
        self.worker = worker
    }

    /// Reads the contents of failure.json; nil where they are not those of a failure.
    public init?(record: Datum) {
        guard let message = record["error"]?.text else { return nil }
        self.init(
            message: message, traceback: record["traceback"]?.list?.compactMap(\.text) ?? [], seconds: record["seconds"]?.double ?? .nan,
            finished: record["finished"]?.text ?? "", worker: record["worker"]?.text ?? "")
    }

    /// The contents of failure.json, point and seed included.
    public func record(of run: PlannedRun) -> Datum {
        .record([
            .init("id", .text(run.id)), .init("point", .record(run.point)), .init("seed", .integer(run.seed)), .init("error", .text(message)),
            .init("traceback", .list(traceback.map { .text($0) })), .init("seconds", .number(seconds)), .init("finished", .text(finished)),
            .init("worker", .text(worker)),
        ])
    }
}

/// How far an interrupted run came.
public struct RunInterruption: Sendable, Equatable {
    /// The seconds that its attempts took so far, by the clock and of processor time.
    public var seconds: Double
    public var processorSeconds: Double
    /// How often the run was begun.
    public var attempts: Int

    public init(seconds: Double, processorSeconds: Double, attempts: Int) {
        self.seconds = seconds
        self.processorSeconds = processorSeconds
        self.attempts = attempts
    }

    /// Reads the contents of interrupted.json; nil where they are not those of an interruption.
    public init?(record: Datum) {
        guard let seconds = record["seconds"]?.double, let processor = record["processor_seconds"]?.double, let attempts = record["attempts"]?.integer else {
            return nil
        }
        self.init(seconds: seconds, processorSeconds: processor, attempts: attempts)
    }

    /// The contents of interrupted.json, with the time of writing.
    public var record: Datum {
        ["seconds": .number(seconds), "processor_seconds": .number(processorSeconds), "attempts": .integer(attempts), "when": .text(Timestamp.now)]
    }
}

extension StudyStore {
    /// The result of a run; nil where there is none that can be read.
    public func result(of run: String) -> RunResult? { datum(Name.result, of: run).flatMap(RunResult.init) }

    /// Why a run failed; nil where it did not.
    public func failure(of run: String) -> RunFailure? { datum(Name.failure, of: run).flatMap(RunFailure.init) }

    /// How far an interrupted run came; nil where it was not interrupted.
    public func interruption(of run: String) -> RunInterruption? { datum(Name.interruption, of: run).flatMap(RunInterruption.init) }

    /// Writes how a run ended; its claim is to be released after that.
    public func settle(_ run: PlannedRun, _ result: RunResult) throws {
        // What took long is not to be lost with the power; short work is done again sooner than the disk confirms it.
        try write(result.record(of: run), to: Name.result, of: run.id, isDurable: result.seconds > 0.5)
        try FileTree.removeFile(path(Name.interruption, of: run.id))
    }

    /// Writes why a run failed; its claim is to be released after that.
    public func settle(_ run: PlannedRun, _ failure: RunFailure) throws {
        try write(failure.record(of: run), to: Name.failure, of: run.id, isDurable: false)
        try FileTree.removeFile(path(Name.interruption, of: run.id))
    }

    /// Writes how far an interrupted run came, which goes on later.
    public func settle(_ run: PlannedRun, _ interruption: RunInterruption) throws {
        try write(interruption.record, to: Name.interruption, of: run.id, isDurable: false)
    }

    /// The results of runs, nil for those that have none, in their order.
    ///
    /// - Throws: `Failure` for a file of a result that holds none.
    public func results(of runs: [PlannedRun]) throws -> [RunResult?] { try runs.map(validResult) }

    /// The result of a run; nil where there is none.
    ///
    /// - Throws: `Failure` where its file holds none, as one does that was changed or that a merge of two versions has left.
    public func validResult(of run: PlannedRun) throws -> RunResult? {
        // What is there now may have come after the first look.
        if let result = result(of: run.id) { return result }
        guard isComplete(run.id) else { return nil }
        if let result = result(of: run.id) { return result }
        throw Failure(description: "\"\(path(Name.result, of: run.id))\" holds no result; where it is removed, \(run.text) is run again")
    }
}
