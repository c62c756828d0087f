import Files

/// A study's directory, whose files are the only state of the study.
///
///     study.json                       what is asked for
///     workers/<token>.json             the processes that worked on it
///     runs/<id>/config.json            a run's point and seed
///     runs/<id>/claim-<token>          a second name of the worker's file, as long as it works on the run
///     runs/<id>/interrupted.json       how far it came
///     runs/<id>/failure.json           the error that it ended with
///     runs/<id>/result.json, log.json  what came out
///
/// Every file gets its name when it is whole, so that a process may end at any moment; nothing needs locks or a server.
public struct StudyStore: Sendable, Equatable {
    /// The path of the directory.
    public let directory: String

    public init(_ directory: String) { self.directory = directory }

    /// Where the directories of runs are.
    public var runsDirectory: String { directory + "/runs" }
    /// Where workers describe themselves.
    public var workersDirectory: String { directory + "/workers" }
    /// The directory of a run, given its identifier.
    public func directory(of run: String) -> String { runsDirectory + "/" + run }

    /// The names of a run's files.
    public enum Name {
        public static let config = "config.json", result = "result.json", failure = "failure.json", interruption = "interrupted.json", log = "log.json"
        static let claimPrefix = "claim-"
    }

    /// The path of one of a run's files (``Name``).
    public func path(_ name: String, of run: String) -> String { directory(of: run) + "/" + name }

    /// Whether a text can name a run's directory.
    public static func isRunName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64 && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
    }

    /// Why a study's files cannot be used.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    // MARK: Definition

    /// Writes the definition of the study, if it is new; makes the directories.
    public func write(_ study: Study) throws {
        do {
            for path in [runsDirectory, workersDirectory] { try FileTree.makeDirectory(path) }
        } catch {
            throw Failure(description: "the directory \"\(directory)\" cannot be made: \(error)")
        }
        if let present = try? read(), present == study.stored { return }
        try write(study.record, to: "study.json", isDurable: true)
    }

    /// Reads the definition of the study written last.
    public func read() throws -> Study {
        guard FileTree.exists(directory + "/study.json") else { throw Failure(description: "there is no study in \"\(directory)\"") }
        guard let record = datum("study.json"), let study = Study(record: record) else {
            throw Failure(description: "\"\(directory)/study.json\" cannot be read; it may be of another version of the program")
        }
        return study
    }

    // MARK: Files

    /// Writes a value as a file of the study.
    ///
    /// - Parameter isDurable: whether it is to outlast a loss of power that follows at once; what was short work is done again instead.
    public func write(_ datum: Datum, to name: String, isDurable: Bool) throws { try write(Array((datum.json + "\n").utf8), to: name, isDurable: isDurable) }

    /// Writes a text as a file of the study.
    public func write(_ bytes: [UInt8], to name: String, isDurable: Bool) throws {
        do {
            try bytes.withUnsafeBytes { try FileReplacement(path: directory + "/" + name).write($0, isDurable: isDurable) }
        } catch {
            throw Failure(description: "\"\(directory)/\(name)\" cannot be written: \(error)")
        }
    }

    /// Writes a value as a file of a run.
    public func write(_ datum: Datum, to name: String, of run: String, isDurable: Bool) throws { try write(datum, to: path(ofRun: run) + name, isDurable: isDurable) }

    /// Writes a text as a file of a run.
    public func write(_ bytes: [UInt8], to name: String, of run: String, isDurable: Bool) throws { try write(bytes, to: path(ofRun: run) + name, isDurable: isDurable) }

    /// A run's directory within the study's.
    private func path(ofRun run: String) -> String { "runs/\(run)/" }

    /// The value that a file of the study holds; nil where it is missing or cannot be read.
    public func datum(_ name: String) -> Datum? {
        guard let bytes = try? FileReading(path: directory + "/" + name).bytes() else { return nil }
        return try? Datum(json: bytes)
    }

    /// The value that a file of a run holds.
    public func datum(_ name: String, of run: String) -> Datum? { datum(path(ofRun: run) + name) }

    // MARK: States

    /// The state of a run.
    public func state(of run: String, judge: HolderJudge) -> RunState {
        guard let names = try? FileTree.names(in: directory(of: run)) else { return .todo }
        return state(of: run, names: names, judge: judge)
    }

    func state(of run: String, names: [String], judge: HolderJudge) -> RunState {
        if names.contains(Name.result), isComplete(run) { return .done }
        if names.contains(Name.failure) { return .failed }
        let claims = names.filter { $0.hasPrefix(Name.claimPrefix) }
        if claims.contains(where: { judge.isLive(claim: path($0, of: run)) }) { return .running }
        return !claims.isEmpty || names.contains(Name.interruption) ? .interrupted : .todo
    }

    /// Whether a run has a result or an error.
    public func isSettled(_ run: String) -> Bool { isComplete(run) || FileTree.exists(path(Name.failure, of: run)) }

    /// Whether a result is more than the empty file that a loss of power can leave.
    public func isComplete(_ run: String) -> Bool { (FileTree.status(path(Name.result, of: run))?.size ?? 0) > 0 }

    /// The states of runs, in their order.
    public func states(of runs: [PlannedRun], judge: HolderJudge) -> [RunState] { runs.map { state(of: $0.id, judge: judge) } }

    /// The runs that have a directory, whether or not the study still contains them.
    public func presentRuns() -> [String] { ((try? FileTree.names(in: runsDirectory)) ?? []).filter(StudyStore.isRunName).sorted() }

    // MARK: Changes

    /// Lets a failed run be tried again.
    public func retry(_ run: String) throws { try FileTree.removeFile(path(Name.failure, of: run)) }

    /// Removes a run with all its files, so that no process sees half of it.
    public func forget(_ run: String) throws {
        let grave = directory + "/runs/.forgotten-" + run
        try writing(runsDirectory) {
            if FileTree.exists(grave) { try FileTree.remove(grave) }
            try FileTree.move(directory(of: run), to: grave)
            try FileTree.remove(grave)
        }
    }

    /// Changes something in one of the study's directories, which an error names.
    func writing<Result>(_ place: String, _ change: () throws -> Result) throws -> Result {
        do { return try change() } catch let failure as FileFailure {
            throw Failure(description: "\"\(place)\" cannot be changed: \(failure)")
        }
    }

    /// Takes the files of a run for those of another one, which has none.
    public func adopt(_ run: String, as other: PlannedRun, code: String) throws {
        if FileTree.exists(directory(of: other.id)) { try forget(other.id) }
        try FileTree.move(directory(of: run), to: directory(of: other.id))
        var config = RunConfig(other, code: code)
        config.adopted = run
        try write(config.record, to: Name.config, of: other.id, isDurable: true)
    }
}

extension Study {
    /// The study as it is once it was written and read.
    fileprivate var stored: Study? { Study(record: record) }
}
